"""What is made of the outputs of a training: decisions, counts of right answers, numbers on the scale of the data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward_judging.evaluated import evaluated

_ROWS = range(4, 10)
_DECIDED = {f"D{row}": f"=IF(B{row}>0.5,1,0)" for row in _ROWS}
_RIGHT = _DECIDED | {f"E{row}": f"=IF(D{row}=C{row},1,0)" for row in _ROWS}


def _evaluated(beside: Mapping[str, object], folder: Path) -> tuple[set[str], set[str]]:
    """What is known beside a sigmoid unit of six samples, inputs in A, outputs in B, targets in C; and what is odd."""
    cells: dict[str, object] = {"H1": 0.9, "H2": -0.1}
    for row in _ROWS:
        cells |= {f"A{row}": 0.6 * row - 3.9, f"B{row}": f"=1/(1+EXP(-($H$1*A{row}+$H$2)))", f"C{row}": row % 2}
    own = sheet(cells | beside, folder)
    samples = tuple(
        SampleCells((cell_at(f"A{row}"),), ((None,),), ((cell_at(f"B{row}"),),), (cell_at(f"C{row}"),), ())
        for row in _ROWS
    )
    network = DenseNetwork((LayerCells("sigmoid", ((cell_at("H1"),),), (cell_at("H2"),)),), samples)
    outputs = {cell_at(f"B{row}"): "o1[1]" for row in _ROWS}
    reading = SimpleNamespace(
        sheet=SimpleNamespace(terms=own.terms), forward=dict.fromkeys(outputs, 0),
        data={cell_at(f"{column}{row}") for column in "AC" for row in _ROWS},
        steps=[SimpleNamespace(truth=SimpleNamespace(network=network))],
    )  # fmt: skip
    said: Any = SimpleNamespace(reading=reading, table=own.table, values=own.values, agree=outputs, results={})
    known, odd = evaluated(said, own.part.precedents)
    return {*map(a1, known)}, {*map(a1, odd)}


@pytest.mark.parametrize(
    "beside", [_DECIDED, _RIGHT, _RIGHT | {"G1": "=SUM(E4:E9)/6"}, _RIGHT | {"G1": "=AVERAGE(E4:E9)"}],
    ids=["decisions", "right answers", "their share", "their mean"],
)  # fmt: skip
def test_decisions_and_what_is_counted_of_them_are_known(beside: dict[str, object], tmp_path: Path) -> None:
    """Rule: each output decides by one threshold, each decision is compared, and all of these are counted."""
    assert _evaluated(beside, tmp_path) == ({*beside}, set())


@pytest.mark.parametrize("formula", ["=SUM(E4:E8)/6", "=SUM(E4:E9)/5", "=SUM(E4:E8)/5"])
def test_who_counts_a_part_is_odd(formula: str, tmp_path: Path) -> None:
    """Rule: a sum that ends before the last answer, or a share of another number, is not what people count."""
    assert _evaluated(_RIGHT | {"G1": formula}, tmp_path) == ({*_RIGHT}, {"G1"})


def test_outputs_on_the_scale_of_the_data_are_known(tmp_path: Path) -> None:
    """Rule: inverse of how targets were scaled, for all outputs alike; another scale for one of them is not known."""
    scale = {"J1": 12.0, "J2": 20.0, **{f"K{row}": 12 + 8 * (row % 2) for row in _ROWS}}
    targets = {f"C{row}": f"=(K{row}-$J$1)/($J$2-$J$1)" for row in _ROWS}
    back = {f"L{row}": f"=B{row}*($J$2-$J$1)+$J$1" for row in _ROWS}
    known, odd = _evaluated(scale | targets | back, tmp_path)
    assert (known & {*back}, odd) == ({*back}, set())
    known, _ = _evaluated(scale | targets | back | {"L6": "=B6*($J$2-$J$1)+$J$2"}, tmp_path)
    assert "L6" not in known
