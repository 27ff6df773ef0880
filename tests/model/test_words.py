"""Words → integers → padded arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from xlcheck.errors import DataError
from xlcheck.model.encoding import Vocabulary, in_order, one_hot, pad_front, split_words, vocabulary


def test_vocabulary_ranks_by_frequency_and_ties_by_first_appearance() -> None:
    """The most frequent word has code 1; equally frequent words keep the order in which they appear."""
    codes = vocabulary(split_words(["b a c", "c a", "a d"]))

    assert dict(codes.codes) == {"a": 1, "c": 2, "b": 3, "d": 4}
    assert dict(codes.counts) == {"a": 3, "c": 2, "b": 1, "d": 1}


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=8).map(tuple), max_size=5))
def test_codes_are_a_ranking(documents: list[tuple[str, ...]]) -> None:
    """Codes are 1, 2, 3, …, and a smaller code never belongs to a rarer word."""
    found = vocabulary(documents)
    counts = list(found.counts.values())

    assert list(found.codes.values()) == list(range(1, len(found) + 1))
    assert counts == sorted(counts, reverse=True)


def test_in_order_keeps_the_order_and_counts() -> None:
    """A given order sets the codes; the counts are still those of the documents."""
    codes = in_order(split_words(["very good", "very bad"]), ("very", "bad", "good"))

    assert codes.encode(["very", "good"]) == (1, 3)
    assert codes.counts["very"] == 2


@pytest.mark.parametrize("order", [("very", "good"), ("very", "good", "bad", "fine"), ("very", "very", "good", "bad")])
def test_in_order_needs_each_word_once(order: tuple[str, ...]) -> None:
    """An order that leaves a word out, adds one or repeats one is refused."""
    with pytest.raises(DataError, match="once"):
        in_order(split_words(["very good", "very bad"]), order)


def test_unknown_word_is_named() -> None:
    """A word outside the vocabulary is an error that names the word and some known ones."""
    codes = vocabulary(split_words(["one two three four five six"]))

    with pytest.raises(DataError, match=r"'seven' is not in the vocabulary of 6 words; known is 'one', .*'five', …"):
        codes.encode(["one", "seven"])


@pytest.mark.parametrize("codes", [{"a": 0}, {"a": 2}, {"a": 1, "b": 1}])
def test_codes_start_at_one_without_gaps(codes: dict[str, int]) -> None:
    """0 is kept for padding, so a vocabulary with other codes than 1, 2, 3, … cannot be made."""
    with pytest.raises(DataError, match="1, 2, 3"):
        Vocabulary(codes, dict.fromkeys(codes, 1))


def test_counts_go_with_codes() -> None:
    """A vocabulary without a count for each word cannot be made."""
    with pytest.raises(DataError, match="count"):
        Vocabulary({"a": 1}, {})


@pytest.mark.keras
@settings(deadline=None)  # the first example imports Keras
@given(st.lists(st.lists(st.integers(1, 99), max_size=6), min_size=1, max_size=5))
def test_padding_is_keras_padding(codes: list[list[int]]) -> None:
    """Short documents get zeros in front, exactly as Keras's `pad_sequences` gives them."""
    from xlcheck.model.keras_import import import_keras

    desired = import_keras().utils.pad_sequences(codes, maxlen=6)

    assert np.array_equal(pad_front(codes, 6), desired)


def test_padding_never_cuts() -> None:
    """A document that is too long is an error and not shortened."""
    with pytest.raises(DataError, match="document 2 has 3 words; at most 2 fit"):
        pad_front([(1, 2), (1, 2, 3)], 2)


def test_one_hot_places() -> None:
    """Code k is 1 at position k − 1; padding is all zeros; the codes' shape stays in front."""
    desired = np.array([[[0, 0, 0], [1, 0, 0]], [[0, 0, 1], [0, 1, 0]]])

    assert np.array_equal(one_hot(np.array([[0.0, 1.0], [3.0, 2.0]]), 3), desired)


@pytest.mark.parametrize("code", [-1.0, 4.0])
def test_one_hot_refuses_codes_outside(code: float) -> None:
    """A code outside the vectors is an error; it must not wrap round to another word."""
    with pytest.raises(DataError, match="between 0 and 3"):
        one_hot(np.array([code]), 3)
