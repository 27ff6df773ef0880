"""A training of several steps taken apart, or left as it is where steps read one another's weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from descent_sheets import descent
from recognised_sheets import a1, sheet

from xlcheck.handmade.backward.steps_apart import steps_apart

_NEXT = {"C7": 0.2, "D7": 0.3, "F7": "=TANH(A7*C7+B7*D7)"}


def test_each_step_begins_with_the_weights_of_the_one_before(tmp_path: Path) -> None:
    """Rule: each step has its own forward and way back; what the last weights compute is left for the next one."""
    found = steps_apart(sheet(descent(3, _NEXT), tmp_path).terms)
    assert found is not None
    pairs = {a1(update): a1(weight) for update, weight in found.updates.items()}
    assert pairs == {f"{w}{row + 1}": f"{w}{row}" for row in (4, 5, 6) for w in "AB"}
    for row, step in zip((4, 5, 6), found.steps, strict=True):
        assert {*map(a1, step.forward)} == {f"F{row}"}
        assert {*map(a1, step.back)} == {f"{c}{row}" for c in "HI"} | {f"{c}{row + 1}" for c in "AB"}
        own = step.found(f"S!G{row}")
        assert own is not None
        assert own[1].all()
    assert {*map(a1, found.unfinished)} == {"F7"}
    assert {*map(a1, found.learnt)} == {"F7", *(f"{c}{r}" for r in (4, 5, 6) for c in "FGHI"), *pairs}


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (1, {}), (3, {"I5": "=2*(F5-E5)*(1-F4^2)*D5"}), (3, {"B7": "=B5-$K$1*I6"}), (3, {"B6": None, "B7": None}),
        (3, {"B4": "=K1*3"}),
    ],
    ids=["one step", "a result of the step before", "a weight of the step before", "fewer weights", "computed weights"],
)  # fmt: skip
def test_what_is_no_line_of_steps(steps: int, wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: every step moves all typed weights, and reads nothing of another step but these."""
    assert steps_apart(sheet(descent(steps, wrong), tmp_path).terms) is None
