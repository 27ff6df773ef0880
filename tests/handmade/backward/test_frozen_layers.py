"""A layer that is computed once, and whose units a layer above reads that learns epoch by epoch."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, judged, roots

pytestmark = pytest.mark.keras


def _sheet() -> Cells:
    """Two samples of a frozen layer with two units in columns A to D; three epochs of a linear unit, a row each."""
    cells: Cells = {"A1": 0.7, "B1": -0.4, "A2": 0.2, "B2": 0.5, "C2": 0.1}
    for row, (given, target) in zip((4, 5), ((1.2, 0.5), (-0.6, 0.9)), strict=True):
        cells |= {f"A{row}": given, f"D{row}": target}
        cells |= {f"{unit}{row}": f"=MAX(0,$A{row}*{w}$1+{w}$2)" for unit, w in zip("BC", "AB", strict=True)}
    for row in (8, 9, 10):
        for weight, gradient, first in zip("ABC", "GHI", (0.3, -0.2, 0.1), strict=True):
            before = row - 1
            cells[f"{weight}{row}"] = first if row == 8 else f"={weight}{before}-$C$2*{gradient}{before}"
        cells |= {f"{o}{row}": f"=A{row}*$B${s}+B{row}*$C${s}+C{row}" for o, s in zip("DE", "45", strict=True)}
        errors = f"(D{row}-$D$4)", f"(E{row}-$D$5)"
        cells |= {
            f"F{row}": f"=({errors[0]}^2+{errors[1]}^2)/2", f"G{row}": f"={errors[0]}*$B$4+{errors[1]}*$B$5",
            f"H{row}": f"={errors[0]}*$C$4+{errors[1]}*$C$5", f"I{row}": f"={errors[0]}+{errors[1]}",
        }  # fmt: skip
    return cells


def test_a_layer_that_all_epochs_read(tmp_path: Path) -> None:
    """Rule: outputs with one target are those of several epochs, and the units below are a layer of each of them."""
    found = judged(_sheet(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    assert "Dense(2, relu) → Dense(1, linear)" in found.notes[0]


def test_a_wrong_gradient_above_a_frozen_layer(tmp_path: Path) -> None:
    """Rule: a gradient that reads another unit is the root."""
    wrong = judged(_sheet() | {"H9": "=(D9-$D$4)*$C$4+(E9-$D$5)*$B$5"}, tmp_path / "w.xlsx")
    assert roots(wrong) == ["H9"]
