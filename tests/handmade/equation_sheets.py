"""Small worksheets for the tests of the equations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import parse_range
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, atom_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook


def _logistic(total: str) -> str:
    return f"=1/(1+EXP(-({total})))"


def _gru() -> dict[str, object]:
    """A unit of a GRU over two steps across: its weights in A, B and C, its results in row 6."""
    cells: dict[str, object] = dict(
        zip(
            ("A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"),
            (0.71, -0.55, 0.15, 0.41, -0.15, -0.07, 0.11, 0.25, -0.29),
            strict=True,
        )
    )
    cells |= {"H1": 0.6, "I1": -0.9, "G6": 0.35}
    for before, column in ("GH", "HI"):
        cells[f"{column}2"] = _logistic(f"$A$1*{column}1+$A$2*{before}6+$A$3")
        cells[f"{column}3"] = _logistic(f"$B$1*{column}1+$B$2*{before}6+$B$3")
        cells |= {f"{column}4": f"={column}3*{before}6", f"{column}5": f"=TANH($C$1*{column}1+$C$2*{column}4+$C$3)"}
        cells[f"{column}6"] = f"={column}2*{before}6+(1-{column}2)*{column}5"
    return cells


def _xor() -> dict[str, object]:
    """Two inputs, two hidden units and an output, for three samples in the rows 6 to 8."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "A2": 1.2, "B2": 0.3, "A3": 0.15, "B3": -0.2}
    cells |= {"D1": 0.9, "D2": -1.1, "D3": 0.25}
    for row, inputs in zip((6, 7, 8), ((0.3, -0.2), (-0.8, 0.65), (0.55, 0.4)), strict=True):
        cells[f"A{row}"], cells[f"B{row}"] = inputs
        for column, weight in (("C", "A"), ("D", "B")):
            cells[f"{column}{row}"] = _logistic(f"A{row}*${weight}$1+B{row}*${weight}$2+${weight}$3")
        cells[f"E{row}"] = _logistic(f"C{row}*$D$1+D{row}*$D$2+$D$3")
    return cells


def _lstm() -> dict[str, object]:
    """A unit of an LSTM over two steps across, with words, and an output of the last step."""
    cells: dict[str, object] = {"A7": "x", "A13": "c", "A14": "h", "A16": "y", "B16": 1.1, "C16": -0.45}
    weights = ((0.5, -0.3, 0.12), (0.81, 0.42, -0.2), (-0.64, 0.93, 0.07), (0.37, -0.55, 0.28))
    for row, (gate, numbers) in enumerate(
        zip(("forget", "input", "candidate", "output"), weights, strict=True), start=1
    ):
        cells |= {f"A{row}": gate, **{f"{column}{row}": number for column, number in zip("BCD", numbers, strict=True)}}
    cells |= {"B13": 0.15, "B14": -0.35, "C7": 0.6, "D7": -0.9}
    for before, column in ("BC", "CD"):
        for row in range(1, 5):
            total = f"$B${row}*{column}7+$C${row}*{before}14+$D${row}"
            cells[f"{column}{row + 7}"] = f"=TANH({total})" if row == 3 else _logistic(total)
        cells[f"{column}13"] = f"={column}8*{before}13+{column}9*{column}10"
        cells[f"{column}14"] = f"={column}11*TANH({column}13)"
    return cells | {"D16": _logistic("D14*$B$16+$C$16")}


