"""Tables out of CSV files: whatever separates, heads and labels the numbers, the numbers are the same."""

from __future__ import annotations

import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from xlcheck.building.csv_table import read_table
from xlcheck.building.spelled_numbers import like_a_number, number_of
from xlcheck.errors import DataError, InputNote

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


@pytest.mark.parametrize(
    ("text", "width", "message"),
    [
        ("x\n1,5\n2,5\n", 2, "the first row has 1 name for 2 columns"),
        ("x;y\n1,5\n2,5\n", 2, "1 name for 2 columns"),
        ("1,5\n3,5\n", 1, "1,5 may be two numbers, or one with a decimal comma; write 1, 5 or 1.5$"),
        ("1.234,5\n2.000,5\n", 1, "write 1.234, 5 or 1234.5$"),
        ("0,05\n1,25\n", 2, "0,05 may be two numbers, or one with a decimal comma"),
        ("0,5,1,05\n0,7,2,15\n", None, "0,5 may be two numbers, or one with a decimal comma"),
        ("1.234;0,5\n2.000;0,25\n", 2, "0,25 has a comma and 2.000 a point"),
        ("1.5;2\n2,5;3\n", 2, "2,5 has a comma and 1.5 a point"),
        ("1,234.5\t1\n", 1, "'1,234.5' in the first column is no number, and '1,234.5' no label"),
        ('"0,5",1\n"1,5",2\n', 2, "'0,5' in the first column is no number"),
        ('x,y\na,"0,5"\n', 1, "column 1: '0,5' is not a number"),
        ("1_0;2,5\n1_1;3,5\n", 2, "'1_0' in the first column is no number"),
        ("3;1_0\n", 2, "column 2: '1_0' is not a number"),
        ("1 2,5\n3 4,5\n", 1, "'1 2' in the first column is no number"),
        ("−1,5;2\n", 2, "'−1,5' in the first column is no number"),
        ("NA,1,2\n3,4,5\n", None, "'NA' in the first column is no number, and '3' no label"),
    ],
)
def test_numbers_that_may_be_others_are_refused(text: str, width: int | None, message: str, tmp_path: Path) -> None:
    """Decimal commas between commas, thousands, and texts that are numbers elsewhere are neither numbers nor labels."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "x.csv", width)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5,6\n0.5,0.2\n", "the first row counts the columns .5, 6., so it may be a header or a sample"),
        ("2019,2020,2021\n0.5,0.2,0.1\n", "may be a header or a sample"),
        ('"0,5","1,5"\n1,2\n', "holds neither names nor numbers"),
        ("1.234,5;2.345,6\n1,5;2,5\n", "holds neither names nor numbers"),
        ("NA,NA\n1,2\n", r"the first row .NA, NA. holds neither names nor numbers"),
        ("label,NA,\nb,1,2\n", "holds neither names nor numbers"),
        ("1,2\n,\n3,4\n", "sample 2, column 1: '' is not a number"),
        ('0.5\n""\n1.5\n', "sample 2, column 1: '' is not a number"),
    ],
)
def test_no_row_is_dropped_in_silence(text: str, message: str, tmp_path: Path) -> None:
    """A first row of numbers that cannot be read, or a row whose numbers are missing, is no header and not empty."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "x.csv", 2)


