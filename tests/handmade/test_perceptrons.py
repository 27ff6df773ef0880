"""Networks of perceptrons, whose units give 0 or 1, or −1 or 1, and units with a leaky ReLU of any slope."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from equation_sheets import answer, verdict

pytestmark = pytest.mark.keras

_STEPS = ("IF({}>0,1,0)", "IF({}>=0,1,0)", "IF({}<0,0,1)", "IF({}<=0,-1,1)", "IF({}>=0,1,-1)", "SIGN({})")
_LEAKS = ("IF({0}>0,{0},0.01*({0}))", "MAX(0.1*({0}),{0})", "IF({0}<0,0.3*({0}),{0})")


def _network(rng: random.Random, bent: str) -> tuple[dict[str, object], list[str]]:
    """Two inputs, two hidden units and an output, a sample a row; sums in cells of their own or not.

    Returns:
        The cells, and those of activations.
    """
    cells: dict[str, object] = {"A1": "w", "D1": "v"}
    for row in (2, 3, 4):
        cells |= {f"{c}{row}": round(rng.uniform(-1.5, 1.5), 1) + 0.05 for c in "ABD"}
    apart, samples = rng.random() < 0.5, rng.randint(4, 8)
    activations = []
    for row in range(7, 7 + samples):
        cells |= {f"{c}{row}": rng.choice([0, 1]) if samples == 4 else round(rng.uniform(-2, 2), 1) for c in "AB"}
        sums = {
            column: f"${x}{row}*{w}$2+${y}{row}*{w}$3+{w}$4"
            for column, x, y, w in (("F", "A", "B", "A"), ("G", "A", "B", "B"), ("H", "F", "G", "D"))
        }
        for (column, total), z in zip(sums.items(), "JKL", strict=True):
            if apart:
                cells[f"{z}{row}"] = f"={total}"
            cells[f"{column}{row}"] = "=" + bent.format(f"{z}{row}" if apart else total)
            activations.append(f"{column}{row}")
    return cells, activations


@pytest.mark.parametrize("bent", [*_STEPS, *_LEAKS])
def test_units_with_a_kink_or_a_jump_agree(bent: str, tmp_path: Path) -> None:
    """Rule: a step at 0, however it is spelt, and a leaky ReLU of any slope are activations."""
    for seed in range(2):
        cells, _ = _network(random.Random(f"{bent}{seed}"), bent)
        assert answer(cells, tmp_path) == (0, set())


@pytest.mark.parametrize("bent", [*_STEPS, *_LEAKS])
def test_a_wrong_unit_with_a_kink_or_a_jump_is_found(bent: str, tmp_path: Path) -> None:
    """Rule: a unit that reads what belongs to another sample is the root, and nothing else is."""
    rng = random.Random(f"wrong {bent}")
    cells, activations = _network(rng, bent)
    row = rng.randint(8, 10)
    wrong = rng.choice([cell for cell in activations if cell[1:] == str(row)])
    text = str(cells[wrong])
    for column in "ABFGJKL":
        text = text.replace(f"${column}{row}*", f"${column}{row - 1}*").replace(f"{column}{row}", f"{column}{row - 1}")
    assert answer(cells | {wrong: text}, tmp_path) == (1, {wrong})


def test_a_threshold_is_a_bias_with_the_other_sign(tmp_path: Path) -> None:
    """Rule: `IF(Σ >= θ, 1, 0)` with θ in a cell is a perceptron; another threshold in one of its cells is wrong."""
    cells: dict[str, object] = {"A1": "w1", "B1": 0.6, "A2": "w2", "B2": 0.5, "A3": "threshold", "B3": 0.8}
    for row, (one, other) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (0.5, 0.5)], 5):
        cells |= {f"A{row}": one, f"B{row}": other}
        cells[f"C{row}"] = f"=IF(A{row}*$B$1+B{row}*$B$2>=$B$3,1,0)"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"C7": "=IF(A7*$B$1+B7*$B$2>=$B$2,1,0)"}, tmp_path) == (1, {"C7"})


def test_a_decision_by_a_sum_that_others_read_is_no_activation(tmp_path: Path) -> None:
    """Rule: where an error reads the weighted sum, as in an ADALINE, the step beside it only decides.

    Sums without an activation are in many sheets, so of another one nobody is blamed, and it is no pass.
    """
    cells: dict[str, object] = {"A1": 0.6, "B1": -0.5, "C1": 0.1}
    for row in range(4, 10):
        cells |= {f"A{row}": 0.5 * row - 3.1, f"B{row}": 0.7 - 0.2 * row, f"C{row}": row % 2}
        cells |= {f"D{row}": f"=A{row}*$A$1+B{row}*$B$1+$C$1", f"E{row}": f"=IF(D{row}>=0,1,0)"}
        cells[f"F{row}"] = f"=(C{row}-D{row})^2"
    cells["F10"] = "=AVERAGE(F4:F9)"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"D6": "=A6*$A$1+B5*$B$1+$C$1"}, tmp_path) == (3, set())


def _with_a_switch(choice: int, choose: str) -> dict[str, object]:
    """Three units on two inputs, and an output; a number says which activation the units have."""
    cells: dict[str, object] = {"A1": "1 = sigmoid, 2 = tanh, 3 = ReLU", "D1": choice, "A6": "bias", "E7": "bias"}
    for column, numbers in zip("BCD", ((-0.73, 0.91, -0.21), (0.69, 0.9, 0.04), (0.53, -0.89, -0.1)), strict=True):
        cells |= {f"{column}{row}": number for row, number in zip((4, 5, 6), numbers, strict=True)}
    cells |= {"F4": 0.7, "F5": -0.4, "F6": 0.9, "F7": 0.2}
    for row in range(10, 16):
        cells |= {f"A{row}": 0.31 * row - 4, f"B{row}": 2.7 - 0.02 * row * row}
        for z, h, w in zip("CDE", "FGH", "BCD", strict=True):
            cells[f"{z}{row}"] = f"=$A{row}*{w}$4+$B{row}*{w}$5+{w}$6"
            cells[f"{h}{row}"] = "=" + choose.format(z=f"{z}{row}")
        cells[f"I{row}"] = f"=1/(1+EXP(-(F{row}*$F$4+G{row}*$F$5+H{row}*$F$6+$F$7)))"
    return cells


_CHOOSE = "CHOOSE($D$1,1/(1+EXP(-{z})),TANH({z}),MAX(0,{z}))"
_SWITCH = "_xlfn.SWITCH($D$1,1,1/(1+EXP(-{z})),2,TANH({z}),MAX(0,{z}))"
_IF = "IF($D$1=1,1/(1+EXP(-{z})),IF($D$1=2,TANH({z}),MAX(0,{z})))"


@pytest.mark.parametrize(("choice", "choose"), [(1, _CHOOSE), (2, _CHOOSE), (3, _SWITCH), (2, _IF)])
def test_a_number_that_chooses_the_activation_is_a_switch(choice: int, choose: str, tmp_path: Path) -> None:
    """Rule: what all units choose by is no number of a layer, and the report says that only today's choice was checked;
    a unit that reads another's sum is wrong, and the switch is never."""
    found = verdict(_with_a_switch(choice, choose), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert "D1 chooses what is computed" in found.said
    wrong = {"G12": "=" + choose.format(z="C12")}
    assert answer(_with_a_switch(choice, choose) | wrong, tmp_path) == (1, {"G12"})


def test_a_look_up_that_an_edit_leaves_nothing_is_no_crash(tmp_path: Path) -> None:
    """Rule: a formula that gives an array without elements, as a tried one may, gives nothing that is known."""
    cells: dict[str, object] = {"A1": "age", "B1": 0.4, "A2": "income", "B2": -0.7, "A3": "bias", "B3": 0.1}
    find = '_xlfn.XLOOKUP("{}",$A$1:$A$3,$B$1:$B$3)'.format
    for row in range(6, 11):
        cells |= {f"D{row}": 0.3 * row - 2, f"E{row}": 1.4 - 0.2 * row}
        total = f"D{row}*{find('age')}+E{row}*{find('income')}+{find('bias')}"
        cells |= {f"F{row}": f"={total}", f"G{row}": f"=1/(1+EXP(-F{row}))"}
    assert answer(cells, tmp_path)[1] == set()
