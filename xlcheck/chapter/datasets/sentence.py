"""One sentence, "This is an example": each word, as a one-hot vector, predicts the next."""

from __future__ import annotations

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import one_hot, pad_front, split_words, vocabulary

SENTENCE = "This is an example"


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
