"""An edit of one block is made in each copy of it, with what stands there and with the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from made_edits import named
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.edits.in_all_blocks import InAllBlocks
from xlcheck.handmade.families.filling import Filling

_WEIGHTS = {f"{column}{row}": 0.3 * row - 0.5 * n for n, column in enumerate("AB") for row in (1, 2)}


def _block(at: int) -> dict[str, object]:
    """Two inputs in C, two units in D that read them, their squares in E, and a product in F."""
    cells: dict[str, object] = {f"C{at}": 0.3 - 0.04 * at, f"C{at + 1}": 0.02 * at - 0.7}
    for row, column in ((at, "A"), (at + 1, "B")):
        cells[f"D{row}"] = f"=TANH(${column}$1*C{at}+${column}$2*C{at + 1})"
        cells[f"E{row}"] = f"=D{row}^2"
    return cells | {f"F{at}": f"=D{at}*E{at + 1}"}


def _made(cells: Mapping[str, object], edit: Mapping[str, str], folder: Path) -> list[dict[str, set[str]]]:
    own = sheet({**_WEIGHTS, **cells}, folder)
    filling = Filling(own.terms, own.table, [*map(cell_at, _WEIGHTS)], [])
    does = {cell: operands[0] for cell, operands in filling._operands.items()}
    terms = {cell_at(name): own.terms.term_of(cell_at(name), text) for name, text in edit.items()}
    meant = {cell: term for cell, term in terms.items() if term is not None}
    return named(InAllBlocks(own.terms, does, filling._replaced).of(meant))


_THREE = _block(10) | _block(20) | _block(30)
_SMALL = {cell: text for cell, text in (_block(10) | _block(20)).items() if cell[0] != "E"}


@pytest.mark.parametrize("at", [10, 20, 30])
def test_each_copy_reads_its_own_block(at: int, tmp_path: Path) -> None:
    """Rule: whichever block is edited, results and inputs of each copy are its own, and weights are those of all."""
    edit = {f"F{at}": f"D{at}*E{at}", f"E{at + 1}": f"D{at + 1}*A1+C{at}"}
    made = {f"F{row}": {f"D{row}", f"E{row}"} for row in (10, 20, 30)}
    made |= {f"E{row + 1}": {f"D{row + 1}", "A1", f"C{row}"} for row in (10, 20, 30)}
    assert _made(_THREE, edit, tmp_path) == [made]


@pytest.mark.parametrize(
    ("cells", "edit", "made"),
    [
        (_THREE | {"H1": "=A1+1"}, {"H1": "A1+A2"}, {"H1": {"A1", "A2"}}),
        (_THREE, {"F10": "D10*E10", "F20": "D20*E20"}, {"F10": {"D10", "E10"}, "F20": {"D20", "E20"}}),
        (_block(10), {"F10": "D10*E10"}, {"F10": {"D10", "E10"}}),
        (_block(10) | {"F20": "=C10*2"}, {"F10": "D10*E10"}, {"F10": {"D10", "E10"}}),
        (_THREE | {"F20": "=D20+E21", "F30": "=D30+E31"}, {"F10": "D10*E10"}, {"F10": {"D10", "E10"}}),
        (_THREE | {"F20": "=D20*E20", "F30": "=D30*E30"}, {"F10": "D10*A1"}, {"F10": {"D10", "A1"}}),
        (_SMALL | {"F10": "=D10*D11", "F20": "=D20*D21"}, {"F10": "D10*A1"}, {"F10": {"D10", "A1"}}),
    ],
    ids=[
        "beside the blocks",
        "of two copies",
        "one block",
        "no copy",
        "does otherwise there",
        "reads others there",
        "too few formulas",
    ],
)
def test_what_is_not_repeated_is_edited_alone(
    cells: dict[str, object], edit: dict[str, str], made: dict[str, set[str]], tmp_path: Path
) -> None:
    """Rule: where a cell has no copies, or an edit is of several copies already, nothing is added to it."""
    assert _made(cells, edit, tmp_path) == [made]
