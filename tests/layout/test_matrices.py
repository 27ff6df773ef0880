"""The page of matrices: every product stands there with sizes that fit, and follows the sheets of the layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.layout.matrices import NAME
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


@pytest.mark.parametrize(("lesson", "products"), [("rnn-dimensions", 4 * 3), ("encoder-decoder", 3 * (8 + 8 + 1))])
def test_sizes_fit(lesson: str, products: int) -> None:
    """Above each product stand three sizes: rows and columns on the left, on the right, and what is left over."""
    cells = read_workbook(WORKBOOKS / f"{lesson}.xlsx").sheets[NAME].cells
    sizes: dict[int, list[tuple[int, int]]] = {}
    for (row, _), cell in sorted(cells.items()):
        rows, times, columns = str(cell.value).partition(" × ")
        if times and rows.isdecimal() and columns.isdecimal():
            sizes.setdefault(row, []).append((int(rows), int(columns)))

    assert len(sizes) == products  # at each step one for each kernel, or each gate's part of one
    for left, right, *bias, result in sizes.values():
        assert left[1] == right[0]
        assert result == (left[0], right[1])
        assert bias in ([], [result])


def test_it_follows_the_layers() -> None:
    """A changed weight changes the product on the page."""
    session = engine("ironcalc").open(WORKBOOKS / "rnn-dimensions.xlsx")
    session.recalculate()
    page = parse_range(f"{NAME}!D8:Q60")
    before = session.read(page)
    session.set("Weights", 7, 1, 0.5)
    session.recalculate()

    assert session.read(page) != before
