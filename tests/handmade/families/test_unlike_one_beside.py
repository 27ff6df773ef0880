"""Formulas that do otherwise than the one right beside them: each as that one would be filled there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import a1, sheet

from xlcheck.handmade.families.unlike_kin import unlike_one_beside

_CELLS: dict[str, object] = {"A1": 0.3, "A2": -0.8, "D1": 0.5, "C1": "=TANH(A1*$D$1)"}


def _said(cells: Mapping[str, object], folder: Path) -> list[dict[str, str]]:
    table = sheet(_CELLS | dict(cells), folder).table
    return [{a1(cell): text for cell, text in own.items()} for own in unlike_one_beside(table)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"C2": "=TANH(A2*$D$1)"}, []),
        ({"C2": "=A2*$D$1"}, [{"C1": "A1*$D$1"}, {"C2": "TANH(A2*$D$1)"}]),  # either may be wrong
        ({"C2": "=TANH(A1*$D$1)"}, [{"C2": "TANH(A2*$D$1)"}]),  # above the first row there is no A0
        ({"C2": "=TANH(A2*D1)"}, []),  # it does the same
        ({"C2": "=A2*$D$1+A1"}, []),  # it reads more cells
        ({"C2": 0.25}, [{"C2": "TANH(A2*$D$1)"}]),
        ({"C3": "=A2*$D$1"}, []),  # a gap is between them
    ],
)
def test_one_beside_it_says_what_a_cell_should_hold(
    more: dict[str, object], said: list[dict[str, str]], tmp_path: Path
) -> None:
    """Rule: what is filled from the next cell, with as many references; nothing where both do the same."""
    found = [own for own in _said(more, tmp_path) if own.keys() <= {"C1", "C2", "C3"}]
    assert found == said
    assert all(own in _said(more, tmp_path) for own in said)


def test_all_four_sides_are_asked(tmp_path: Path) -> None:
    """Rule: a formula says what stands before and behind it, above and below."""
    cells = {"C5": 0.1, "D6": 0.2, "C7": 0.3, "B6": 0.4, "C6": "=F12*2"}
    said = [own for own in _said(cells, tmp_path) if not own.keys() <= {"C2", "D1", "B1"}]
    assert sorted(map(str, said)) == [
        "{'B6': 'E12*2'}",
        "{'C5': 'F11*2'}",
        "{'C7': 'F13*2'}",
        "{'D6': 'G12*2'}",
    ]
