"""A `$` too few or too many in a formula that was filled: the cells behind the first one are wrong, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer

from xlcheck.handmade.edits.dollars import with_other_dollars


def test_a_reference_stays_or_moves() -> None:
    """Rule: of each reference is tried that it stays in its rows or columns where the first formula has it, and that it
    moves along; those to weights also stay all together. What would change nothing is not tried."""
    texts = {("S", 0, 3): "A1*$B$1+C1", ("S", 1, 3): "A2*$B$1+C2", ("S", 2, 3): "A3*$B$1+C3"}
    first, *others = texts

    found = [[own[cell] for cell in others] for own in with_other_dollars(texts, {("S", 0, 1), ("S", 0, 2)})]

    assert ["A2*$B$1+C1", "A3*$B$1+C1"] in found  # the last one stays
    assert ["A2*$B$2+C2", "A3*$B$3+C3"] in found  # the one that was fixed moves
    assert ["A1*$B$1+C2", "A1*$B$1+C3"] in found  # the first one stays
    assert len(found) == 4  # and that the two weights stay, which one of them does anyway
    assert all(first not in own for own in with_other_dollars(texts, ()))


@pytest.mark.keras
@pytest.mark.parametrize(
    ("texts", "roots"),
    [
        ([f"=1/(1+EXP(-(C{row}*$D$1+D{row}*$D$2+$D{row - 3})))" for row in (6, 7, 8)], {"E7", "E8"}),
        ([f"=1/(1+EXP(-(C$6*$D$1+D{row}*$D$2+$D$3)))" for row in (6, 7, 8)], {"E7", "E8"}),
    ],
    ids=["too few", "too many"],
)
def test_a_column_filled_with_a_wrong_dollar_is_wrong_behind_its_first_cell(
    texts: list[str], roots: set[str], tmp_path: Path
) -> None:
    """Rule: the first formula is right, and each one that was filled from it is a root, not only the one that differs
    most; what the moved reference meets may be empty."""
    cells = {**TOYS["xor"], **{f"E{row}": text for row, text in zip((6, 7, 8), texts, strict=True)}}

    assert answer(cells, tmp_path) == (1, roots)
