"""Sums that are followed into others, and what stays of them there."""

from __future__ import annotations

from collections import defaultdict

from xlcheck.handmade.forms.polynomials import Atom, Polynomial
from xlcheck.handmade.forms.products import gathered

_GATE, _NEW, _SUM, _Z, _H = (("S", 0, column, 0) for column in range(5))


def _gathered(total: Polynomial, own: Polynomial) -> tuple[Polynomial, dict[Atom, Atom], dict[Atom, set[Atom]]]:
    added, named = {_SUM: _SUM}, defaultdict[Atom, set[Atom]](set)
    found = gathered(total, added, named.__getitem__, lambda atom: own if atom == _SUM else {}, lambda atom: False)
    return found, added, named


def test_a_state_that_is_only_multiplied_is_one_number_again() -> None:
    """Of h₋₁ + (1 − z)·(h̃ − h₋₁), where h₋₁ holds (1 − z₁)·h̃₁, stays z·h₋₁, and the cell is named."""
    state: Polynomial = {(_H,): 1.0, (_Z, _H): -1.0}
    total = {(_NEW,): 1.0, (_GATE, _NEW): -1.0, (_GATE, _H): 1.0, tuple(sorted((_GATE, _Z, _H))): -1.0}

    left: Polynomial = {(_NEW,): 1.0, (_GATE, _NEW): -1.0, (_GATE, _SUM): 1.0}
    assert _gathered(total, {tuple(sorted(own)): n for own, n in state.items()}) == (left, {}, {_SUM: {_SUM}})


def test_a_weighted_sum_stays_open() -> None:
    """r·(w·h + b), as the candidate of a GRU has it, is the sum of its products: what it holds is no state."""
    total: Polynomial = {(_GATE, _H): 1.0, (_GATE, _Z): 1.0}

    assert _gathered(total, {(_H,): 1.0, (_Z,): 1.0}) == (total, {_SUM: _SUM}, {})
