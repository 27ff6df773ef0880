"""Networks whose weights stand nowhere but in their formulas: `=0.5*B2+0.3*C2+0.1`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save, verdict
from thorough import part_of

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras


def _report(cells: Mapping[str, object], path: Path) -> CheckReport:
    return check(save(cells, path / "w.xlsx"))


def _perceptron(samples: int = 4, **edits: object) -> dict[str, object]:
    """Two inputs in A:B, two hidden units in D:E, one output in G; a sample a row."""
    cells: dict[str, object] = {}
    for row in range(2, 2 + samples):
        cells |= {f"A{row}": round(0.31 * row - 1, 2), f"B{row}": round(0.7 - 0.23 * row, 2)}
        cells[f"D{row}"] = f"=1/(1+EXP(-(0.5*A{row}-0.3*B{row}+0.1)))"
        cells[f"E{row}"] = f"=1/(1+EXP(-(0.8*A{row}+0.45*B{row}-0.2)))"
        cells[f"G{row}"] = f"=1/(1+EXP(-(1.2*D{row}-0.7*E{row}+0.15)))"
    return cells | edits


def _recurrent(**edits: object) -> dict[str, object]:
    """One input in A, one unit in B, the first state in B2; a step a row, and an output at the end."""
    cells: dict[str, object] = {"B2": 0}
    for row in range(3, 8):
        cells |= {f"A{row}": round(0.4 * row - 1.7, 2), f"B{row}": f"=TANH(0.5*A{row}+0.8*B{row - 1}-0.1)"}
    return cells | {"D7": "=0.6*B7+0.25"} | edits


def _lstm(**edits: object) -> dict[str, object]:
    """One input in A, a cell state in B and a hidden one in C, all gates within their formulas; a step a row."""
    cells: dict[str, object] = {"B2": 0, "C2": 0}
    for row in range(3, 8):
        x, h = f"A{row}", f"C{row - 1}"
        forget, write = f"B{row - 1}/(1+EXP(-(0.9-0.5*{x}+0.6*{h})))", f"TANH(1.2*{x}+0.4*{h}-0.2)"
        cells |= {x: round(0.7 * row - 3.1, 2), f"B{row}": f"={forget}+{write}/(1+EXP(-(0.8*{x}-0.3*{h}+0.1)))"}
        cells[f"C{row}"] = f"=TANH(B{row})/(1+EXP(-(0.3*{x}+0.7*{h}+0.05)))"
    return cells | edits


@pytest.mark.parametrize("cells", [_perceptron(), _perceptron(1), _recurrent(), _lstm()])
def test_typed_weights_are_recognised(tmp_path: Path, cells: Mapping[str, object]) -> None:
    """Every formula agrees, and the note says in which formula the weights are typed."""
    report = _report(cells, tmp_path)

    assert (report.exit_code, report.counts.agree) == (0, sum(isinstance(v, str) for v in cells.values()))
    assert any("weights typed in S!" in note for note in report.notes)


@pytest.mark.parametrize(
    ("cells", "root", "desired"),
    part_of(
        [
            (_perceptron(G4="=1/(1+EXP(-(1.2*D4-0.9*E4+0.15)))"), "G4", "=1/(1+EXP(-(1.2*D4-0.7*E4+0.15)))"),
            (_recurrent(B3="=TANH(0.5*A3+0.9*B2-0.1)"), "B3", "=TANH(0.5*A3+0.8*B2-0.1)"),
            (_recurrent(B6="=TANH(0.5*A5+0.8*B5-0.1)"), "B6", "=TANH(0.5*A6+0.8*B5-0.1)"),
            (
                _lstm(C5="=TANH(B5)/(1+EXP(-(0.3*A5+0.9*C4+0.05)))"),
                "C5",
                "=TANH(B5)/(1+EXP(-(0.3*A5+0.7*C4+0.05)))",
            ),
        ],
        1,
    ),
)
def test_a_slip_is_found_at_its_cell(tmp_path: Path, cells: Mapping[str, object], root: str, desired: str) -> None:
    """A number unlike its family's, also where a 0 hides it, and a wrong reference; no helper cell is ever named."""
    report = _report(cells, tmp_path)
    found = list(report.roots)

    assert [(cell.cell, cell.formula, cell.desired_formula) for cell in found] == [(root, cells[root], desired)]
    assert "$" not in found[0].message
    assert "is empty" not in found[0].message


