"""Whole rows and columns that are wrong: known by those beside them, or by the weights that they leave unread."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from equation_sheets import answer, simple_rnn
from openpyxl.worksheet.formula import ArrayFormula
from recognised_sheets import sheet

from fixtures.handmade.drawn.score import answer as answer_of
from xlcheck.handmade.edits.in_line import _only_one
from xlcheck.handmade.families.odd_ones import Odd

pytestmark = pytest.mark.keras


def test_a_line_that_others_have_otherwise_is_wrong(tmp_path: Path) -> None:
    """The unit in the middle adds the bias of another one at every step, and those on both sides add their own."""
    right = simple_rnn(5)
    wrong = {f"I{row}": str(right[f"I{row}"]).replace("C$9", "B$9") for row in range(12, 17)}
    assert answer(right | wrong, tmp_path) == (1, {*wrong})


def _two_units(steps: int) -> dict[str, object]:
    """Kernel B2:C3, recurrent kernel B5:C6, bias B8:C8; a step a row from 12 on, sums in G and H, states in I and J."""
    cells: dict[str, object] = {
        f"{column}{row}": round(0.17 * row - 0.41 * number - 0.3, 2)
        for row in (2, 3, 5, 6, 8) for number, column in enumerate("BC")
    }  # fmt: skip
    cells |= {"I11": 0, "J11": 0}
    for row in range(12, 12 + steps):
        cells |= {f"E{row}": round(0.23 * row - 3, 2), f"F{row}": round(1.7 - 0.11 * row, 2)}
        for z, h, own in (("G", "I", "B"), ("H", "J", "C")):
            cells[f"{z}{row}"] = f"=$E{row}*{own}$2+$F{row}*{own}$3+$I{row - 1}*{own}$5+$J{row - 1}*{own}$6+{own}$8"
            cells[f"{h}{row}"] = f"=TANH({z}{row})"
    return cells


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param([f"=H{row}" for row in range(12, 16)], id="no activation"),
        pytest.param([f"=TANH(G{row})" for row in range(12, 16)], id="the activation of the first one"),
        pytest.param(None, id="typed"),
    ],
)
def test_a_line_that_its_only_twin_has_otherwise_is_wrong(wrong: list[object] | None, tmp_path: Path) -> None:
    """The second of two units at every step: its sums, beside those of the first one, say how references go along."""
    if wrong is None:
        own = sheet(_two_units(4), tmp_path)
        wrong = [round(own.terms.number(("S", row, 9)), 4) for row in range(11, 15)]
    cells = dict(zip((f"J{row}" for row in range(12, 16)), wrong, strict=True))
    assert answer(_two_units(4) | cells, tmp_path) == (1, {*cells})


def test_the_middle_one_of_three_lines_breaks_those_on_either_side(tmp_path: Path) -> None:
    """Rule: a line that others far away fit, with a wrong one between, is not wrong; nor is one that follows it."""
    cells = _branches()
    assert answer(cells, tmp_path) == (0, set())
    wrong = {"H9": "=B7", "I9": "=C7"}
    assert answer(cells | wrong, tmp_path) == (1, {*wrong})


def _branches() -> dict[str, object]:
    """Three samples side by side: two units of each of two branches, copies of all, and a layer that reads these."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "V1": 0.9, "W1": -1.3}
    cells |= {"A2": 0.15, "B2": 0.2, "V2": -0.1, "W2": 0.3}
    cells |= {"A3": 0.8, "B3": -1.1, "C3": 0.6, "D3": -0.5, "E3": 0.05}
    for first, x in (("B", 0.35), ("H", -0.8), ("N", 1.2)):
        own = [chr(ord(first) + by) for by in range(4)]
        cells[f"{first}5"] = x
        for to, (unit, row, weight) in zip(own, ((0, 7, "A"), (1, 7, "B"), (0, 8, "V"), (1, 8, "W")), strict=True):
            total = f"${weight}$1*{first}5+${weight}$2"
            cells[f"{own[unit]}{row}"] = f"=1/(1+EXP(-({total})))" if row == 7 else f"=TANH({total})"
            cells[f"{to}9"] = f"={own[unit]}{row}"
        products = "+".join(f"${weight}$3*{to}9" for to, weight in zip(own, "ABCD", strict=True))
        cells[f"{first}11"] = f"=1/(1+EXP(-({products}+$E$3)))"
    return cells


@pytest.mark.usefixtures("a_short_search")
def test_an_array_formula_that_lacks_a_summand_is_wrong_as_a_whole(tmp_path: Path) -> None:
    """Rule: what one result of an array formula reads goes along range by range, wherever the ranges stand."""
    cells: dict[str, object] = {f"{c}{r}": 0.3 - 0.17 * r + 0.21 * k for r in (1, 3, 4, 5) for k, c in enumerate("ABC")}
    cells |= {f"{c}7": 0.1 * k - 0.05 for k, c in enumerate("ABC")} | {f"{c}10": 0.0 for c in "ABC"}
    cells |= {f"K{row}": 0.4 * row - 0.9 for row in (1, 2, 3, 4)}
    for row in range(11, 15):
        total = f"$K{row - 10}*$A$1:$C$1+MMULT(A{row - 1}:C{row - 1},$A$3:$C$5)"
        cells[f"A{row}"] = ArrayFormula(f"A{row}:C{row}", f"=TANH({total}{'+$A$7:$C$7' * (row != 12)})")

    assert answer(cells, tmp_path) == (1, {"A12", "B12", "C12"})


