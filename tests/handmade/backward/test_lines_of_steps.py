"""Cells that break the line of their step, or of their sample, and lines that only look broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import DATA, FIRST, LAST, ROWS, Cells, judged, with_gradients

from fixtures.handmade.drawn.score import answer
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_MIDDLE = FIRST + 2


def _without_dollars() -> Cells:
    """With one rate, to which every formula refers without a `$`."""
    cells = with_gradients() | {"A1": 0.1} | {f"A{row}": None for row in ROWS}
    moved = {
        f"{weight}{row}": f"={weight}{row - 1}-A1*{gradient}{row - 1}"
        for row in ROWS[1:] for weight, gradient in zip("EFG", "JKL", strict=True)
    }  # fmt: skip
    return cells | moved


def _batch() -> Cells:
    """Samples in rows, a sigmoid unit, and the new weights below."""
    cells: Cells = {"E1": 0.8, "F1": -0.4, "G1": 0.2, "A1": 0.1}
    for row, (one, other, target) in zip(ROWS, DATA, strict=True):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": target}
        cells |= {
            f"H{row}": f"=1/(1+EXP(-(E$1*B{row}+F$1*C{row}+G$1)))",
            f"I{row}": f"=(H{row}-D{row})*H{row}*(1-H{row})",
        }
        cells |= {f"J{row}": f"=I{row}*B{row}", f"K{row}": f"=I{row}*C{row}", f"L{row}": f"=I{row}"}
    for weight, gradient in zip("EFG", "JKL", strict=True):
        cells[f"{weight}{LAST + 2}"] = f"={weight}1-$A$1*SUM({gradient}{FIRST}:{gradient}{LAST})"
    return cells


def _roots(cells: Cells, path: Path) -> set[str]:
    return {result.cell for result in judged(cells, path).results if result.status is Status.ROOT}


_WRONG: dict[str, tuple[Cells, Cells]] = {
    "an output": (_without_dollars(), {f"H{_MIDDLE}": f"=E{_MIDDLE}*B{_MIDDLE}+F{_MIDDLE}*C{_MIDDLE}-G{_MIDDLE}"}),
    "an update from another weight": (_without_dollars(), {f"G{_MIDDLE}": f"=F{_MIDDLE - 1}-A1*L{_MIDDLE - 1}"}),
    "a number where the outputs begin": (_without_dollars(), {f"H{FIRST}": 0.8}),
    "a number where the losses end": (_without_dollars(), {f"I{LAST}": 0.01}),
    "the output of a sample": (_batch(), {f"H{_MIDDLE}": f"=1/(1+EXP(-(E$1*B{_MIDDLE}+F$1*C{_MIDDLE})))"}),
    "the delta of a sample": (_batch(), {f"I{_MIDDLE}": f"=(H{_MIDDLE}-D{_MIDDLE})*H{_MIDDLE}"}),
    "a number in the place of a product": (_batch(), {f"K{FIRST}": -0.1}),
}


@pytest.mark.parametrize("what", _WRONG)
def test_the_cell_that_breaks_its_line_is_blamed_alone(what: str, tmp_path: Path) -> None:
    """Rule: all other steps or samples have one formula, with `$` or without, and with it all is right."""
    cells, change = _WRONG[what]
    assert _roots(cells, tmp_path / "w.xlsx") == set()
    assert _roots(cells | change, tmp_path / "w.xlsx") == {*change}


def test_two_of_three_that_read_one_row_are_not_believed() -> None:
    """Rule: of three formulas the second and the first may look as if filled, and the third is the right one."""
    found = answer(11026, (1,), "epochs")

    assert (found.passed, found.false, found.error) == (False, (), "")


def test_a_typed_input_is_not_blamed_for_another_mistake(tmp_path: Path) -> None:
    """Rule: data may be typed in one row and looked up in others."""
    data = {f"Data!B{row}": own[0] for row, own in zip(ROWS, DATA, strict=True)}
    cells = with_gradients() | data | {f"B{row}": f"=Data!B{row}" for row in ROWS if row != _MIDDLE}
    wrong = {f"H{LAST - 1}": f"=E{LAST - 1}*B{LAST - 1}+F{LAST - 1}*C{LAST - 1}"}
    assert _roots(cells | wrong, tmp_path / "w.xlsx") <= {*wrong}


def test_a_rate_that_falls_in_the_formulas_is_not_blamed(tmp_path: Path) -> None:
    """Rule: numbers typed into the updates may be other ones from some step on."""
    rates = {row: 0.1 if row < LAST else 0.05 for row in ROWS}
    cells = {
        f"{weight}{row}": f"={weight}{row - 1}-{rates[row]}*{gradient}{row - 1}"
        for row in ROWS[1:] for weight, gradient in zip("EFG", "JKL", strict=True)
    }  # fmt: skip
    assert _roots(with_gradients() | cells, tmp_path / "w.xlsx") == set()
