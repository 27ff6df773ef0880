"""Cells that formulas take by a number that they count on with, as codes of words that begin with 0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _cells(sentences: Sequence[Sequence[int]] = ((1, 3), (0, 2), (3, 0))) -> dict[str, object]:
    """A projection of four words for two units, a table of them; and sentences by the codes of their words."""
    cells: dict[str, object] = {f"{c}{row}": round(0.31 * row - 0.23 * n - 0.6, 2)
                                for n, c in enumerate("AB") for row in range(1, 5)}  # fmt: skip
    cells |= {f"{c}{row}": round(0.9 - 0.37 * row + 0.21 * n, 2) for n, c in enumerate("DE") for row in range(6, 11)}
    for row in range(1, 5):
        cells |= {f"{c}{row}": f"=$A{row}*{c}$6+$B{row}*{c}$7+{c}$8" for c in "DE"}
    for n, codes in enumerate(sentences):
        for k, code in enumerate(codes):
            row = 20 + (len(codes) + 1) * n + k
            state = {c: f"+D{row - 1}*{c}$9+E{row - 1}*{c}$10" if k else "" for c in "DE"}
            cells |= {f"A{row}": code, **{f"{c}{row}": f"=TANH(INDEX({c}$1:{c}$4,$A{row}+1){state[c]})" for c in "DE"}}
    return cells


def test_a_code_that_begins_with_0_takes_the_cell_after_it(tmp_path: Path) -> None:
    """Rule: a place that is a typed number and 1 more is known; the sum that stands there is a part of the sum."""
    assert answer(_cells(), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("formula", ["=TANH(INDEX(D$1:D$4,$A23)+1)", "=TANH(INDEX(E$1:E$4,$A23+1))"])
def test_another_place_is_no_pass(formula: str, tmp_path: Path) -> None:
    """Rule: the place before, and another unit's table."""
    code, wrong = answer(_cells() | {"D23": formula}, tmp_path)
    assert code != 0
    assert wrong <= {"D23"}


@pytest.mark.parametrize(("cell", "old", "new"), [("E25", "D24*", "D23*"), ("D30", "$A30", "$A29")])
def test_a_slip_beside_a_code_is_the_root(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """Rule: the code of a step is no number that stands in the place of a formula, also where steps are wrong."""
    cells = _cells(((1, 3, 2), (0, 2, 1), (3, 0, 2), (2, 1, 0)))
    assert old in str(cells[cell])
    assert answer(cells | {cell: str(cells[cell]).replace(old, new)}, tmp_path) == (1, {cell})
