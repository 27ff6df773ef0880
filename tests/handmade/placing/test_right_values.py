"""What formulas compute where the cells that they read hold what they should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from xlcheck.engines.unguarded import unguarded
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.placing.right_values import RightValues
from xlcheck.handmade.placing.tie import Tie, tie
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.opinions import consult
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

_BINDINGS = """
[[model]]
[[model.layer]]
type = "SimpleRNN"
units = 1
kernel = "A1"
recurrent_kernel = "A2"
bias = "A3"
[[model.document]]
x = "A5:A8"
h_init = "B4"
"""
_NUMBERS = {"A1": 0.5, "A2": -0.25, "A3": 0.1, "B4": 0.2, "A5": 1.0, "A6": -0.5, "A7": 0.25, "A8": 0.75}
_RIGHT = {f"B{row}": f"=TANH(A{row}*$A$1+B{row - 1}*$A$2+$A$3)" for row in range(5, 9)}


def _read(folder: Path, cells: dict[str, Any]) -> tuple[RightValues, CellTable, Tie]:
    book = openpyxl.Workbook()
    for cell, content in {**_NUMBERS, **_RIGHT, **cells}.items():
        book.active[cell] = content
    book.save(folder / "mine.xlsx")
    (folder / "mine.toml").write_text(_BINDINGS, encoding="utf-8")
    content = read_workbook(folder / "mine.xlsx")
    table = CellTable(content)
    opinion, precedents = consult(table, unguarded("ironcalc")), Precedents(table)
    networks = read_bindings(folder / "mine.toml", content)
    given = {cell for network in networks for *_, cell in network.cells()}
    right = RightValues(table, CellTerms(table, opinion.values, given=given), networks, precedents=precedents)
    return right, table, tie(table, right, networks, precedents)


def _names(tied: Tie) -> dict[str, str]:
    return {f"B{cell[1] + 1}": tied.elements[number].name for cell, number in tied.held.items() if cell[2] == 1}


@pytest.mark.parametrize(
    "wrong", ["=TANH(A6*$A$1+B5*$A$2)", "=A6*$A$1+B5*$A$2+$A$3", "=TANH(A7*$A$1+B5*$A$2+$A$3)", 0.125]
)
def test_what_follows_from_a_mistake_is_known_by_its_right_value(wrong: str | float, tmp_path: Path) -> None:
    """Rule: a wrong cell is found by what its readers need, and all that follows from it is no mistake."""
    _, _, tied = _read(tmp_path, {"B6": wrong})

    assert [cell[1:] for cell in tied.wrong] == [(5, 1)]
    assert _names(tied) == {f"B{step + 5}": f"simple_rnn.h[{step}][0]" for step in range(4)}


def test_a_formula_that_looks_a_place_up_is_evaluated_number_by_number(tmp_path: Path) -> None:
    """Rule: where a formula has no term, it is evaluated for each setting, and it is not said to be wrong."""
    right, table, tied = _read(tmp_path, {"C5": "=INDEX(B5:B8,2+1)", "D5": "=2*C5"})
    seen = right.values[:, table.index["Sheet", 4, 2]]

    np.testing.assert_allclose(seen, right.values[:, table.index["Sheet", 6, 1]])
    assert not tied.wrong


def test_nothing_changes_before_a_value_is_overwritten(tmp_path: Path) -> None:
    """Rule: a trial leaves what the cells hold; an overwritten value stays, whatever its formula reads."""
    right, table, _ = _read(tmp_path, {})
    before, third = right.values.copy(), table.index["Sheet", 7, 1]
    tried = right.trial({("Sheet", 5, 1): np.array([0.5, 0.25])})

    np.testing.assert_array_equal(right.values, before)
    assert not np.isclose(tried[:, third], before[:, third]).any()

    right.overwrite({("Sheet", 5, 1): np.array([0.5, 0.25])})
    right.overwrite({("Sheet", 4, 1): np.array([0.1, 0.2])})
    np.testing.assert_allclose(right.values[:, third], tried[:, third])
