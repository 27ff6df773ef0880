"""What all formulas agree with may still be another network: broken samples, inputs passed over, words, dates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras

_SAMPLES = (4, 3)


def _rnn(*, states: bool, gap: int, changed: Mapping[str, object] | None = None) -> dict[str, object]:
    """Two units, one input in column E and states in G and H; samples below one another, with some rows between."""
    cells: dict[str, object] = {}
    for column, shift in (("A", 0.0), ("B", 0.27)):
        cells |= {f"{column}{row}": round(0.4 * row - 1.1 + shift, 2) for row in range(1, 5)}
    row = 10
    for steps in _SAMPLES:
        if states:
            cells |= {f"G{row - 1}": 0.0, f"H{row - 1}": 0.0}
        for step in range(steps):
            cells[f"E{row}"] = round(0.37 * row - 4.3, 2)
            for column, weight in (("G", "A"), ("H", "B")):
                past = f"+G{row - 1}*{weight}$2+H{row - 1}*{weight}$3" if step or states else ""
                cells[f"{column}{row}"] = f"=TANH(E{row}*{weight}$1{past}+{weight}$4)"
            row += 1
        row += gap
    return cells | dict(changed or {})


def _passes(cells: Mapping[str, object], folder: Path) -> bool:
    try:
        return check(save(cells, folder / "w.xlsx")).ok
    except NothingCheckedError:
        return False


@pytest.mark.parametrize("states", [True, False])
def test_samples_of_other_lengths_pass(tmp_path: Path, states: bool) -> None:
    """With a state before each, or without one and with a blank line between them."""
    assert _passes(_rnn(states=states, gap=2), tmp_path)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("states", [True, False])
def test_a_sample_that_breaks_in_two_is_no_pass(tmp_path: Path, states: bool) -> None:
    """Without the recurrent terms a step is the first one of another sample, and right as such."""
    wrong = {f"{column}12": f"=TANH(E12*{weight}$1+{weight}$4)" for column, weight in (("G", "A"), ("H", "B"))}

    assert not _passes(_rnn(states=states, gap=2, changed=wrong), tmp_path)


@pytest.mark.usefixtures("a_short_search")
def test_an_input_that_is_passed_over_is_no_pass(tmp_path: Path) -> None:
    """Each step reads the input of the next one, and the last two read the same."""
    wrong = {
        f"{column}{row}": f"=TANH(E{min(row + 1, 13)}*{w}$1+G{row - 1}*{w}$2+H{row - 1}*{w}$3+{w}$4)"
        for row in range(10, 14)
        for column, w in (("G", "A"), ("H", "B"))
    }

    assert not _passes(_rnn(states=True, gap=2, changed=wrong), tmp_path)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("typed", [0.5, "=PI()"])
def test_a_last_step_without_formulas_is_no_pass(tmp_path: Path, typed: object) -> None:
    """Numbers in the place of all of its results leave a sample that is right and one step shorter."""
    assert not _passes(_rnn(states=True, gap=2, changed={"G13": typed, "H13": typed}), tmp_path)


@pytest.mark.usefixtures("a_short_search")
def test_words_and_dates_beside_a_result(tmp_path: Path) -> None:
    """Another activation in the words to the left leaves the check incomplete, and so does the date in line with it."""
    assert _passes(_rnn(states=True, gap=2, changed={"F10": "h = tanh(z)", "J1": "=TODAY()"}), tmp_path)
    assert not _passes(_rnn(states=True, gap=2, changed={"F10": "h = relu(z)"}), tmp_path)
    assert not _passes(_rnn(states=True, gap=2, changed={"J10": "=TODAY()"}), tmp_path)


@pytest.mark.parametrize("other_way", [False, True])
def test_where_units_may_be_samples_an_unread_bias_speaks_against_both(tmp_path: Path, other_way: bool) -> None:
    """A softmax over the samples makes units of them; the bias that no formula reads stands beside their inputs."""
    cells: dict[str, object] = {
        f"{c}{row}": round(0.41 * row - 0.3 * n, 2) for row in (1, 2, 3) for n, c in enumerate("AB")
    }
    cells |= {f"{c}{row}": round(0.9 - 0.37 * row + 0.2 * n, 2) for row in (5, 6, 7, 8) for n, c in enumerate("AB")}
    cells |= {f"D{row}": round(0.2 * row - 1.3, 2) for row in (5, 6, 7, 8)}
    for row in (1, 2, 3):
        for column, weights, result in zip("FGHI", (5, 6, 7, 8), "KLMN", strict=True):
            cells[f"{column}{row}"] = f"=$A{row}*$A${weights}+$B{row}*$B${weights}" + (
                "" if other_way else f"+$D${weights}"
            )
            shared = f"{column}$1:{column}$3" if other_way else f"$F{row}:$I{row}"
            cells[f"{result}{row}"] = f"=EXP({column}{row})/SUMPRODUCT(EXP({shared}))"

    assert _passes(cells, tmp_path) is not other_way
