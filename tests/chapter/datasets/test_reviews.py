"""The corpora that come with the project."""

from __future__ import annotations

from xlcheck.chapter.datasets.lesson_texts import films, reviews, story
from xlcheck.chapter.datasets.text import windows
from xlcheck.model.encoding import Tokens


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


def test_films_are_balanced_and_all_different() -> None:
    """The same holds for the film reviews; each kind has words that praise and words that blame."""
    data = films()
    words = [Tokens.LETTERS_AND_DIGITS.words(text) for text in data.texts]
    mixed = [{"boring", "brilliant"} & set(text) for text in words]

    assert len(set(words)) == len(words) == 220
    assert data.labels.sum() == 110
    for label in (0, 1):
        assert {word for found, own in zip(mixed, data.labels, strict=True) if own == label for word in found} == {
            "boring", "brilliant",
        }  # fmt: skip
