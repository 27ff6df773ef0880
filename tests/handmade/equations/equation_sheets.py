"""Small worksheets for the tests of the equations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import parse_range
from xlcheck.handmade.equations.forms import Atom, Forms, atom_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.opinions import consult
from xlcheck.workbook.reader import read_workbook


def save(cells: Mapping[str, object], path: Path) -> Path:
    """A workbook with one worksheet `S`."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    for name, value in cells.items():
        book.active[name] = value
    book.save(path)
    return path


def answer(cells: Mapping[str, object], folder: Path, effort: float | None = None) -> tuple[int, set[str]]:
    """The exit code of a check, and the cells that it calls wrong.

    Args:
        cells: of the worksheet.
        folder: where the workbook is written.
        effort: seconds of processor time; by default those of a check.
    """
    try:
        report = check(save(cells, folder / "w.xlsx"), **({} if effort is None else {"effort": effort}))
    except NothingCheckedError as error:
        return error.exit_code, set()
    return report.exit_code, {root.cell for root in report.roots}


def exchanged(cells: Mapping[str, object], one: str, other: str) -> dict[str, object]:
    """A worksheet in which the contents of two cells have changed places."""
    return {**cells, one: cells[other], other: cells[one]}


def read_elsewhere(cells: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each formula of a worksheet with each reference led to each other cell: a number, or a formula before it.

    Args:
        cells: the worksheet, its formulas in order of calculation.
    """
    order = {cell: number for number, (cell, text) in enumerate(cells.items()) if str(text).startswith("=")}
    for cell, number in order.items():
        text = str(cells[cell])
        for match in re.finditer(r"(?<![A-Z$])\$?([A-Z])\$?(\d+)", text):
            for other in cells:
                if other != match[1] + match[2] and order.get(other, -1) < number:
                    yield cell, f"{text[: match.start()]}{other}{text[match.end() :]}"


def forms_of(cells: Mapping[str, object], folder: Path) -> Forms:
    """What each cell of a worksheet computes."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    return Forms(CellTerms(table, consult(table, engine("ironcalc")).values))


def atom(name: str) -> Atom:
    """A cell of the worksheet as an atom."""
    area = parse_range(name, "S")
    return atom_of(("S", area.top, area.left))


def dense(samples: int, *, bias: bool = True, wrong: Mapping[str, str] | None = None) -> dict[str, object]:
    """Three inputs, two units with tanh: weights in B2:C4, biases in B5:C5, a sample a row from 8 on."""
    cells: dict[str, object] = {}
    for row in range(2, 6 if bias else 5):
        cells[f"B{row}"], cells[f"C{row}"] = 0.11 * row, -0.07 * row
    for row in range(8, 8 + samples):
        for column, x in zip("EFG", (0.3, -0.2, 0.5), strict=True):
            cells[f"{column}{row}"] = x * row
        for column, weight in (("I", "B"), ("J", "C")):
            total = "+".join(f"{x}{row}*${weight}${k}" for k, x in enumerate("EFG", start=2))
            cells[f"{column}{row}"] = f"=TANH({total}{f'+${weight}$5' if bias else ''})"
    return cells | dict(wrong or {})


def simple_rnn(steps: int, *, wrong: Mapping[str, str] | None = None) -> dict[str, object]:
    """Two inputs, three units: kernel B2:D3, recurrent kernel B5:D7, bias B9:D9; a step a row from 12 on."""
    cells: dict[str, object] = {}
    for row in (2, 3, 5, 6, 7, 9):
        for number, column in enumerate("BCD"):
            cells[f"{column}{row}"] = round(0.13 * row - 0.31 * number + 0.05, 3)
    for column in "HIJ":
        cells[f"{column}11"] = 0.0
    for row in range(12, 12 + steps):
        cells[f"E{row}"], cells[f"F{row}"] = 0.17 * row - 2.2, 1.9 - 0.13 * row
        for h, weight in zip("HIJ", "BCD", strict=True):
            terms = [f"$E{row}*{weight}$2", f"$F{row}*{weight}$3"]
            terms += [f"{before}{row - 1}*{weight}${k}" for k, before in enumerate("HIJ", start=5)]
            cells[f"{h}{row}"] = f"=TANH({'+'.join(terms)}+{weight}$9)"
    return cells | dict(wrong or {})
