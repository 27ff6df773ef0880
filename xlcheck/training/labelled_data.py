"""From labelled texts to what a classifier reads: who is in which part, and which words are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlcheck.datasets.encoding import Encoding, Tokens
from xlcheck.datasets.imdb import FilmReviews, Reviews, encode_reviews
from xlcheck.datasets.labelled import Indices, LabelledTexts, require_both_classes, split
from xlcheck.datasets.tweet_encoding import TweetEncoding, tweet_encoding
from xlcheck.errors import DataError
from xlcheck.training.classify import ClassifierData, Part

VALIDATION = 0.15
SHORT_TRAINING, SHORT_TEST = 4_000, 1_736


@dataclass(frozen=True)
class ReviewEncoding:
    """How film reviews become codes.

    Attributes:
        timesteps: codes that the model reads.
        num_words: how many codes there are; rarer words share one.
    """

    timesteps: int = 100
    num_words: int = 500


def tweet_data(texts: LabelledTexts, how: TweetEncoding, seed: int, validation: bool) -> ClassifierData:
    """Divide and encode labelled texts: 30 % are for test, and of the rest 15 % for validation if it is wanted.

    Args:
        texts: texts and labels.
        how: which words are known, and how long a text may be.
        seed: of the division.
        validation: whether there is a validation part.

    Raises:
        DataError: a part is empty or lacks a class, or no word occurs often enough.
    """
    parts = split(len(texts.texts), seed, validation=VALIDATION if validation else 0.0)
    words = [Tokens.LETTERS_AND_DIGITS.words(text) for text in texts.texts]
    encoding = tweet_encoding(words, parts.training, how)
    codes = encoding.pad(encoding.encode_words(text) for text in words)

    def part(which: Indices) -> Part:
        require_both_classes(texts.labels[which])
        return Part(codes[which], texts.labels[which])

    return ClassifierData(
        encoding, part(parts.training), part(parts.validation) if validation else None, part(parts.test)
    )


def review_data(training: Reviews, test: Reviews, encoding: Encoding, validation: bool) -> ClassifierData:
    """Encode film reviews that were divided before.

    Args:
        training: in random order; the first 15 % are for validation if it is wanted.
        test: the others.
        encoding: from `imdb_encoding`.
        validation: whether there is a validation part.

    Raises:
        DataError: a part lacks a class.
    """

    def part(reviews: Reviews) -> Part:
        return Part(encode_reviews(reviews, encoding), reviews.labels)

    kept = round(VALIDATION * len(training)) if validation else 0
    positions = np.arange(len(training))
    return ClassifierData(
        encoding,
        part(training.take(positions[kept:])),
        part(training.take(positions[:kept])) if validation else None,
        part(test),
    )


def divide_short(short: Reviews, seed: int) -> tuple[Reviews, Reviews]:
    """The chapter's division of the short reviews: shuffled, 4,000 for training and the next 1,736 for test.

    Raises:
        DataError: there are fewer.
    """
    if len(short) < SHORT_TRAINING + SHORT_TEST:
        raise DataError(
            f"the data has {len(short):,} short reviews, and the chapter's division needs "
            f"{SHORT_TRAINING + SHORT_TEST:,}: use --split full, which takes all reviews"
        )
    order = np.random.default_rng(seed).permutation(len(short))[: SHORT_TRAINING + SHORT_TEST]
    return short.take(order[:SHORT_TRAINING]), short.take(order[SHORT_TRAINING:])


def divide_full(films: FilmReviews, seed: int) -> tuple[Reviews, Reviews]:
    """All reviews, divided as Keras distributes them; the training part is shuffled."""
    return films.training.take(np.random.default_rng(seed).permutation(len(films.training))), films.test
