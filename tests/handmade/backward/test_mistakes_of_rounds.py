"""Mistakes of a perceptron that are counted for each round, by formulas that ask for the number of the round."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_AND = ((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1))
_ROUNDS = 4
_LAST = 3 + _ROUNDS * len(_AND)
_COUNTED = f"=SUMPRODUCT(($A$4:$A${_LAST}={{}})*ABS($J$4:$J${_LAST}))"


def _rounds(counted: str = _COUNTED) -> dict[str, object]:
    """A row a step: round, inputs, target, weights and a threshold, sum, answer, error; and the mistakes of rounds."""
    cells: dict[str, object] = {"A1": "rate", "B1": 0.13, "A3": "round", "O3": "mistakes"}
    for step in range(_ROUNDS * len(_AND)):
        row, (one, other, target) = 4 + step, _AND[step % len(_AND)]
        cells |= {f"A{row}": 1 + step // len(_AND), f"B{row}": one, f"C{row}": other, f"D{row}": target}
        for weight, new, start in (("E", "K", 0.32), ("F", "L", -0.11), ("G", "M", 0.25)):
            cells[f"{weight}{row}"] = f"={new}{row - 1}" if step else start
        cells |= {
            f"H{row}": f"=B{row}*E{row}+C{row}*F{row}",
            f"I{row}": f"=IF(H{row}>=G{row},1,0)",
            f"J{row}": f"=D{row}-I{row}",
            f"K{row}": f"=E{row}+$B$1*J{row}*B{row}",
            f"L{row}": f"=F{row}+$B$1*J{row}*C{row}",
            f"M{row}": f"=G{row}-$B$1*J{row}",
        }
    return cells | {f"O{3 + number}": counted.format(number) for number in range(1, _ROUNDS + 1)}


@pytest.mark.parametrize("counted", [_COUNTED, f"=SUMPRODUCT(($A$4:$A${_LAST}={{}})*$J$4:$J${_LAST}^2)"])
def test_mistakes_of_each_round_agree(counted: str, tmp_path: Path) -> None:
    """Rule: a factor that asks for a typed number takes the steps of one round, as SUMIF does."""
    assert answer(_rounds(counted), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "wrong",
    [
        {"O5": _COUNTED.format(3)},  # the round of another
        {"O5": _COUNTED.format(2).replace("ABS", "")},  # unlike the others
        {"O5": _COUNTED.format(2).replace("J", "I")},
        {"O7": _COUNTED.format(4).replace(str(_LAST), str(_LAST - 1))},  # one short
        {"A9": 3},
    ],
)
def test_mistakes_that_are_counted_otherwise_are_no_pass(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: what a formula takes are all steps of one round, and no two formulas count those of the same one."""
    assert answer(_rounds() | wrong, tmp_path) == (3, set())
