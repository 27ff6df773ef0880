"""A series that is longer than what is forecast of it: numbers behind the last target, and formulas that make them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save
from recognised_sheets import cell_at

from xlcheck.handmade.beside.preparation import filled_on
from xlcheck.handmade.beside.straight import is_straight
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

_LAST = 12
"""The last row of the series."""


def _windows(*, computed: bool) -> dict[str, object]:
    """A series in B, windows of two in D and E, a recurrent unit in F and G, forecasts in H, targets in I, errors."""
    cells: dict[str, object] = {"L1": 0.45, "L2": -0.2, "L3": 0.1, "M1": 1.1, "M2": 0.02}
    for row in range(1, _LAST + 1):
        value = f"=SIN(0.7*A{row})" if computed else round(((row * 7) % 11) / 11 - 0.4, 3)
        cells |= {f"A{row}": row, f"B{row}": value}
    for row in range(1, _LAST - 3):
        cells |= {f"D{row}": f"=B{row}", f"E{row}": f"=B{row + 1}", f"F{row}": f"=TANH($L$1*D{row}+$L$3)"}
        cells |= {f"G{row}": f"=TANH($L$1*E{row}+$L$2*F{row}+$L$3)", f"H{row}": f"=$M$1*G{row}+$M$2"}
        cells |= {f"I{row}": f"=B{row + 2}", f"J{row}": f"=(H{row}-I{row})^2"}
    return cells | {"J14": f"=SUMPRODUCT(ABS(H1:H{_LAST - 4}-I1:I{_LAST - 4}))/COUNT(H1:H{_LAST - 4})"}


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("computed", [True, False])
def test_a_series_may_be_longer_than_what_is_forecast(computed: bool, tmp_path: Path) -> None:
    """Rule: numbers behind the last target are left over if each target stands right behind what its result reads."""
    cells = _windows(computed=computed)
    assert answer(cells, tmp_path) == (0, set())
    if computed:
        assert answer(cells | {f"B{_LAST}": "=COS(0.7*A12)"}, tmp_path) == (3, set())


def _measured(targets: dict[str, str], folder: Path) -> bool:
    cells: dict[str, object] = {f"B{row}": 0.3 + row for row in range(1, 9)}
    cells |= {f"C{row}": f"=B{row}+B{row + 1}" for row in range(1, 6)}
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    precedents = Precedents(table)
    reads = {cell: precedents.of(cell) for cell in table.texts}
    reads[cell_at("D1")] = [*map(cell_at, targets.values())]
    pairs = [frozenset({(cell_at(result), cell_at(target))}) for result, target in targets.items()]
    data = {cell_at(f"B{row}") for row in range(1, 7)}
    return is_straight(pairs, {cell_at(own): 0 for own in targets}, table, reads, data)


@pytest.mark.parametrize(("first", "count", "is_meant"), [(3, 5, True), (4, 5, True), (3, 4, True), (4, 4, False)])
def test_targets_follow_what_their_results_read(first: int, count: int, is_meant: bool, tmp_path: Path) -> None:
    """Rule: what is left behind a target is no other target if the one before its first is read by its result.

    Each result reads two numbers of eight; those behind the last of five targets that begin at the fourth are none.
    """
    targets = {f"C{row}": f"B{row + first - 1}" for row in range(1, count + 1)}
    assert _measured(targets, tmp_path) == is_meant


def test_a_line_of_inputs_goes_on_as_it_was_filled(tmp_path: Path) -> None:
    """Rule: only what was filled on, cell by cell, belongs to inputs; not what is a layer, or behind a gap."""
    cells = {f"B{row}": f"=SIN(A{row})" for row in (1, 2, 3, 4, 6)} | {"C2": "=SIN(B2)", "C1": "=COS(B1)"}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    made = {cell_at("B1")}
    own = {cell_at(cell) for cell in ("B2", "B3", "B4", "C2")}
    assert filled_on(table.texts, made, table, ()) == own
    assert filled_on(table.texts, made, table, {cell_at("B3")}) == {cell_at("B2"), cell_at("C2")}
