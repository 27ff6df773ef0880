"""Trainings of relu units, a row a step, in which the slope of one unit was forgotten all the way down."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import judged, roots

from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras

_SAMPLES = ((1, 2, 0.9), (0.5, -1, 0.2), (-1, 0.4, -0.3), (0, 1.5, 0.6), (1.2, 0.3, 0.8)) * 2
_FIRST = dict(zip("EFGHIJKLM", (0.3, -0.2, 0.4, 0.6, 0.1, 0.05, 0.7, -0.4, 0), strict=True))
_GRADIENTS = dict(zip("EFGHIJKLM", ("T{r}*B{r}", "U{r}*B{r}", "T{r}*C{r}", "U{r}*C{r}", "T{r}", "U{r}", "S{r}*P{r}",
                                    "S{r}*Q{r}", "S{r}"), strict=True))  # fmt: skip
_FORWARD = {
    "N": "=E{r}*B{r}+G{r}*C{r}+I{r}", "O": "=F{r}*B{r}+H{r}*C{r}+J{r}", "P": "=IF(N{r}>0,N{r},0)",
    "Q": "=IF(O{r}>0,O{r},0)", "R": "=P{r}*K{r}+Q{r}*L{r}+M{r}", "S": "=R{r}-D{r}",
}  # fmt: skip


def _part(slope: str, path: Path) -> Part:
    """Weights in E to M, sums and results behind them, the error in S, and the slopes of both units in T and U."""
    cells: dict[str, object] = {"A1": 0.05}
    for row, sample in enumerate(_SAMPLES, 4):
        cells |= {f"{column}{row}": number for column, number in zip("BCD", sample, strict=True)}
        updates = {k: f"={k}{row - 1}-$A$1*{own.format(r=row - 1)}" for k, own in _GRADIENTS.items()}
        cells |= {f"{k}{row}": own for k, own in (_FIRST if row == 4 else updates).items()}
        cells |= {f"{k}{row}": own.format(r=row) for k, own in _FORWARD.items()}
        cells |= {f"T{row}": f"=S{row}*K{row}*IF(N{row}>0,1,0)", f"U{row}": f"=S{row}*L{row}{slope.format(r=row)}"}
    return judged(cells, path)


def test_the_slope_of_a_relu_agrees(tmp_path: Path) -> None:
    """All formulas of the right sheet agree, those of the last row, which no update reads, among them."""
    part = _part("*IF(O{r}>0,1,0)", tmp_path / "w.xlsx")

    assert (part.results, part.checked) == ((), part.formula_cells)


def test_an_update_that_an_input_of_0_makes_right_today_is_not_blamed(tmp_path: Path) -> None:
    """The forgotten slope is the mistake at every step; the weight of an input of 0 moves by nothing, whatever it is.

    In the last row, which no update reads, it gives what belongs to another quantity: it is the same formula there.
    """
    assert sorted(roots(_part("", tmp_path / "w.xlsx"))) == sorted(f"U{row}" for row in range(4, 14))
