"""Which weighted sums are units of a step: those whose exponentials are shared out by one sum."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

pytestmark = pytest.mark.keras


def _skipgram(looked_up: str) -> dict[str, object]:
    """Five words with two numbers each, their contexts, and for three words the shares of all contexts, a row each."""
    cells: dict[str, object] = {}
    vectors = (
        (0.6, -0.2, 0.3, 0.2),
        (0.5, 0.7, -0.1, 0.8),
        (-0.4, -0.6, 0.4, -0.7),
        (-0.5, 0.4, -0.6, 0.1),
        (0.1, 0.3, 0.5, 0.5),
    )
    for row, (a, b, c, d) in enumerate(vectors, start=2):
        cells |= {f"A{row}": "abcde"[row - 2], f"C{row}": a, f"D{row}": b, f"F{row}": c, f"G{row}": d}
    for row, word in ((10, 1), (11, 5), (12, 4)):
        cells |= {f"A{row}": "abcde"[word - 1], f"B{row}": word}
        cells |= {f"{to}{row}": "=" + looked_up.format(f"${to}$2:${to}$6", row) for to in "CD"}
        for number, (total, power, share) in enumerate(zip("EFGHI", "JKLMN", "PQRST", strict=True), start=2):
            cells[f"{total}{row}"] = f"=$C{row}*$F${number}+$D{row}*$G${number}"
            cells |= {f"{power}{row}": f"=EXP({total}{row})", f"{share}{row}": f"={power}{row}/$O{row}"}
        cells[f"O{row}"] = f"=SUM(J{row}:N{row})"
    return cells


@pytest.mark.parametrize("looked_up", ["INDEX({},$B{})", "INDEX({},MATCH($A{},$A$2:$A$6,0))"])
def test_what_a_softmax_adds_up_are_units_of_one_step(looked_up: str, tmp_path: Path) -> None:
    """Rule: where both factors are numbers, and there is no bias, the sum by which exponentials are divided tells the
    units from the samples; a formula that looks a vector up reads the rest of its table for no layer."""
    found = verdict(_skipgram(looked_up), tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert "Dense(5, softmax), 3 samples" in found.said
