"""Cells as ranges: each in one of them, and as few as possible."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings, strategies as st
from thorough import PATIENT

from xlcheck.formulas.addresses import MAX_ROWS, Range
from xlcheck.workbook.cell_codes import code_at, codes_of, first_gap, inside, rectangles

ADDRESSES = st.sets(
    st.tuples(st.sampled_from(("A", "B")), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40
).map(sorted)


@settings(PATIENT)
@given(ADDRESSES)
def test_rectangles_cover_each_cell_once(addresses: list[tuple[str, int, int]]) -> None:
    """Every cell lies in one rectangle, at the position that the list gives it, and no other cell does."""
    covered = [
        ((area.sheet, *cell), int(position))
        for area, positions in rectangles(addresses)
        for cell, position in zip(area.cells(), positions, strict=True)
    ]

    assert sorted(covered) == [(address, number) for number, address in enumerate(addresses)]


def test_a_full_block_is_one_rectangle() -> None:
    """A table that is full is asked for at once."""
    block = [("S", row, column) for row in range(2, 6) for column in range(1, 4)]
    ((area, positions),) = rectangles(block)

    assert area == Range("S", 2, 1, 4, 3)
    assert positions.tolist() == list(range(12))
    assert rectangles([]) == []


@settings(PATIENT)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4), st.integers(1, 4), st.sets(st.integers(0, 15)))
def test_the_first_cell_of_a_range_that_is_none_of_some(
    top: int, left: int, rows: int, columns: int, places: set[int]
) -> None:
    """In its rows, one after the other; none if all are there. Whole columns are not written down."""
    area = Range("a", top, left, rows, columns)
    every = codes_of(area).tolist()
    some = inside(np.array(sorted(code_at(*divmod(place, 4)) for place in places), dtype=np.int64), area)

    assert first_gap(area, some) == next((code for code in every if code not in some), None)
    assert first_gap(Range("a", 0, 2, MAX_ROWS), np.array([code_at(0, 2)])) == code_at(1, 2)
