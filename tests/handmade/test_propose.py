"""Drafts of bindings files: what they say is read back as it was meant, and doubts are written beside it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fixtures.handmade.make_corpus import FOLDER
from xlcheck import Proposal, bind
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


def proposal(path: Path) -> Proposal:
    """What is proposed for a workbook."""
    return bind(path)


def made(path: Path, cells: dict[str, object]) -> Path:
    """A workbook with these cells."""
    book = openpyxl.Workbook()
    for cell, content in cells.items():
        book.active[cell] = content
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["book_simple_rnn", "time_down", "named_weights"])
def test_a_draft_is_read_back_as_it_was_meant(name: str, tmp_path: Path) -> None:
    """The same layers, and the same cells for each weight and input, as the network that was recognised."""
    draft = proposal(FOLDER / f"{name}.xlsx")
    path = tmp_path / "mine.toml"
    path.write_text(draft.text, encoding="utf-8")
    read = read_bindings(path, read_workbook(FOLDER / f"{name}.xlsx"))

    assert len(read) == len(draft.networks) == 1
    assert [(layer.kind, layer.options) for layer in read[0].spec.layers] == [
        (layer.kind, layer.options) for layer in draft.networks[0].spec.layers
    ]
    assert {(q.name, s, i): cell for q, s, i, cell in read[0].cells()} == {
        (q.name, s, i): cell for q, s, i, cell in draft.networks[0].cells()
    }
    assert draft.explained <= draft.formula_cells
    assert f"explain {draft.explained} of {draft.formula_cells} formula cells" in draft.text.splitlines()[0]


def test_a_draft_says_what_a_person_wrote() -> None:
    """The cells of all weights and inputs are those of the bindings file that was written by hand."""
    path = FOLDER / "time_down.xlsx"
    draft = proposal(path)
    (by_hand,) = read_bindings(path.with_suffix(".toml"), read_workbook(path))

    assert sorted(cell for *_, cell in draft.networks[0].cells()) == sorted(cell for *_, cell in by_hand.cells())
    assert list(draft.networks[0].weights.values()) == list(by_hand.weights.values())
    assert draft.explained == draft.formula_cells == 44


def test_a_state_without_a_cell_is_said(tmp_path: Path) -> None:
    """Where the first step reads no state, the draft says what was taken for it."""
    cells: dict[str, object] = {"A1": 0.5, "A2": -0.25, "A3": 0.1, "B5": "=TANH(A5*$A$1+$A$3)"}
    for row, x in enumerate((1.0, -0.5, 0.25, 2.0), start=5):
        cells[f"A{row}"] = x
        if row > 5:
            cells[f"B{row}"] = f"=TANH(A{row}*$A$1+B{row - 1}*$A$2+$A$3)"
    draft = proposal(made(tmp_path / "book.xlsx", cells))

    assert "# No cells were found for the state before the first step; it is taken as 0." in draft.text
    assert (draft.explained, draft.formula_cells) == (4, 4)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"A1": 1.0, "A2": "x"}, "has no formula cell, so there is nothing to bind"),
        ({"A1": 1.0, "A2": "=A1+1"}, "no network was recognised in .*; it needs weights as constants"),
    ],
)
def test_what_holds_no_network_is_refused(cells: dict[str, object], message: str, tmp_path: Path) -> None:
    """One sentence that says why there is no draft."""
    with pytest.raises(NothingCheckedError, match=message):
        proposal(made(tmp_path / "book.xlsx", cells))
