"""Numbers that count the steps beside them: where they begin anew, another sample does."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import simple_rnn, verdict

pytestmark = pytest.mark.keras


def _two_samples() -> dict[str, object]:
    """Two samples of four steps right below each other; the second one reads no state at its first step."""
    cells = simple_rnn(8)
    for row in (12, 16):
        for h, weight in zip("HIJ", "BCD", strict=True):
            cells[f"{h}{row}"] = f"=TANH($E{row}*{weight}$2+$F{row}*{weight}$3+{weight}$9)"
    return {cell: own for cell, own in cells.items() if cell not in {"H11", "I11", "J11"}}


def _count(*numbers: int) -> dict[str, object]:
    return {f"A{row}": number for row, number in enumerate(numbers, 12)}


def test_a_step_without_a_state_may_be_a_mistake(tmp_path: Path) -> None:
    """Right behind the step before it, where nothing says that another sample begins."""
    assert verdict(_two_samples(), tmp_path).code == 3
    assert verdict(_two_samples() | _count(1, 2, 3, 4, 5, 6, 7, 8), tmp_path).code == 3


@pytest.mark.parametrize("first", [0, 1])
def test_numbers_that_begin_anew_say_that_another_sample_begins(tmp_path: Path, first: int) -> None:
    """Rule: the numbers of the steps tell one sample from the next one."""
    assert verdict(_two_samples() | _count(*[*range(first, first + 4)] * 2), tmp_path).code == 0


def test_a_state_that_goes_on_where_numbers_begin_anew_gets_no_pass(tmp_path: Path) -> None:
    """Rule: who counts the steps of each sample does not read the last state of another one."""
    found = verdict(simple_rnn(8) | _count(*[*range(1, 5)] * 2), tmp_path)

    assert (found.code, found.roots) == (3, set())
    assert "though the steps beside it are counted anew" in found.said
    assert verdict(simple_rnn(8) | _count(*range(1, 9)), tmp_path).code == 0


def test_ones_and_zeros_in_turn_count_nothing(tmp_path: Path) -> None:
    """Rule: targets beside the steps are often 0 and 1."""
    assert verdict(simple_rnn(8) | _count(*[0, 1] * 4), tmp_path).code == 0


@pytest.mark.parametrize(("stride", "code"), [(4, 0), (5, 0), (2, 3)])
def test_samples_side_by_side_are_a_batch(tmp_path: Path, stride: int, code: int) -> None:
    """Rule: no step of one stands between those of the other, unless the two fill all lines in turn."""
    cells = {cell: own for cell, own in simple_rnn(2).items() if int(cell[1:]) < 10}
    for number in range(4):
        sample, step = number % 2, number // 2
        row = 12 + stride * step + sample
        cells |= {f"E{row}": 0.17 * number - 0.3, f"F{row}": 0.4 - 0.13 * number * number}
        for h, weight in zip("HIJ", "BCD", strict=True):
            before = [f"{own}{row - stride}*{weight}${k}" for k, own in enumerate("HIJ", start=5) if step]
            terms = [f"$E{row}*{weight}$2", f"$F{row}*{weight}$3", *before, f"{weight}$9"]
            cells[f"{h}{row}"] = f"=TANH({'+'.join(terms)})"

    assert verdict(cells, tmp_path).code == code
