"""On one sheet: a whole small network, its weights as matrices in their shapes and every number beside them."""

from __future__ import annotations

from xlcheck.layout.common import choose, title
from xlcheck.layout.draft import Draft
from xlcheck.layout.drawings.picture_page import NAME as PICTURE
from xlcheck.layout.matrices.beside import MATRIX, TOP, Network, Page, Places
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.weights import NAME as WEIGHTS, with_weights
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say

NAME = "On one sheet"
_MOST_COLUMNS, _MOST_ROWS, _MOST_STEPS = 10, 60, 8


def fits(draft: Draft, spec: ModelSpec) -> bool:
    """Whether a network is so small that all of it can be seen at once."""
    if any(len(shape) > 2 for _, layer in with_weights(spec.layers) for shape in layer.weights.values()):
        return False
    network = Network.of(draft, spec)
    if not network.weights or network.columns > _MOST_COLUMNS or network.steps > _MOST_STEPS:
        return False
    places = Places(draft, network, SheetDraft(NAME), draft.trace)
    places.reserve()
    return places.end <= _MOST_ROWS


def whole_sheet(draft: Draft, spec: ModelSpec) -> None:
    """Fill the sheet."""
    sheet = draft.sheet(NAME, "state")
    draft.move_behind(NAME, PICTURE)
    network = Network.of(draft, spec)
    places = Places(draft, network, sheet, draft.trace)
    places.reserve()
    title(sheet, NAME, say("whole.intro"), places.columns)
    choose(draft, sheet, 2, MATRIX, label=MATRIX + 1)
    Page(draft, network, places, sheet).fill()
    sheet.freeze = (TOP + 2, MATRIX)
    if WEIGHTS in draft.sheets:  # which would only repeat what is printed here
        draft.sheets[WEIGHTS].printed = False
