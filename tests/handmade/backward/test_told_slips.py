"""Slips in a training that formulas beside them tell of, be they in all steps."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from equation_sheets import answer
from training_sheets import ROWS, Cells, filled, line, table_of, training, with_gradients

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging import trainings as module
from xlcheck.handmade.backward_judging.likely_slips import LikelySlips
from xlcheck.handmade.backward_judging.over_steps import _parts
from xlcheck.handmade.backward_judging.trainings import Trainings
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.tolerance import Tolerance

pytestmark = pytest.mark.keras
_STEPS = 4


def _deltas(last: str = "O") -> Cells:
    """A row a step: two inputs in A and B, targets in C and D, weights, outputs, and how far they are from the targets.

    E to H and I, J are the hidden weights and biases, K to N and O, P those of the outputs; Q and R are hidden, S and T
    outputs, U to X the deltas.
    """
    cells: Cells = {}
    first = dict(zip("EFGHIJKLMNOP", (0.2, -0.3, 0.4, 0.1, 0.05, -0.1, 0.6, -0.2, 0.3, 0.5, 0.1, -0.4), strict=True))
    moves = {"E": "W{0}*A{0}", "F": "W{0}*B{0}", "G": "X{0}*A{0}", "H": "X{0}*B{0}", "I": "W{0}", "J": "X{0}",
             "K": "U{0}*Q{0}", "L": "U{0}*R{0}", "M": "V{0}*Q{0}", "N": "V{0}*R{0}", "O": "U{0}",
             "P": "V{0}"}  # fmt: skip
    for step in range(_STEPS):
        r = step + 3
        data = zip("ABCD", (0.3 + 0.2 * step, 0.9 - 0.3 * step, step % 2, 1 - 0.2 * step), strict=True)
        cells |= {f"{column}{r}": x for column, x in data}
        for weight, number in first.items():
            cells[f"{weight}{r}"] = f"={weight}{r - 1}-$A$1*{moves[weight].format(r - 1)}" if step else number
        for out, total in zip("QRST", ("E{0}*A{0}+F{0}*B{0}+I{0}", "G{0}*A{0}+H{0}*B{0}+J{0}",
                              "K{0}*Q{0}+L{0}*R{0}+O{0}", "M{0}*Q{0}+N{0}*R{0}+P{0}"), strict=True):  # fmt: skip
            cells[f"{out}{r}"] = f"=1/(1+EXP(-({total.format(r)})))"
        cells |= {f"U{r}": f"=(S{r}-C{r})*S{r}*(1-S{r})", f"V{r}": f"=(T{r}-D{r})*T{r}*(1-T{r})"}
        cells[f"W{r}"] = f"=(U{r}*K{r}+V{r}*{'M' if last == 'O' else last}{r})*Q{r}*(1-Q{r})"
        cells[f"X{r}"] = f"=(U{r}*L{r}+V{r}*N{r})*R{r}*(1-R{r})"
    return cells | {"A1": 0.5}


def test_what_the_unit_beside_does_otherwise_is_no_habit(tmp_path: Path) -> None:
    """Rule: all steps read another weight on the way back, and the delta beside them says which is meant."""
    assert answer(_deltas(), tmp_path) == (0, set())
    assert answer(_deltas(last="L"), tmp_path) == (1, {f"W{row}" for row in range(3, 3 + _STEPS)})


def _batch(typed: float | None = None) -> Cells:
    """Three samples of two inputs in the rows 4 to 6, a unit with a sigmoid, and one step over all of them."""
    cells: Cells = {"H1": 0.4, "H2": -0.7, "H3": 0.2}
    for row, (one, other, target) in enumerate(((0.5, -0.3, 1.0), (0.9, 0.4, 0.0), (-0.6, 0.8, 1.0)), 4):
        cells |= {f"A{row}": one, f"B{row}": other, f"E{row}": target}
        cells |= {f"C{row}": f"=A{row}*$H$1+B{row}*$H$2+$H$3", f"D{row}": f"=1/(1+EXP(-C{row}))"}
        cells |= {f"F{row}": f"=0.5*(D{row}-E{row})^2", f"G{row}": f"=(D{row}-E{row})*D{row}*(1-D{row})"}
    cells |= {f"J{k}": f"=H{k}-0.5*SUMPRODUCT(G4:G6,{c}4:{c}6)" for k, c in ((1, "A"), (2, "B"))}
    return cells | {"J3": "=H3-0.5*SUM(G4:G6)"} | ({} if typed is None else {"C5": typed})


def test_a_number_between_two_formulas_that_were_filled_is_none_to_begin_with(tmp_path: Path) -> None:
    """Rule: it is no weight that somebody typed, whatever number it is."""
    assert answer(_batch(), tmp_path) == (0, set())
    assert answer(_batch(0.37), tmp_path) == (1, {"C5"})


def test_a_mistake_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: whoever asks again what became of a part gets the same answer."""
    table, values = table_of(training(tmp_path / "w.xlsx", 2, {("h1", 1): "=1/(1+EXP(-{w4}))"}))
    part = SheetGroup((*table.bounds,), table, values, Precedents(table))
    calls, search = list[object](), module.one_slip
    monkeypatch.setattr(module, "one_slip", lambda *given: calls.append(given) or search(*given))
    trainings = Trainings(Tolerance(1e-12, 1e-12, 1e-15, {}), dense_gradients)

    assert trainings.of(part) is trainings.of(part)
    assert len(calls) == 1


