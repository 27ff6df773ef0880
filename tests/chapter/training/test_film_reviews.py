"""The chapter's division of film reviews, on data of the project's own making."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.chapter.datasets.imdb import FilmReviews, Reviews, imdb_encoding
from xlcheck.chapter.training.classify import Architecture, Cell, Part, Schedule, train_classifier
from xlcheck.chapter.training.labelled_data import divide_full, divide_short, encoded, review_data
from xlcheck.errors import DataError

ENCODING = imdb_encoding({f"word{i}": i for i in range(1, 61)}, num_words=64, timesteps=30)
GOOD, BAD = 11, 12


def part(count: int, seed: int, longest: int = 30) -> Reviews:
    """Reviews of random words; a good one holds the word `GOOD`, a bad one the word `BAD`, anywhere."""
    random = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int32) % 2
    reviews = []
    for label in labels:
        words = random.integers(13, 61, random.integers(5, longest)).astype(np.int32)
        words[random.integers(len(words))] = GOOD if label else BAD
        reviews.append(words)
    return Reviews(tuple(reviews), labels)


@pytest.fixture(scope="module")
def films() -> FilmReviews:
    """6,000 short reviews, and 200 long ones that the chapter's division leaves out."""
    training, test = part(3000, 0), part(3000, 1)
    long = Reviews(
        tuple(np.arange(1, 121, dtype=np.int32) % 60 + 1 for _ in range(200)), np.arange(200, dtype=np.int32) % 2
    )
    both = Reviews(test.reviews + long.reviews, np.concatenate([test.labels, long.labels]))
    return FilmReviews(training, both)


@pytest.fixture(scope="module")
def short(films: FilmReviews) -> Part:
    """The short reviews as codes."""
    return encoded(films.short(), ENCODING)


def test_chapters_division(short: Part) -> None:
    """Of the shuffled short reviews of both parts 4,000 are for training and the next 1,736 for test."""
    data = review_data(*divide_short(short, seed=0), ENCODING, validation=False)

    assert (len(short), len(data.training), data.validation, len(data.test)) == (6000, 4000, None, 1736)
    assert data.training.inputs.shape == (4000, 30)
    assert data.encoding.size == 64


def test_no_review_is_in_both_parts(short: Part) -> None:
    """The two parts are different reviews, and another seed divides them differently."""
    numbered = Part(np.arange(6000, dtype=np.int32)[:, None], short.labels)
    first, second = ({*part.inputs[:, 0].tolist()} for part in divide_short(numbered, seed=0))
    other = {*divide_short(numbered, seed=1)[1].inputs[:, 0].tolist()}

    assert (len(first), len(second), len(first & second)) == (4000, 1736, 0)
    assert second != other


def test_validation_is_taken_from_training(short: Part) -> None:
    """The test part is the same with and without a validation part, which is 15 % of the training part."""
    parts = divide_short(short, seed=0)
    with_validation, without = (review_data(*parts, ENCODING, validation=wanted) for wanted in (True, False))

    assert with_validation.validation is not None
    assert (len(with_validation.training), len(with_validation.validation)) == (3400, 600)
    assert np.array_equal(
        np.concatenate([with_validation.validation.inputs, with_validation.training.inputs]), without.training.inputs
    )
    assert with_validation.test is without.test


def test_full_division(films: FilmReviews) -> None:
    """All reviews, the training part in another order, the test part as it was distributed."""
    training, test = encoded(films.training, ENCODING), encoded(films.test, ENCODING)
    shuffled, same = divide_full(training, test, seed=0)

    assert same is test
    assert sorted(shuffled.inputs.tolist()) == sorted(training.inputs.tolist())
    assert not np.array_equal(shuffled.inputs, training.inputs)


def test_too_few_short_reviews() -> None:
    """Without 5,736 short reviews the chapter's division is refused, and the other one named."""
    with pytest.raises(DataError, match="--split full"):
        divide_short(encoded(part(20, 0), ENCODING), seed=0)


@pytest.mark.keras
@pytest.mark.exhaustive
def test_learns_the_word_that_decides(short: Part) -> None:
    """A small model of the chapter's kind finds the one word in thirty that makes a review good or bad."""
    data = review_data(*divide_short(short, seed=0), ENCODING, validation=True)
    architecture = Architecture(Cell.LSTM, units=8, embedding=8, mask=True, hidden=16, outputs=1)

    result = train_classifier(data, architecture, Schedule(epochs=4, batch=64, learning_rate=0.01), seed=0)

    assert result.test.majority < 0.55
    assert result.test.accuracy > 0.95
    assert result.test.auc > 0.97
