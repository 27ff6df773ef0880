"""What the first sheet says of all other ones, and how to read them."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.layout import check, drawn, history, images, matrices, numbers, picture_page, questions, weights, whole
from xlcheck.layout.additions import Additions
from xlcheck.layout.backward import LOSS
from xlcheck.layout.batch import DOCUMENTS
from xlcheck.layout.batch import NAME as BATCH
from xlcheck.layout.common import START
from xlcheck.layout.data import documents, inputs, text
from xlcheck.layout.draft import Draft
from xlcheck.layout.gradients import GRADIENTS, STEP
from xlcheck.layout.picture import LayerSummary
from xlcheck.learning.optimisers.batch import Batch


def reading(draft: Draft, batch: Batch | None) -> list[str]:
    """How to read the workbook of a model, one sentence a line."""
    steps = "the rows of an image stand side by side" if images.NAME in draft.sheets else "time runs to the right"
    forward = [
        "Choose a sample with the link above; every sheet then shows the network reading it.",
        f"Each layer has a sheet: {steps}, each symbol has its equation and one row per unit.",
        "Click a cell to see its formula; the last column of each row shows one as text.",
        "The sheet Check says for each symbol how well its numbers agree with Keras.",
    ]
    if images.NAME in draft.sheets:
        forward.insert(1, "The sheet Images shows what the network reads, and what each layer makes of it.")
    if batch is None:
        return forward
    return [
        *forward[:-1],
        "The sheet Loss says how wrong the answer is. From there follow the sheets “backward”, layer by layer.",
        "Each number there says how the mean loss changes when a number of the forward pass changes.",
        "The sheet Gradients sums that up for each weight over the whole batch"
        + (", and the sheet Step moves the weights." if batch.step else "."),
        forward[-1],
    ]


def pages_of(draft: Draft, layers: Sequence[LayerSummary], additions: Additions) -> dict[str, str]:
    """What each worksheet shows, in a sentence."""
    of_layers = {layer.sheet: additions.sentences.get(layer.call.name, _page_of(layer)) for layer in layers}
    several = len(draft.samples) > 1
    sentences = {
        text.NAME: "the words that the network reads, where other words can be typed, and its answer",
        text.VOCABULARY: "the words that the network knows, and their codes",
        inputs.NAME: additions.data_sentence,
        documents.NAME: additions.data_sentence,
        weights.NAME: f"{additions.origin[0].lower()}{additions.origin[1:]}, as Keras shows them",
        picture_page.NAME: drawn.page(draft),
        whole.NAME: whole.PAGE,
        matrices.NAME: matrices.PAGE,
        images.NAME: images.PAGE,
        LOSS: f"how wrong the answer is{', for the selected sample and for all of them' if several else ''}",
        GRADIENTS: "how the mean loss changes with each weight, over the whole batch",
        STEP: "where one step of training moves each weight",
        BATCH: "both passes of every sample side by side, from which the gradients are summed",
        DOCUMENTS: "the whole forward pass of every sample, side by side",
        check.NAME: "symbol by symbol, how well this workbook agrees with Keras",
        numbers.NAME: "every number beside Keras's own, with a verdict",
        questions.NAME: questions.PAGE,
        history.NAME: "the loss after each epoch of training, as a curve",
        **{page.name: page.sentence for page in additions.pages},
        **{name: text for page in additions.pages for name, text in page.others.items()},
        **{name: _first_sentence(words) for name, words in of_layers.items() if name != START},
    }
    return {
        name: sentences.get(
            name,
            "the weights of this layer"
            if name.endswith("weights")
            else "how the mean loss changes with what this layer computes"
            if name.endswith("backward")
            else "what the network reads",
        )
        for name in draft.sheets
        if name != START
    }


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".")


def _page_of(layer: LayerSummary) -> str:
    return f"{layer.kind}, {layer.numbers:,} numbers" if layer.numbers else f"{layer.kind}: what it reads"
