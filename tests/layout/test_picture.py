"""The picture of a network on the first worksheet."""

from __future__ import annotations

import itertools

import pytest

from xlcheck.layout.drawings.picture import LayerSummary, _boxes
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.model_spec import LayerSpec, sequential


def chain(length: int) -> SheetDraft:
    """Boxes for an input and so many layers, each of which reads the one before it."""
    layers = tuple(
        LayerSpec("Dense", f"d{k}", {"units": 1, "activation": "tanh", "use_bias": False}, {"kernel": (1, 1)})
        for k in range(length)
    )
    spec = sequential("m", (1,), layers)
    sheet = SheetDraft("Start")
    _boxes(sheet, 4, spec, [LayerSummary(call, "Dense", "1", 1, 1, "Net") for call in spec.calls])
    return sheet


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 7])
def test_an_arrow_leads_from_each_box_of_a_chain_to_the_next(length: int) -> None:
    """It stands between the names of two boxes, or above the one that begins a line, and says what that one reads."""
    texts = {
        (cell.row, cell.column): str(getattr(cell.content, "text", cell.content))
        for cell in chain(length).finish().cells
    }
    names = ["input", *(f"d{k}" for k in range(length))]
    places = {text: place for place, text in texts.items()}
    pairs = [(name, places[name], places[after]) for name, after in itertools.pairwise(names)]
    beside = {(row, right - 1): "→" for _, (above, _), (row, right) in pairs if row == above}
    below = {(row - 1, 0): f"↓ {name}" for name, (above, _), (row, _) in pairs if row > above}

    assert {place: text for place, text in texts.items() if text[:1] in {"→", "↓"}} == beside | below
