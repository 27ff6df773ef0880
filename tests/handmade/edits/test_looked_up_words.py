"""A small network whose formulas look their words up in a list, in whatever order these stand there."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _cells() -> dict[str, object]:
    """Words with a number each in A and B, two units over two sentences of three words in F and G, and outputs in H.

    Kernel, recurrent kernel and biases stand in I1:J4, weights and bias of the output in L1:L3.
    """
    cells: dict[str, object] = {
        f"A{row}": word for row, word in enumerate(("good", "bad", "very", "not", "so"), start=1)
    }
    cells |= {f"B{row}": number for row, number in enumerate((1.0, -0.9, 0.3, -0.5, 0.1), start=1)}
    cells |= {f"{c}{row}": round(0.7 - 0.37 * row + 0.51 * n, 2) for n, c in enumerate("IJ") for row in range(1, 5)}
    cells |= {"L1": 1.4, "L2": -0.8, "L3": 0.2}
    for top, sentence in ((8, ("very", "good", "so")), (12, ("not", "so", "bad"))):
        for k, word in enumerate(sentence):
            row = top + k
            x = f"INDEX($B$1:$B$5,MATCH($E{row},$A$1:$A$5,0))"
            state = {c: f"+F{row - 1}*{c}$2+G{row - 1}*{c}$3" if k else "" for c in "IJ"}
            cells |= {f"E{row}": word, f"F{row}": f"=TANH({x}*I$1{state['I']}+I$4)"}
            cells[f"G{row}"] = f"=TANH({x}*J$1{state['J']}+J$4)"
        cells[f"H{top + 2}"] = f"=1/(1+EXP(-(F{top + 2}*L$1+G{top + 2}*L$2+L$3)))"
    return cells


def test_words_stand_in_no_order(tmp_path: Path) -> None:
    """Rule: which word of the list comes first says nothing of the order of steps."""
    assert answer(_cells(), tmp_path) == (0, set())


def test_of_two_outputs_the_one_that_makes_no_network_is_wrong(tmp_path: Path) -> None:
    """Rule: it reads one weight twice; as the other one has it, all is a textbook network."""
    wrong = str(_cells()["H14"]).replace("L$2", "L$1")
    assert answer(_cells() | {"H14": wrong}, tmp_path, 30) == (1, {"H14"})
