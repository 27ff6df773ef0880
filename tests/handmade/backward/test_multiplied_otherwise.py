"""A weight that moves by another input than its own: the edit with which it moves by its own, at all steps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from descent_sheets import descent
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward_judging.multiplied_otherwise import as_multiplied

_ROWS = (4, 5)


def _network(row: int) -> DenseNetwork:
    kernel = ((cell_at(f"A{row}"),), (cell_at(f"B{row}"),))
    inputs, output, target = (cell_at(f"C{row}"), cell_at(f"D{row}")), (cell_at(f"F{row}"),), (cell_at(f"E{row}"),)
    return DenseNetwork((LayerCells("tanh", kernel, None),), (SampleCells(inputs, ((None,),), (output,), target, ()),))


def _edits(wrong: Mapping[str, str], folder: Path) -> list[dict[str, str]]:
    """The edits of two steps of a unit, with its cells in columns as `descent` has them."""
    own = sheet(descent(2, wrong), folder)
    updates = {cell_at(f"{w}{row + 1}"): cell_at(f"{w}{row}") for row in _ROWS for w in "AB"}
    steps = [SimpleNamespace(truth=SimpleNamespace(network=_network(row))) for row in _ROWS]
    forward = {cell_at(f"F{row}"): number for number, row in enumerate(_ROWS)}
    reading: Any = SimpleNamespace(
        sheet=SimpleNamespace(updates=updates, terms=own.terms), steps=steps, forward=forward
    )
    return [{a1(cell): text for cell, text in edit.items()} for edit in as_multiplied(own.table, reading)]


def _slope(row: int, x: str) -> str:
    return f"2*(F{row}-E{row})*(1-F{row}^2)*{x}"


@pytest.mark.parametrize("rows", [_ROWS, _ROWS[:1]])
def test_a_slope_has_the_input_of_its_weight(rows: tuple[int, ...], tmp_path: Path) -> None:
    """Rule: who reads the other input in the place of its own is edited at all steps where it does, with `$` kept."""
    wrong = {f"I{row}": f"={_slope(row, f'$C{row}')}" for row in rows}
    assert _edits(wrong, tmp_path) == [{f"I{row}": _slope(row, f"$D{row}") for row in rows}]


@pytest.mark.parametrize(
    "wrong", [{}, {"I4": f"={_slope(4, 'C4*D4')}"}, {"I4": f"={_slope(4, '0.7')}"}, {"F4": "=TANH(A4*C4+B4*C4)"}]
)
def test_who_reads_its_own_input_or_none_is_left_alone(wrong: dict[str, str], tmp_path: Path) -> None:
    """Rule: there is nothing to exchange; nor are results looked at."""
    assert _edits(wrong, tmp_path) == []


def test_what_is_no_training_has_no_such_edits(tmp_path: Path) -> None:
    """Rule: without a network nobody knows what a weight is multiplied with."""
    assert [*as_multiplied(sheet(descent(1), tmp_path).table, None)] == []
