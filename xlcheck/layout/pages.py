"""What the first sheet says of all other ones, and how to read them."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.layout import drawn
from xlcheck.layout.additions import Additions
from xlcheck.layout.common import START
from xlcheck.layout.data.documents import NAME as DATA
from xlcheck.layout.data.inputs import NAME as INPUTS
from xlcheck.layout.draft import Draft
from xlcheck.layout.images import NAME as IMAGES
from xlcheck.layout.picture import LayerSummary
from xlcheck.layout.picture_page import NAME as PICTURE
from xlcheck.layout.way_back import LOSS
from xlcheck.layout.weights import NAME as WEIGHTS
from xlcheck.learning.optimisers.batch import Batch
from xlcheck.texts import say, texts


def reading(draft: Draft, batch: Batch | None) -> list[str]:
    """How to read the workbook of a model, one sentence a line."""
    images = IMAGES in draft.sheets
    forward = [
        say("reading.choose"),
        *([say("reading.images")] if images else []),
        say("reading.layers_of_images" if images else "reading.layers"),
        say("reading.formulas"),
        say("reading.check"),
    ]
    if batch is None:
        return forward
    gradients = say("reading.gradients_and_step" if batch.step else "reading.gradients")
    return [*forward[:-1], say("reading.loss"), say("reading.backward"), gradients, forward[-1]]


def pages_of(draft: Draft, layers: Sequence[LayerSummary], additions: Additions) -> dict[str, str]:
    """What each worksheet shows, in a sentence."""
    of_layers = {layer.sheet: additions.sentences.get(layer.call.name, _page_of(layer)) for layer in layers}
    origin = f"{additions.origin[0].lower()}{additions.origin[1:]}"
    sentences = {
        **texts("sheets")["pages"],
        INPUTS: additions.data_sentence,
        DATA: additions.data_sentence,
        WEIGHTS: say("pages.weights", origin=origin),
        PICTURE: drawn.page(draft),
        LOSS: say("pages.losses" if len(draft.samples) > 1 else "pages.loss"),
        **{name: say(text) for page in additions.pages for name, text in page.others.items()},
        **{name: _first_sentence(words) for name, words in of_layers.items() if name != START},
    }
    return {name: sentences.get(name) or _other(name) for name in draft.sheets if name != START}


def _other(name: str) -> str:
    """What a worksheet of a layer shows beside the layer's own, or that of an input."""
    kind = next((kind for kind in ("weights", "backward") if name.endswith(kind)), "input")
    return say(f"pages.{kind}_of_layer" if kind != "input" else "pages.input")


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".")


def _page_of(layer: LayerSummary) -> str:
    name = "pages.layer" if layer.numbers else "pages.layer_without_numbers"
    return say(name, kind=layer.kind, numbers=layer.numbers)