def test_what_stands_in_the_place_of_a_cell_in_a_first_step_is_asked(tmp_path: Path) -> None:
    """Rule: before a first step stands nothing, so that what stands behind a cell says enough of its place."""
    cells: dict[str, object] = {"B1": 0.8, "B2": -0.4, "B3": 0.1, "B4": 1.3, "B5": -0.2}
    for top, (one, two) in zip((8, 14, 20), ((0.5, -1.2), (0.9, 0.3), (-0.7, 1.1)), strict=True):
        cells |= {f"B{top}": one, f"C{top}": two, f"B{top + 1}": 0, f"C{top + 1}": f"=B{top + 2}"}
        cells |= {f"{c}{top + 2}": f"=TANH($B$1*{c}{top}+$B$2*{c}{top + 1}+$B$3)" for c in "BC"}
        cells |= {f"F{top}": f"=$B$4*C{top + 2}+$B$5", f"F{top + 1}": f"=1/(1+EXP(-F{top}))"}
        cells |= {f"F{top + 2}": f"=IF(F{top + 1}>0.5,1,0)"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"F20": "=$B$4*B22+$B$5"}, tmp_path) == (1, {"F20"})


def test_of_two_lines_that_would_do_none_is_mended(tmp_path: Path) -> None:
    """Rule: what several say of the same cells is one line, and either of two lines may be the wrong one."""
    terms = sheet(_two_units(2), tmp_path).terms
    one, other = (tuple(Odd(cell, terms[cell], 2, False) for cell in terms if cell[2] == column) for column in (8, 9))
    again = tuple(Odd(own.cell, terms["S", 11, 6], 2, False) for own in one)

    assert [*_only_one([one])] == [one]
    assert [*_only_one([one, again])] == [one]
    assert [*_only_one([one, other])] == []
    assert [*_only_one([one, (*one, *other)])] == [one]


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(97003, id="the last step of a GRU reads a candidate of the step before it"),
        pytest.param(97010, id="an output gate at all steps"),
        pytest.param(97020, id="the last sample reads that before it", marks=pytest.mark.exhaustive),
        pytest.param(97026, id="the candidates of one of two units are typed", marks=pytest.mark.exhaustive),
        pytest.param(99012, id="a branch's activations are typed, read together with another result"),
        pytest.param(97034, id="the copies of one branch in front of the layer that joins them"),
        pytest.param(111021, id="the shares of the second of two samples", marks=pytest.mark.exhaustive),
        pytest.param(111034, id="a gate without its activation at one step"),
        pytest.param(111035, id="a sum that reads the weights of the unit before it"),
        pytest.param(111037, id="the middle one of three units", marks=pytest.mark.exhaustive),
    ],
)
def test_whole_lines_of_drawn_layouts(seed: int) -> None:
    """What one line beside says of all cells of another one: just these are wrong."""
    assert answer_of(seed, [1]).outcome == "exact"


def _stacked() -> dict[str, object]:
    """A unit over six steps across, and another one behind it: weights in B and C, states in rows 7 and 8."""
    cells: dict[str, object] = {"A6": "x", "A7": "first", "A8": "second", "B7": 0, "B8": 0}
    for row, (one, two) in enumerate(((0.71, -0.9), (-0.42, 0.66), (0.13, -0.27)), start=1):
        cells |= {f"B{row}": one, f"C{row}": two}
    for before, column in zip("BCDEFG", "CDEFGH", strict=True):
        cells |= {f"{column}6": round(math.sin(ord(column)), 2)}
        for row, weight in ((7, "B"), (8, "C")):
            cells[f"{column}{row}"] = f"=TANH(${weight}$1*{column}{row - 1}+${weight}$2*{before}{row}+${weight}$3)"
    return cells


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_whole_row_reads_the_weight_of_another_layer(number: int, tmp_path: Path) -> None:
    """Rule: its own stands in line with its others and no formula reads it, so the row is wrong, not the other one."""
    cells = _stacked()
    wrong = {f"{c}8": str(cells[f"{c}8"]).replace(f"$C${number}", f"$B${number}") for c in "CDEFGH"}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | wrong, tmp_path) == (1, {*wrong})


def test_two_rows_that_share_a_weight_while_none_is_unread_are_meant_so(tmp_path: Path) -> None:
    """Rule: one bias for two layers is no slip where nothing else stands there."""
    cells = _stacked() | {f"{c}8": str(_stacked()[f"{c}8"]).replace("$C$3", "$B$3") for c in "CDEFGH"}

    assert answer({cell: own for cell, own in cells.items() if cell != "C3"}, tmp_path)[1] == set()
