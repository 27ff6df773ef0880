"""What somebody may have meant to type: the edits that are tried in a training with too few steps to have witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
from training_sheets import Cells, table_of

from xlcheck.handmade.backward_judging.slips import Slips, idle_cells
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import address_of, show

_CELLS: Cells = {
    **{f"{column}1": 0.1 * number for number, column in enumerate("ABCD", 1)},
    "A2": "=A1*B1", "B2": "=B1*C1", "A3": "=TANH(A2)", "B3": "=TANH(B2)",
}  # fmt: skip


def _edits(cells: Cells, path: Path, *suspects: str, stride: tuple[int, int] | None = None) -> list[dict[str, str]]:
    book = openpyxl.Workbook()
    for place, content in cells.items():
        book.active[place] = content
    book.save(path)
    table, values = table_of(path)
    cells_of = [address_of("Sheet", cell) for cell in suspects]
    slips = Slips(table, CellTerms(table, values), stride, cells_of, idle_cells(table))
    return [_shown(edit) for kind in slips.by_likelihood() for edit in kind]


def _shown(edit: Mapping[tuple[str, int, int], str]) -> dict[str, str]:
    return {show(cell).rpartition("!")[2]: text for cell, text in edit.items()}


def test_a_cell_that_nobody_reads_is_put_to_use_in_the_place_of_a_blank_one(tmp_path: Path) -> None:
    """Rule: whoever reads a blank cell has left another one unread; formulas in line that do the same go along."""
    edits = _edits(_CELLS | {"A3": "=TANH(A4)", "B3": "=TANH(B4)"}, tmp_path / "w.xlsx", "A3", "B3")
    assert edits[0] == {"A3": "TANH(A2)", "B3": "TANH(B2)"}


def test_a_number_is_what_the_formula_beside_it_would_be(tmp_path: Path) -> None:
    """Rule: for a typed number the formulas in line are filled into its place."""
    assert {"B3": "TANH(B2)"} in _edits(_CELLS | {"B3": 0.02}, tmp_path / "w.xlsx", "B3")
    assert _edits(_CELLS, tmp_path / "w.xlsx", "D1") == []


def test_roundings_and_signs_are_undone(tmp_path: Path) -> None:
    """Rule: a ROUND around all of a formula may be left out, and a sign between two operands turned round."""
    rounded = _edits(_CELLS | {"A3": "=ROUND(TANH(A2),2)"}, tmp_path / "w.xlsx", "A3")
    assert rounded[0] == {"A3": "TANH(A2)"}
    assert {"A3": "A1+B1"} in _edits(_CELLS | {"A3": "=A1-B1"}, tmp_path / "w.xlsx", "A3")


def test_a_cell_that_is_read_as_often_is_not_put_in_the_place_of_another_one(tmp_path: Path) -> None:
    """Rule: who slips leaves the right cell unread; one that has more readers already was hardly left out."""
    cells = _CELLS | {"C2": "=B1*A1", "C3": "=D1*2"}
    assert {"C3": "C1*2"} in _edits(cells, tmp_path / "w.xlsx", "C3")
    assert {"C3": "B1*2"} not in _edits(cells, tmp_path / "w.xlsx", "C3")


def test_one_reference_is_as_the_step_before_has_it(tmp_path: Path) -> None:
    """Rule: of the same formula a step away each reference tells, whether it moves with the step or stays."""
    cells = {f"{column}{row}": 0.1 * row for column in "ABC" for row in (1, 2)} | {"D1": "=A1*C$1", "D2": "=B2*C$1"}
    edits = _edits(cells, tmp_path / "w.xlsx", "D2", stride=(1, 0))
    assert {"D2": "A2*C$1"} in edits


def test_every_edit_changes_something_and_comes_once(tmp_path: Path) -> None:
    """Rule: no edit is tried twice, and none leaves the sheet as it is."""
    edits = _edits(_CELLS, tmp_path / "w.xlsx", *(cell for cell in _CELLS if cell[1] != "1"))
    assert edits
    assert len({tuple(sorted(edit.items())) for edit in edits}) == len(edits)
    assert all(f"={text}" != _CELLS[cell] for edit in edits for cell, text in edit.items())


def test_no_edit_reads_a_word_or_an_empty_cell(tmp_path: Path) -> None:
    """Rule: what stands beside, filled into a total's place, would read a heading, and nobody meant that."""
    cells: Cells = {"A1": "Targets", "A2": 0.3, "A3": 0.4, "C1": "=A2+A3", "C2": "=B1-A2", "B1": 0.7}
    edits = _edits(cells, tmp_path / "w.xlsx", "C1")
    assert {"C1": "B1-A2"} in edits
    assert not any("A1" in text or "B2" in text for edit in edits for text in edit.values())
