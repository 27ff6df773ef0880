"""Inputs and first states that are typed once for each unit that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save, verdict

from xlcheck.engines import engine
from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.with_repeated_inputs import repeated_inputs, repeated_tables, with_repeated_inputs
from xlcheck.workbook.reader import read_workbook

_WEIGHTS = ((0.6, -0.3, 0.9, 0.2), (0.1, 0.45, -0.7, 0.33), (0, 1, 0.05, -0.1))


def _gates(*, typed: bool) -> dict[str, object]:
    """An LSTM of one unit, three steps one below the other, a row a gate with all that it reads."""
    cells: dict[str, object] = {
        f"{c}{r}": w for r, own in enumerate(_WEIGHTS, 1) for c, w in zip("IJKL", own, strict=True)
    }
    for step, given in enumerate((0.5, -0.4, 1.1)):
        top = 1 + 7 * step
        for row, column in enumerate("IJKL", top):
            cells |= {f"A{row}": f"={column}$1", f"C{row}": f"={column}$2", f"E{row}": f"={column}$3"}
            cells[f"B{row}"] = given if typed or row == top else f"=B{top}"
            cells[f"D{row}"] = f"=$G${top - 2}" if step else 0 if typed or row == top else "=D1"
            cells[f"F{row}"] = f"=A{row}*B{row}+C{row}*D{row}+E{row}"
            cells[f"G{row}"] = f"=TANH(F{row})" if column == "K" else f"=1/(1+EXP(-F{row}))"
        kept = f"+G{top + 1}*G{top - 3}" if step else ""
        cells |= {f"G{top + 4}": f"=G{top}*G{top + 2}{kept}", f"G{top + 5}": f"=G{top + 3}*TANH(G{top + 4})"}
    return cells


@pytest.mark.keras
def test_a_state_that_is_typed_for_each_gate_is_one_state(tmp_path: Path) -> None:
    """All formulas agree, and as many are counted as there are."""
    cells = _gates(typed=True)
    found = verdict(cells, tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert "LSTM(1, tanh), 3 steps" in found.said


@pytest.mark.keras
def test_a_slip_in_a_gate_is_named(tmp_path: Path) -> None:
    """With inputs typed for each gate a wrong weight and a wrong state are named; another input gets no pass."""
    for place, wrong in (("E9", "=K$3"), ("G13", "=G11*G12")):
        assert verdict(_gates(typed=True) | {place: wrong}, tmp_path).roots == {place}
    assert verdict(_gates(typed=True) | {"B16": 1.2}, tmp_path).code == 3


def _repeated(cells: dict[str, object], folder: Path) -> dict[str, str]:
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    values = table.recalculate(engine("ironcalc").open(folder / "w.xlsx"))
    part = SheetGroup(("Sheet",), table, values, Precedents(table))
    found = repeated_inputs(part, CellTerms(table, values))
    return {cell_name(*own[1:]): cell_name(*one[1:]) for own, one in found.items()}


def test_what_is_said_of_the_numbers_is_not_said_of_formulas(tmp_path: Path) -> None:
    """A number that stands for another one has no verdict, be it that formulas around it have none."""
    table = CellTable(read_workbook(save(_gates(typed=True), tmp_path / "w.xlsx")))
    answers = answers_of(table, engine("ironcalc"))
    other = with_repeated_inputs(SheetGroup(("S",), table, answers.values, Precedents(table)), answers)
    assert other is not None

    left = Abstention(other.part.table, other.part.values, sorted(other.part.table.texts), "")
    assert other.put_back([], [left])[1][0].cells == sorted(table.texts)


def test_samples_that_share_their_weights_have_inputs_of_their_own(tmp_path: Path) -> None:
    """Two rows of data with the same number in one column are two samples, and so are those of the same numbers."""
    for second in (0.7, -0.2):
        cells: dict[str, object] = {"A1": 0.5, "B1": -0.8, "A3": 0.3, "B3": 0.7, "A4": 0.3, "B4": second}
        cells |= {f"C{row}": f"=A{row}*$A$1+B{row}*$B$1" for row in (3, 4)}
        assert _repeated(cells, tmp_path) == {}


def test_the_first_of_the_same_inputs_is_the_input(tmp_path: Path) -> None:
    """Each later one repeats the first of its line, and a weight that happens to be the same in one row does not."""
    cells: dict[str, object] = {}
    for row, (weight, other) in enumerate(((0.2, 0.5), (0.4, 0.5), (-0.3, 0.9)), 1):
        cells |= {f"A{row}": weight, f"B{row}": 0.6, f"C{row}": other, f"D{row}": f"=A{row}*B{row}+C{row}"}
    assert _repeated(cells, tmp_path) == {"B2": "B1", "B3": "B1"}


def test_a_table_of_weights_that_is_typed_again_is_that_table(tmp_path: Path) -> None:
    """Rule: three numbers or more that stand again in a row, right behind one another or elsewhere, are those."""
    row = dict(zip(("A1", "B1", "C1", "D1", "E1", "F1"), (0.1, 0.2, 1.4) * 2, strict=True))
    cells: dict[str, object] = {
        **row,
        "A4": 0.1,
        "B4": 0.2,
        "C4": 1.4,
        "A6": 1,
        "B6": 2,
        "C6": 3,
        "A8": 1,
        "B8": 2,
        "C8": 3,
    }
    found = repeated_tables(CellTable(read_workbook(save(cells, tmp_path / "w.xlsx"))))

    own = {cell_name(*own[1:]): cell_name(*one[1:]) for own, one in found.items()}
    assert own == {"D1": "A1", "E1": "B1", "F1": "C1", "A4": "A1", "B4": "B1", "C4": "C1"}


@pytest.mark.keras
def test_weights_that_are_typed_for_each_word_are_one_kernel(tmp_path: Path) -> None:
    """A SimpleRNN over two one-hot words, side by side, each with the weights above it."""
    cells: dict[str, object] = {"J1": 0.6, "J2": 0.05}
    cells |= dict(zip(("A1", "B1", "C1", "D1", "E1", "F1"), (0.1, 0.2, 1.4) * 2, strict=True))
    for row, (one, other) in enumerate(((0, 2), (1, 2), (2, 0), (1, 1)), 4):
        cells |= {f"{c}{row}": int(k == one) for k, c in enumerate("ABC")}
        cells |= {f"{c}{row}": int(k == other) for k, c in enumerate("DEF")}
        cells[f"G{row}"] = f"=TANH(SUMPRODUCT(A{row}:C{row},A$1:C$1)+$J$2)"
        cells[f"H{row}"] = f"=TANH(SUMPRODUCT(D{row}:F{row},D$1:F$1)+$J$1*G{row}+$J$2)"

    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert "SimpleRNN(1, tanh), 4 samples of 2 steps" in found.said
    assert verdict(cells | {"E1": 0.3}, tmp_path).code == 3
    assert verdict(cells | {"H6": "=TANH(SUMPRODUCT(D6:F6,D$1:F$1)+$J$1*G5+$J$2)"}, tmp_path).roots == {"H6"}


@pytest.mark.keras
def test_two_layers_with_the_same_numbers_have_tables_of_their_own(tmp_path: Path) -> None:
    """A book that is whole as it stands, with weights in a formula, is not read as if one of its tables were copied.

    Both directions of an LSTM begin with the same biases.
    """
    cells: dict[str, object] = {}
    directions = (
        ((-0.486, -1.114, 2.401, -1.205), (0.22, -0.117, -1.42, -1.533), "BCDE", "CDEFGH", -1, 8),
        ((-1.025, 0.581, 0.353, -0.637), (-0.103, 0.487, 0.006, -0.704), "HIJK", "JKLMNO", 1, 10),
    )
    for kernel, recurrent, weights, (i, f, new, o, c, h), beside, first in directions:
        for row, numbers in enumerate((kernel, recurrent, (0.1, 1, -0.1, 0)), 2):
            cells |= {f"{column}{row}": w for column, w in zip(weights, numbers, strict=True)}
        for row, x in zip((8, 9, 10), (0.6, -1.1, 0.9), strict=True):
            before = row + beside
            cells[f"B{row}"] = x
            for own, w in zip((i, f, new, o), weights, strict=True):
                state = "" if row == first else f"+{h}{before}*{w}$3"
                z = f"$B{row}*{w}$2{state}+{w}$4"
                cells[f"{own}{row}"] = f"=TANH({z})" if own == new else f"=1/(1+EXP(-({z})))"
            kept = "" if row == first else f"+{f}{row}*{c}{before}"
            cells |= {f"{c}{row}": f"={i}{row}*{new}{row}{kept}", f"{h}{row}": f"={o}{row}*TANH({c}{row})"}
    for row in (8, 9, 10):
        cells |= {f"Q{row}": f"=H{row}+O{row}", f"R{row}": f"=EXP(Q{row}*1.2+0.1)", f"S{row}": f"=EXP(Q{row}*-1.2+0.2)"}
        cells |= {f"T{row}": f"=R{row}/(R{row}+S{row})", f"U{row}": f"=S{row}/(R{row}+S{row})"}

    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == (0, set())
