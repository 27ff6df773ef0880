"""The documents "very good" and "very bad", read by a network with one recurrent unit of each kind."""

from __future__ import annotations

from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.layout.lesson_sheets.documents import documents_sheet
from xlcheck.layout.lesson_sheets.parameters import NAME as PARAMETERS
from xlcheck.layout.lesson_sheets.parameters import parameters_sheet
from xlcheck.layout.lesson_sheets.start import Story

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

GRU = Lesson(
    name="gru",
    story=Story(
        "A gated recurrent unit, gate by gate",
        "A GRU with one unit reads two words, one after the other, and says whether the document is good (1) or "
        "bad (0). It has one memory where the LSTM has two, and two gates where the LSTM has three. It was "
        "trained in Keras; everything but its weights is a live formula here, and every formula was compared "
        "with Keras.",
        _READING,
    ),
    data_sheet=_data,
    data_page="the documents, their words as integers, and the drop-down that chooses one",
    layer_pages={
        "gru": "The reset gate decides how much of the old state the candidate may see, the update gate how "
        "much of it is kept. Keras applies the reset gate after the product with the recurrent kernel, and so "
        "has two rows of biases.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
)  # fmt: skip

BIDIRECTIONAL = Lesson(
    name="bidirectional",
    story=Story(
        "Reading in both directions",
        "Two SimpleRNNs with one unit each read the same two words, one from the left and one from the right; "
        "the output layer sees both of their last states. The model was trained in Keras; everything but its "
        "weights is a live formula here, and every formula was compared with Keras.",
        (
            "Choose a document on the sheet Data. Every number in this workbook follows.",
            "On the sheet bidirectional, the forward layer starts at the first word and the backward layer at "
            "the last one.",
            "So the backward layer's last state, the one that is passed on, stands in the column of the first word.",
            "Click a number to see the live formula; press F2 to see the cells that it reads.",
            "The sheet Check sets every number beside Keras's own. Change a weight, and it tells you that it no longer "
            "applies.",
        ),
    ),
    data_sheet=_data,
    data_page="the documents, their words as integers, and the drop-down that chooses one",
    layer_pages={
        "bidirectional": "One layer reads from the first word to the last, another from the last to the first. "
        "Each starts with an empty memory, and both last states stand side by side in the output.",
        "dense": "Both last states become one number between 0 and 1: how sure the network is that the document "
        "is good.",
    },
)  # fmt: skip

EMBEDDING = Lesson(
    name="embedding",
    story=Story(
        "From words to vectors",
        "An embedding gives each word a vector of two numbers that training has found; a SimpleRNN with one "
        "unit reads these vectors instead of the bare codes 1, 2, 3. The model was trained in Keras; everything "
        "but its weights is a live formula here, and every formula was compared with Keras.",
        (
            "Choose a document on the sheet Data. Every number in this workbook follows.",
            "The sheet embedding looks up the row of each word's code in the table on the sheet Weights. Row 1 "
            "belongs to code 0.",
            "A code is only a name: 3 is not more than 2. The vectors are where words can be near to or far "
            "from each other.",
            "The sheet Parameters counts the weights, here and in the chapter's model of 12,679 words.",
            "The sheet Check sets every number beside Keras's own. Change a weight, and it tells you that it no longer "
            "applies.",
        ),
    ),
    data_sheet=_data,
    data_page="the documents, their words as integers, and the drop-down that chooses one",
    layer_pages={
        "embedding": "Each code selects one row of the table: the vector of its word.",
        "simple_rnn": "At each step the vector of the new word and the old memory are weighted, added, and "
        "squeezed by tanh.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
    extra_sheet=lambda draft: parameters_sheet(draft, here=(4, 2, 1), chapter=(12_680, 32, 1)),
    extra_pages={PARAMETERS: "how many weights each layer has, and why, here and in the chapter's model"},
)  # fmt: skip