def _wide(**edits: object) -> dict[str, object]:
    """Three inputs in A:C, three units in E:G, two outputs in I:J, and their gap; seven samples, a row each."""
    cells: dict[str, object] = {}
    units = {"E": "0.31*A{0}-0.82*B{0}+0.95*C{0}-0.6", "F": "-0.44*A{0}+0.57*B{0}+0.12*C{0}+1.1"}
    units |= {"G": "0.08*A{0}+0.29*B{0}-0.71*C{0}+0.35", "I": "2.1*E{0}-1.3*F{0}-0.9*G{0}+0.25"}
    units |= {"J": "-0.6*E{0}+1.7*F{0}+0.4*G{0}-0.8"}
    for row in range(2, 9):
        cells |= {f"A{row}": round(0.9 * row % 2.3, 2), f"B{row}": round(1.7 * row % 2.9 - 1, 2)}
        cells[f"C{row}"] = round(0.37 * row % 1.3 - 0.4, 2)
        cells |= {f"{unit}{row}": f"=1/(1+EXP(-({total.format(row)})))" for unit, total in units.items()}
        cells[f"L{row}"] = f"=ABS(I{row}-J{row})^1.5"  # nobody knows what it is for, and so all of it is no network
    return cells | edits


@pytest.mark.parametrize(
    ("cell", "wrong"),
    part_of(
        [("E2", "0.31*A2-0.82*B2+0.59*C2-0.6"), ("F5", "-0.44*A5-0.57*B5+0.12*C5+1.1"), ("J4", "-0.6*E4+1.7*F4")], 1
    ),
)
def test_a_number_or_a_sign_unlike_those_of_all_other_samples(cell: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a number inside of a formula stands in no formula's place; the other samples say which one is meant."""
    cells = _wide(**{cell: f"=1/(1+EXP(-({wrong})))"})
    assert verdict(cells, tmp_path).roots == {cell}


@pytest.mark.parametrize("total", ["SUMPRODUCT(G14:I14,G15:I15)", "G14*G15+H14*H15+I14*I15"])
def test_a_bias_typed_beside_weights_in_cells(total: str, tmp_path: Path) -> None:
    """Rule: a number that is added to products of cells, as in what an activation reads, is a bias of its own."""
    cells: dict[str, object] = {f"A{row}": x for row, x in zip(range(4, 8), (0.4, -0.3, 0.8, 0.1), strict=True)}
    for number, c in enumerate("GHI"):
        cells |= {f"{c}{row}": round(0.5 - 0.3 * number + 0.2 * row * (-1) ** row, 2) for row in range(4, 8)}
        cells |= {f"{c}12": 0.1 * number - 0.1, f"{c}13": f"=SUMPRODUCT($A$4:$A$7,{c}4:{c}7)+{c}12"}
        cells |= {f"{c}14": f"=TANH({c}13)", f"{c}15": 1.2 - 0.8 * number}
    cells |= {"G16": f"={total}+0.1", "G17": "=1/(1+EXP(-G16))"}
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, 8)
    assert answer(cells | {"G16": f"={total.replace('14', '13')}+0.1"}, tmp_path)[0] != 0


