"""Edits that were tried before time was up: what may be said of them, and what may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from equation_sheets import verdict
from recognised_sheets import cell_at, sheet

from xlcheck.handmade import effort
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.edits.tried_edits import TriedEdits, share_weights
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.forms.term_changes import Edit

pytestmark = pytest.mark.keras


def _stopped_after(edits: Iterator[Edit], cell: str) -> Iterator[Edit]:
    """Edits up to the last one of a cell; then time is up."""
    yield from [edit for edit in edits if edit.keys() == {cell_at(cell)}]
    raise effort.OutOfTimeError


_RIGHT = {
    **{"A1": 0.7, "A2": -0.4, "A4": 0.9, "A6": 0.15, "A8": 1.3, "A9": -0.25, "C1": 0.5, "C2": -1.2, "D1": 0.8, "B5": 0},
    **{"D2": 0.35, "D7": "=A8*D5+A9", "C5": "=TANH(C4)", "D5": "=TANH(D4)"},
    "C4": "=$A$1*C1+$A$2*C2+$A$4*B5+$A$6",
    "D4": "=$A$1*D1+$A$2*D2+$A$4*C5+$A$6",
}
_TURNED = _RIGHT | {"D4": "=$A$1*D1+$A$2*D2-$A$4*C5+$A$6"}
_SUM = _RIGHT | {"D4": "=$A$1*D1+$A$2*D2+$A$4*C4+$A$6"}  # of the step before, and not its activation, which is unread


def test_what_was_found_is_shown_when_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: a cell with which all would be a network is shown, and not blamed, as long as others were not tried."""
    assert verdict(_TURNED, tmp_path).roots == {"D4"}
    whole = Edits.__iter__
    monkeypatch.setattr(Edits, "__iter__", lambda self: _stopped_after(whole(self), "D4"))
    found = verdict(_TURNED, tmp_path)
    assert (found.code, found.roots) == (3, set())
    assert "D4 may be wrong" in found.said
    assert "not every other change was tried" in found.said


def test_nothing_is_shown_that_was_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: where no edit was found before time was up, nothing but that is said."""
    monkeypatch.setattr(Edits, "__iter__", lambda self: _stopped_after(iter(()), "D4"))
    found = verdict(_TURNED, tmp_path)
    assert (found.code, found.roots) == (3, set())
    assert "may be wrong" not in found.said
    assert effort.USED_UP in found.said


def test_what_the_cells_tell_of_is_wrong_though_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: where an unread cell, or kin, tells of the edit, and nothing else does, it needs not all others."""
    monkeypatch.setattr(Edits, "__iter__", lambda self: _stopped_after(iter(()), "D4"))
    assert verdict(_SUM, tmp_path).roots == {"D4"}
    monkeypatch.setattr(Edits, "told", lambda self: _stopped_after(Edits._once_each(self, self._all()), "D4"))
    found = verdict(_SUM, tmp_path)
    assert (found.code, found.roots) == (3, set())
    assert "D4 may be wrong" in found.said


@pytest.mark.parametrize(
    ("edited", "new", "share"),
    [
        ("F6", "TANH($A$6*E1+$B$6*E2+E3)", True),
        ("F6", "TANH($B$6*F1+$A$6*F2+F3)", False),
        ("E6", "TANH(A6*E1)", True),
    ],
)
def test_a_cell_that_shares_its_weights_is_not_shown(edited: str, new: str, share: bool, tmp_path: Path) -> None:
    """Rule: of two units that read the same weights either may be wrong, and both may not have been tried."""
    cells: dict[str, object] = {"A6": 0.7, "B6": -1.2, "H1": 0.4, "H2": -0.9, "H3": 1.1, "H4": 0.05}
    for number, unit in enumerate("DEF"):
        cells |= {f"{unit}{row}": round(0.3 * row - 0.5 * number + 0.07 * row * number, 2) for row in (1, 2, 3)}
        read = "F" if unit == "E" else unit
        cells[f"{unit}6"] = f"=TANH($A$6*{read}1+$B$6*{read}2+{read}3)"
    found = sheet(cells | {"H6": "=D6*H1+E6*H2+F6*H3+H4"}, tmp_path)
    cell = cell_at(edited)
    term = found.terms.term_of(cell, new)
    assert term is not None
    assert share_weights([{cell: term}], found.arrangement) is share


def test_no_time_at_all() -> None:
    """Rule: whoever tries edits says whether there was time for all of them."""
    with effort.limited_to(0):
        assert not TriedEdits(Mock(spec=UnderEdits), Mock(spec=Bench), ()).through([{}])
