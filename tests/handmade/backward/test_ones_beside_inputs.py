"""A typed 1 among the inputs: the weight that is taken times it is a bias, whether its gradient says so or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.worksheet.formula import ArrayFormula
from training_sheets import Cells, judged, roots

SAMPLES = {"E": (0.4, -0.7, 1), "F": (1.3, 0.2, 0), "G": (-0.6, 0.9, 1)}


def _trained(columns: str, bias: str, *, ones: float = 1.0) -> Cells:
    """Three weights below each other, each sample a column: inputs and a typed number, sum, output, target, error.

    Args:
        columns: which samples there are.
        bias: the gradient of the last weight, with `{first}` and `{last}` for the columns.
        ones: what is typed beneath the inputs.
    """
    cells: Cells = {"A1": 0.3, "A2": -0.5, "A3": 0.2, "C1": 0.1}
    for column in columns:
        one, other, target = SAMPLES[column]
        cells |= {
            f"{column}1": one, f"{column}2": other, f"{column}3": ones, f"{column}6": target,
            f"{column}4": f"=SUMPRODUCT($A$1:$A$3,{column}1:{column}3)", f"{column}5": f"=1/(1+EXP(-{column}4))",
            f"{column}7": f"=({column}5-{column}6)^2/2",
            f"{column}8": f"=({column}5-{column}6)*{column}5*(1-{column}5)",
        }  # fmt: skip
    first, last = columns[0], columns[-1]
    own = bias.format(first=first, last=last)
    for row in (1, 2):
        cells[f"A{row + 10}"] = f"=A{row}-$C$1*SUMPRODUCT({first}{row}:{last}{row},{first}8:{last}8)"
    return cells | {"A13": f"=A3-$C$1*{own}"}


@pytest.mark.parametrize("gradient", ["SUM({first}8:{last}8)", "SUMPRODUCT({first}3:{last}3,{first}8:{last}8)"])
def test_a_gradient_need_not_be_taken_times_one(gradient: str, tmp_path: Path) -> None:
    """Rule: what is a typed 1 in all samples is the one beside a bias."""
    found = judged(_trained("EFG", gradient), tmp_path / "w.xlsx")

    assert not roots(found)
    assert (found.checked, found.results) == (found.formula_cells, ())


def test_what_is_no_one_is_an_input(tmp_path: Path) -> None:
    """Rule: the gradient of its weight is taken times it."""
    found = judged(_trained("EFG", "SUM({first}8:{last}8)", ones=0.5), tmp_path / "w.xlsx")

    assert [own.cell for own in found.results] == ["A13"]


def test_an_input_of_one_sample_may_be_a_one(tmp_path: Path) -> None:
    """Rule: then the gradient is right for a bias and wrong for an input; nobody is blamed, and it is no pass."""
    found = judged(_trained("E", "SUM({first}8:{last}8)"), tmp_path / "w.xlsx")

    assert not roots(found)
    assert [own.cell for own in found.results] == ["A13"]


def test_a_bias_of_another_layer_may_be_taken_times_it(tmp_path: Path) -> None:
    """Rule: a one that the update of a bias reads is there for biases, be there a single sample."""
    cells = _trained("E", "E3*E8") | {
        "A5": 0.7, "A6": -0.3, "E8": "=E18*A5*E5*(1-E5)", "E14": "=A5*E5+A6", "E15": "=1/(1+EXP(-E14))",
        "E7": "=(E15-E6)^2/2", "E18": "=(E15-E6)*E15*(1-E15)", "A15": "=A5-$C$1*E18*E5", "A16": "=A6-$C$1*E18*E3",
    }  # fmt: skip
    found = judged(cells, tmp_path / "w.xlsx")

    assert not roots(found)
    assert (found.checked, found.results) == (found.formula_cells, ())


def test_one_of_two_losses_is_wrong_alone(tmp_path: Path) -> None:
    """Rule: no edit changes a right cell along with a wrong one; both might show the outputs again."""
    cells: Cells = {"A1": 0.3, "A2": -0.5, "A3": 0.2, "C1": 0.1, "I5": "=AVERAGE(I3:I4)"}
    for row, (one, other, target) in zip((3, 4), (SAMPLES["E"], SAMPLES["F"]), strict=True):
        cells |= {
            f"D{row}": one, f"E{row}": other, f"H{row}": target, f"F{row}": f"=D{row}*$A$1+E{row}*$A$2+$A$3",
            f"G{row}": f"=1/(1+EXP(-1*(F{row})))", f"J{row}": f"=(G{row}-H{row})/2",
            f"I{row}": f"=-(H{row}*LN(G{row})+(1-H{row})*LN(1-G{row}))",
        }  # fmt: skip
    cells |= {"A11": "=A1-$C$1*(D3*J3+D4*J4)", "A12": "=A2-$C$1*(E3*J3+E4*J4)", "A13": "=A3-$C$1*(J3+J4)"}
    found = judged(cells | {"I3": "=-(H3*LN(H3)+(1-H3)*LN(1-G3))"}, tmp_path / "w.xlsx")

    assert set(roots(found)) <= {"I3"}
    assert found.results


def _in_blocks() -> Cells:
    """Inputs in A to C, of which the last one is always 1; in blocks from G on outputs, errors and slopes."""
    cells: Cells = {}
    for row, (x, y) in enumerate(((-0.4, 0), (0.3, 1), (0.9, 1), (-1.2, 0)), 4):
        cells |= {f"A{row}": x, f"B{row}": round(x * x - 0.3, 2), f"C{row}": 1, f"D{row}": y}
    blocks = (("G", "H", "I"), ("M", "N", "O"), ("S", "T", "U"), ("Y", "Z", "AA"))
    for before, (p, e, d) in zip(("", *blocks), blocks, strict=False):
        arrays = {p: f"1/(1+EXP(-MMULT($A$4:$C$7,{p}10:{p}12)))", e: f"$D$4:$D$7-{p}4:{p}7"}
        arrays |= {d: f"{e}4:{e}7*{p}4:{p}7*(1-{p}4:{p}7)"}
        cells |= {f"{own}4": ArrayFormula(f"{own}4:{own}7", f"={text}") for own, text in arrays.items()}
        for row, x in enumerate("ABC", 10):
            cells[f"{p}{row}"] = (
                f"={before[0]}{row}+SUMPRODUCT({before[2]}$4:{before[2]}$7,${x}$4:${x}$7)"
                if before
                else 0.1 * row - 0.8
            )
    return cells


def test_ones_in_the_place_of_an_earlier_step_are_no_formulas(tmp_path: Path) -> None:
    """Rule: they are given like the inputs beside them, whatever stands in their place in the steps that follow."""
    found = judged(_in_blocks(), tmp_path / "w.xlsx")

    assert not roots(found)
    assert (found.checked, found.results) == (found.formula_cells, ())
    assert roots(judged(_in_blocks() | {"O4": ArrayFormula("O4:O7", "=N4:N7*M4:M7")}, tmp_path / "w.xlsx")) == [
        "O4",
        "O5",
        "O6",
        "O7",
    ]
