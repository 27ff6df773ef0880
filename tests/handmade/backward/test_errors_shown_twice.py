"""Errors of a training that stand twice: one of them is learnt from, of the other only the squares are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, filled

from xlcheck.api import check

pytestmark = pytest.mark.keras


def test_errors_of_which_only_their_squares_are_shown_keep_nothing_open(tmp_path: Path) -> None:
    """Rule: beside the errors from which is learnt, 2/3 as large, others compare the same outputs and targets."""
    cells: Cells = {"B1": 0.1, "C4": 0.5, "D4": -0.2}
    cells |= {f"A{20 + n}": x for n, x in enumerate((0.5, -1.2, 2.0))}
    cells |= {f"B{20 + n}": t for n, t in enumerate((0.9, -0.4, 1.6))}
    for row in range(4, 10):
        for n, (out, delta, error) in enumerate(("JMP", "KNQ", "LOR")):
            cells |= {f"{out}{row}": f"=$C{row}*$A${20 + n}+$D{row}", f"{delta}{row}": f"=2/3*({out}{row}-$B${20 + n})"}
            cells[f"{error}{row}"] = f"={out}{row}-$B${20 + n}"
        cells |= {f"S{row}": f"=M{row}*$A$20+N{row}*$A$21+O{row}*$A$22", f"T{row}": f"=M{row}+N{row}+O{row}"}
        cells[f"U{row}"] = f"=SUMSQ(P{row}:R{row})/3"
        cells |= {f"C{row + 1}": f"=C{row}-$B$1*S{row}", f"D{row + 1}": f"=D{row}-$B$1*T{row}"} if row < 9 else {}
    assert check(filled(tmp_path / "w.xlsx", cells)).exit_code == 0
