"""Continuing a text word by word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from xlcheck.chapter.training.next_word import Predict
from xlcheck.errors import UsageError
from xlcheck.model.encoding import Codes, Encoding


def continue_text(
    predict: Predict, encoding: Encoding, start: Codes, words: int, temperature: float = 0.0, seed: int = 0
) -> Iterator[str]:
    """Predict a word, append it, move the window on by one, and again.

    Args:
        predict: the probability of each word after a window of codes.
        encoding: the model's.
        start: the window to begin with, shape `(timesteps,)`.
        words: how many to add.
        temperature: 0 takes the most probable word, as the chapter does; above 0 words are drawn with
            probabilities p^(1/temperature), so 1 draws as the model says and less is more careful.
        seed: of the draws.

    Yields:
        One word at a time.

    Raises:
        UsageError: the temperature is not a number from 0.
    """
    if not 0 <= temperature < np.inf:
        raise UsageError(f"the temperature {temperature} must be a number from 0 (always the most probable word)")
    random = np.random.default_rng(seed)
    window = np.array(start)
    for _ in range(words):
        code = _choose(predict(window), temperature, random)
        window = np.append(window[1:], np.int32(code))
        yield encoding.word(code)


def _choose(probabilities: NDArray[np.float64], temperature: float, random: np.random.Generator) -> int:
    if temperature == 0:
        return int(np.argmax(probabilities))
    with np.errstate(divide="ignore"):
        logarithms = np.log(probabilities) / temperature
    weights = np.exp(logarithms - logarithms.max())
    return int(random.choice(len(weights), p=weights / weights.sum()))
