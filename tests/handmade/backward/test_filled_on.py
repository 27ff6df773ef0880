"""A wrong formula that was filled on to steps in which no update shows it is wrong there, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_STEPS = 4
_TOP = 10
"""Rows of a block: two samples of one input, a hidden ReLU, an output, its error, what flows back, then the weights."""


def _blocks(back: str) -> dict[str, object]:
    """A network of one hidden ReLU and a linear output, trained by blocks one below another; the last learns nothing.

    Args:
        back: what flows back to the hidden sum, with the row of a sample and that of the weights.
    """
    cells: dict[str, object] = {"A1": 0.2, "A2": 0.8, "A3": 0.4, "A4": 0.5, "B2": 0.6, "B3": 0.3, "B4": -0.2}
    for step in range(_STEPS):
        top = _TOP * (step + 1)
        last = top - _TOP
        for n, column in enumerate("ABCD"):
            start, at = (0.7, 0.1, 0.9, -0.2)[n], f"{column}{top}"
            cells[at] = start if not step else f"={column}{last}-$A$1*{column}{last + 5}"
        for row, sample in zip(range(top + 1, top + 4), (2, 3, 4), strict=True):
            cells |= {
                f"C{row}": f"=A{sample}*A{top}+B{top}",
                f"D{row}": f"=MAX(0,C{row})",
                f"E{row}": f"=D{row}*C{top}+D{top}",
                f"F{row}": f"=E{row}-B{sample}",
                f"G{row}": "=" + back.format(row=row, top=top),
            }
        errors, flows, own = f"F{top + 1}:F{top + 3}", f"G{top + 1}:G{top + 3}", f"D{top + 1}:D{top + 3}"
        cells |= {
            f"A{top + 5}": f"=SUMPRODUCT($A$2:$A$4,{flows})", f"B{top + 5}": f"=SUM({flows})",
            f"C{top + 5}": f"=SUMPRODUCT({own},{errors})", f"D{top + 5}": f"=SUM({errors})",
        }  # fmt: skip
    return cells


def test_blocks_that_are_right_pass(tmp_path: Path) -> None:
    """Rule: what flows back through a ReLU that is open is the error times the weight."""
    assert answer(_blocks("IF(C{row}>0,F{row}*C{top},0)"), tmp_path) == (0, set())


def test_a_slope_that_is_forgotten_is_blamed_in_every_block(tmp_path: Path) -> None:
    """Rule: of each sample, in the last block as well, the formula without the slope is wrong, not the sum of them."""
    code, roots = answer(_blocks("F{row}*C{top}"), tmp_path)
    assert code == 1
    assert roots == {f"G{_TOP * (step + 1) + k}" for step in range(_STEPS) for k in (1, 2, 3)}
