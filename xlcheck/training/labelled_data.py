"""From labelled texts to what a classifier reads: who is in which part, and which words are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xlcheck.datasets.encoding import Tokens
from xlcheck.datasets.imdb import FilmReviews, Reviews, encode_reviews, imdb_encoding
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
        full: all reviews, divided as Keras distributes them; otherwise the short ones, divided as in the chapter.
    """

    timesteps: int = 100
    num_words: int = 500
    full: bool = False


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


def review_data(
    films: FilmReviews, word_index: Mapping[str, int], how: ReviewEncoding, seed: int, validation: bool
) -> ClassifierData:
    """Divide and encode film reviews.

    In the chapter's division the short reviews of both parts are shuffled; the first 4,000 are for training and the
    next 1,736 for test. If a validation part is wanted, it is 15 % of the training part.

    Raises:
        DataError: there are too few short reviews, or a part lacks a class.
    """
    training, test = _divided(films, how.full, np.random.default_rng(seed))
    encoding = imdb_encoding(word_index, how.num_words, how.timesteps)

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


def _divided(films: FilmReviews, full: bool, random: np.random.Generator) -> tuple[Reviews, Reviews]:
    if full:
        return films.training.take(random.permutation(len(films.training))), films.test
    short = films.short()
    if len(short) < SHORT_TRAINING + SHORT_TEST:
        raise DataError(
            f"the data has {len(short):,} short reviews, and the chapter's division needs "
            f"{SHORT_TRAINING + SHORT_TEST:,}: use --split full, which takes all reviews"
        )
    order = random.permutation(len(short))[: SHORT_TRAINING + SHORT_TEST]
    return short.take(order[:SHORT_TRAINING]), short.take(order[SHORT_TRAINING:])
