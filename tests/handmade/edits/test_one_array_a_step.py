"""Sums of all gates of a step in one array formula: a slip in it is one slip, and all of its cells are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from openpyxl.worksheet.formula import ArrayFormula

pytestmark = pytest.mark.keras

_SUMS = "CDEFGHIJ"


def _cells(wrong: str | None = None) -> dict[str, object]:
    """An LSTM of two units over three samples of three words, a row each, from 12, 16 and 20 on, with no first state.

    The word's two numbers stand in A and B, eight sums in C to J, cell states in K and L, hidden states in M and N;
    kernel, recurrent kernel and biases in rows 1 to 5.
    """
    cells: dict[str, object] = {
        f"{c}{row}": round(0.83 - 0.29 * row + 0.17 * n * (-1) ** row, 2)
        for n, c in enumerate(_SUMS) for row in range(1, 6)
    }  # fmt: skip
    for row in (12, 13, 14, 16, 17, 18, 20, 21, 22):
        is_first = row % 4 == 0
        state = "" if is_first else f"+MMULT(M{row - 1}:N{row - 1},$C$3:$J$4)"
        text = f"=MMULT(A{row}:B{row},$C$1:$J$2){state}+$C$5:$J$5"
        text = text if wrong is None or row != 17 else f"={wrong}"
        cells |= {f"A{row}": round(0.31 * row % 1.7 - 0.8, 2), f"B{row}": round(0.47 * row % 1.3 - 0.6, 2)}
        cells[f"C{row}"] = ArrayFormula(f"C{row}:J{row}", text)
        for c, h, i, f, g, o in (("K", "M", "C", "E", "G", "I"), ("L", "N", "D", "F", "H", "J")):
            kept = "" if is_first else f"{c}{row - 1}/(1+EXP(-{f}{row}))+"
            cells |= {f"{c}{row}": f"={kept}TANH({g}{row})/(1+EXP(-{i}{row}))"}
            cells[f"{h}{row}"] = f"=TANH({c}{row})/(1+EXP(-{o}{row}))"
    return cells


@pytest.mark.parametrize(
    "wrong",
    [
        "MMULT(A17:B17,$C$1:$J$2)+MMULT(M16:N16,$C$3:$J$4)",
        "MMULT(A17:B17,$C$1:$J$2)+MMULT(M14:N14,$C$3:$J$4)+$C$5:$J$5",
    ],
    ids=["bias", "state"],
)
def test_a_slip_in_an_array_is_one_slip(wrong: str, tmp_path: Path) -> None:
    """Rule: what the arrays of the other steps say, all of its cells should be."""
    assert answer(_cells(wrong), tmp_path) == (1, {f"{c}17" for c in _SUMS})


def test_arrays_of_all_steps_agree(tmp_path: Path) -> None:
    """Rule: one formula for all gates of a step is as good as one for each."""
    assert answer(_cells(), tmp_path) == (0, set())