@pytest.mark.parametrize(
    ("edits", "code"),
    [({}, 0), ({"H24": "=F24*G23"}, 3), ({"H26": "=SUM(H23:H24)-0.4"}, 3)],
    ids=["right", "a slip", "short"],
)
def test_a_bias_typed_behind_a_sum_of_products(edits: Mapping[str, object], code: int, tmp_path: Path) -> None:
    """Rule: products of results and weights stand in a column, and a number is added to their sum: that is the bias."""
    cells: dict[str, object] = {}
    for n, column in enumerate("BCD"):
        cells |= {f"{column}{row}": round(0.3 * row - 0.7 * n, 2) for row in (2, 3, 4)}
        cells[f"{column}7"] = f"=TANH($A$2*{column}2+$A$3*{column}3+$A$4*{column}4)"
        row = 23 + n
        cells |= {f"F{row}": f"={column}7", f"G{row}": 0.5 - 0.45 * n, f"H{row}": f"=F{row}*G{row}"}
    cells |= {"A2": 0.62, "A3": -0.35, "A4": 0.81, "H26": "=SUM(H23:H25)-0.4", "H27": "=1/(1+EXP(-H26))"}
    assert answer(cells | edits, tmp_path) == (code, set())


def test_a_number_of_one_unit_alone_is_what_it_is(tmp_path: Path) -> None:
    """With one sample nothing says that a typed weight should be another one: it is right whatever it is."""
    report = _report(_perceptron(1, D2="=1/(1+EXP(-(0.9*A2-0.3*B2+0.1)))"), tmp_path)

    assert (report.exit_code, report.counts.root) == (0, 0)


def test_weighted_marks_are_no_network(tmp_path: Path) -> None:
    """Typed shares of marks and points have no activation, so nothing is said of them, wrong or not."""
    cells: dict[str, object] = {f"{c}{row}": 40.0 + 3 * row for row in range(2, 9) for c in "AB"}
    cells |= {f"D{row}": f"=0.4*A{row}+{0.6 if row != 5 else 0.7}*B{row}" for row in range(2, 9)}

    with pytest.raises(NothingCheckedError):
        _report(cells, tmp_path)


def test_an_output_that_reads_a_blank_cell_gets_no_pass(tmp_path: Path) -> None:
    """A product with an empty cell leaves a bias alone; that looks like a copy, and is a wrong reference."""
    report = _report(_recurrent(D7="=0.6*B8+0.25"), tmp_path)

    assert not report.ok
    assert {cell.cell for cell in report.roots} <= {"D7"}


def test_of_a_weight_and_a_bias_typed_in_each_formula_one_may_be_mistyped(tmp_path: Path) -> None:
    """Rule: a formula that was filled with others has their weight and bias, though one of the two differs there."""
    cells: dict[str, object] = {f"A{row}": 0.4 * row - 1.3 for row in range(2, 6)}
    cells |= {f"B{row}": f"=1/(1+EXP(-(1.3*A{row}-0.2)))" for row in range(2, 6)}

    assert _report(cells, tmp_path).ok
    assert [root.cell for root in _report(cells | {"B3": "=1/(1+EXP(-(13*A3-0.2)))"}, tmp_path).roots] == ["B3"]


def test_weights_in_arrays_of_constants(tmp_path: Path) -> None:
    """Rule: `SUMPRODUCT(A2:B2,{0.5,-0.3})` weighs each cell; a number that only one formula of a line has is a slip."""
    cells: dict[str, object] = {}
    for row in range(2, 7):
        cells |= {f"A{row}": round(0.31 * row - 1, 2), f"B{row}": round(0.7 - 0.23 * row, 2)}
        cells[f"D{row}"] = f"=TANH(SUMPRODUCT($A{row}:$B{row},{{0.5,-0.3}})+0.1)"
        cells[f"E{row}"] = f"=TANH(SUMPRODUCT($A{row}:$B{row},{{0.8,0.45}})-0.2)"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"D4": "=TANH(SUMPRODUCT($A4:$B4,{0.5,-0.8})+0.1)"}, tmp_path)[1] <= {"D4"}
