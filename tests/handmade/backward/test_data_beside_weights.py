"""Inputs and targets that stand where the weights of a step before the first one would stand."""

from __future__ import annotations

from pathlib import Path
from typing import Never

import pytest
from training_sheets import Cells, filled, trained

from xlcheck.handmade.backward_judging import outcome
from xlcheck.verdicts.report import CellResult

pytestmark = pytest.mark.keras

_BLOCKS = ("IJK", "MNO", "QRS", "UVW")
"""The columns of each step, of which those of the targets, EFG, are the next ones to the left."""


def _softmax_beside_targets() -> Cells:
    """Three classes learnt of four samples: weights in rows 3, 4 and 6, which shrink by a tenth, in steps across."""
    cells: Cells = {"B9": 0.5, "B10": 0.1}
    for row, (kind, one, other) in enumerate(
        (("a", 1.08, 0.22), ("b", 1.06, 0.8), ("c", -0.6, 0.8), ("b", 0.1, -1)), 2
    ):
        cells |= {f"A{row}": kind, f"B{row}": one, f"C{row}": other}
        cells |= {f"{t}{row}": f'=IF($A{row}="{name}",1,0)' for t, name in zip("EFG", "abc", strict=True)}
    for number, block in enumerate(_BLOCKS):
        first, last = block[0], block[-1]
        for k, (w, t) in enumerate(zip(block, "EFG", strict=True)):
            for row, x in ((3, "B"), (4, "C"), (6, "")):
                before = _BLOCKS[number - 1][k]
                shrink = f"+$B$10*{before}{row}" if x else ""
                moved = f"={before}{row}-$B$9*({before}{row + 23}{shrink})"
                cells[f"{w}{row}"] = moved if number else round(0.3 - 0.2 * k + 0.1 * row, 2)
                gradient = f"SUMPRODUCT(${x}$2:${x}$5,{w}18:{w}21)" if x else f"SUM({w}18:{w}21)"
                cells[f"{w}{row + 23}"] = f"={gradient}/4"
            for row in range(2, 6):
                cells[f"{w}{row + 7}"] = f"=EXP($B{row}*{w}$3+$C{row}*{w}$4+{w}$6)"
                cells[f"{w}{row + 16}"] = f"={w}{row + 7}/SUM(${first}{row + 7}:${last}{row + 7})-{t}{row}"
    return cells


def test_targets_of_steps_that_are_right_are_not_taken_for_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule: all weights move as they have to, so that the sheet is not read once more with formulas for targets."""

    def never(*_: object) -> Never:
        raise AssertionError("the sheet is read once more")

    path = filled(tmp_path / "w.xlsx", _softmax_beside_targets())
    monkeypatch.setattr(outcome, "read_with", never)
    part = trained(path)

    assert part is not None
    assert not [own for own in part.results if isinstance(own, CellResult)]
    assert part.without_cell == 0


def test_a_weight_that_was_typed_is_no_input(tmp_path: Path) -> None:
    """Rule: a number where a weight should be updated keeps its step from moving as it has to, and is seen."""
    part = trained(filled(tmp_path / "w.xlsx", _softmax_beside_targets() | {"N4": 0.3}))
    assert part is not None
    assert part.without_cell or any(isinstance(own, CellResult) for own in part.results)
