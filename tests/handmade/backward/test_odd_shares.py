"""Softmax regressions in which one share is divided by another sum than the others of its step."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.worksheet.formula import ArrayFormula
from training_sheets import Cells, filled, judged, roots

from xlcheck.api import check

pytestmark = pytest.mark.keras

_UNITS = "CDE"
_DATA = (((0.5, 1.2), (1, 0, 0)), ((-0.6, 1.0), (0, 1, 0)), ((0.3, -1.2), (0, 0, 1)), ((0.9, 0.4), (1, 0, 0)))


def _sheet(steps: int = 4, sheet: str = "") -> Cells:
    """Steps in blocks, or on a worksheet each: weights, sums, exponentials, shares, targets, errors, loss, updates."""
    cells: Cells = {}
    for step, (inputs, target) in enumerate(_DATA[:steps]):
        top = 3 if sheet else 3 + 15 * step
        here = f"{sheet}{step + 1}!" if sheet else ""
        cells[f"{here}A1"] = f"={sheet}1!A1" if sheet and step else 0.4
        before = (f"{sheet}{step}!", 14) if sheet else ("", -1)
        for row, given in enumerate((*inputs, 1)):
            cells[f"{here}A{top + row}"] = given
        for k, unit in enumerate(_UNITS):
            for row in range(3):
                kept = f"={before[0]}{unit}{top + 11 + row if sheet else top - 4 + row}"
                cells[f"{here}{unit}{top + row}"] = kept if step else round(0.31 * row - 0.27 * k + 0.05, 2)
                update = f"={unit}{top + row}-$A$1*$A{top + row}*{unit}${top + 8}"
                cells[f"{here}{unit}{top + 11 + row}"] = update
            cells[f"{here}{unit}{top + 4}"] = f"=SUMPRODUCT($A{top}:$A{top + 2},{unit}{top}:{unit}{top + 2})"
            cells[f"{here}{unit}{top + 5}"] = f"=EXP({unit}{top + 4})"
            cells[f"{here}{unit}{top + 6}"] = f"={unit}{top + 5}/SUM($C${top + 5}:$E${top + 5})"
            cells[f"{here}{unit}{top + 7}"] = target[k]
            cells[f"{here}{unit}{top + 8}"] = f"={unit}{top + 6}-{unit}{top + 7}"
        cells[f"{here}C{top + 9}"] = f"=-LN(SUMPRODUCT(C{top + 6}:E{top + 6},C{top + 7}:E{top + 7}))"
    return cells


@pytest.mark.parametrize("sheet", ["", "Step"])
def test_the_logarithm_of_a_sum_of_products_is_the_loss(tmp_path: Path, sheet: str) -> None:
    """−ln Σ t·o is the cross-entropy of a class that is typed as a 1 among zeros."""
    found = judged(_sheet(sheet=sheet), tmp_path / "w.xlsx")

    assert (found.results, found.checked) == ((), found.formula_cells)


def test_weights_that_an_array_formula_repeats_are_those_of_the_step_before(tmp_path: Path) -> None:
    """A block of weights is handed on as a whole, as cell by cell."""
    cells = _sheet(sheet="Step")
    for step in range(2, len(_DATA) + 1):
        cells |= {f"Step{step}!{unit}{row}": None for unit in _UNITS for row in (3, 4, 5)}
        cells[f"Step{step}!C3"] = ArrayFormula("C3:E5", f"=Step{step - 1}!C14:E16")
    found = judged(cells, tmp_path / "w.xlsx")

    assert (found.results, found.checked) == ((), found.formula_cells)


@pytest.mark.parametrize("total", ["$D$23:$F$23", "$C$23:$D$23"])
def test_a_share_of_another_sum_is_the_root_and_not_what_reads_it(tmp_path: Path, total: str) -> None:
    """Of two steps no line says what a formula should be; the other units of its layer do."""
    assert roots(judged(_sheet(2) | {"D24": f"=D23/SUM({total})"}, tmp_path / "w.xlsx")) == ["D24"]


def test_what_all_other_copies_of_a_worksheet_have_says_what_is_meant(tmp_path: Path) -> None:
    """The rate that is typed on the first worksheet, and read by all others, is meant to be typed."""
    found = check(filled(tmp_path / "w.xlsx", _sheet(sheet="Step") | {"Step2!D9": "=D8/SUM($D$8:$F$8)"}))

    assert [(own.cell, own.desired_formula) for own in found.roots] == [("D9", "=D8/SUM($C$8:$E$8)")]
    assert (found.exit_code, list(found.reservations)) == (1, [])
