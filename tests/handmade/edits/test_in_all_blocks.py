"""A slip that was copied with its block is looked for in all; so is a unit that lost its input in all samples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from equation_sheets import save

from fixtures.handmade.drawn.score import workbook
from fixtures.handmade.workbook import to_bytes
from xlcheck import check
from xlcheck.engines import engine
from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook

_BLOCKS = (10, 20, 30)


def _edits(cells: Mapping[str, object], folder: Path, weights: Collection[str]) -> list[dict[str, set[str]]]:
    """Each edit of a worksheet: cell → what it would read."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    terms = CellTerms(table, answers_of(table, engine("ironcalc")).values)
    named = {cell_name(*cell[1:]): cell for cell in table.addresses}
    return [
        {cell_name(*cell[1:]): {cell_name(*leaf[1:]) for leaf in leaves(term)} for cell, term in edit.items()}
        for edit in Edits(terms, table, [], [named[name] for name in weights])
    ]


def _gated(at: int) -> dict[str, object]:
    """Two units of a sample, each let through by a gate; the second one goes by the gate of the first one."""
    cells: dict[str, object] = {f"C{at}": 0.3 - 0.04 * at, f"C{at + 1}": 0.02 * at - 0.7}
    for row, column in ((at, "A"), (at + 1, "B")):
        cells[f"D{row}"] = f"=TANH({column}1*C{at}+{column}2*C{at + 1})"
        cells[f"E{row}"] = f"=1/(1+EXP(-({column}3*C{at}+{column}4*C{at + 1})))"
    return cells | {f"F{at}": f"=D{at}*E{at}", f"F{at + 1}": f"=D{at + 1}*E{at}"}


_WEIGHTS = {f"{column}{row}": 0.3 * row - 0.5 * n for n, column in enumerate("AB") for row in (1, 2, 3, 4)}


def test_an_edit_is_made_in_each_copy_of_a_block(tmp_path: Path) -> None:
    """Each copy reads what stands in its own block."""
    cells: dict[str, object] = {**_WEIGHTS}
    for at in _BLOCKS:
        cells |= _gated(at)

    assert {f"F{at + 1}": {f"D{at + 1}", f"E{at + 1}"} for at in _BLOCKS} in _edits(cells, tmp_path, _WEIGHTS)


def test_a_block_that_is_no_copy_is_left_alone(tmp_path: Path) -> None:
    """A cell that does otherwise than that of the blocks before is edited by itself."""
    cells: dict[str, object] = {**_WEIGHTS}
    for at in _BLOCKS:
        cells |= _gated(at)
    edits = _edits(cells | {"F31": "=D31+E30"}, tmp_path, _WEIGHTS)

    assert {f"F{at + 1}": {f"D{at + 1}", f"E{at + 1}"} for at in _BLOCKS[:2]} in edits
    assert not any({"F11", "F21", "F31"} <= edit.keys() for edit in edits)


def test_formulas_that_all_compute_the_same_are_those_of_a_unit(tmp_path: Path) -> None:
    """Where an input was left out in all of a line, it may be meant to be what the unit beside it is."""
    cells: dict[str, object] = {"A4": 2, "A5": 3, "B4": -1, "B5": 1}
    for n, column in enumerate("CDEF"):
        cells |= {f"{column}1": 0.7 - 0.4 * n, f"{column}3": f"=A$4*{column}1+A$5", f"{column}4": "=B$4+B$5"}

    meant = {f"{column}4": {"B4", f"{column}1", "B5"} for column in "CDEF"}
    assert meant in _edits(cells, tmp_path, ["A4", "A5", "B4", "B5"])


@pytest.mark.keras
@pytest.mark.parametrize("seed", [164017, 164041])
def test_a_slip_in_blocks_is_found(seed: int, tmp_path: Path) -> None:
    """Another gate in each sample's block; the weights of another gate in all units of a step."""
    plant = workbook(seed, (1,))
    (tmp_path / "w.xlsx").write_bytes(to_bytes(plant.drawn.layout, plant.edits))
    report = check(tmp_path / "w.xlsx", effort=60)

    assert {(own.sheet, own.cell) for own in report.roots} == {(own.sheet, own.a1) for own in plant.edits}
