"""The sentence of the lesson on dimensions."""

from __future__ import annotations

import numpy as np

from xlcheck.chapter.lessons.rnn_dimensions import sentence


def test_words_are_one_hot_in_order() -> None:
    """Four different words, each a unit vector at its own place."""
    data = sentence()

    assert list(data.vocabulary.codes) == ["This", "is", "an", "example"]
    assert np.array_equal(data.inputs, np.eye(4)[None])


def test_each_word_predicts_the_next() -> None:
    """The target of a step is the next step's input; no word follows the last, so its target is all zeros."""
    data = sentence()

    assert np.array_equal(data.targets[:, :-1], data.inputs[:, 1:])
    assert not data.targets[:, -1].any()
