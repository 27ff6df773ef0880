"""States before the first step: what their own network makes, or another one long before its last step."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bound_sheets import STATES, Bound, bound

from xlcheck.handmade.accepting.first_states import doubtful_first_states, with_gaps
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_STEPS = [("Sheet", row, 1) for row in range(4, 8)]
_FIRST = ("Sheet", 3, 1)


def _outcome(own: Bound, judged: Collection[tuple[str, int, int]] = _STEPS) -> Any:
    """What became of the unit: a verdict on the state of each step."""
    verdicts = [SimpleNamespace(cell=cell, element=own.aligned.element(cell)) for cell in judged]
    return SimpleNamespace(networks=own.networks, verdicts=verdicts)


def _part(own: Bound) -> SheetGroup:
    return SheetGroup(("Sheet",), own.table, own.answers.values, own.precedents)


@pytest.mark.parametrize(
    ("first", "doubtful"),
    [(0.2, False), ("=A6*2", True), ("=D1*2", True), ("=A6", False), ("=F1*2", False)],
    ids=["typed", "of an input", "of an input, through another cell", "a copy", "of what is beside"],
)
def test_a_first_state_is_not_made_of_what_follows_it(first: object, doubtful: bool, tmp_path: Path) -> None:
    """Rule: what its network is given must not make its first state; a copy of it makes no other number."""
    own = bound(tmp_path, STATES | {"B4": first, "D1": "=A7+1", "F1": 0.3})
    said = [*doubtful_first_states([_outcome(own)], _part(own))]

    why = "Sheet!B4 makes a state before the first step of what its network itself reads or computes"
    assert said == [why] * doubtful


def test_a_first_state_that_another_network_computes_is_judged_there(tmp_path: Path) -> None:
    """Rule: a verdict on the cell is enough, whatever it is computed from."""
    own = bound(tmp_path, STATES | {"B4": "=A6*2"})
    other: Any = SimpleNamespace(
        networks=(), verdicts=[SimpleNamespace(cell=_FIRST, element=own.aligned.element(_STEPS[0]))]
    )
    assert not [*doubtful_first_states([_outcome(own), other], _part(own))]


@pytest.mark.parametrize(("at", "early"), [(_STEPS[-1], False), (_STEPS[1], True), (_FIRST, False)])
def test_a_decoder_begins_with_the_last_state(at: tuple[str, int, int], early: bool, tmp_path: Path) -> None:
    """Rule: the state of an earlier step of another network is doubtful; one that no network computes is not."""
    own = bound(tmp_path, STATES)
    (network,) = own.networks
    second = replace(network, samples=({**network.samples[0], "simple_rnn.h_init": (at,)},))
    decoder: Any = SimpleNamespace(networks=(second,), verdicts=())
    said = [*doubtful_first_states([_outcome(own), decoder], _part(own))]

    why = "Sheet!B6 is the state with which another network begins, and not the last one of its own"
    assert said == [why] * early


def test_reasons_are_gaps_in_a_check() -> None:
    """Rule: each reason counts as a gap that no cell shows; without reasons nothing is added."""
    (part,) = with_gaps(iter(["one", "other"]))
    assert (part.without_cell, part.gaps, part.notes) == (2, ("one", "other"), ("one", "other"))
    assert with_gaps([]) == []
