"""Every item of the chapter that has a sheet: which workbook, which sheet, which cell shows it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from xlcheck.workbook.content import Value, WorkbookContent
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[3] / "workbooks"

# What the chapter treats → workbook, worksheet, what some cell of it begins with.
ITEMS = {
    "one to one": ("architectures", "one_to_one", "One to one"),
    "one to many": ("architectures", "one_to_many", "One to many"),
    "many to one": ("architectures", "many_to_one", "Many to one"),
    "many to many": ("architectures", "many_to_many", "Many to many"),
    "an example of one to many: a picture and its caption": ("architectures", "caption", "bright"),
    "an example of many to one: a review and its verdict": ("architectures", "many_to_one", "not"),
    "an example of many to many: a translation": ("architectures", "german", "sehen"),
    "loss over the epochs, of the four architectures": ("architectures", "Training", "mean loss"),
    "{1, 1, 1, 0}, its three orders, the extra slot and the target": ("word-order", "Data", "is this an"),
    "order needs a memory": ("word-order", "Documents", "The whole forward pass of every sentence"),
    "the hidden state of a recurrent layer": ("simple-rnn", "simple_rnn", "hₜ"),
    "the toy RNN with the printed weights": ("simple-rnn-book", "Weights", "The numbers that are printed in the book"),
    "the toy LSTM with the printed weights": ("lstm-book", "Weights", "The numbers that are printed in the book"),
    "the printed prediction of the RNN": ("simple-rnn-book", "Data", 0.53199273),
    "the printed prediction of the LSTM": ("lstm-book", "Data", 0.47375038),
    "the book's names of the weights": (
        "lstm-book",
        "Weights",
        "recurrent_kernel   1 × 4   in the book: ui, uf, uc, uo, printed as recurrent_kernel:0",
    ),
    "the forget gate": ("lstm", "lstm", "forget gate"),
    "the cell state": ("lstm", "lstm", "cₜ"),
    "dimensions: 4 × 3, 3 × 3, 3 × 4": ("rnn-dimensions-book", "Weights", "recurrent_kernel   3 × 3"),
    "one-hot words and targets": ("rnn-dimensions", "Data", "target (next word)"),
    "layers, shapes, parameters and their total": ("lstm", "Start", "in all"),
    "405,728 and 34 parameters": ("embedding", "Parameters", "The chapter prints 12,679 × 32 = 405,728"),
    "a gated recurrent unit": ("gru", "gru", "hₜ"),
    "reading in both directions": ("bidirectional", "bidirectional", "bidirectional.backward_simple_rnn"),
    "an encoder and a decoder": ("encoder-decoder", "decoder", "decoder · LSTM"),
    "ten words and the next": ("next-word", "Text", "The next word"),
    "twenty words in a row, after few epochs": ("next-word", "Twenty words", "the the lamp"),
    "twenty words in a row, after many epochs": ("next-word", "Twenty words", "climbed the stairs and lit the lamp"),
    "a decoder that feeds itself": ("encoder-decoder", "Feeds itself", "writes"),
    "cleaning a message": ("sentiment", "Cleaning", "skyline the flight was late but the crew was great"),
    "padding to 200": ("sentiment", "Cleaning", "numbers 181 to 200"),
    "the split into training and test": ("sentiment", "All texts", "share of the test"),
    "accuracy of the messages": ("sentiment", "All texts", "accuracy: the share of right answers"),
    "the confusion table of the messages": ("sentiment", "All texts", "label, and what was answered"),
    "accuracy of the film reviews": ("film-reviews", "All texts", "accuracy: the share of right answers"),
    "loss over the epochs, of the texts": ("film-reviews", "Training", "mean loss"),
    "messages: kind or angry": ("sentiment", "Text", "negative"),
    "film reviews": ("film-reviews", "Text", "boring"),
    "loss over the epochs": ("lstm", "Training", "mean loss"),
    "cross-entropy": ("lstm", "Loss", "−(target · ln y + (1 − target) · ln(1 − y))"),
    "a gradient by the chain rule": ("lstm-training", "One step", "Backward: from the loss back to the first word"),
    "h₁ … h₅ written out": ("vanishing-gradients", "Start", "1.  A linear state is h = W · x + U · h. Written out,"),
    "a SimpleRNN beside a linear recurrence, on the same words": (
        "vanishing-gradients",
        "Vanishing",
        "the same with tanh",
    ),
    "an LSTM beside them, on the same words": ("vanishing-gradients", "Vanishing", "an LSTM's memory"),
    "U below 1, and above it": (
        "vanishing-gradients",
        "Start",
        "2.  Set U on the sheet Vanishing. Below 1 the first words",
    ),
    "vanishing and exploding gradients": ("vanishing-gradients", "Vanishing", "∂h₅₀/∂x"),
    "clipping": ("vanishing-gradients", "Vanishing", "clip at"),
    "U⁴ and its gradient 4U³": ("vanishing-gradients", "Vanishing", "slope, 4 · U³"),
    "a long dependency, “I am from India …”": ("vanishing-gradients", "Vanishing", "What is left of “India”, word 4"),
    "the printed recurrence, and what is wrong with it": ("rnn-dimensions-book", "As printed", 0.00000018),
    "sums that can be done in the head": ("lstm-small", "Weights", "Small whole numbers"),
    "a whole LSTM with its weights at one glance": ("lstm", "On one sheet", "recurrent_kernel"),
    "a whole recurrent layer with its weights at one glance": ("simple-rnn", "On one sheet", "recurrent_kernel"),
    "a worked time step, each matrix in its shape": ("rnn-dimensions", "Matrices", "4 × 3"),
    "the softmax in two steps": ("rnn-dimensions", "Matrices", "first: the exponential of each"),
    "a one-hot row times a table of vectors": ("embedding", "Matrices", "one-hot(xₜ) · embeddings"),
    "words as points": ("embedding", "Word vectors", "(no word)"),
}


def begins(value: Value, shown: str | float) -> bool:
    """Whether a cell shows a text from its beginning, or a number with the digits that are printed."""
    if isinstance(shown, float):
        return isinstance(value, float) and round(value, 8) == shown
    return isinstance(value, str) and value.startswith(shown)


@lru_cache(maxsize=1)
def content_of(workbook: str) -> WorkbookContent:
    """A workbook of the repository; the tests ask for one after the other."""
    return read_workbook(WORKBOOKS / f"{workbook}.xlsx")


@pytest.mark.parametrize("item", sorted(ITEMS, key=lambda item: ITEMS[item][0]))
def test_each_item_has_its_place(item: str) -> None:
    """A cell of the named sheet shows it."""
    workbook, sheet, shown = ITEMS[item]
    cells = content_of(workbook).sheets[sheet].cells

    assert any(begins(cell.value, shown) for cell in cells.values())
