"""Cells as ranges: each in one of them, and as few as possible."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from thorough import PATIENT

from xlcheck.formulas.addresses import Range
from xlcheck.workbook.cell_codes import rectangles

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
