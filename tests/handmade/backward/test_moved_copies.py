"""Copies of a network in which a weight is moved: they are told from sums that only look like moved weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import cell_at
from training_sheets import Cells, filled, terms_of

from xlcheck.handmade.backward.moved_copies import computed_from_moved_weights
from xlcheck.handmade.reading.cell_terms import in_order

_SHEET: Cells = {
    "A1": 0.01, "A2": 0.3, "A3": -0.2, "B1": 2, "C1": 1.5,
    "A5": "=TANH(A2*B1+A3)", "A6": "=(A5-C1)^2", "D5": "=TANH(D2*B1+D3)", "D6": "=(D5-C1)^2", "E3": "=A3-2*(A5-C1)",
}  # fmt: skip


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ({"D2": "=A2+$A$1", "D3": "=A3"}, "D2 D5 D6"),
        ({"D2": "=$A2", "D3": "=A3-0.01"}, "D3 D5 D6"),
        ({"D2": "=A2", "D3": "=A3"}, ""),
        ({"D2": "=A2+$C$1", "D3": "=A3"}, ""),
        ({"D2": "=A2+2*$A$1", "D3": "=A3", "D5": "=D2*B1+D3"}, ""),
        ({"D2": "=A2+$A$1", "D3": "=A3", "E3": "=A3-2*(D5-C1)"}, ""),
    ],
    ids=[
        "a kernel", "a bias, by a typed number", "nothing moved", "far away", "it computes something else",
        "the weight learns from it",
    ],
)  # fmt: skip
def test_what_reads_a_moved_weight_computes_the_same(copy: Cells, found: str, tmp_path: Path) -> None:
    """Rule: a weight is moved by a small number and read by what computes the same, from which nothing is learnt."""
    cells = {f"S!{place}": content for place, content in (_SHEET | copy).items()}
    terms, update = terms_of(filled(tmp_path / "w.xlsx", cells)), cell_at("E3")
    copies = computed_from_moved_weights(terms, [own for own in in_order(terms.reads) if own != update], [update])
    assert copies == {cell_at(own) for own in found.split()}
