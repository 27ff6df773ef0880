"""Sums of which a gate multiplies a part."""

from __future__ import annotations

from pathlib import Path

from equation_sheets import TOYS, atom
from recognised_sheets import RESET_AFTER, a1, sheet

from xlcheck.handmade.equations.gated_sums import gated_sums
from xlcheck.handmade.forms.polynomials import Atom


def test_what_a_gate_multiplies_is_a_part_of_the_sum(tmp_path: Path) -> None:
    """The reset gate, the summands that it multiplies, and all summands as they are without it."""
    found = dict(gated_sums(sheet(RESET_AFTER, tmp_path).forms))

    assert {a1(cell): a1(known(gate)) for cell, (gate, _, _) in found.items()} == {"H5": "H3", "I5": "I3"}
    _, under, whole = found[atom("I5")]
    assert sorted([a1(own) for own in summand] for summand in under) == [["C2", "H6"], ["C4"]]
    assert sorted([a1(own) for own in summand] for summand in whole) == [["C1", "I1"], ["C2", "H6"], ["C3"], ["C4"]]
    assert dict(gated_sums(sheet(TOYS["gru"], tmp_path).forms)) == {}


def known(found: Atom | None) -> Atom:
    """What is there."""
    assert found is not None
    return found
