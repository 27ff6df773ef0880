"""Tables out of CSV files: whatever separates, heads and labels the numbers, the numbers are the same."""

from __future__ import annotations

import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from xlcheck.building.csv_table import read_table
from xlcheck.errors import DataError

NUMBERS = np.random.default_rng(5).normal(size=(4, 3)).round(4)


@pytest.mark.parametrize(
    ("separator", "header", "first"), list(product((",", ";", "\t"), (False, True), ("", "index", "labels")))
)
def test_the_numbers_are_found_however_they_are_written(
    separator: str, header: bool, first: str, tmp_path: Path
) -> None:
    """Commas, semicolons or tabs, the latter with decimal commas; a header or none; an index, labels or neither."""
    rows = [[f"{number:.4f}".replace(".", "." if separator == "," else ",") for number in row] for row in NUMBERS]
    if first:
        rows = [[str(k) if first == "index" else f"day {k}", *row] for k, row in enumerate(rows)]
    if header:
        names = ["first", "second", "third"]
        rows = [[*([""] if first == "index" else ["name"] if first else []), *names], *rows]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(map(separator.join, rows)) + "\n\n", encoding="utf-8-sig")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = read_table(path, 3)

    np.testing.assert_array_equal(table.numbers, NUMBERS)
    assert table.labels == ([f"day {k}" for k in range(4)] if first == "labels" else None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "holds no sample"),
        ("1,2\n3\n", "sample 2 has 1 numbers, the first one has 2"),
        ("a,b\n1,x\n", "sample 1, column 2: 'x' is not a number"),
        ("0,1\n1,2\n", "may be a header or a sample"),
    ],
)
def test_what_is_no_table_is_said_where(text: str, message: str, tmp_path: Path) -> None:
    """A row of another length, a text among numbers, and a first row that may be either are refused by their place."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "x.csv")