def test_weights_of_one_network_are_not_those_of_two_trainings(tmp_path: Path) -> None:
    """Rule: only from one training to the next the cells that lie as far apart do the same."""
    terms = CellTerms(*table_of(training(tmp_path / "w.xlsx", 2)))
    slips = LikelySlips(
        table_of(tmp_path / "w.xlsx")[0], terms, best_reading(Sheet(terms), dense_gradients), None, Sheet, {}
    )
    assert slips._between_trainings() == []


def test_what_is_behind_many_functions_is_looked_at_once(tmp_path: Path) -> None:
    """Rule: two formulas a row that both read the two above have as many ways behind them as no one can count."""
    cells: Cells = {"A1": 0.3, "B1": -0.4}
    for row in range(2, 60):
        cells |= {f"{c}{row}": f"=TANH(A{row - 1}-{sign}*B{row - 1})" for c, sign in (("A", 1), ("B", 2))}
    terms = CellTerms(*table_of(filled(tmp_path / "w.xlsx", cells)))
    reading = SimpleNamespace(sheet=SimpleNamespace(terms=terms))
    assert {*_parts(("Sheet", 58, 0), reading, ())} == {("Sheet", 0, 0), ("Sheet", 0, 1)}


def _moving(weight: str, x: str) -> Cells:
    """How a weight of the sheet of a row a step moves, with an input."""
    pairs = [(row, row - 1) for row in ROWS[1:]]
    return {f"{weight}{row}": f"={weight}{before}-A{before}*(H{before}-D{before})*{x}{before}" for row, before in pairs}


_GRADIENTS: Cells = {f"K{row}": f"=(H{row}-D{row})*B{row}" for row in ROWS}
_MOVED = {
    "updates": (line(), _moving("F", "B"), True),
    "gradients in cells": (with_gradients(), _GRADIENTS, True),
    "exchanged": (line(), {**_moving("F", "B"), **_moving("E", "C")}, False),
}


@pytest.mark.parametrize("kind", _MOVED)
def test_a_weight_that_moves_by_the_input_of_another_one_is_found(kind: str, tmp_path: Path) -> None:
    """Rule: what a weight is multiplied with says by what it moves; of two that have changed places nothing is told."""
    cells, wrong, is_told = _MOVED[kind]

    assert answer({**cells, **wrong}, tmp_path) == ((1, {*wrong}) if is_told else (3, set()))
