"""Sheets that are no networks, or hold one among other things: nobody is blamed for what such sheets often do."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras
_CURVES = ("EXP(-$B$6*A{0})", "TANH($B$6*(A{0}-2))", "1/(1+EXP(-$B$6*(A{0}-$B$7)))")


def _plan(corrected: str = "", *, curve: str = "", rows: int = 9) -> dict[str, object]:
    """A base and three coefficients times columns, row by row, one with a correction; a growth curve beside."""
    cells: dict[str, object] = {"B1": 420, "B2": 2.4, "B3": 3.1, "B4": -18, "B6": 0.6, "B7": 5}
    for row in range(10, 10 + rows):
        cells |= {f"A{row}": row - 9, f"D{row}": 30 + 3 * (row % 5), f"E{row}": 12 + 5 * (row % 3)}
        cells |= {f"F{row}": 1 + 0.02 * (row % 4), f"H{row}": 460 + 11 * row}
        cells[f"G{row}"] = f"=$B$1+$B$2*D{row}+$B$3*E{row}+$B$4*F{row}" + (corrected if row == 14 else "")
        cells |= {f"I{row}": f"=G{row}/H{row}-1"} | ({f"J{row}": f"={curve.format(row)}"} if curve else {})
    return cells


@pytest.mark.parametrize("curve", ["", *_CURVES])
@pytest.mark.parametrize("corrected", ["+50", "-0.4", "+B6", "*1.1"])
def test_a_correction_in_a_plan_is_not_wrong(corrected: str, curve: str, tmp_path: Path) -> None:
    """Rule: weighted sums without an activation that belong to no other layer may be a plan or a price list; one line
    that adds something of its own is not blamed, whatever stands beside."""
    assert answer(_plan(corrected, curve=curve), tmp_path, 3) == (3, set())


def test_a_correction_before_an_activation_is_wrong(tmp_path: Path) -> None:
    """Rule: where a layer reads the sums, they are a network's, and the one that is filled otherwise is wrong."""
    cells = {cell: value for cell, value in _plan("+0.5").items() if not cell.startswith(("H", "I"))}
    cells |= {"B1": 0.4, "B2": 0.02, "B3": -0.03, "B4": 0.3}
    cells |= {f"K{row}": f"=TANH(G{row})" for row in range(10, 19)}

    assert answer(cells, tmp_path) == (1, {"G14"})


@pytest.mark.parametrize("total", ["", "AVERAGE", "SUM", "MAX"])
@pytest.mark.parametrize(("row", "pasted", "is_wrong"), [(4, 0.4127, True), (7, 0.91, False), (7, 0.55, True)])
def test_an_output_that_was_typed_over_is_wrong_though_others_are_summed_up(
    total: str, row: int, pasted: float, is_wrong: bool, tmp_path: Path
) -> None:
    """Rule: a total of results among which a number is typed does not only show results: something was typed over. A
    short number that is no result, rounded, may be there on purpose; nobody is blamed, and it is no pass."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "C1": 0.2}
    for at in range(3, 11):
        cells |= {f"A{at}": round(0.37 * at % 1 - 0.4, 2), f"B{at}": round(0.71 * at % 1 - 0.6, 2)}
        cells[f"D{at}"] = f"=1/(1+EXP(-($A$1*A{at}+$B$1*B{at}+$C$1)))"
    cells |= {"D12": f"={total}(D3:D10)"} if total else {}

    assert answer(cells, tmp_path)[0] == 0
    assert answer(cells | {f"D{row}": pasted}, tmp_path) == ((1, {f"D{row}"}) if is_wrong else (3, set()))
