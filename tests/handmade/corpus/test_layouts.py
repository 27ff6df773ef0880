"""Every hand layout is right in all its cells."""

from __future__ import annotations

import math

import pytest
from keras_truth import Values, truth
from thorough import EVERY_CASE

from fixtures.handmade.items import Item
from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.recalculate import cellrune_values, recalculated
from fixtures.handmade.workbook import to_bytes

ENGINES = {"ironcalc": recalculated, "cellrune": cellrune_values}


@pytest.mark.keras
@pytest.mark.parametrize(
    ("layout", "engine"),
    [(own, name) for place, own in enumerate(LAYOUTS) for name in (ENGINES if EVERY_CASE else [[*ENGINES][place % 2]])],
    ids=lambda item: getattr(item, "name", item),
)
def test_every_formula_cell_agrees_with_keras(layout: Layout, engine: str) -> None:
    """A layout may only be used as an exam if each of its formula cells is what Keras computes in float64."""
    truths = [truth(layout.network, sample) for sample in range(len(layout.network.inputs))]
    actual = ENGINES[engine](to_bytes(layout), layout.formulas)
    desired = {cell: _desired(truths[item.sample], item) for cell, item in layout.formulas.items()}

    for cell, value in desired.items():
        assert actual[cell] == pytest.approx(value, rel=1e-13, abs=1e-14), f"{cell} {layout.formulas[cell].name}"


def _desired(values: Values, item: Item) -> float:
    """Keras's value for what a cell should hold, helper cells included."""
    function, _, band = item.band.rpartition(":")
    if function == "code":
        # The word's code, before padding: documents are padded in front, so that the last word comes last.
        return {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0}[item.sample, item.step or 0]
    if function == "with_bias":
        return values[f"{item.layer}.with_bias[{item.step}][{item.index[0]}]"]
    value = values[Item(band, item.index, item.step).name]
    return math.exp(value) if function == "exp" else value


@pytest.mark.parametrize(("name", "printed"), [("book_simple_rnn", 0.53199273), ("two_documents", 0.47375038)], ids=str)
def test_the_printed_predictions_come_out(name: str, printed: float) -> None:
    """The layouts with the book's weights give the predictions that the book shows, to its eight digits.

    The book's first document is coded (1, 3) for the SimpleRNN and (1, 2) for the LSTM.
    """
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    output = next(cell for cell, item in layout.formulas.items() if item.band == "dense.y" and item.sample == 0)

    assert recalculated(to_bytes(layout), [output])[output] == pytest.approx(printed, abs=5e-8)


def test_no_two_layouts_share_a_convention() -> None:
    """Each layout says what it has that no other has, and there are more than the ten that were asked for."""
    assert len(LAYOUTS) >= 12
    assert len({layout.about for layout in LAYOUTS}) == len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)
