"""`simple-rnn` and `lstm`: "very good" and "very bad", read by a network with one unit."""

from __future__ import annotations

from xlcheck.excel.draft import Draft
from xlcheck.excel.sheets.data import DataPlaces
from xlcheck.excel.sheets.documents import documents_sheet
from xlcheck.excel.sheets.start import Story
from xlcheck.lessons.recipe import Lesson

_READING = (
    "Choose a document on the sheet Data. Every number in this workbook follows.",
    "Follow the layers from left to right. On each sheet time runs to the right and one row is one number.",
    "Beside each number stand its symbol, its equation, a sentence on what it means, and its formula as text.",
    "Click a number to see the live formula; press F2 to see the cells that it reads.",
    "The sheet Check sets every number beside Keras's own. Change a weight, and it tells you that it no longer "
    "applies.",
)


def _data(draft: Draft) -> DataPlaces:
    return documents_sheet(draft, timesteps=2)


SIMPLE_RNN = Lesson(
    name="simple-rnn",
    story=Story(
        "A recurrent neural network, cell by cell",
        "A SimpleRNN with one unit reads two words, one after the other, and says whether the document is good "
        "(1) or bad (0). It was trained in Keras; its six weights stand on the sheet Weights. Everything else "
        "in this workbook is a live formula, and every formula was compared with Keras.",
        _READING,
    ),
    data_sheet=_data,
    data_page="the documents, their words as integers, and the drop-down that chooses one",
    layer_pages={
        "simple_rnn": "The hidden state is the network's memory: at each step the new input and the old memory "
        "are weighted, added, and squeezed by tanh.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
    book_names={
        "simple_rnn.kernel": "wxh", "simple_rnn.recurrent_kernel": "whh", "simple_rnn.bias": "bh",
        "dense.kernel": "why", "dense.bias": "by",
    },
)  # fmt: skip

LSTM = Lesson(
    name="lstm",
    story=Story(
        "A long short-term memory, gate by gate",
        "An LSTM with one unit reads two words, one after the other, and says whether the document is good (1) "
        "or bad (0). Three gates decide what is forgotten, what is written and what is shown. It was trained in "
        "Keras; everything but its weights is a live formula here, and every formula was compared with Keras.",
        _READING,
    ),
    data_sheet=_data,
    data_page="the documents, their words as integers, and the drop-down that chooses one",
    layer_pages={
        "lstm": "Three gates and a candidate look at the new input and the old output. The cell state keeps "
        "part of the old memory and takes in part of the candidate; the hidden state shows part of it.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
    book_names={
        "lstm.kernel": "wi, wf, wc, wo", "lstm.recurrent_kernel": "ui, uf, uc, uo", "lstm.bias": "bi, bf, bc, bo",
        "dense.kernel": "why", "dense.bias": "by",
    },
)  # fmt: skip
