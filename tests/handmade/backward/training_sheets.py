"""Small sheets in which a network of two layers is trained, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl

from xlcheck.engines import engine
from xlcheck.handmade.backward_judging.trainings import Trainings
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.reader import read_workbook

HEADS = (
    *("t1", "t2", "x1", "x2", "w1", "w2", "w3", "w4", "z1", "h1", "z2", "h2", "w5", "w6", "w7", "w8"),
    *("s1", "o1", "s2", "o2", "E", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8"),
)
_TYPED = {"t1": 0.01, "t2": 0.99, "x1": 0.05, "x2": 0.1} | {f"w{k}": 0.1 + 0.05 * k for k in range(1, 9)}
FORMULAS = {
    "z1": "{w1}*{x1}+{w2}*{x2}", "z2": "{w3}*{x1}+{w4}*{x2}", "s1": "{w5}*{h1}+{w6}*{h2}", "s2": "{w7}*{h1}+{w8}*{h2}",
    "h1": "1/(1+EXP(-{z1}))", "h2": "1/(1+EXP(-{z2}))", "o1": "1/(1+EXP(-{s1}))", "o2": "1/(1+EXP(-{s2}))",
    "E": "0.5*({t1}-{o1})^2+0.5*({t2}-{o2})^2",
}  # fmt: skip
_D = {1: "({o1}-{t1})*{o1}*(1-{o1})", 2: "({o2}-{t2})*{o2}*(1-{o2})"}
for _k, (_unit, _input) in zip((5, 6, 7, 8), ((1, "h1"), (1, "h2"), (2, "h1"), (2, "h2")), strict=True):
    FORMULAS[f"g{_k}"] = f"{_D[_unit]}*{{{_input}}}"
for _k, (_h, _a, _b, _x) in zip(
    (1, 2, 3, 4),
    (("h1", "w5", "w7", "x1"), ("h1", "w5", "w7", "x2"), ("h2", "w6", "w8", "x1"), ("h2", "w6", "w8", "x2")),
    strict=True,
):
    FORMULAS[f"g{_k}"] = f"({_D[1]}*{{{_a}}}+{_D[2]}*{{{_b}}})*{{{_h}}}*(1-{{{_h}}})*{{{_x}}}"


def cell(head: str, step: int) -> str:
    """The address of a quantity at a step, from 0."""
    return f"{openpyxl.utils.get_column_letter(HEADS.index(head) + 1)}{step + 4}"


def training(path: Path, steps: int = 3, instead: Mapping[tuple[str, int], str | float] | None = None) -> Path:
    """A workbook with one training step a row.

    Args:
        path: where to write it.
        steps: how many.
        instead: other formulas, by quantity and step; `{w1}` stands for the cell of w1 at that step.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B1"], sheet["D1"] = 0.5, 0.3
    for step in range(steps):
        places = {head: cell(head, step) for head in HEADS}
        for head in HEADS:
            content = _TYPED.get(head, "=" + FORMULAS.get(head, ""))
            if head.startswith("w") and step:
                content = f"={cell(head, step - 1)}-$B$1*{cell('g' + head[1:], step - 1)}"
            content = (instead or {}).get((head, step), content)
            sheet[cell(head, step)] = content.format(**places) if isinstance(content, str) else content
    book.save(path)
    return path


def table_of(path: Path) -> tuple[CellTable, CellValues]:
    """The cells of a workbook and what they hold."""
    table = CellTable(read_workbook(path))
    return table, table.recalculate(engine("ironcalc").open(path))


def terms_of(path: Path) -> CellTerms:
    """What its formulas compute."""
    return CellTerms(*table_of(path))


DATA = ((0.49, -0.8, 0.3), (0.45, 0.3, 1.1), (-1.1, 0.6, 0.7), (0.7, 1.2, -0.4), (0.3, -0.9, 0.2))
FIRST = 4
ROWS = range(FIRST, FIRST + len(DATA))
LAST = ROWS[-1]

