"""Which time step and document the cells of a column, or of a row, belong to."""

from __future__ import annotations

import pytest

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.moments import Moments
from xlcheck.handmade.networks.elements import Key

X, Z, H = ((0, f"rnn.{symbol}", "") for symbol in "xzh")


def _moments(held: dict[Address, Key]) -> Moments:
    return Moments(held, lambda band: frozenset({Z: {H}, X: {Z, H}}.get(band, ())))


def _sheet(*, down: bool = False) -> dict[Address, Key]:
    """Two inputs, sums and states at each of four steps, which are columns, or rows."""
    held = {}
    for step in range(4):
        for place, (band, unit) in enumerate((b, u) for b in (X, Z, H) for u in range(2)):
            held["S", *((step, place) if down else (place, step))] = Key(band, step, 0, unit)
    return held


@pytest.mark.parametrize("down", [False, True])
def test_a_cell_is_of_the_step_of_the_others_in_its_line(down: bool) -> None:
    """Rule: time runs along the lines that are purer, and a cell is of the moment of the others in its line."""
    held = _sheet(down=down)
    found = _moments(held)

    assert [found.of(cell, key.band) for cell, key in held.items()] == [(key.step, 0) for key in held.values()]


def test_its_own_band_has_no_vote() -> None:
    """Rule: a band that is filled wrongly is all of another step, and says nothing of where it should stand."""
    held = _sheet()
    held |= {cell: Key(H, key.step - 1, 0, key.index) for cell, key in held.items() if key.band == H and key.step > 1}

    assert _moments(held).of(("S", 4, 3), H) == (3, 0)


def test_what_follows_from_a_cell_votes_only_in_need() -> None:
    """Rule: if a sum is wrong, so are the states after it; they are asked only where there is little else."""
    held = {("T", *cell[1:]): key for cell, key in _sheet().items()}  # where steps are columns
    held |= {("S", 2 + unit, 0): Key(H, 1, 0, unit) for unit in range(3)}
    few = _moments(held | {("S", 0, 0): Key(X, 2, 0, 0)})
    enough = _moments(held | {("S", 6 + unit, 0): Key(X, 2, 0, unit) for unit in range(4)})

    assert few.of(("S", 5, 0), Z) == (1, 0)
    assert enough.of(("S", 5, 0), Z) == (2, 0)


def test_few_or_divided_votes_say_nothing() -> None:
    """Rule: fewer than three votes, or several moments in one line, leave a cell's moment open; so does no time."""
    two = {("S", 0, 0): Key(X, 1, 0, 0), ("S", 1, 0): Key(Z, 1, 0, 0)}
    divided = {("S", row, 0): Key(X, row % 2, 0, row) for row in range(6)}
    timeless = {("S", row, 0): Key(X, -1, 0, row) for row in range(6)}

    assert [_moments(held).of(("S", 9, 0), H) for held in (two, divided, timeless)] == [None] * 3


def test_networks_have_each_their_own_time() -> None:
    """Rule: below a network another one may stand, whose steps are others in the same columns."""
    below = {(s, row + 9, column): Key((1, *key.band[1:]), key.step + 1, 0, key.index)
             for (s, row, column), key in _sheet().items()}  # fmt: skip
    found = _moments(_sheet() | below)

    assert (found.of(("S", 2, 1), Z), found.of(("S", 11, 1), (1, *Z[1:]))) == ((1, 0), (2, 0))
