"""Inputs that a workbook makes itself: what is wrong on the way to them, and what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import BINDINGS, STATES, bound

from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.judging.inputs import correct_inputs

WORDS = {"D5": "on", "D6": "off", "D7": "on", "D8": "none", "F1": "none", "F2": "off", "F3": "on"}
CODES = {"G1": 1, "G2": 2, "G3": 3}
LOOKED_UP = {f"A{row}": f"=MATCH(D{row},$F$1:$F$3,0)" for row in range(5, 9)}
SCALED = {f"A{row}": f"=D{row}/10" for row in range(5, 9)} | {f"D{row}": row for row in range(5, 9)}
MADE = BINDINGS.replace('x = "A5:A8"', 'x = "A5:A8"\nx_values = [0.5, 0.6, 0.7, 0.9]')


def corrected(
    folder: Path, cells: dict[str, object], bindings: str = BINDINGS
) -> tuple[dict[str, tuple[float, str | None]], dict[str, float]]:
    """The wrong cells with their right number and the mistake, and the inputs that are not what they should be."""
    sheet = bound(folder, STATES | cells, bindings)
    found, changed = correct_inputs(sheet.table, sheet.answers, sheet.networks, sheet.precedents)
    named = {cell_name(*cell[1:]): (wrong.desired, wrong.diagnosis) for cell, wrong in found.items()}
    return named, {cell_name(*cell[1:]): number for cell, number in changed.items()}


@pytest.mark.parametrize("cells", [{}, WORDS | CODES | LOOKED_UP, SCALED])
def test_right_inputs_are_left_alone(cells: dict[str, object], tmp_path: Path) -> None:
    """Rule: typed inputs, words that are looked up, and numbers that are scaled all alike need no correction."""
    assert corrected(tmp_path, cells) == ({}, {})


def test_a_word_has_the_code_beside_it_in_the_list(tmp_path: Path) -> None:
    """Rule: of a look-up the list itself says what it should give, and the input follows."""
    wrong = WORDS | CODES | LOOKED_UP | {"A6": "=MATCH(D6,$F$1:$F$3,0)-1"}

    assert corrected(tmp_path, wrong) == ({"A6": (2.0, "code-off-by-one")}, {"A6": 2.0})


@pytest.mark.parametrize(("formula", "mistake"), [("=D8/10", "wrong-time-step"), ("=E7/10", "code-off-by-one")])
def test_a_formula_does_as_those_beside_it(formula: str, mistake: str, tmp_path: Path) -> None:
    """Rule: among formulas filled alike, the one that reads another cell is wrong: along time, or along the list."""
    found, changed = corrected(tmp_path, SCALED | {"E7": 2, "A7": formula})

    assert (found, changed) == ({"A7": (pytest.approx(0.7), mistake)}, {"A7": pytest.approx(0.7)})


def test_what_rounding_does_is_no_mistake(tmp_path: Path) -> None:
    """Rule: a formula that reads another cell with the same number is right, also where 7·0.1 is not quite 7/10."""
    assert corrected(tmp_path, SCALED | {"D8": 7, "A7": "=D8/10"}) == ({}, {})


def test_what_somebody_said_counts(tmp_path: Path) -> None:
    """Rule: an input of which the bindings say what it should be is wrong if it is not that, whatever the others do."""
    assert corrected(tmp_path, SCALED, MADE) == ({"A8": (0.9, None)}, {"A8": 0.9})


def test_codes_are_padded_in_front(tmp_path: Path) -> None:
    """Rule: a document of codes that its formulas put in order has its zeros before the codes, as Keras pads."""
    padded = {"C5": "=1+1", "C6": "=2+1", "C7": 0, "C8": 0} | {f"A{row}": f"=C{row}" for row in range(5, 9)}
    found, changed = corrected(tmp_path, padded)

    assert changed == {"A5": 0.0, "A6": 0.0, "A7": 2.0, "A8": 3.0}
    assert found == {cell: (number, "padding-wrong-side") for cell, number in changed.items()}
