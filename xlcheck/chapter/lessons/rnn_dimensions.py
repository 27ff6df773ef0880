"""`rnn-dimensions`: a sentence of four words, each predicting the next; how all the shapes fit together."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.lesson import Book, Lesson, printed
from xlcheck.layout.additions import Page
from xlcheck.layout.data.sentence import sentence_sheet
from xlcheck.layout.lesson_pages.fed_back import NAME as FED_BACK, fed_back_sheet
from xlcheck.model.encoding import one_hot, pad_front, split_words, vocabulary
from xlcheck.model.keras_import import import_keras

SENTENCE = "This is an example"
WORDS = tuple(SENTENCE.split())


def sentence() -> Dataset:
    """The data of the lesson on the dimensions of an RNN.

    Returns:
        Inputs of shape (1, 4, 4), one word at each step; targets of the same shape, the word that follows.
        No word follows the last one: its target is all zeros, and so its cross-entropy is 0.
    """
    words = split_words((SENTENCE,))
    codes = vocabulary(words)
    inputs = one_hot(pad_front((codes.encode(document) for document in words), timesteps=4), size=4)
    return Dataset(
        name="sentence",
        documents=(SENTENCE,),
        words=words,
        vocabulary=codes,
        inputs=inputs,
        targets=np.concatenate([inputs[:, 1:], np.zeros((1, 1, 4))], axis=1),
        samples=(SENTENCE,),
        # TensorFlow's gradient of a softmax's cross-entropy, p − y, is right only for targets that add up to 1;
        # for all zeros it would be p instead of 0, and training would unlearn the other steps.
        step_weights=np.array([[1.0, 1.0, 1.0, 0.0]]),
    )


def _model() -> Any:
    """Three recurrent units that read four one-hot words and name the next: shape (4, 4) → (4, 4)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((4, 4), dtype="float32", name="words"),
            keras.layers.SimpleRNN(3, return_sequences=True, use_bias=False, name="simple_rnn", dtype="float32"),
            keras.layers.Dense(4, use_bias=False, activation="softmax", name="dense", dtype="float32"),
        ],
        name="rnn_dimensions_model",
    )
    # Ten times the usual rate, so that 500 epochs are enough to learn the sentence by heart.
    model.compile(optimizer=keras.optimizers.Adam(0.01, name="adam"), loss="categorical_crossentropy")
    return model


LESSON = Lesson(
    name="rnn-dimensions",
    data=sentence,
    model=_model,
    book=Book(
        sentence,
        {
            "simple_rnn.kernel": printed(
                [0.033, 0.021, 0.065], [0.052, -0.082, -0.04], [0.048, 0.04, -0.078], [0.056, -0.033, -0.064]
            ),
            "simple_rnn.recurrent_kernel": printed(
                [-0.027, 0.043, 0.032], [-0.046, -0.048, 0.024], [-0.076, -0.032, 0.047]
            ),
            "dense.kernel": printed(
                [0.058, -0.048, -0.008, 0.045], [0.007, 0.053, -0.092, -0.035], [-0.076, -0.072, -0.066, -0.004]
            ),
        },
        {"simple_rnn.kernel": "wxh", "simple_rnn.recurrent_kernel": "whh", "dense.kernel": "why"},
        pages=(Page(FED_BACK, lambda draft, _: fed_back_sheet(draft, "simple_rnn", "dense", WORDS)),),
    ),
    data_page=lambda draft, _: sentence_sheet(draft, WORDS),
    unit_names={"input.x": WORDS, "dense.z": WORDS, "dense.y": WORDS, "target.y": WORDS},
)
