"""What only shows results, and what only that reads: totals of totals, names of the best, copies filled to a total."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_ROWS = range(5, 9)


def _network() -> dict[str, object]:
    """Two inputs in A:B, two units in D:E, an output in F, weights in rows 1 and 2."""
    cells: dict[str, object] = {
        "A1": 0.7,
        "B1": -0.4,
        "C1": 0.2,
        "A2": -0.9,
        "B2": 0.5,
        "C2": 0.1,
        "E1": 2.1,
        "F1": -1.3,
    }
    cells |= {"G1": 0.4}
    for row in _ROWS:
        cells |= {f"A{row}": round(0.4 * row - 2.2, 2), f"B{row}": round(1.7 - 0.3 * row, 2)}
        cells |= {f"{c}{row}": f"=TANH($A{row}*$A${n}+$B{row}*$B${n}+$C${n})" for n, c in ((1, "D"), (2, "E"))}
        cells[f"F{row}"] = f"=D{row}*$E$1+E{row}*$F$1+$G$1"
    return cells


_MEASURED = {f"G{row}": 0.1 * row for row in _ROWS}
_SHOWN: Mapping[str, tuple[Mapping[str, object], int]] = {
    "helpers and their total": ({f"H{r}": f"=ROUNDUP(F{r}*3,0)" for r in _ROWS} | {"H9": "=SUM(H5:H8)"}, 0),
    "a total of all but one": ({f"H{r}": f"=ROUNDUP(F{r}*3,0)" for r in _ROWS} | {"H9": "=SUM(H5:H7)"}, 3),
    "totals and their total": ({**_MEASURED, "I5": "=SUM(F5:F8)", "I6": "=SUM(G5:G8)", "I7": "=SUM(I5:I6)"}, 0),
    "errors down to the totals": (
        _MEASURED | {f"H{r}": f"=F{r}-G{r}" for r in (*_ROWS, 9)} | {"F9": "=SUM(F5:F8)", "G9": "=SUM(G5:G8)"}, 0
    ),
    "a mean of all errors but the last": (
        _MEASURED | {f"H{r}": f"=(F{r}-G{r})^2" for r in _ROWS} | {"H2": "=AVERAGE(H5:H7)"}, 3
    ),
    "the name of the best": (
        {f"H{r}": f"=SUM(D{r}:F{r})" for r in _ROWS} | {f"I{r}": f"no. {r}" for r in _ROWS}
        | {"H9": "=SUM(H5:H8)", "I9": "=INDEX(I5:I8,MATCH(MAX(H5:H8),H5:H8,0))"}, 0
    ),
}  # fmt: skip


@pytest.mark.parametrize("shown", _SHOWN)
def test_what_only_shows_results_keeps_nothing_open(shown: str, tmp_path: Path) -> None:
    """Rule: what nobody reads but what is only shown is only shown, too; and nothing is left out of a total by it."""
    cells, code = _SHOWN[shown]
    assert answer(_network() | dict(cells), tmp_path, 5) == (code, set())
    assert answer(_network() | dict(cells) | {"F6": "=D6*$E$1+E7*$F$1+$G$1"}, tmp_path, 5)[1] <= {"F6"}