@pytest.mark.parametrize(
    ("text", "numbers", "message"),
    [
        ("1,5\n2,5\n", [[1, 5], [2, 5]], "1,5 is taken for two numbers; write 1, 5 to say so, or 1.5 if its comma"),
        ("foo,1,5\nbar,2,5\n", [[1, 5], [2, 5]], "1,5 is taken for two numbers"),
        ("1.234,5\n2.000,5\n", [[1.234, 5], [2, 5]], "or 1234.5 if its comma is a decimal one"),
        ("1.234;2\n2.000;3\n", [[1.234, 2], [2, 3]], "2.000 is taken for the decimal 2.000; write nothing between"),
        ("1,234\t500\n", [[1.234, 500]], "1,234 is taken for the decimal 1.234"),
        ("n,0,1\n0,3,-5\n1,4,6\n", [[3, -5], [4, 6]], "the first row, which counts the columns, is taken for"),
        ("1,-2\n3,4\n,\n,,\n", [[1, -2], [3, 4]], "the rows at its end, in which nothing stands, are left out"),
    ],
)
def test_what_is_likely_is_read_with_a_note(
    text: str, numbers: list[list[float]], message: str, tmp_path: Path
) -> None:
    """Where both readings are as good, the one that is taken is said, and how to write either."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        assert read_table(tmp_path / "x.csv", 2).numbers.tolist() == numbers
    assert any(message in str(note.message) and note.category is InputNote for note in notes)


@pytest.mark.parametrize(
    ("text", "numbers", "labels"),
    [
        ("1, 5\n2, 5\n", [[1, 5], [2, 5]], None),
        ("1,-5\n2,5\n", [[1, -5], [2, 5]], None),
        ("1,5\n2.5,5\n", [[1, 5], [2.5, 5]], None),
        ("a,b\n0,05\n1,25\n", [[0, 5], [1, 25]], None),
        ("a;b\n1,234;0,5\n2,000;0,25\n", [[1.234, 0.5], [2, 0.25]], None),
        ("sep=;\n1,5;2\n", [[1.5, 2]], None),
        ("1e3;0,5\n", [[1000, 0.5]], None),
        ("0,123;1\n", [[0.123, 1]], None),
        ("7,05,3\n", [[7, 5, 3]], None),
        ("text;x;y\na;1;5,5\n", [[1, 5.5]], ["a"]),
        ("Datum;Wert;b\n01.02.2024;1,5;2\n1.12.;2,5;3\n", [[1.5, 2], [2.5, 3]], ["01.02.2024", "1.12."]),
        ("a,b\nx,0.5,2\n", [[0.5, 2]], ["x"]),
        ("text,x,y\nso; 5,1,2\n", [[1, 2]], ["so; 5"]),
    ],
)
def test_what_has_one_meaning_is_read_without_a_note(
    text: str, numbers: list[list[float]], labels: list[str] | None, tmp_path: Path
) -> None:
    """Spaces, signs, points and names say that a comma separates; dates and texts are labels."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = read_table(tmp_path / "x.csv", 2)
    assert (table.numbers.tolist(), table.labels) == (numbers, labels)


@pytest.mark.parametrize(
    ("text", "numbers", "labels"),
    [
        ("a;1,5\nb;2,5\n", [[1.5], [2.5]], ["a", "b"]),
        ("text;x\na;1,5\nb;2,5\n", [[1.5], [2.5]], ["a", "b"]),
        ("text,x\nso; 1,5\nno; 2,5\n", [[5], [5]], ["so; 1", "no; 2"]),
        ("5\n0.5\n0.7\n", [[5], [0.5], [0.7]], None),
    ],
)
def test_single_numbers_are_found(
    text: str, numbers: list[list[float]], labels: list[str] | None, tmp_path: Path
) -> None:
    """Where a comma and a semicolon would make numbers of half of the cells, the header tells, or it is decimal."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    table = read_table(tmp_path / "x.csv", 1)
    assert (table.numbers.tolist(), table.labels) == (numbers, labels)


def test_the_rows_of_r_need_no_name(tmp_path: Path) -> None:
    """`write.table` counts them below no name; where the numbers might be decimal commas, a name is missing."""
    (tmp_path / "x.csv").write_text('"a","b"\n"1",0.5,2.5\n"2",1.5,3.5\n', encoding="utf-8")
    with pytest.warns(InputNote, match="the first column, which only counts the rows, is left out"):
        assert read_table(tmp_path / "x.csv", 2).numbers.tolist() == [[0.5, 2.5], [1.5, 3.5]]
    (tmp_path / "x.csv").write_text("x\n1,5\n2,5\n", encoding="utf-8")
    with pytest.raises(DataError, match="1 name for 2 columns"):
        read_table(tmp_path / "x.csv", 1)


def test_a_number_is_one_in_its_own_spelling() -> None:
    """Underscores make none; what people write as one looks like one, dates and words do not."""
    assert [number_of(text, comma=True) for text in ("1,5", "1.5", "1_0", "1.234,5")] == [1.5, 1.5, None, None]
    assert [number_of(text, comma=False) for text in ("1,5", "1.5", "1_0", " 2 ")] == [None, 1.5, None, 2]
    assert all(map(like_a_number, ("0,5", "1.234,5", "1 000", "1_0", "−1,5", "50%", "1'000")))
    assert not any(map(like_a_number, ("", "a1", "01.02.2024", "2024-01-05", "12:30", "-")))
