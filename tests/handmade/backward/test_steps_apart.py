"""Steps that do not stand in one unbroken line: epochs with a mean between them, and a worksheet for each step."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, judged

pytestmark = pytest.mark.keras

_SAMPLES = ((0.5, 1.0, 1), (-1.0, 0.2, 0), (0.8, -0.6, 1))


def _epochs(numbers: tuple[int, ...]) -> Cells:
    """Three epochs of three samples, a row each, with a mean loss and an empty row after each epoch."""
    cells: Cells = {"B1": 0.6}
    before = 0
    for epoch, number in enumerate(numbers):
        for place, sample in enumerate(_SAMPLES):
            row = 4 + 5 * epoch + place
            cells |= {f"A{row}": number} | dict(zip((f"C{row}", f"D{row}", f"E{row}"), sample, strict=True))
            for weight, move, first in zip("FGH", "LMN", (0.1, -0.1, 0.0), strict=True):
                cells[f"{weight}{row}"] = f"={weight}{before}+{move}{before}" if before else first
            cells |= {
                f"I{row}": f"=1/(1+EXP(-(C{row}*F{row}+D{row}*G{row}+H{row})))",
                f"J{row}": f"=-E{row}*LN(I{row})-(1-E{row})*LN(1-I{row})", f"K{row}": f"=I{row}-E{row}",
                f"L{row}": f"=-$B$1*K{row}*C{row}", f"M{row}": f"=-$B$1*K{row}*D{row}", f"N{row}": f"=-$B$1*K{row}",
            }  # fmt: skip
            before = row
        cells[f"J{before + 1}"] = f"=AVERAGE(J{before - 2}:J{before})"
    return cells


@pytest.mark.parametrize(("numbers", "is_open"), [((1, 2, 3), False), ((1, 0, 1), True)])
def test_numbers_of_epochs_with_rows_left_out(numbers: tuple[int, ...], is_open: bool, tmp_path: Path) -> None:
    """Rule: the number of an epoch beside each of its steps is no answer, though it be 1; 0 and 1 in turn may be."""
    found = judged(_epochs(numbers), tmp_path / "w.xlsx")
    assert not found.results
    assert bool(found.gaps) is is_open


def test_an_epoch_that_begins_with_weights_of_an_earlier_step_is_no_pass(tmp_path: Path) -> None:
    """Rule: two steps of a line that go on from the weights of one are no pass, as one of them skips some steps."""
    skips: Cells = {f"{weight}9": f"={weight}4+{move}4" for weight, move in zip("FGH", "LMN", strict=True)}
    assert judged(_epochs((1, 2, 3)) | skips, tmp_path / "w.xlsx").gaps


@pytest.mark.parametrize(
    ("wrong", "is_open"), [({}, False), ({"J10": "=-LN(I10)"}, True), ({"J9": "=-LN(1-I9)"}, True)]
)
def test_a_cross_entropy_of_classes_as_they_are(wrong: Cells, is_open: bool, tmp_path: Path) -> None:
    """Rule: who knows the classes writes −ln o or −ln(1 − o), and nobody learns from the one of the wrong class."""
    typed: Cells = {
        f"J{4 + 5 * epoch + place}": f"=-LN({'' if sample[2] else '1-'}I{4 + 5 * epoch + place})"
        for epoch in range(3)
        for place, sample in enumerate(_SAMPLES)
    }
    found = judged(_epochs((1, 2, 3)) | typed | wrong, tmp_path / "w.xlsx")
    assert bool(found.results) is is_open


def _worksheets(wrong: Cells) -> Cells:
    """A worksheet for each of two steps; a row for each weight: signal, error, gradient, old weight, new weight."""
    cells: Cells = {}
    for step, (one, other, target) in enumerate(_SAMPLES[:2], start=1):
        own: Cells = {"B2": 0.3, "B5": one, "B6": other, "E5": "=B5*G12+B6*G13+G14", "F5": "=1/(1+EXP(-E5))"}
        own |= {"M5": target, "N5": "=F5-M5", "L8": "=-M5*LN(F5)-(1-M5)*LN(1-F5)"}
        for row, (signal, weight) in enumerate((("=B5", 0.24), ("=B6", -0.5), (1, 0.1)), start=12):
            own |= {f"D{row}": signal, f"E{row}": "=N5", f"F{row}": f"=D{row}*E{row}"}
            own |= {f"G{row}": weight if step == 1 else f"=step1!H{row}", f"H{row}": f"=G{row}-$B$2*F{row}"}
        cells |= {f"step{step}!{place}": content for place, content in own.items()}
    return cells | wrong


@pytest.mark.parametrize(("wrong", "is_open"), [({}, False), ({"step2!B6": "=step1!D13", "step2!G13": -0.4}, True)])
def test_a_line_within_one_step_is_no_line_of_steps(wrong: Cells, is_open: bool, tmp_path: Path) -> None:
    """Rule: where each step has a worksheet, the gradient may stand beside the same error; a lost weight stays open."""
    found = judged(_worksheets(wrong), tmp_path / "w.xlsx")
    assert (bool(found.gaps) or bool(found.results)) is is_open
