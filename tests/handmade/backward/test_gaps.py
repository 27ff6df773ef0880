"""Each thing that leaves the check of a training incomplete, where it is the only one that does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from training_sheets import table_of

from fixtures.handmade.drawn.score import answer
from xlcheck.handmade.backward.outcome import backward_outcome
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

pytestmark = pytest.mark.keras

_DATA = ((0.49, -0.8, 0.3), (0.45, 0.3, 1.1), (-1.1, 0.6, 0.7), (0.7, 1.2, -0.4), (0.3, -0.9, 0.2))
_FIRST = 4
_ROWS = range(_FIRST, _FIRST + len(_DATA))
_LAST = _ROWS[-1]

Cells = dict[str, object]


def _line() -> Cells:
    """A row a step: rate, inputs, target, two weights and the bias, output, half the squared error."""
    cells: Cells = {"A1": "rate"}
    for row, (one, other, target) in zip(_ROWS, _DATA, strict=True):
        before = row - 1
        cells |= {f"A{row}": 0.1 + 0.01 * row, f"B{row}": one, f"C{row}": other, f"D{row}": target}
        factors = {"E": f"*B{before}", "F": f"*C{before}", "G": ""}
        for first, (weight, factor) in zip((0.8, -0.4, 0.2), factors.items(), strict=True):
            moved = f"={weight}{before}-A{before}*(H{before}-D{before}){factor}"
            cells[f"{weight}{row}"] = first if row == _FIRST else moved
        cells |= {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}", f"I{row}": f"=0.5*(H{row}-D{row})^2"}
    return cells


def _with_gradients() -> Cells:
    """The same with a cell for each gradient, which the updates read."""
    cells = _line()
    for row in _ROWS:
        cells |= {
            f"J{row}": f"=(H{row}-D{row})*B{row}",
            f"K{row}": f"=(H{row}-D{row})*C{row}",
            f"L{row}": f"=H{row}-D{row}",
        }
        for weight, gradient in zip("EFG", "JKL", strict=True) if row > _FIRST else ():
            cells[f"{weight}{row}"] = f"={weight}{row - 1}-A{row - 1}*{gradient}{row - 1}"
    return cells


def _judged(cells: Mapping[str, object], path: Path) -> tuple[int, set[Status]]:
    """How many gaps there are that no cell shows, and what became of the cells that are not simply right."""
    book = openpyxl.Workbook()
    book.create_sheet("Data")
    for place, content in cells.items():
        sheet, _, own = place.rpartition("!")
        (book[sheet] if sheet else book.active)[own] = content
    book.save(path)
    found = backward_outcome(*table_of(path), Tolerance(1e-12, 1e-12, 1e-15, {}), dense_gradients)
    assert found is not None
    return found.without_cell, {result.status for result in found.results}


def _numbers() -> Cells:
    """The numbers of the steps, which nothing reads."""
    return {f"N{row}": row - _FIRST for row in _ROWS}


def _falling() -> Cells:
    """With gradients, and a rate that falls with the number of the step."""
    numbers = {f"M{row}": row - _FIRST + 1 for row in _ROWS}
    return _with_gradients() | numbers | {f"A{row}": f"=0.5*0.9^(M{row}-1)" for row in _ROWS}


def _kept(kernels: str, biases: str) -> Cells:
    """With gradients, a share in C1 and movements in N to P, which begin with zeros; each kind moves by a formula."""
    cells = _with_gradients() | {"C1": 0.9}
    for weight, gradient, kept in zip("EFG", "JKL", "NOP", strict=True):
        cells[f"{kept}{_FIRST - 1}"] = 0
        for row in _ROWS:
            cells[f"{kept}{row}"] = f"=$C$1*{kept}{row - 1}-A{row}*{gradient}{row}"
        for row in _ROWS[1:]:
            by = biases if weight == "G" else kernels
            cells[f"{weight}{row}"] = by.format(
                f"{weight}{row - 1}", f"{kept}{row - 1}", f"A{row - 1}*{gradient}{row - 1}"
            )
    return cells


_MOMENTUM, _NESTEROV = "={0}+{1}", "={0}+$C$1*{1}-{2}"


_GAPS: dict[str, tuple[Cells, Cells]] = {
    "a weight that stays from some step on": (
        _with_gradients(), {f"E{row}": f"=E{row - 1}" for row in (_LAST - 1, _LAST)},
    ),
    "a weight that is typed anew at each step": (
        _line(), {f"G{row}": round(0.2 + 0.01 * row, 2) for row in _ROWS[1:]} | {f"H{_LAST}": None, f"I{_LAST}": None},
    ),
    "a weight that moves by the rate of the step before": (
        _line(), {f"F{row}": f"=F{row - 1}-A{row - 2}*(H{row - 1}-D{row - 1})*C{row - 1}" for row in _ROWS[2:]},
    ),
    "a number where the losses end": (_with_gradients(), {f"I{_LAST}": 0.01}),
    "losses that are all typed": (_with_gradients(), {f"I{row}": 0.01 + 0.001 * row for row in _ROWS}),
    "a falling rate that reads the number of the next step": (
        _falling(), {f"A{row}": f"=0.5*0.9^(M{min(row + 1, _LAST)}-1)" for row in _ROWS[:-1]},
    ),
    "a gradient that the last step leaves out": (_with_gradients(), {f"K{_LAST}": None}),
    "targets computed from another row": (
        _line(), {f"D{row}": f"=2*B{min(row + 1, _LAST)}+1" for row in _ROWS},
    ),
    "an input typed among looked-up ones": (
        _line() | {f"Data!B{row}": own[0] for row, own in zip(_ROWS, _DATA, strict=True)},
        {f"B{row}": f"=Data!B{row}" for row in _ROWS[1:]},
    ),
    "biases by momentum, and kernels by Nesterov's": (_kept(_NESTEROV, _NESTEROV), _kept(_NESTEROV, _MOMENTUM)),
    "a bias that is handed on and that no output reads": (
        _with_gradients(), {f"N{row}": 0.3 if row == _FIRST else f"=N{row - 1}" for row in _ROWS},
    ),
    "answers that nothing reads": (
        _with_gradients(), {f"N{row}": row % 2 for row in _ROWS},
    ),
    "outputs compared with inputs beside whole numbers": (
        _with_gradients() | {f"N{row}": row for row in _ROWS},
        {f"{cell}{row}": text.format(row) for row in _ROWS for cell, text in
         {"I": "=0.5*(H{0}-C{0})^2", "J": "=(H{0}-C{0})*B{0}", "K": "=(H{0}-C{0})*C{0}", "L": "=H{0}-C{0}"}.items()}
        | {f"D{row}": None for row in _ROWS},
    ),
    "inputs pasted beside the data": (_line(), {f"Data!B{row}": own[0] for row, own in zip(_ROWS, _DATA, strict=True)}),
}  # fmt: skip


@pytest.mark.parametrize(
    "cells",
    [_line(), _with_gradients(), _falling(), _kept(_NESTEROV, _NESTEROV), _with_gradients() | _numbers()],
    ids=[
        "in the updates",
        "with gradients",
        "a falling rate",
        "by Nesterov's momentum",
        "with the numbers of the steps",
    ],
)
def test_a_right_training_has_no_gap(cells: Cells, tmp_path: Path) -> None:
    """Rule: where every weight moves by its gradient, nothing is open."""
    assert _judged(cells, tmp_path / "w.xlsx") == (0, set())


@pytest.mark.parametrize("what", _GAPS)
def test_each_gap_alone_keeps_a_training_from_passing(what: str, tmp_path: Path) -> None:
    """Rule: what no formula's own verdict shows is counted as a gap, and nobody is blamed for it."""
    cells, change = _GAPS[what]
    gaps, statuses = _judged(cells | change, tmp_path / "w.xlsx")
    assert gaps > 0
    assert statuses <= {Status.UNBOUND}


def test_losses_of_the_next_step_are_no_pass() -> None:
    """Rule: what stands in a line of steps is that of one step after the other; here the last two are the same."""
    found = answer(3066, (1,), "training")

    assert found.roots == ("Training!AA6", "Training!Z6")
    assert (found.passed, found.false, found.error) == (False, (), "")


@pytest.mark.parametrize(("seed", "kind"), [(4050, "training"), (4053, "training"), (8021, "epochs")])
def test_what_may_have_been_meant_otherwise_blames_no_update(seed: int, kind: str) -> None:
    """Rule: where a weight that moves is read by no unit, or weights shrink besides, a miss may be somebody else's."""
    found = answer(seed, (1,), kind)

    assert (found.passed, found.false, found.error) == (False, (), "")


def test_a_loss_that_reads_another_target_is_no_pass(tmp_path: Path) -> None:
    """Rule: a formula that computes with what is right, and that nobody knows, gets no verdict in any spelling."""
    change = {f"I{row}": f"=(H{row}-E{row})^2" for row in _ROWS[1:]}
    assert _judged(_with_gradients() | change, tmp_path / "w.xlsx") == (0, {Status.NOT_EVALUATED})
