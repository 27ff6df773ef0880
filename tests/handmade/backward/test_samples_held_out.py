"""Samples from which no update follows, at whatever step: a network of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.held_out import with_held_out_apart
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells

_Cells = dict[str, object]


def _cells(*names: str) -> tuple[Address, ...]:
    return tuple(map(cell_at, names))


def _network(weight: str, rows: range) -> DenseNetwork:
    """One weight, and a sample a row: the input in A, the result in B, the target in C."""
    samples = (SampleCells(_cells(f"A{r}"), ((None,),), (_cells(f"B{r}"),), _cells(f"C{r}"), ()) for r in rows)
    return DenseNetwork((LayerCells("linear", (_cells(weight),), None),), tuple(samples))


def _rows(weight: str, rows: range) -> _Cells:
    cells: _Cells = {f"B{row}": f"=${weight[0]}${weight[1:]}*A{row}" for row in rows}
    return cells | {f"A{row}": 0.3 * row for row in rows} | {f"C{row}": 1 - 0.2 * row for row in rows}


def _update(weight: str, *rows: int) -> str:
    return f"={weight}-0.1*({'+'.join(f'(B{row}-C{row})*A{row}' for row in rows)})"


def _apart(cells: Mapping[str, object], networks: list[DenseNetwork], folder: Path) -> list[tuple[str, bool]]:
    """The rows of each network, and whether they are held out; updates are in E, of the weights to their left."""
    updates = {cell_at(own): cell_at(f"D{own[1:]}" if own == "E1" else "E1") for own in cells if own[0] in "EF"}
    found = with_held_out_apart(networks, sheet(cells, folder).terms, updates)
    return [(" ".join(str(own.outputs[-1][0][1] + 1) for own in each.samples), each.is_held_out) for each in found]


@pytest.mark.parametrize(
    ("learnt", "found"),
    [
        ((4, 5), [("4 5", False), ("6 7", True)]), ((4, 7), [("4 7", False), ("5 6", True)]),
        ((4, 5, 6), [("4 5 6 7", False)]), ((4, 5, 6, 7), [("4 5 6 7", False)]),
    ],
)  # fmt: skip
def test_what_no_update_follows_from_is_held_out(
    learnt: tuple[int, ...], found: list[tuple[str, bool]], tmp_path: Path
) -> None:
    """Rule: two such samples or more are set apart; one alone may have been forgotten."""
    rows = range(4, 8)
    cells: _Cells = {"D1": 0.5, **_rows("D1", rows), "E1": _update("D1", *learnt)}
    assert _apart(cells, [_network("D1", rows)], tmp_path) == found


@pytest.mark.parametrize("is_copy", [True, False])
def test_what_another_step_learns_from_is_not_held_out(is_copy: bool, tmp_path: Path) -> None:
    """Rule: batches take turns; the second step learns from copies of the samples that the first one only tries."""
    first, second = range(4, 10), range(14, 20)
    cells: _Cells = {"D1": 0.5, **_rows("D1", first), **_rows("E1", second)}
    cells |= {"E1": _update("D1", 4, 5), "F1": _update("E1", 16, 17)}
    cells |= {f"{c}{row}": f"={c}{row - 10}" for c in "AC" for row in second} if is_copy else {}
    found = _apart(cells, [_network("D1", first), _network("E1", second)], tmp_path)
    alike = [("4 5 6 7", False), ("8 9", True), ("14 15 16 17", False), ("18 19", True)]
    assert found == (alike if is_copy else [("4 5", False), ("6 7 8 9", True), ("16 17", False), ("14 15 18 19", True)])


def test_after_the_last_step_all_samples_stay_together(tmp_path: Path) -> None:
    """Rule: a network of which nothing is learnt any more says nothing of who is held out; nor if nothing is at all."""
    rows, last = range(4, 8), range(14, 18)
    cells: _Cells = {"D1": 0.5, **_rows("D1", rows), "E1": _update("D1", *rows), **_rows("E1", last)}
    cells |= {f"{c}{row}": f"={c}{row - 10}" for c in "AC" for row in (14, 15)}
    networks = [_network("D1", rows), _network("E1", last)]
    assert _apart(cells, networks, tmp_path) == [("4 5 6 7", False), ("14 15 16 17", False)]
    cells = {"D1": 0.5, **_rows("D1", rows), "E1": "=D1-0.1*C4"}
    assert _apart(cells, networks[:1], tmp_path) == [("4 5 6 7", False)]
