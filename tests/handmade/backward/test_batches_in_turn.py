"""Trainings that learn from a few samples at a time, beside which the loss of all of them is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import Cells

pytestmark = pytest.mark.keras

_SAMPLES = ((0.3, 0.1, 1.1), (0.5, 0.2, 1.6), (0.8, 0.1, 2.2), (0.4, 0.9, 1.5), (1.0, 0.5, 2.8), (0.7, 0.7, 2.1))
_ROWS = range(13, 22)
_LETTERS = "GHI"


def _trained(size: int = 2, more: Cells | None = None) -> Cells:
    """A row a step, with so many errors of samples that it looks up behind the first of its batch."""
    cells: Cells = {"G3": 0.3, "G4": size}
    for row, own in enumerate(_SAMPLES, 4):
        cells |= {f"{column}{row}": number for column, number in zip("BCD", own, strict=True)}
    errors = _LETTERS[:size]
    for row in _ROWS:
        cells |= {f"A{row}": row - 12, f"C{row}": f"=MOD(A{row}-1,{6 // size})*$G$4+1"}
        for w, g in zip("DEF", "JKL", strict=True):
            cells[f"{w}{row}"] = f"={w}{row - 1}-$G$3*{g}{row - 1}" if row > _ROWS[0] else 0
        found = {c: [f"INDEX(${c}$4:${c}$9,$C{row}+{n})" for n in range(size)] for c in "BCD"}
        for n, e in enumerate(errors):
            cells[f"{e}{row}"] = f"=$D{row}*{found['B'][n]}+$E{row}*{found['C'][n]}+$F{row}-{found['D'][n]}"
        for g, c in zip("JK", "BC", strict=True):
            parts = "+".join(f"{e}{row}*{found[c][n]}" for n, e in enumerate(errors))
            cells[f"{g}{row}"] = f"=2/$G$4*({parts})"
        cells |= {f"L{row}": f"=2/$G$4*SUM({errors[0]}{row}:{errors[-1]}{row})"}
        cells |= {f"M{row}": f"=SUMSQ({errors[0]}{row}:{errors[-1]}{row})/$G$4"}
        cells |= {f"N{row}": f"=SUMPRODUCT((D{row}*$B$4:$B$9+E{row}*$C$4:$C$9+F{row}-$D$4:$D$9)^2)/6"}
    return cells | (more or {})


@pytest.mark.parametrize(
    "cells",
    [_trained(), _trained(3), _trained(more={f"C{row}": (row - 13) % 3 * 2 + 1 for row in _ROWS})],
    ids=["two", "half of them", "typed numbers"],
)
def test_the_loss_of_all_samples_beside_batches(cells: Cells, tmp_path: Path) -> None:
    """Rule: where no two batches have a sample in common, each step learns from its own, and may show all."""
    assert answer(cells, tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "change",
    [
        {f"N{row}": f"=SUMPRODUCT((D{row}*$B$4:$B$9+E{row}*$C$4:$C$9-$D$4:$D$9)^2)/6" for row in _ROWS},
        {"N15": "=SUMPRODUCT((D15*$B$4:$B$8+E15*$C$4:$C$8+F15-$D$4:$D$8)^2)/6"},
        {"J16": "=2/$G$4*(G16*INDEX($B$4:$B$9,$C16)+H16*INDEX($B$4:$B$9,$C16))"},
        {"H17": "=$D17*INDEX($B$4:$B$9,$C17+1)+$E17*INDEX($C$4:$C$9,$C17+1)+$F17-INDEX($D$4:$D$9,$C17)"},
    ],
    ids=["no bias", "of five", "an input twice", "the target of another"],
)
def test_a_slip_in_batches_is_no_pass(change: Cells, tmp_path: Path) -> None:
    """Rule: a step that learns from a sample of two batches, or shows another loss, is open."""
    code, roots = answer(_trained(more=change), tmp_path)
    assert code != 0
    assert roots <= change.keys()
