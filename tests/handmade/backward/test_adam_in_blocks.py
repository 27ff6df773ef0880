"""Adam in blocks side by side, as Keras computes it: each step has a rate of its own, and losses ask for the class."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import LAST, ROWS, with_gradients

pytestmark = pytest.mark.keras

_BLOCKS = ("EFGHI", "KLMNO", "QRSTU", "WXYZ")


def _adam() -> dict[str, object]:
    """Rate, β₁, β₂ and ε in B1:B4, samples in rows 9 to 12; weights, gradients and averages a block."""
    cells: dict[str, object] = {"A1": "lr", "B1": 0.05, "B2": 0.9, "B3": 0.999, "B4": 1e-7}
    for row, (one, other, target) in enumerate(((-0.7, -0.5, 1), (1.9, 0.9, 0), (-0.4, 0.2, 1), (1.0, -0.2, 1)), 9):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": target}
    for step, (w, g, m, v, *new) in enumerate(_BLOCKS, 1):
        cells[f"{g}6"] = f"=$B$1*SQRT(1-$B$3^{step})/(1-$B$2^{step})"
        for row in range(9, 13):
            cells |= {f"{w}{row}": f"=$A{row}*{w}$3+$B{row}*{w}$4+{w}$5", f"{g}{row}": f"=1/(1+EXP(-{w}{row}))"}
            cells |= {f"{m}{row}": f"={g}{row}-$C{row}", f"{v}{row}": f"=-IF($C{row}=1,LN({g}{row}),LN(1-{g}{row}))"}
        cells[f"{v}13"] = f"=AVERAGE({v}9:{v}12)"
        for row, x in ((3, "A"), (4, "B"), (5, None)):
            _, _, last_m, last_v, last = _BLOCKS[step - 2] if step > 1 else " " * 5
            cells[f"{w}{row}"] = f"={last}{row}" if step > 1 else round(0.3 - 0.2 * row, 2)
            cells[f"{g}{row}"] = f"=SUMPRODUCT({m}$9:{m}$12,${x}$9:${x}$12)/4" if x else f"=AVERAGE({m}9:{m}12)"
            cells[f"{m}{row}"] = (f"=$B$2*{last_m}{row}+" if step > 1 else "=") + f"(1-$B$2)*{g}{row}"
            cells[f"{v}{row}"] = (f"=$B$3*{last_v}{row}+" if step > 1 else "=") + f"(1-$B$3)*{g}{row}^2"
            if new:
                cells[f"{new[0]}{row}"] = f"={w}{row}-{g}$6*{m}{row}/(SQRT({v}{row})+$B$4)"
    return cells


def test_all_of_it_agrees(tmp_path: Path) -> None:
    assert answer(_adam(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("L3", "=SUMPRODUCT(M$9:M$12,$A$9:$A$12)/3"),
        ("M4", "=$B$2*G3+(1-$B$2)*L4"),
        ("T5", "=$B$2*N5+(1-$B$3)*R5^2"),
        ("W3", "=Q3"),
    ],
    ids=["a count", "another average", "the other share", "an earlier weight"],
)
def test_a_cell_that_breaks_its_line_is_wrong(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: also where cells of the first step break theirs, as nothing is before them that they could read."""
    assert answer(_adam() | {cell: text}, tmp_path) == (1, {cell})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("R6", "=$B$1*SQRT(1-$B$3^2)/(1-$B$2^2)"),
        ("X6", "=$B$1*SQRT(1-$B$3^3)/(1-$B$2^4)"),
        ("H9", "=-IF($C9=1,LN(1-F9),LN(F9))"),
        ("H10", "=-IF($C10=1,LN(1-F10),LN(1-F10))"),
    ],
    ids=["a step before", "two powers", "the other way round", "a branch that is not taken"],
)
def test_another_slip_is_no_pass(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: targets that formulas ask for are 0 and 1 in turn, so that both branches are compared."""
    code, roots = answer(_adam() | {cell: text}, tmp_path)
    assert code != 0
    assert roots <= {cell}


def _in_rows() -> dict[str, object]:
    """A row a step: gradients in J to L, averages of them in M to O, of their squares in P to R, moves in S to U."""
    cells: dict[str, object] = {own: text for own, text in with_gradients().items() if own[0] != "A"}
    for number, row in enumerate(ROWS, 1):
        cells[f"W{row}"] = number
        for w, g, m, v, d in zip("EFG", "JKL", "MNO", "PQR", "STU", strict=True):
            cells[f"{m}{row}"] = f"=0.9*{m}{row - 1}+0.1*{g}{row}" if number > 1 else f"=0.1*{g}{row}"
            cells[f"{v}{row}"] = f"=0.999*{v}{row - 1}+0.001*{g}{row}^2" if number > 1 else f"=0.001*{g}{row}^2"
            cells[f"{d}{row}"] = f"=0.05*{m}{row}/(1-0.9^W{row})/(SQRT({v}{row}/(1-0.999^W{row}))+0.0000001)"
            cells |= {f"{w}{row}": f"={w}{row - 1}-{d}{row - 1}"} if number > 1 else {}
    return cells


def test_the_moves_of_the_last_step_are_right_as_those_before(tmp_path: Path) -> None:
    """Rule: what no weight reads any more is right if it was filled from what one does, of right cells."""
    assert answer(_in_rows(), tmp_path) == (0, set())
    odd = f"=0.05*M{LAST}/(1-0.9^W{LAST})/(SQRT(P{LAST}/(1-0.999^W{LAST - 1}))+0.0000001)"
    assert answer(_in_rows() | {f"S{LAST}": odd}, tmp_path)[0] != 0
