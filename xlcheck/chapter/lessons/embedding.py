"""`embedding`: the same two documents, whose words become vectors of two numbers."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.toy import toy_codes
from xlcheck.chapter.lessons.lesson import CHECK, Lesson
from xlcheck.chapter.lessons.toy import DATA
from xlcheck.layout.additions import Page
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.layout.front import Story
from xlcheck.layout.parameters import NAME as PARAMETERS
from xlcheck.layout.parameters import parameters_sheet
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """Three words as vectors of two numbers, one recurrent unit, a sigmoid: shape (2,) → (1,)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="float32", name="words"),
            keras.layers.Embedding(4, 2, name="embedding", dtype="float32"),
            keras.layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32"),
            keras.layers.Dense(1, activation="sigmoid", name="dense", dtype="float32"),
        ],
        name="embedding_model",
    )
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss="binary_crossentropy")
    return model


LESSON = Lesson(
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
            CHECK,
        ),
    ),
    sentences={
        "embedding": "Each code selects one row of the table: the vector of its word.",
        "simple_rnn": "At each step the vector of the new word and the old memory are weighted, added, and "
        "squeezed by tanh.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
    data=toy_codes,
    model=_model,
    data_page=documents_sheet,
    data_sentence=DATA,
    pages=(
        Page(
            PARAMETERS,
            "how many weights each layer has, and why, here and in the chapter's model",
            lambda draft: parameters_sheet(draft, here=(4, 2, 1), chapter=(12_680, 32, 1)),
        ),
    ),
)
