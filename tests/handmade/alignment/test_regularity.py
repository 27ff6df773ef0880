"""What a cell should hold by the cells around it."""

from __future__ import annotations

import pytest

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.regularity import Regularity
from xlcheck.handmade.networks.elements import Key

H, KERNEL = (0, "rnn.h", ""), (0, "rnn.kernel", "")


def _states(**changed: Key) -> dict[Address, Key]:
    """Two units below each other at five steps, but for some cells, such as `B1`."""
    held = {("S", unit, step): Key(H, step, 0, unit) for unit in range(2) for step in range(5)}
    return held | {("S", int(a1[1:]) - 1, ord(a1[0]) - ord("A")): key for a1, key in changed.items()}


def _expected(held: dict[Address, Key], cell: Address) -> Key | None:
    votes = Regularity(held, [KERNEL]).expected(cell)
    return max(votes, key=votes.__getitem__, default=None)


@pytest.mark.parametrize("place", [(0, 0), (1, 2), (1, 4), (0, 5), (2, 1)])
def test_a_step_between_cells_means_the_same_everywhere(place: tuple[int, int]) -> None:
    """Rule: one column to the right is the next step, one row down the next unit, also just beside the known cells."""
    assert _expected(_states(), ("S", *place)) == Key(H, place[1], 0, place[0])


def test_a_cell_does_not_vote_on_itself() -> None:
    """Rule: what a cell holds by mistake says nothing of what it should hold."""
    wrong = Key(H, 0, 0, 1)

    assert _expected(_states(C1=wrong), ("S", 0, 2)) == Key(H, 2, 0, 0)


def test_tables_of_weights_say_nothing_of_what_is_computed() -> None:
    """Rule: one column to the right of a weight is another unit, which says nothing of a row of states."""
    weights = {("S", 8 + row, column): Key(KERNEL, -1, 0, 5 * row + column) for row in range(5) for column in range(5)}
    alone = {("S", 0, 0): Key(H, 0, 0, 0)}

    assert _expected(weights | alone, ("S", 0, 1)) is None
    assert _expected(weights | alone, ("S", 8, 5)) == Key(KERNEL, -1, 0, 5)


def test_what_is_repeated_beside_itself_is_no_step() -> None:
    """Rule: a copy beside its original is no pattern in which every element is copied."""
    held = {("S", row, column): Key(H, row, 0, 0) for row in range(4) for column in range(2)}

    assert _expected(held, ("S", 1, 2)) is None
