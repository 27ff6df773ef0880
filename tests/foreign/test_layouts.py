"""Every hand layout is right in all its cells."""

from __future__ import annotations

import math

import pytest
from fixtures.foreign.items import Item
from fixtures.foreign.layout import Layout
from fixtures.foreign.layouts import LAYOUTS
from fixtures.foreign.recalculate import cellrune_values, recalculated
from fixtures.foreign.workbook import to_bytes
from keras_truth import Values, truth

each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


def _desired(values: Values, item: Item) -> float | None:
    """Keras's value for what a cell should hold; None for the look-up of a word."""
    function, _, band = item.band.rpartition(":")
    if function == "code":
        return None
    if function == "with_bias":
        return values[f"{item.layer}.with_bias[{item.step}][{item.index[0]}]"]
    name = Item(band, item.index, item.step).name
    return math.exp(values[name]) if function == "exp" else values[name]


@pytest.mark.keras
@each_layout
@pytest.mark.parametrize("engine", [recalculated, cellrune_values], ids=["ironcalc", "cellrune"])
def test_every_formula_cell_agrees_with_keras(layout: Layout, engine: object) -> None:
    """A layout may only be used as an exam if each of its formula cells is what Keras computes in float64."""
    truths = [truth(layout.network, sample) for sample in range(len(layout.network.inputs))]
    actual = (
        recalculated(to_bytes(layout), layout.formulas)
        if engine is recalculated
        else cellrune_values(to_bytes(layout), layout.formulas)
    )
    compared = 0
    for address, item in layout.formulas.items():
        desired = _desired(truths[item.sample], item)
        if desired is not None:
            assert actual[address] == pytest.approx(desired, rel=1e-13, abs=1e-14), f"{address} {item.name}"
            compared += 1

    assert compared >= len(layout.formulas) - 3
