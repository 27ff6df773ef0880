"""Sums and their activations in cells of their own: slips in what links them blame no other cell, and never pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _sheet(activation: str, **wrong: object) -> dict[str, object]:
    """One unit over two steps in rows 4 and 5, then the sums of four outputs from C9 and their activations from C15."""
    cells: dict[str, object] = {"A1": -0.38, "A2": -0.52, "A3": 0.3, "C3": 0.0, "B4": -0.27, "B5": 0.77}
    for row in (4, 5):
        cells[f"D{row}"] = f"=A$1*B{row}+A$2*C{row - 1}+A$3".replace("A$", "$A$")
        cells[f"C{row}"] = f"=TANH(D{row})"
    for row, (weight, bias) in enumerate(((0.42, -1.13), (-0.74, -0.5), (0.3, -0.35), (-0.3, 1.12)), 9):
        cells |= {f"A{row}": weight, f"B{row}": bias, f"C{row}": f"=A{row}*C$5+B{row}"}
        cells[f"C{row + 6}"] = "=" + activation.format(f"C{row}")
    return cells | wrong


SIGMOID, TANH = "1/(1+EXP(-{}))", "TANH({})"


@pytest.mark.parametrize("activation", [SIGMOID, TANH])
def test_the_right_sheet_passes(activation: str, tmp_path: Path) -> None:
    """What the slips below are planted into."""
    assert answer(_sheet(activation), tmp_path) == (0, set())


@pytest.mark.parametrize("activation", [SIGMOID, TANH])
def test_a_sum_is_not_wrong_because_its_activation_stands_nowhere(activation: str, tmp_path: Path) -> None:
    """Rule: where all activations are led to the next sum, the first sum is a sum as those beside it are."""
    moved = {f"C{row}": "=" + activation.format(f"C{row - 5}") for row in range(15, 19)}

    code, roots = answer(_sheet(activation, **moved), tmp_path)

    assert code != 0
    assert roots <= moved.keys()


def test_what_reads_only_an_empty_cell_feeds_no_right_layer(tmp_path: Path) -> None:
    """Rule: a state that was led to an empty cell cuts a network in two; no edit of the other half mends that."""
    moved = {"C4": "=TANH(E4)", "C5": "=TANH(E5)"}

    code, roots = answer(_sheet(SIGMOID, **moved), tmp_path)

    assert code != 0
    assert roots <= moved.keys()


@pytest.mark.parametrize("slip", ["=C15", "=C5", 0.25])
def test_a_sum_is_no_branch_if_something_else_stands_for_its_activation(slip: object, tmp_path: Path) -> None:
    """Rule: of sums beside one another none is a layer without activation whose own place holds another thing."""
    two = {f"{column}{row}": None for column in "ABC" for row in (11, 12)} | {"C17": None, "C18": None}

    assert answer(_sheet(TANH, **two), tmp_path)[0] == 0
    code, roots = answer(_sheet(TANH, **two, C16=slip), tmp_path)

    assert code != 0
    assert roots <= {"C16"}


def test_a_softmax_that_was_typed_over_is_named(tmp_path: Path) -> None:
    """Rule: numbers that are the softmax of the sums above them stand in the place of its formulas."""
    sums = "EXP(C$9),EXP(C$10),EXP(C$11),EXP(C$12)"
    right = _sheet(f"EXP({{}})/SUM({sums})")
    state = math.tanh(-0.38 * 0.77 - 0.52 * math.tanh(-0.38 * -0.27 + 0.3) + 0.3)
    powers = [math.exp(a * state + b) for a, b in ((0.42, -1.13), (-0.74, -0.5), (0.3, -0.35), (-0.3, 1.12))]
    typed = {f"C{row}": round(power / sum(powers), 4) for row, power in enumerate(powers, 15)}

    assert answer(right, tmp_path) == (0, set())
    assert answer(right | typed, tmp_path) == (1, {*typed})


@pytest.mark.parametrize(
    ("beside", "passes"),
    [({}, True), ({"J1": 2}, False), ({"J1": 2, "J2": 3}, True), ({"I1": "epochs", "J1": 2}, True)],
)
def test_a_number_that_stands_as_weights_do_is_missed(
    beside: Mapping[str, object], passes: bool, tmp_path: Path
) -> None:
    """Rule: an unread number as far behind a weight as that is behind another may be one; not in a table, or named."""
    cells: dict[str, object] = {"F1": -2, "H1": -1, "E12": 0}
    for row, x in enumerate((-1, 1, 2), 13):
        cells |= {f"D{row}": x, f"E{row}": f"=TANH($F$1*D{row}+$H$1*E{row - 1})"}

    code, roots = answer(cells | beside, tmp_path)

    assert (code == 0) == passes
    assert roots <= {"E13", "E14", "E15"}


@pytest.mark.parametrize("wrong", ["=C5*0.4--1.1", "=C5*0.4-(-1.1)", "=C5*0.4- -1.1"])
def test_two_signs_in_a_row_are_no_pass(wrong: str, tmp_path: Path) -> None:
    """Rule: a negative number that is subtracted has one sign too many, perhaps; it is taken for no weight."""
    typed = {f"{column}{row}": None for column in "AB" for row in range(9, 13)} | {
        f"C{row}": None for row in range(9, 19)
    }
    outputs = {"C9": "=C5*0.4-1.1", "C10": "=C5*-0.7-0.5", "C11": "=C5*0.3+-0.35"}
    sheet = _sheet(TANH) | typed | outputs

    assert answer(sheet, tmp_path)[0] == 0
    assert answer(sheet | {"C9": wrong}, tmp_path) == (3, set())


def test_a_copy_and_what_reads_it_may_both_lack_the_weight(tmp_path: Path) -> None:
    """Rule: where a product lost its weight, it may be put back there or in the sum that adds it: neither is blamed."""
    cells: dict[str, object] = {"A1": 0.94, "A3": -0.49, "A5": 0.86, "C1": -0.31, "D1": 0.68}
    cells |= {"C2": "=$A$1*C1", "D2": "=$A$1*D1", "D3": "=$A$3*C4", "C4": "=TANH(C2+$A$5)", "D4": "=TANH(D2+D3+$A$5)"}

    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(cells | {"D3": "=C4"}, tmp_path)

    assert code != 0
    assert roots <= {"D3"}


def test_a_result_shown_from_an_empty_cell_is_no_pass(tmp_path: Path) -> None:
    """Rule: where formulas that look the same show results, one that reads an empty cell is a slip."""
    shown = {f"E{row}": f"=100*C{row}" for row in range(15, 19)}
    waiting = {f"G{row}": f"=10*F{row}" for row in range(15, 19)}  # for answers, all of them

    assert answer(_sheet(TANH, **shown, **waiting), tmp_path) == (0, set())
    assert answer(_sheet(TANH, **shown, **waiting) | {"E16": "=100*D16"}, tmp_path) == (1, {"E16"})
    assert answer(_sheet(TANH, **shown, **waiting) | {"E16": "=100*D16", "E20": "=100*D5"}, tmp_path)[0] != 0


def test_of_two_pieces_the_right_one_is_not_edited(tmp_path: Path) -> None:
    """Rule: where a slip stands beside two layers that one reads together, neither gets another activation."""
    cells: dict[str, object] = {}
    for column, numbers in {
        "A": (0.4, -0.7, 0.2),
        "B": (0.9, 0.3, -0.1),
        "A_": (-0.2, 0.8, 0.5),
        "B_": (0.6, -0.4, 0),
    }.items():
        top = 7 if column.endswith("_") else 1
        cells |= {f"{column[0]}{top + at}": number for at, number in enumerate(numbers)}
    cells |= {"A13": 0.35, "A14": -0.6, "A15": 1.1, "A16": 0.25, "A17": 0.05, "D1": 0.75, "D2": 1.3}
    for row, column, top in ((4, "A", 1), (5, "B", 1), (10, "A", 7), (11, "B", 7)):
        total = f"D$1*{column}${top}+D$2*{column}${top + 1}+{column}${top + 2}"
        cells[f"D{row}"] = f"={total}"
        cells[f"E{row}"] = f"=IF(D{row}<0,0,D{row})" if top == 1 else f"=IF(D{row}>0,D{row},0.2*D{row})"
    cells |= {f"D{row}": f"=E{of}" for row, of in ((13, 4), (14, 5), (15, 10), (16, 11))}
    cells |= {"D18": "=SUMPRODUCT(A13:A16,D13:D16)+A17", "D20": "=100*E4", "E20": "=100*D18", "F20": "=100*E10"}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"E20": "=100*F18"}, tmp_path) == (3, set())


def test_a_formula_does_not_become_a_copy_where_its_weights_are_empty_cells(tmp_path: Path) -> None:
    """Rule: a state that was typed over is wrong, and not the next one, though sums filled up to it would be copies."""
    assert answer(_sheet(SIGMOID, C4=0.1234), tmp_path) == (1, {"C4"})
