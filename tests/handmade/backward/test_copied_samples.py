"""Samples that a training copies from another worksheet: inputs, classes and the names of the samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, verdict

pytestmark = pytest.mark.keras

_DATA = ((0.5, 0), (1.5, 1), (2.1, 0), (3.2, 1), (0.9, 1))
_LOSS = "=IF(D{0}=1,-LN(C{0}),-LN(1-C{0}))"


def _regression(loss: str = _LOSS) -> dict[str, object]:
    """A logistic regression, a sample a row: copies of input and class in B and D, output in C, weights in E and F."""
    cells: dict[str, object] = {"H1": 0.3, "E8": 0.4, "F8": -0.1}
    for row, (x, t) in enumerate(_DATA, 8):
        cells |= {f"Data!A{row - 6}": f"patient {row}", f"Data!B{row - 6}": x, f"Data!D{row - 6}": t}
        cells |= {f"B{row}": f"=Data!B{row - 6}", f"D{row}": f"=Data!D{row - 6}"}
        cells |= {f"C{row}": f"=1/(1+EXP(-(E{row}*B{row}+F{row})))", f"G{row}": loss.format(row)}
        if row > 8:
            error = f"(C{row - 1}-D{row - 1})"
            cells |= {
                f"E{row}": f"=E{row - 1}-$H$1*{error}*B{row - 1}",
                f"F{row}": f"=F{row - 1}-$H$1*{error}",
            }
    return cells


def test_a_loss_that_asks_for_a_copied_class_agrees(tmp_path: Path) -> None:
    """Rule: what is compared with 1 is a class, where it is typed: all 28 formulas are right, the losses among them."""
    found = verdict(_regression(), tmp_path)
    assert (found.code, found.agree) == (0, 28)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"G10": "=IF(D10=1,-LN(1-C10),-LN(C10))"}, (1, {"G10"})),
        ({"G10": "=IF(D11=1,-LN(C10),-LN(1-C10))"}, (1, {"G10"})),
        (_regression("=IF(D{0}=1,-LN(1-C{0}),-LN(C{0}))"), (3, set())),
        (_regression("=IF(D{0}=1,-LN(1-C{0}),-2*LN(C{0}))"), (3, set())),
    ],
    ids=["turned", "another class", "all turned", "all turned, with weights"],
)
def test_a_loss_of_the_other_class_is_no_pass(
    change: dict[str, object], expected: tuple[int, set[str]], tmp_path: Path
) -> None:
    """Rule: one of a line is wrong, and where all are the loss of something else, what they are is open."""
    assert answer(_regression() | change, tmp_path) == expected


@pytest.mark.parametrize("rows", [range(8, 13), (8, 9, 11, 12), (10,)], ids=["all", "but one", "one"])
def test_copies_of_the_names_of_samples_keep_nothing_open(rows: range | tuple[int, ...], tmp_path: Path) -> None:
    """Rule: a word is no part of a training, wherever the copies of it stand beside the steps."""
    names = {f"A{row}": f"=Data!A{row - 6}" for row in rows}
    found = verdict(_regression() | names, tmp_path)
    assert (found.code, found.agree) == (0, 28)
