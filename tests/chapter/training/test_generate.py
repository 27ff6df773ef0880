"""Continuing a text: argmax, temperature, and the moving window."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from xlcheck.chapter.training.text import continue_text
from xlcheck.errors import UsageError
from xlcheck.model.encoding import Codes, Encoding, Tokens

ENCODING = Encoding("text", Tokens.LETTERS_AND_DIGITS, ("a", "b", "c", "d"), 0, 2, context=("a", "b"))
START = np.array([0, 1], dtype=np.int32)


def sum_modulo_4(codes: Codes) -> np.ndarray:
    """Almost certain that the next code is the sum of the last two, modulo 4."""
    probabilities = np.full(4, 0.01)
    probabilities[codes.sum() % 4] = 0.97
    return probabilities


def fixed(_: Codes) -> np.ndarray:
    """The same four probabilities each time."""
    return np.array([0.1, 0.2, 0.3, 0.4])


def counts(temperature: float) -> Counter[str]:
    """How often each word is drawn in 4,000 draws."""
    return Counter(continue_text(fixed, ENCODING, START, 4000, temperature, seed=1))


def test_window_moves_by_one() -> None:
    """Each word that is added is read for the next one: Fibonacci numbers modulo 4."""
    assert "".join(continue_text(sum_modulo_4, ENCODING, START, 8)) == "bcdbabbc"


def test_start_is_not_changed() -> None:
    """The window that the caller gave stays as it is."""
    start = START.copy()
    list(continue_text(sum_modulo_4, ENCODING, start, 5))

    assert np.array_equal(start, START)


def test_temperature_0_takes_the_most_probable() -> None:
    """As in the chapter, argmax, whatever the seed."""
    assert counts(0.0) == {"d": 4000}


def test_temperature_1_draws_as_the_model_says() -> None:
    """Frequencies are the probabilities, within four standard errors."""
    drawn = counts(1.0)

    for word, p in zip("abcd", fixed(START), strict=True):
        assert abs(drawn[word] / 4000 - p) < 4 * np.sqrt(p * (1 - p) / 4000)


def test_lower_temperature_is_more_careful() -> None:
    """At 0.5 the probabilities are squared before they are normalised: 16/30 for the last word."""
    p = 16 / 30

    assert abs(counts(0.5)["d"] / 4000 - p) < 4 * np.sqrt(p * (1 - p) / 4000)


def test_impossible_words_stay_impossible() -> None:
    """A probability of 0 is never drawn, and does not disturb the others."""
    words = continue_text(lambda _: np.array([0.0, 0.5, 0.5, 0.0]), ENCODING, START, 200, 1.5)

    assert set(words) == {"b", "c"}


def test_seed_decides() -> None:
    """The same seed draws the same words, another one others."""
    draws = [tuple(continue_text(fixed, ENCODING, START, 30, 1.0, seed)) for seed in (1, 1, 2)]

    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize("temperature", [-0.1, float("nan"), float("inf")])
def test_no_temperature(temperature: float) -> None:
    """A temperature must be a number from 0."""
    with pytest.raises(UsageError, match="temperature"):
        next(continue_text(fixed, ENCODING, START, 1, temperature))
