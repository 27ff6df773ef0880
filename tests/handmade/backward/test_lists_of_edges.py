"""Trainings as a list of edges: what each of them weighs, carries and is to blame for, with the neurons beside."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, filled

from xlcheck.api import check

pytestmark = pytest.mark.keras

_WEIGHTS = (0.1, 0.4, 0.1, -0.3, 0.2, 0, 0.5, -0.6, 0.2, 0.3, 0.7, -0.1)
_SAMPLES = (((0.2, 0.8), (1, 0)), ((0.9, 0.3), (0, 1)), ((0.4, -0.5), (1, 0)))


def _sheet(steps: int, *, typed: bool) -> Cells:
    """Two hidden units and two outputs; a worksheet a step, on which an input is typed for each unit, or once."""
    cells: Cells = {}
    for step, (inputs, targets) in enumerate(_SAMPLES[:steps], 1):
        cells |= {f"s{step}!{place}": own for place, own in _step(step, typed=typed).items()}
        for row, number in zip((2, 3, 5, 6), inputs * 2, strict=True):
            cells[f"s{step}!B{row}"] = number if typed or row < 5 else f"=B{row - 3}"
        cells |= {f"s{step}!H4": targets[0], f"s{step}!H5": targets[1]}
    return cells


def _step(step: int, *, typed: bool) -> Cells:
    cells: Cells = {"J1": 0.6}
    for row, weight in enumerate(_WEIGHTS, 2):
        unit = (row - 2) // 3 + 2
        cells |= {f"A{row}": weight if step == 1 else f"=s{step - 1}!D{row}", f"C{row}": f"=I{unit}"}
        cells[f"D{row}"] = f"=A{row}-$J$1*B{row}*C{row}"
        one = 1 if typed or row == 4 else "=B4"
        cells[f"B{row}"] = one if row % 3 == 1 else f"=G{row % 3}" if row % 3 == 2 else "=G3"
    for unit in range(2, 6):
        first = 3 * unit - 4
        cells[f"F{unit}"] = f"=SUMPRODUCT(A{first}:A{first + 2},B{first}:B{first + 2})"
        cells[f"G{unit}"] = f"=1/(1+EXP(-F{unit}))"
    for unit in (2, 3):
        cells[f"I{unit}"] = f"=(I4*A{unit + 6}+I5*A{unit + 9})*G{unit}*(1-G{unit})"
        cells[f"I{unit + 2}"] = f"=(G{unit + 2}-H{unit + 2})*G{unit + 2}*(1-G{unit + 2})"
    return cells


@pytest.mark.parametrize("steps", [1, 3])
def test_an_input_that_is_typed_for_each_unit_is_one_input(tmp_path: Path, steps: int) -> None:
    """All formulas agree, be it that inputs are typed again for each unit, and none is counted that is none."""
    for typed in (True, False):
        cells = _sheet(steps, typed=typed)
        found = check(filled(tmp_path / f"{typed}.xlsx", cells))
        formulas = sum(str(own).startswith("=") for own in cells.values())
        assert (found.ok, found.counts.formula_cells, found.counts.checked) == (True, formulas, formulas)


def test_an_input_typed_otherwise_for_one_unit_gets_no_pass(tmp_path: Path) -> None:
    """Two numbers for one input are no input of a layer."""
    assert check(filled(tmp_path / "w.xlsx", _sheet(2, typed=True) | {"s1!B5": 0.25})).exit_code == 3


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("typed", [False, True])
def test_a_copy_of_another_error_is_the_root(tmp_path: Path, steps: int, *, typed: bool) -> None:
    """The update is filled as those around it, so that what it reads is wrong, and not which cell it reads."""
    found = check(filled(tmp_path / "w.xlsx", _sheet(steps, typed=typed) | {"s1!C6": "=I2"}))

    assert [(own.cell, own.desired_formula) for own in found.roots] == [("C6", "=I3")]
