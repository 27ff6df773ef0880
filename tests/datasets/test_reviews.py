"""The corpora that come with the project."""

from __future__ import annotations

from xlcheck.datasets.encoding import Tokens
from xlcheck.datasets.reviews import reviews, story
from xlcheck.datasets.text import windows


def test_story_repeats_itself() -> None:
    """The story is long enough to learn from, and uses each of its words more than four times on average."""
    data = windows(story())

    assert len(data.words) > 800
    assert data.encoding.size < len(data.words) / 4


def test_reviews_are_balanced_and_all_different() -> None:
    """Half of the texts are positive, and no text can be in two parts because it stands there twice."""
    data = reviews()
    words = {Tokens.LETTERS_AND_DIGITS.words(text) for text in data.texts}

    assert len(words) == len(data.texts) == 200
    assert data.labels.sum() == 100
