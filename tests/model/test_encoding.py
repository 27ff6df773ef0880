"""Text → codes → what a model reads, and back from JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xlcheck.errors import DataError
from xlcheck.model.encoding import Encoding, Tokens

TWEETS = Encoding("sentiment", Tokens.LETTERS_AND_DIGITS, ("late", "good", "crew"), 2, 4, unknown=1)
STORY = Encoding("text", Tokens.LETTERS_AND_DIGITS, ("the", "cat", "sat"), 0, 3, context=("the", "cat", "sat"))
FILMS = Encoding("imdb", Tokens.PRINTED_WORDS, ("the", "isn't"), 4, 5, start=1, unknown=2, labels=("bad", "good"))


def test_everything_but_letters_and_digits_separates() -> None:
    """The chapter's rule: lower case, and a space for each character that is neither letter nor digit."""
    assert Tokens.LETTERS_AND_DIGITS.words("@VirginAmerica Don't 2x-check é!") == (
        "virginamerica", "don", "t", "2x", "check",
    )  # fmt: skip


def test_printed_words_keep_their_apostrophes() -> None:
    """Film reviews were indexed by words such as "isn't", without punctuation."""
    assert Tokens.PRINTED_WORDS.words('It isn\'t "good". Well-made, though!') == (
        "it", "isn't", "good", "well", "made", "though",
    )  # fmt: skip


def test_padding_stands_in_front() -> None:
    """Short texts are padded with zeros in front, and words that are not known share a code."""
    assert TWEETS.encode("Crew: late, sorry").tolist() == [0, 4, 2, 1]


def test_the_last_words_are_kept() -> None:
    """Of a text that is too long the end is read, as Keras's `pad_sequences` does."""
    assert TWEETS.encode("late late late late good crew").tolist() == [2, 2, 3, 4]


def test_start_code() -> None:
    """Film reviews begin with Keras's code 1."""
    assert FILMS.encode("The isn't xyz").tolist() == [0, 1, 4, 5, 2]


def test_context_stands_in_front_of_a_short_text() -> None:
    """Where padding has no code, the beginning of the training text fills the window."""
    assert STORY.encode("cat").tolist() == [1, 2, 1]


def test_unknown_word_is_refused_with_a_suggestion() -> None:
    """A model without a code for unknown words names the word and the nearest known one."""
    with pytest.raises(DataError, match=r"no code for 'catt'.*did you mean cat"):
        STORY.encode("the catt sat")


@pytest.mark.parametrize("text", ["", " \n", "?!"])
def test_no_word_is_refused(text: str) -> None:
    """A text of spaces and signs is no input."""
    with pytest.raises(DataError, match="no word"):
        TWEETS.encode(text)


@given(st.lists(st.sampled_from(TWEETS.words), min_size=1, max_size=4))
def test_codes_lead_back_to_the_words(words: list[str]) -> None:
    """Decoding inverts encoding for known words."""
    codes = TWEETS.encode(" ".join(words))

    assert [TWEETS.word(code) for code in codes if code] == words


@pytest.mark.parametrize("encoding", [TWEETS, STORY, FILMS], ids=lambda encoding: encoding.task)
def test_survives_json(encoding: Encoding) -> None:
    """An encoding read back from JSON equals the one that was written."""
    assert Encoding.from_json(json.loads(json.dumps(encoding.to_json()))) == encoding


@pytest.mark.parametrize(
    "change",
    [{"words": ["a", "a"]}, {"timesteps": 0}, {"words": []}, {"unknown": 7}, {"tokens": "(a+)+$"}, {"first_code": "x"}],
    ids=str,
)
def test_damaged_json_is_refused(change: dict[str, object]) -> None:
    """What cannot be an encoding is refused; a file cannot bring a regular expression of its own."""
    with pytest.raises(DataError):
        Encoding.from_json(TWEETS.to_json() | change)


def test_missing_field_is_refused() -> None:
    """A file from which a field was cut is damaged."""
    with pytest.raises(DataError, match="damaged"):
        Encoding.from_json({"task": "text"})


def test_size_counts_every_code() -> None:
    """An embedding needs a row for each code from 0 on; the chapter's table has one too few."""
    codes = [code for text in ("late good crew unheard", "late") for code in TWEETS.encode(text)]

    assert TWEETS.size == 5
    assert max(codes) == TWEETS.size - 1


def test_pad_takes_rows_of_any_length() -> None:
    """Rows become one array of 32-bit integers."""
    padded = TWEETS.pad([[2], np.arange(6, dtype=np.int32), []])

    assert padded.tolist() == [[0, 0, 0, 2], [2, 3, 4, 5], [0, 0, 0, 0]]
    assert padded.dtype == np.int32