Cells = dict[str, object]


def line() -> Cells:
    """A row a step: rate, inputs, target, two weights and the bias, output, half the squared error."""
    cells: Cells = {"A1": "rate"}
    for row, (one, other, target) in zip(ROWS, DATA, strict=True):
        before = row - 1
        cells |= {f"A{row}": 0.1 + 0.01 * row, f"B{row}": one, f"C{row}": other, f"D{row}": target}
        factors = {"E": f"*B{before}", "F": f"*C{before}", "G": ""}
        for first, (weight, factor) in zip((0.8, -0.4, 0.2), factors.items(), strict=True):
            moved = f"={weight}{before}-A{before}*(H{before}-D{before}){factor}"
            cells[f"{weight}{row}"] = first if row == FIRST else moved
        cells |= {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}", f"I{row}": f"=0.5*(H{row}-D{row})^2"}
    return cells


def with_gradients() -> Cells:
    """The same with a cell for each gradient, which the updates read."""
    cells = line()
    for row in ROWS:
        cells |= {
            f"J{row}": f"=(H{row}-D{row})*B{row}",
            f"K{row}": f"=(H{row}-D{row})*C{row}",
            f"L{row}": f"=H{row}-D{row}",
        }
        for weight, gradient in zip("EFG", "JKL", strict=True) if row > FIRST else ():
            cells[f"{weight}{row}"] = f"={weight}{row - 1}-A{row - 1}*{gradient}{row - 1}"
    return cells


def filled(path: Path, cells: Mapping[str, object]) -> Path:
    """A workbook with some cells."""
    book = openpyxl.Workbook()
    for place, content in cells.items():
        sheet, _, own = place.rpartition("!")
        (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet) if sheet else book.active)[own] = content
    book.save(path)
    return path


def trained(path: Path) -> Part | None:
    """What became of a workbook; None if nothing learns in it."""
    table, values = table_of(path)
    part = SheetGroup((*table.bounds,), table, values, Precedents(table))
    return Trainings(Tolerance(1e-12, 1e-12, 1e-15, {}), dense_gradients).of(part)


def judged(cells: Mapping[str, object], path: Path) -> Part:
    """What became of a workbook with some cells."""
    found = trained(filled(path, cells))
    assert found is not None
    return found


def roots(part: Part | None) -> list[str]:
    """The cells that are blamed."""
    results = () if part is None else part.results
    return [own.cell for own in results if isinstance(own, CellResult) and own.status is Status.ROOT]


_STARTS = {"B1": 0.15, "B2": 0.2, "B3": 0.25, "B4": 0.3, "B5": 0.4, "B6": 0.45, "B7": 0.35, "B8": 0.6}


def one_step(**change: object) -> Cells:
    """One step of two inputs, two hidden units and an output that share a bias a layer; the biases stay."""
    cells: Cells = {**_STARTS, "D1": 0.5, "D2": 1.0, "D3": 0.01, "D4": 0.5}
    cells |= {"F1": "=B1*D1+B2*D2+B7", "F2": "=1/(1+EXP(-F1))", "F3": "=B3*D1+B4*D2+B7", "F4": "=1/(1+EXP(-F3))"}
    cells |= {"F5": "=B5*F2+B6*F4+B8", "F6": "=1/(1+EXP(-F5))", "F7": "=0.5*(D3-F6)^2"}
    cells |= {"H1": "=(F6-D3)*F6*(1-F6)", "H2": "=H1*B5*F2*(1-F2)", "H3": "=H1*B6*F4*(1-F4)"}
    cells |= {"J1": "=B1-$D$4*H2*D1", "J2": "=B2-$D$4*H2*D2", "J3": "=B3-$D$4*H3*D1", "J4": "=B4-$D$4*H3*D2"}
    return cells | {"J5": "=B5-$D$4*H1*F2", "J6": "=B6-$D$4*H1*F4"} | change
