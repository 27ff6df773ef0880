"""Columns of one cell a sample, from which a gradient is added up: what they hold, and what they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from recognised_sheets import a1
from training_sheets import table_of

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.data import data_cells
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging.in_samples import Column, Columns
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras

_ROWS = range(3, 6)
_BACK = ("Sheet", 7, 6)
"""The cell that adds up what flows back, times the input."""


def _wanted(back: str, added: str, folder: Path) -> list[Column] | None:
    """What a step of a hidden ReLU and a linear output should hold in the columns from which a gradient is added up.

    Args:
        back: what flows back to the hidden sum of a row.
        added: the gradient of the hidden weight.
        folder: where the workbook is written.
    """
    book = openpyxl.Workbook()
    cells: dict[str, object] = {"A1": 0.1, "E1": 0.8, "F1": 0.2, "G1": -0.6, "H1": 0.3}
    for row, (x, target) in zip(_ROWS, ((0.4, 0.3), (-0.7, 1.1), (1.2, 0.6)), strict=True):
        cells |= {f"A{row}": x, f"B{row}": target, f"C{row}": f"=$E$1*A{row}+$F$1", f"D{row}": f"=MAX(0,C{row})"}
        cells |= {f"E{row}": f"=$G$1*D{row}+$H$1", f"F{row}": f"=E{row}-B{row}", f"G{row}": f"={back.format(row)}"}
    cells |= {"G8": f"={added}", "H8": "=SUM(G3:G5)", "I8": "=SUMPRODUCT(F3:F5,D3:D5)", "J8": "=SUM(F3:F5)"}
    cells |= {f"{w}2": f"={w}1-$A$1*{g}8" for w, g in zip("EFGH", "GHIJ", strict=True)}
    for place, content in cells.items():
        book.active[place] = content
    book.save(folder / "w.xlsx")
    terms = CellTerms(*table_of(folder / "w.xlsx"))
    given = data_cells(terms)
    reading = best_reading(
        Sheet(terms.restricted([cell for cell in terms if cell not in given], given)), dense_gradients
    )
    columns = Columns(reading, 0, lambda *_: True, lambda own: own[2] == 6)
    assert [*map(a1, columns.added_by(_BACK))] == [f"G{row}" for row in _ROWS]
    gradient = reading.libraries[0].by_name["∂E/∂w1[1,1]"]
    return columns.wanted(_BACK, Role(gradient, 1.0))


_SUM = "SUMPRODUCT(A3:A5,G3:G5)"


def test_a_column_that_holds_what_it_should_is_not_blamed(tmp_path: Path) -> None:
    """Rule: the error times the weight where the ReLU is open, 0 where it is not: nothing else is wanted."""
    assert _wanted("IF(C{0}>0,F{0}*$G$1,0)", _SUM, tmp_path) == []


def test_what_should_be_0_and_is_not_was_not_held(tmp_path: Path) -> None:
    """Rule: without the slope each open sample is right, but the closed ones are not; with it, the sum would be."""
    columns = _wanted("F{0}*$G$1", _SUM, tmp_path)

    assert columns is not None
    assert [a1(cell) for cell in columns[0]] == [f"G{row}" for row in _ROWS]
    held = np.concatenate([own.quantity.values for own in columns[0].values()])
    assert (held == 0).any()
    assert (held != 0).any()


def test_a_formula_that_adds_up_something_else_is_told_from_what_it_adds_up(tmp_path: Path) -> None:
    """Rule: no column is wanted where each sample has what it should; where neither is right, nobody knows."""
    assert _wanted("IF(C{0}>0,F{0}*$G$1,0)", "SUMPRODUCT(A3:A5,G3:G5,G3:G5)", tmp_path) == []
    assert _wanted("F{0}*$G$1", "SUMPRODUCT(A3:A5,G3:G5,G3:G5)", tmp_path) is None
