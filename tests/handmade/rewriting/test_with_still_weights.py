"""A training as if it learned nothing: updates repeat the weights before them, and what leads to them is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from recognised_sheets import Sheet, a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.with_still_weights import WithStillWeights, with_still_weights
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_STEPS = (2, 3, 4)


def _still(folder: Path) -> tuple[Sheet, WithStillWeights]:
    """One weight in A, inputs in B, results in C, slopes in D, a step a row; the first weight is on another sheet."""
    cells: dict[str, object] = {"First ones!A9": 0.5, "A2": "='First ones'!A9-0.1*D1", "B1": 1.5, "D1": 0.3}
    for row in _STEPS:
        cells |= {f"B{row}": 0.7 * row, f"C{row}": f"=A{row}*B{row}", f"D{row}": f"=(C{row}-1)*B{row}"}
        cells |= {f"A{row}": f"=A{row - 1}-0.1*D{row - 1}"} if row > 2 else {}
    found = sheet(cells, folder)
    before = {cell_at("A2"): ("First ones", 8, 0), **{cell_at(f"A{row}"): cell_at(f"A{row - 1}") for row in (3, 4)}}
    slopes = [cell_at(f"D{row}") for row in _STEPS]
    other = with_still_weights(found.part, answers_of(found.table, engine("ironcalc")), before, slopes)
    assert other is not None
    return found, other


def test_all_steps_have_the_first_weight(tmp_path: Path) -> None:
    """Rule: its results are then those of one network, and the slopes are gone."""
    found, other = _still(tmp_path)
    table, values = other.part.table, other.part.values

    assert [table.texts[cell_at(f"A{row}")] for row in _STEPS] == ["'First ones'!A9", "A2", "A3"]
    assert [values[table.index[cell_at(f"C{row}")]] for row in _STEPS] == pytest.approx([0.35 * row for row in _STEPS])
    assert {*map(a1, found.table.texts.keys() - table.texts.keys())} == {"D2", "D3", "D4"}
    assert found.values[found.table.index[cell_at("C2")]] == pytest.approx(0.47 * 1.4)


def test_what_is_said_of_results_has_the_numbers_that_stand_there(tmp_path: Path) -> None:
    """Rule: nothing is said of updates, which are no copies in the workbook, and they are not counted."""
    _, other = _still(tmp_path)
    own = [result_at(other.part.table, cell_at(name), Status.ROOT, "", 0.35) for name in ("A3", "C2")]
    held = dict.fromkeys(map(cell_at, ("A2", "A3", "C2", "C3")), "dense")
    ((part,), _) = other.put_back([Part(own, 6, 5, held=held)], [])

    said = [result for result in part.results if isinstance(result, CellResult)]
    assert [(result.cell, result.actual) for result in said] == [("C2", pytest.approx(0.47 * 1.4))]
    assert ({*map(a1, part.held)}, part.formula_cells, part.checked) == ({"C2", "C3"}, 4, 3)


def test_an_array_formula_is_not_written_over(tmp_path: Path) -> None:
    """Rule: its first cell fills others; nobody knows what they would hold then."""
    found, other = _still(tmp_path)
    table = found.table
    sheets = dict(table.content.sheets)
    cells = dict(sheets["S"].cells)
    cells[2, 0] = replace(cells[2, 0], array="A3")
    content = replace(table.content, sheets={**sheets, "S": replace(sheets["S"], cells=cells)})
    part = replace(found.part, table=type(table)(content))

    assert with_still_weights(part, answers_of(table, engine("ironcalc")), other.updates, []) is None
