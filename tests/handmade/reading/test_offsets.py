"""How far cells stand from one another."""

from __future__ import annotations

from xlcheck.handmade.reading.offsets import (
    are_in_line,
    beside_at,
    distance,
    in_line,
    offset,
    offset_between,
    offset_on_sheet,
    run_from,
)

CELL = ("Sheet1", 5, 2)


def test_a_cell_so_far_away() -> None:
    """Rule: rows are counted down, columns to the right, and backwards once or several times as far."""
    assert offset(CELL, (2, 1)) == ("Sheet1", 7, 3)
    assert offset(CELL, (2, 1), -2) == ("Sheet1", 1, 0)


def test_how_far_it_is() -> None:
    """Rule: it is the offset that leads from one cell to the other; worksheets matter only to who asks for them."""
    other = ("Sheet2", 4, 9)
    assert offset_between(CELL, other) == (-1, 7)
    assert offset_on_sheet(CELL, other) is None
    assert offset_on_sheet(CELL, offset(CELL, (3, -1))) == (3, -1)


def test_the_cells_beside_at_a_stride() -> None:
    """Rule: one before and one behind; none where nobody knows how far the steps are apart."""
    assert beside_at(CELL, (0, 2)) == [("Sheet1", 5, 0), ("Sheet1", 5, 4)]
    assert beside_at(CELL, None) == []


def test_a_run_goes_on_to_the_first_that_does_not_belong_to_it() -> None:
    """Rule: a cell behind a gap is none of the run; the first one is, whatever it is."""
    line = {("Sheet1", row, 2) for row in (6, 7, 9)}
    assert run_from(CELL, (1, 0), line.__contains__) == [("Sheet1", row, 2) for row in (5, 6, 7)]


def test_the_cells_in_line_with_one() -> None:
    """Rule: first those of its row, then those of its column, on both sides, and not the cell itself."""
    assert in_line(CELL, 1) == [[("Sheet1", 5, 1), ("Sheet1", 5, 3)], [("Sheet1", 4, 2), ("Sheet1", 6, 2)]]
    assert [len(line) for line in in_line(CELL, 3)] == [6, 6]


def test_cells_in_one_row_or_column_are_in_line() -> None:
    """Rule: of one worksheet; how far two cells are apart counts rows and columns, whatever the direction."""
    assert are_in_line(CELL, ("Sheet1", 5, 9))
    assert are_in_line(CELL, ("Sheet1", 0, 2))
    assert not are_in_line(CELL, ("Sheet1", 6, 3))
    assert not are_in_line(CELL, ("Sheet2", 5, 9))
    assert distance(CELL, ("Sheet1", 3, 5)) == distance(("Sheet1", 3, 5), CELL) == 5
