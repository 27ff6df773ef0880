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


def _epochs_of_batches() -> Cells:
    """Four epochs of four samples below one another: a sigmoid unit, the mean of each gradient, and the new weights."""
    cells: Cells = {"B1": 0.5, "B5": 0.1, "C5": -0.2, "D5": 0.05}
    samples = ((0.5, 1.0, 1), (1.5, -0.5, 0), (-1.0, 0.8, 1), (0.2, -1.1, 0))
    for top in (5, 13, 21, 29):
        for row, (one, other, target) in enumerate(samples, start=top):
            before = row - 3 if row == top else row - 1
            cells |= {f"{c}{row}": f"={c}{before}" for c in "BCD"} if row > 5 else {}
            cells |= {f"E{row}": one, f"F{row}": other, f"G{row}": target}
            cells |= {f"H{row}": f"=B{row}*E{row}+C{row}*F{row}+D{row}", f"I{row}": f"=1/(1+EXP(-H{row}))"}
            cells |= {f"J{row}": f"=I{row}-G{row}", f"M{row}": f"=J{row}"}
            cells |= {f"K{row}": f"=J{row}*E{row}", f"L{row}": f"=J{row}*F{row}"}
        cells |= {f"{c}{top + 4}": f"=AVERAGE({c}{top}:{c}{top + 3})" for c in "KLM"}
        pairs = zip("BCD", "KLM", strict=True)
        cells |= {f"{w}{top + 5}": f"={w}{top + 3}-$B$1*{gradient}{top + 4}" for w, gradient in pairs}
    return cells


@pytest.mark.parametrize(
    "wrong",
    [{}, {"L17": "=SUM(L13:L16)"}, {"K14": "=-J14*E14"}, {"C18": "=C16+$B$1*L17"}, {"L25": "=AVERAGE(L21:L23)"}],
)
def test_what_sums_a_batch_up_is_compared_with_other_epochs(wrong: Cells, tmp_path: Path) -> None:
    """Rule: a total stands in line with samples, and is like those of other epochs: it is blamed, and no update."""
    assert _roots(_epochs_of_batches() | wrong, tmp_path / "w.xlsx") == {*wrong}


@pytest.mark.parametrize(("wrong", "is_found"), [({}, False), ({"G7": "=F7*B7"}, True)])
def test_a_factor_that_one_gradient_lacks_is_missed_by_its_line(wrong: Cells, is_found: bool, tmp_path: Path) -> None:
    """Rule: Adam hardly sees how large a gradient is, and half of one is known, too; its line says what is right."""
    cells: Cells = {"B1": 0.05, "D1": 0.9, "F1": 0.99, "H1": 1e-8, "D4": 0.5}
    for row, (x, y) in enumerate([(1, 2), (2, 4.1), (3, 5.8), (1.5, 3.2), (2.5, 4.9), (0.5, 1.1)], start=4):
        cells |= {f"A{row}": row - 3, f"B{row}": x, f"C{row}": y, f"E{row}": f"=B{row}*D{row}"}
        cells |= {f"D{row}": f"=L{row - 1}"} if row > 4 else {}
        kept = [f"$D$1*H{row - 1}+", f"$F$1*I{row - 1}+"] if row > 4 else ["", ""]
        cells |= {f"F{row}": f"=E{row}-C{row}", f"G{row}": f"=2*F{row}*B{row}", f"M{row}": f"=F{row}^2"}
        cells |= {f"H{row}": f"={kept[0]}(1-$D$1)*G{row}", f"I{row}": f"={kept[1]}(1-$F$1)*G{row}^2"}
        cells |= {f"J{row}": f"=H{row}/(1-$D$1^A{row})", f"K{row}": f"=I{row}/(1-$F$1^A{row})"}
        cells |= {f"L{row}": f"=D{row}-$B$1*J{row}/(SQRT(K{row})+$H$1)"}

    assert _roots(cells | wrong, tmp_path / "w.xlsx") == ({*wrong} if is_found else set())
