"""Whether weights move alike: one rate for all, or one for a kind of weights in a cell of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from recognised_sheets import cell_at

from xlcheck.formulas.algebra import Address, Algebra, Term
from xlcheck.handmade.backward.coefficients import Coefficient
from xlcheck.handmade.backward.steps import Move
from xlcheck.handmade.backward_judging.uneven import goes_on_twice, thresholds, uneven

_RATES = {"K1": 0.1, "K2": 0.3, "K3": 0.1}
_WEIGHTS = {(0, 0, 0): "A", (0, -1, 0): "B", (1, 0, 0): "C", (1, -1, 0): "D"}
"""Kernels and biases of two layers, a row a step."""


def _move(rate: str, weight: str, rule: tuple[str | float, ...] = (), shares: tuple[Address | None, ...] = ()) -> Move:
    own = Coefficient(cell_at(rate), 1.0, (), np.full(3, _RATES[rate]))
    return Move(own, rule, is_bias=weight in "BD", shares=shares)


def _reading(steps: Sequence[dict[str, Move | None]]) -> Any:
    """A training in which each step moves weights; the weight of a column is updated in the row below it."""
    found, updates = [], {}
    for row, moves in enumerate(steps, start=4):
        cells = {place: cell_at(f"{column}{row}") for place, column in _WEIGHTS.items()}
        own = {cell_at(f"{column}{row + 1}"): move for column, move in moves.items()}
        updates |= {cell_at(f"{column}{row + 1}"): cell_at(f"{column}{row}") for column in moves}
        truth = SimpleNamespace(network=SimpleNamespace(weight_cells=cells))
        found.append(SimpleNamespace(moves=own, run=("S", None), truth=truth))
    return SimpleNamespace(steps=found, sheet=SimpleNamespace(updates=updates))


def _with(rates: str) -> dict[str, Move | None]:
    return {column: _move(f"K{rate}", column) for column, rate in zip("ABCD", rates, strict=True)}


@pytest.mark.parametrize(
    ("rates", "count"),
    [
        (["1111", "1111"], 0), (["1131", "1111"], 0), (["1112", "1111"], 1), (["1211", "1111"], 1),
        (["1212", "1212"], 0), (["1122", "1122"], 0), (["1122"], 2), (["1221", "1221"], 4), (["1111", "2222"], 0),
    ],
)  # fmt: skip
def test_weights_go_as_far_as_others(rates: list[str], count: int) -> None:
    """Rule: a step has one rate, or one each for kernels and biases, or for layers, in the same cells each time."""
    reading = _reading([_with(own) for own in rates])
    assert uneven(reading, range(len(rates))) == count
    assert uneven(reading, []) == 0


@pytest.mark.parametrize(("others", "count"), [("1111", 4), ("3333", 0), ("1313", 4)])
def test_no_rate_is_that_of_another_training(others: str, count: int) -> None:
    """Rule: of trainings side by side one may have two rates, but none that moves another one."""
    reading = _reading([_with(own) for own in ("1212", "1212", others, others)])
    for step in reading.steps[2:]:
        step.run = ("S", cell_at("A6"))
    assert uneven(reading, range(4)) == count


def test_weights_move_by_one_rule() -> None:
    """Rule: one kind may shrink besides; another optimiser or another share of what was kept is counted."""
    step = _with("1111")
    shrinking = step | {"A": _move("K1", "A", ("weight decay", 0.01, "K5"))}
    assert uneven(_reading([shrinking]), [0]) == 0
    assert uneven(_reading([step | {"A": _move("K1", "A", ("momentum", 0.9))}]), [0]) == 1
    assert uneven(_reading([step | {"A": _move("K1", "A", (), (cell_at("K2"),))}]), [0]) == 1
    assert uneven(_reading([step | {"A": None}]), [0]) == 0


@pytest.mark.parametrize(
    ("signs", "own", "learnt", "count"),
    [
        ([(1, 1), (1, 1)], "", "", 0), ([(1, -1), (1, -1)], "", "", 0), ([(1, -1), (1, 1)], "", "", 1),
        ([(-1, -1)], "B4", "", 1), ([(-1, -1)], "B4", "B4", 0),
    ],
)  # fmt: skip
def test_thresholds_are_taken_off_throughout(signs: list[tuple[int, int]], own: str, learnt: str, count: int) -> None:
    """Rule: a layer takes them off at all steps or adds biases at all, and what is taken off learns that."""
    layers = [[SimpleNamespace(sign=sign) for sign in each] for each in signs]
    steps = [SimpleNamespace(truth=SimpleNamespace(network=SimpleNamespace(layers=each))) for each in layers]
    cells = [frozenset({cell_at(name)} if name else ()) for name in (own, learnt)]
    reading: Any = SimpleNamespace(steps=steps, thresholds=cells[0], learnt=cells[1])
    assert thresholds(reading, range(len(steps))) == count


@pytest.mark.parametrize(
    ("updates", "held", "twice"),
    [
        ({"A5": "A4", "A6": "A5"}, "A4 A5 A6", False), ({"A5": "A4", "A6": "A4"}, "A4 A5 A6", True),
        ({"A5": "A4", "A6": "A4"}, "A4 A6", False), ({"A5": "A4", "B5": "A4"}, "A4 A5 B5", False),
    ],
    ids=["one after the other", "two from one", "no step with the other", "side by side"],
)  # fmt: skip
def test_a_line_of_steps_goes_on_from_its_last_weights(updates: dict[str, str], held: str, twice: bool) -> None:
    """Rule: two cells of a line that are made from one weight, and that steps begin with, skip a step."""
    algebra, pairs = Algebra(), {cell_at(new): cell_at(weight) for new, weight in updates.items()}
    terms: dict[Address, Term] = {}
    for new, weight in pairs.items():
        term = algebra.sum([algebra.leaf(weight), 0.5])
        terms |= {new: term} if isinstance(term, Term) else {}
    found = SimpleNamespace(reads={new: (weight,) for new, weight in pairs.items()}, get=terms.get)
    weights: Collection[Address] = [*map(cell_at, held.split())]
    steps = [SimpleNamespace(truth=SimpleNamespace(network=SimpleNamespace(weights=weights)))]
    reading: Any = SimpleNamespace(sheet=SimpleNamespace(terms=found, updates=pairs), steps=steps, stride=(1, 0))
    assert goes_on_twice(reading, [0]) is twice
