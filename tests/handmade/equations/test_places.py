"""Where numbers and results of a layer stand: what stands apart from its kind may be another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, exchanged

pytestmark = pytest.mark.keras


def _two_samples() -> dict[str, object]:
    """A unit over two samples of two steps, each a block of rows: two inputs below one another, the sum, the state."""
    cells: dict[str, object] = {"A2": 0.45, "A3": 0.87, "A6": -0.33, "A9": -1.18, "E13": 0.0, "E27": 0.0}
    inputs = {17: (-0.68, 0.68), 21: (0.32, 1.16), 31: (-1.01, 0.16), 35: (0.64, 1.09)}
    for row, before in ((17, 13), (21, 17), (31, 27), (35, 31)):
        cells[f"C{row}"], cells[f"C{row + 1}"] = inputs[row]
        cells |= {f"D{row}": f"=(A$2*C{row}+A$3*C{row + 1})+A$6*E{before}+A$9", f"E{row}": f"=TANH(D{row})"}
    return cells


def test_steps_of_two_samples_may_not_change_places(tmp_path: Path) -> None:
    """Rule: the steps of a sample follow one another as those of others do; and a word nearby is never to blame."""
    right = {**_two_samples(), "D39": '=IF(ABS(E35)>0,"DONE","NOT DONE")'}
    code, roots = answer(exchanged(right, "D21", "D35"), tmp_path)

    assert answer(right, tmp_path) == (0, set())
    assert code != 0
    assert roots <= {"D21", "D35"}


def _branches() -> dict[str, object]:
    """Two branches over one input, of four and of three units, and a layer that reads both."""
    cells: dict[str, object] = {"L3": -2.0}
    for number, row in enumerate((4, 5, 6, 7)):
        cells |= {f"A{row}": 0.3 * number - 0.5, f"A{row + 6}": 0.2 * number - 0.3}
        cells[f"L{row + 1}"] = f"=$A${row}*L3+$A${row + 6}"
        cells |= {f"L{row + 6}": f"=MAX(0,L{row + 1})", f"L{row + 27}": f"=L{row + 6}"}
    for number, row in enumerate((16, 17, 18)):
        cells |= {f"A{row}": 0.7 - 0.4 * number, f"A{row + 5}": 0.1 + 0.3 * number}
        cells[f"L{row - 1}"] = f"=$A${row}*L3+$A${row + 5}"
        cells |= {f"L{row + 3}": f"=TANH(L{row - 1})", f"L{row + 19}": f"=L{row + 3}"}
    for number, row in enumerate((26, 27, 28)):
        cells |= {f"{column}{row}": round(0.31 * k - 0.2 * number - 0.4, 2) for k, column in enumerate("ABCDEFG")}
        cells[f"A{row + 5}"] = 0.25 * number - 0.3
        products = "+".join(f"{column}${row}*L${31 + k}" for k, column in enumerate("ABCDEFG"))
        cells[f"L{row - 3}"] = f"={products}+$A${row + 5}"
    return cells


def test_units_of_one_layer_alone_do_not_stand_the_other_way_round(tmp_path: Path) -> None:
    """Rule: where units of other layers stand in the order of their weights, those of a layer that do not are asked."""
    right = _branches()

    assert answer(right, tmp_path) == (0, set())
    assert answer(exchanged(right, "L15", "L17"), tmp_path)[0] != 0


def test_units_of_one_sample_alone_do_not_stand_the_other_way_round(tmp_path: Path) -> None:
    """Rule: the units of a layer stand the same way round in all samples, each a block of its own."""
    cells: dict[str, object] = {"A1": 0.4, "B1": -0.3, "C1": 0.6, "A2": 0.1, "B2": 0.2, "C2": -0.5}
    for number, columns in enumerate(("EFG", "JKL", "OPQ")):
        x = f"{columns[0]}5"
        cells[x] = 0.7 - 0.4 * number
        cells |= {f"{column}6": f"=TANH({w}$1*{x}+{w}$2)" for column, w in zip(columns, "ABC", strict=True)}

    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(exchanged(cells, "J6", "L6"), tmp_path)
    assert code != 0
    assert roots <= {"J6", "L6"}


@pytest.mark.parametrize("stray", ["B12", "H5"])
def test_one_bias_far_from_the_others_is_no_pass(stray: str, tmp_path: Path) -> None:
    """Rule: the biases of a layer stand in one line, or each as its weights do, also if none is left unread."""
    cells: dict[str, object] = {"A1": 0.15, "A2": 0.2, "A3": 0.25, "A4": 0.3, "A5": 0.35, "D1": 0.05, "D2": 0.1}
    cells |= {"B1": 0.4, "B2": 0.45, "B5": 0.6, "F1": "=A1*D1+A2*D2+A5", "F2": "=A3*D1+A4*D2+A5"}
    cells |= {"G1": "=TANH(F1)", "G2": "=TANH(F2)", "J1": "=1/(1+EXP(-(B1*G1+B2*G2+B5)))"}

    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer({stray: 0.6, **cells, "F2": f"=A3*D1+A4*D2+{stray}"}, tmp_path)
    assert code != 0
    assert roots <= {"F2"}


def test_a_one_that_biases_are_multiplied_with_stands_anywhere(tmp_path: Path) -> None:
    """Rule: a 1 is no input that might be another number."""
    cells: dict[str, object] = {"A1": 0.3, "A2": -0.6, "A3": 0.2, "B1": 0.5, "B2": 0.1, "B3": -0.4, "K9": 1.0}
    for row, inputs in ((6, (0.4, -0.7)), (7, (0.9, 0.3)), (8, (-0.5, 0.6))):
        cells[f"A{row}"], cells[f"B{row}"] = inputs
        for column, weight in (("D", "A"), ("E", "B")):
            cells[f"{column}{row}"] = f"=TANH(A{row}*${weight}$1+B{row}*${weight}$2+$K$9*${weight}$3)"

    assert answer(cells, tmp_path) == (0, set())


def test_units_beside_each_other_read_one_step(tmp_path: Path) -> None:
    """Rule: of units that have their weights in one table none reads another step of a layer than the others."""
    cells: dict[str, object] = {"B1": -0.83, "B2": -0.21, "D1": -0.67, "F1": -0.03, "H1": 0.11, "I1": 1.08}
    cells |= {"K1": -0.85, "L1": -0.58, "N4": 1.04, "O4": -0.6, "N5": -0.11, "O5": -0.99, "P3": 0.0}
    cells |= {f"P{row}": f"=TANH(N{row}*$B$1+O{row}*$B$2+$D$1*P{row - 1}+$F$1)" for row in (4, 5)}
    cells |= {"R3": "=TANH($H$1*P5+$K$1)", "S3": "=TANH($I$1*P5+$L$1)"}

    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer({**cells, "R3": "=TANH($H$1*P4+$K$1)"}, tmp_path)
    assert code != 0
    assert roots <= {"R3"}


def test_of_two_sums_neither_is_wrong_for_certain(tmp_path: Path) -> None:
    """Rule: two formulas may be samples of which one lacks a bias, or steps of which one lacks its state."""
    cells: dict[str, object] = {"C1": -0.05, "G1": 0.34, "L3": 0.88, "P3": 0.74}
    assert not answer({**cells, "L4": "=TANH(C1*L3)", "P4": "=TANH(C1*P3+G1)"}, tmp_path)[1]


def test_a_first_state_is_no_bias(tmp_path: Path) -> None:
    """Rule: a number in line with the results, that nobody reads since a copy of it was typed over, is no bias."""
    cells: dict[str, object] = {"B1": 0.5, "C1": -0.4, "E1": -0.9, "I5": 0.0, "R4": 0.01, "X4": "=O5"}
    cells |= {"O4": -1.0, "P4": -2.0, "U4": -2.0, "V4": 0.7}
    cells |= {"O5": "=TANH($B$1*O4+$C$1*P4+$E$1*R4)", "U5": "=TANH($B$1*U4+$C$1*V4+$E$1*X4)"}
    assert answer(cells, tmp_path)[1] <= {"R4"}


@pytest.mark.parametrize(("rows", "code"), [((4, 9, 14), 0), ((3, 9, 14), 3)])
def test_inputs_may_stand_evenly_apart(rows: tuple[int, int, int], code: int, tmp_path: Path) -> None:
    """Rule: in a picture of a network each input has a box of its own, as far from the next one as this from the one
    behind it, and its weights stand elsewhere."""
    cells: dict[str, object] = {"F7": 0.1, "F12": -0.4}
    for number, (row, at) in enumerate(zip(rows, (4, 8, 13), strict=True)):
        cells |= {f"B{row}": 0.9 - 0.3 * number, f"D{at}": 0.5 - 0.6 * number, f"D{at + 1}": 0.2 + 0.4 * number}
    for at, first in ((6, 4), (11, 5)):
        sums = "+".join(f"B{row}*D{first + k}" for row, k in zip(rows, (0, 4, 9), strict=True))
        cells[f"F{at}"] = f"=TANH({sums}+F{at + 1})"
    cells |= {"H6": 1.6, "H7": -1.3, "H10": -0.7, "H11": 1.9, "J7": -0.2, "J12": 0.3}
    cells |= {f"J{at}": f"=1/(1+EXP(-(F6*H{w}+F11*H{w + 4}+J{at + 1})))" for at, w in ((6, 6), (11, 7))}
    found, roots = answer(cells, tmp_path, 5)
    assert (min(found, 1), roots) == (min(code, 1), set())
    if code == 0:
        other = {"J11": "=1/(1+EXP(-(F6*H7+F11*H11+J7)))"}  # its own bias is none in words, and is needed all the same
        words = {"B3": "loud", "B8": "high", "B13": "long", "J5": "bird", "J10": "dog"}
        assert answer(cells | words | other, tmp_path) == (1, {"J11"})
