"""What stands beside the least loss of all steps of a training: its number, its weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import Cells

from xlcheck.handmade.backward_judging import best_step

pytestmark = pytest.mark.keras

_ROWS = range(4, 12)


def _line(more: Cells) -> Cells:
    """A line learnt by gradient descent, a row a step; the loss of other samples in column L, the first one in K."""
    cells: Cells = {"B1": 0.1, "F3": "epoch", "G3": "w", "H3": "b", "K3": "loss", "L3": "val loss"}
    for row, (x, y) in enumerate(((1, 0.9), (2, 3.0), (3, 5.3), (4, 7.4)), 4):
        cells |= {f"A{row}": x, f"B{row}": y}
    cells |= {"C4": 1.5, "D4": 0.5, "C5": 2.5, "D5": 1.9}
    for row in _ROWS:
        error, tried = f"G{row}*$A$4:$A$7+H{row}-$B$4:$B$7", f"G{row}*$C$4:$C$5+H{row}-$D$4:$D$5"
        for w, g in ("GI", "HJ"):
            cells[f"{w}{row}"] = f"={w}{row - 1}-$B$1*{g}{row - 1}" if row > 4 else 0.1
        cells |= {f"F{row}": row - 4, f"K{row}": f"=SUMPRODUCT(({error})^2)/8"}
        cells |= {f"I{row}": f"=SUMPRODUCT({error},$A$4:$A$7)/4", f"J{row}": f"=SUMPRODUCT({error})/4"}
        cells |= {f"L{row}": f"=SUMPRODUCT(({tried})^2)/4"}
    return cells | more


_LEAST = "MATCH(MIN(L4:L11),L4:L11,0)"
_BEST: Cells = {"N4": "best epoch by val loss", "O4": f"=INDEX(F4:F11,{_LEAST})"}


@pytest.mark.parametrize(
    "shown",
    [
        {
            **{"N5": "its w", "O5": "=INDEX(G4:G11,MATCH(O4,F4:F11,0))"},
            **{"N6": "its b", "O6": "=INDEX(H4:H11,MATCH(O4,F4:F11,0))"},
        },
        {"N7": "row", "O7": f"={_LEAST}", "N5": "its w", "O5": "=ROUND(INDEX(G4:G11,O7),3)"},
        {"N5": "w at best", "O5": f"=INDEX(G4:G11,{_LEAST})"},
    ],
    ids=["by its number", "by its place", "at once"],
)
def test_what_stands_beside_the_least_loss_is_looked_up(shown: Cells, tmp_path: Path) -> None:
    """Rule: the best step may be told by its number or its place, and others may go by that."""
    assert best_step.BestStep
    assert answer(_line(_BEST | shown), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "shown",
    [
        {"N5": "its w", "O5": "=INDEX(H4:H11,MATCH(O4,F4:F11,0))"},
        {"O4": "=INDEX(F4:F11,MATCH(MIN(K4:K11),K4:K11,0))"},
        {"O4": "=INDEX(F4:F11,MATCH(MAX(L4:L11),L4:L11,0))", "O5": "=INDEX(G4:G11,MATCH(O4,F4:F11,0))"},
        {"N5": "its w", "O5": "=INDEX(G5:G12,MATCH(O4,F4:F11,0))"},
        {"N5": "its w", "O5": "=INDEX(G4:G11,MATCH(O4,F5:F11,0))"},
    ],
    ids=["another line", "by another loss", "the largest", "a row on", "of fewer numbers"],
)
def test_what_stands_elsewhere_is_no_pass(shown: Cells, tmp_path: Path) -> None:
    """Rule: a line that is headed otherwise than the word says, or does not lie beside, is open."""
    assert answer(_line(_BEST | shown), tmp_path) == (3, set())
