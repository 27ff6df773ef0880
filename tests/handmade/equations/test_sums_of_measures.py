"""Errors of several windows, each with a mean of its own, and the losses of classes that each sample picks."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

pytestmark = pytest.mark.keras


def _windows() -> dict[str, object]:
    """A unit over two windows of three samples below each other, with squared errors and the mean of each window."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "A2": 0.15}
    for start in (4, 8):
        for row in range(start, start + 3):
            cells |= {f"A{row}": round(0.3 * row - 1.9, 2), f"B{row}": round(1.1 - 0.17 * row, 2), f"D{row}": 0.1 * row}
            cells |= {f"C{row}": f"=TANH(A{row}*$A$1+B{row}*$B$1+$A$2)", f"E{row}": f"=(D{row}-C{row})^2"}
        cells[f"E{start + 3}"] = f"=AVERAGE(E{start}:E{start + 2})"
    return cells


def test_each_window_has_a_mean_of_its_own(tmp_path: Path) -> None:
    """Rule: means that were filled from one another are whole if together they leave nothing out."""
    assert verdict(_windows(), tmp_path).code == 0


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "changed",
    [
        {"E11": "=AVERAGE(E9:E10)"},
        {"E11": "=AVERAGE(E7:E9)"},
        {"E7": "=AVERAGE(E4:E5)", "E11": "=AVERAGE(E8:E9)"},
    ],
)
def test_a_mean_that_leaves_one_out_gets_no_pass(tmp_path: Path, changed: dict[str, object]) -> None:
    """Too few, those of another window, and the last one of both."""
    assert verdict(_windows() | changed, tmp_path).code == 3


def _classes() -> dict[str, object]:
    """Three classes of four samples in columns, the word, the loss, their sum, the perplexity."""
    cells: dict[str, object] = {"A1": "a", "A2": "b", "A3": "c"}
    for row in (1, 2, 3):
        cells |= {f"B{row}": round(0.9 - 0.5 * row, 2), f"C{row}": round(0.37 * row - 0.8, 2), f"D{row}": 0.1 * row}
    for column, x, y, word in zip("FGHI", (0.3, -0.8, 0.5, 0.1), (1.1, 0.4, -0.6, 0.9), "bacb", strict=True):
        cells |= {f"{column}1": x, f"{column}2": y, f"{column}3": word}
        for row in (5, 6, 7):
            cells[f"{column}{row}"] = f"=$B${row - 4}*{column}$1+$C${row - 4}*{column}$2+$D${row - 4}"
            cells[f"{column}{row + 4}"] = f"=EXP({column}{row})/SUM(EXP({column}5),EXP({column}6),EXP({column}7))"
        cells[f"{column}13"] = f"=-LN(INDEX({column}9:{column}11,MATCH({column}3,$A$1:$A$3,0)))"
    return cells | {"F14": "=SUM(F13:I13)", "F15": "=EXP(F14/4)"}


def test_the_loss_of_all_samples_and_its_perplexity(tmp_path: Path) -> None:
    """Rule: who takes one result of each sample leaves none out, though other classes stand in line with it."""
    assert verdict(_classes(), tmp_path).code == 0
    assert verdict(_classes() | {"F14": "=AVERAGE(F13:I13)", "F15": "=EXP(F14)"}, tmp_path).code == 0


def _in_bits() -> dict[str, object]:
    """The same with losses in bits, and 2 to the power of their mean."""
    bits = {cell: text.replace("-LN(", "-LOG(").removesuffix(")") + ",2)" for cell, text in _classes().items()
            if isinstance(text, str) and text.startswith("=-LN")}  # fmt: skip
    return _classes() | bits | {"F14": "=AVERAGE(F13:I13)", "F15": "=2^F14"}


def test_a_perplexity_is_the_same_to_any_base(tmp_path: Path) -> None:
    """Rule: 2 to the mean of bits is e to that of natural logarithms."""
    assert verdict(_in_bits(), tmp_path).code == 0
    assert verdict(_in_bits() | {"F14": None, "F15": "=2^AVERAGE(F13:I13)"}, tmp_path).code == 0


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("wrong", ["=EXP(F14)", "=2^(F14/4)", "=2^SUM(F13:I13)"])
def test_another_power_of_bits_is_no_perplexity(tmp_path: Path, wrong: str) -> None:
    """Rule: e to a mean of bits is none, nor is 2 to a share of it, or to their sum."""
    assert verdict(_in_bits() | {"F15": wrong}, tmp_path).code == 3


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "changed",
    [
        {"F14": "=SUM(F13:H13)"},
        {"F15": "=EXP(F14/3)"},
        {"F15": "=EXP(F14)"},
        {"F14": "=AVERAGE(F13:I13)"},
        {"H13": "=-LN(INDEX(H9:H11,MATCH(G3,$A$1:$A$3,0)))"},
    ],
)
def test_a_sample_left_out_or_counted_otherwise_gets_no_pass(tmp_path: Path, changed: dict[str, object]) -> None:
    """The last sample, a wrong number of samples, none at all, a mean that is divided again, and the word beside it."""
    assert verdict(_classes() | changed, tmp_path).code != 0
