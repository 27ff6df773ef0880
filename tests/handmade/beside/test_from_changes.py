"""Forecasts of a price from the change that a network is told, as the changes of the series were made."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.beside.from_changes import from_changes

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_ROWS = range(5, 12)
_CHANGES = (("LN(B{r}/B{b})", "B{r}*EXP(E{r})"), ("B{r}/B{b}-1", "B{r}*(1+E{r})"), ("B{r}-B{b}", "B{r}+E{r}"))


def _prices(change: str, back: str) -> dict[str, object]:
    """Prices in B, their changes in C, scaled in H, units in I and D, and in E the change that they forecast.

    Args:
        change: how a change is made of the price of its row, `r`, and of the one before, `b`.
        back: how the next price is made, in F; the actual one stands beside it in G, and the error below.
    """
    cells: dict[str, object] = {"B1": 0.62, "C1": -0.17, "D1": 0.45, "E1": 0.08, "B4": 101.2}
    cells |= {"H1": "=AVERAGE(C5:C11)", "H2": "=STDEV(C5:C11)"}
    for row in _ROWS:
        cells |= {f"A{row}": f"day {row - 4}", f"B{row}": round(101.2 + 3.1 * ((row * 5) % 7) / 7, 1)}
        cells[f"C{row}"] = "=" + change.format(r=row, b=row - 1)
        cells |= {f"H{row}": f"=(C{row}-$H$1)/$H$2", f"E{row}": f"=D{row}*$H$2+$H$1"}
        cells |= {f"I{row}": f"=TANH(H{row}*$B$1+$C$1)", f"D{row}": f"=I{row}*$D$1+$E$1"}
        cells[f"F{row}"] = "=" + back.format(r=row)
        cells |= {f"G{row}": f"=B{row + 1}"} if row < _ROWS[-1] else {}
    return cells | {"F13": "RMSE", "G13": "=SQRT(SUMXMY2(F5:F10,G5:G10)/6)"}


@pytest.mark.parametrize(("change", "back"), _CHANGES)
def test_a_price_that_undoes_how_changes_are_made_keeps_nothing_open(change: str, back: str, tmp_path: Path) -> None:
    """Rule: the last price that is known, and the change after it, give the next one."""
    assert answer(_prices(change, back), tmp_path) == (0, set())


def test_each_price_is_told_with_its_change(tmp_path: Path) -> None:
    """Rule: all formulas of the line are, the last one too, whose price nobody knows yet."""
    terms = sheet(_prices(*_CHANGES[0]), tmp_path).terms
    told, given = ({cell_at(f"{column}{row}") for row in _ROWS} for column in "EH")
    wanted = {cell_at(f"F{row}"): cell_at(f"E{row}") for row in _ROWS}
    assert dict(from_changes(terms.keys(), terms, told, given)) == wanted
    assert dict(from_changes(terms.keys(), terms, set(), given)) == {}


@pytest.mark.parametrize(
    "back",
    ["B{r}*EXP(D{r})", "B{r}*(1+E{r})", "B{r}+E{r}", "B{r}*EXP(-E{r})", "$B$4*EXP(E{r})", "B{r}*EXP(E{r})/2"],
    ids=["not put back", "another way", "a difference", "downwards", "the first price", "half"],
)
def test_another_price_is_no_pass(back: str, tmp_path: Path) -> None:
    """Rule: what does not undo how the changes are made, or begins with another price than the last one, is open."""
    assert answer(_prices(_CHANGES[0][0], back), tmp_path) == (3, set())


def test_the_price_before_the_last_one_is_no_pass(tmp_path: Path) -> None:
    """Rule: a change that is forecast follows the last price that the network has read, in all rows or in one."""
    late = _prices(_CHANGES[0][0], _CHANGES[0][1]) | {f"F{row}": f"=B{row - 1}*EXP(E{row})" for row in _ROWS}
    assert answer(late, tmp_path) == (3, set())
    one = _prices(_CHANGES[0][0], _CHANGES[0][1]) | {"F8": "=B7*EXP(E8)"}
    assert answer(one, tmp_path)[0] != 0