TOYS: Mapping[str, Mapping[str, object]] = {
    "rnn": {
        "A1": 0.7, "B1": -0.4, "C1": 0.15, "A2": 1.2, "B2": -0.3, "A5": 0.3, "A6": -0.8, "A7": 0.55, "B4": 0.25,
        **{f"B{row}": f"=TANH(A{row}*$A$1+B{row - 1}*$B$1+$C$1)" for row in (5, 6, 7)},
        "C7": "=1/(1+EXP(-(B7*$A$2+$B$2)))",
    },
    "one sample": {
        "A1": 0.15, "A2": 0.2, "A3": 0.25, "A4": 0.3, "A5": 0.35, "B1": 0.4, "B2": 0.45, "B3": 0.5, "B4": 0.55,
        "B5": 0.6, "D1": 0.05, "D2": 0.1, "F1": "=A1*D1+A2*D2+A5", "G1": "=1/(1+EXP(-F1))", "F2": "=A3*D1+A4*D2+A5",
        "G2": "=1/(1+EXP(-F2))", "I1": "=B1*G1+B2*G2+B5", "J1": "=1/(1+EXP(-I1))", "I2": "=B3*G1+B4*G2+B5",
        "J2": "=1/(1+EXP(-I2))",
    },
    "gru": _gru(),
    "xor": _xor(),
    "lstm": _lstm(),
}  # fmt: skip
"""Small networks, each right.

A recurrent unit over three inputs, its first state, and an output of the last step; a network of one sample without
words, with two inputs in D, two hidden units and two outputs, whose weights and bias A and B hold, a layer each; a GRU,
a dense network for three samples, and an LSTM.
"""


def save(cells: Mapping[str, object], path: Path) -> Path:
    """A workbook with the worksheet `S`, and others where a cell is named with one, as `Data!A1`."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    for name, value in cells.items():
        sheet, cell = name.split("!") if "!" in name else ("S", name)
        (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet))[cell] = value
    book.save(path)
    return path


@dataclass(frozen=True)
class Verdict:
    """What a check says of a worksheet.

    Attributes:
        code: the exit code.
        roots: the cells that are called wrong.
        said: the notes, or why there is no verdict.
        agree: how many cells are right.
    """

    code: int
    roots: set[str]
    said: str
    agree: int = 0


def verdict(cells: Mapping[str, object], folder: Path, effort: float | None = None) -> Verdict:
    """What a check says of these cells.

    Args:
        cells: of the worksheet.
        folder: where the workbook is written.
        effort: seconds of processor time; by default more than those of a check. Less is only for what ends without
            a verdict: on a busy machine any other answer may be late.
    """
    try:
        report = check(save(cells, folder / "w.xlsx"), **({} if effort is None else {"effort": effort}))
    except NothingCheckedError as error:
        return Verdict(error.exit_code, set(), str(error))
    roots = {root.cell for root in report.roots}
    return Verdict(report.exit_code, roots, " ".join(report.notes), report.counts.agree)


def answer(cells: Mapping[str, object], folder: Path, effort: float | None = None) -> tuple[int, set[str]]:
    """The exit code of a check, and the cells that it calls wrong."""
    found = verdict(cells, folder, effort)
    return found.code, found.roots


def roots(cells: Mapping[str, object], folder: Path) -> set[str]:
    """The cells that are called wrong; none where there is no verdict. Never are all said to be right."""
    code, found = answer(cells, folder)
    assert code != 0
    return found


def exchanged(cells: Mapping[str, object], one: str, other: str) -> dict[str, object]:
    """A worksheet in which the contents of two cells have changed places."""
    return {**cells, one: cells[other], other: cells[one]}


def read_elsewhere(cells: Mapping[str, object], to: Collection[str] | None = None) -> Iterator[tuple[str, str]]:
    """Each formula of a worksheet with each reference led to each other cell: a number, or a formula before it.

    Args:
        cells: the worksheet, its formulas in order of calculation.
        to: only these other cells.
    """
    order = {cell: number for number, (cell, text) in enumerate(cells.items()) if str(text).startswith("=")}
    for cell, number in order.items():
        text = str(cells[cell])
        for match in re.finditer(r"(?<![A-Z$])\$?([A-Z])\$?(\d+)", text):
            for other in cells if to is None else to:
                if other != match[1] + match[2] and order.get(other, -1) < number:
                    yield cell, f"{text[: match.start()]}{other}{text[match.end() :]}"


def forms_of(cells: Mapping[str, object], folder: Path) -> Forms:
    """What each cell of a worksheet computes."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    return Forms(CellTerms(table, answers_of(table, engine("ironcalc")).values))


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
