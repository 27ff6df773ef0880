"""From labelled texts to what a classifier reads: who is in which part, and which words are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlcheck.chapter.datasets.imdb import Reviews, encode_reviews
from xlcheck.chapter.datasets.labelled import LabelledTexts, split
from xlcheck.chapter.datasets.tweets import TweetEncoding, tweet_encoding
from xlcheck.chapter.training.classify import ClassifierData, Part
from xlcheck.errors import DataError
from xlcheck.model.encoding import Encoding, Tokens

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

    Raises:
        DataError: a part is empty or lacks a class, or no word occurs often enough.
    """
    parts = split(len(texts.texts), seed, validation=VALIDATION if validation else 0.0)
    words = [Tokens.LETTERS_AND_DIGITS.words(text) for text in texts.texts]
    encoding = tweet_encoding(words, parts.training, how)
    whole = Part(encoding.pad(encoding.encode_words(text) for text in words), texts.labels)
    return ClassifierData(
        encoding,
        whole.take(parts.training),
        whole.take(parts.validation) if validation else None,
        whole.take(parts.test),
    )


def review_data(training: Part, test: Part, encoding: Encoding, validation: bool) -> ClassifierData:
    """Divide film reviews that are for training once more, if a validation part is wanted.

    Args:
        training: in random order; the first 15 % are for validation.
        test: the others.
        encoding: of both.
        validation: whether there is a validation part.

    Raises:
        DataError: a part lacks a class.
    """
    kept = round(VALIDATION * len(training)) if validation else 0
    return ClassifierData(
        encoding, training.take(slice(kept, None)), training.take(slice(kept)) if validation else None, test
    )


def encoded(reviews: Reviews, encoding: Encoding) -> Part:
    """Film reviews as the model reads them."""
    return Part(encode_reviews(reviews, encoding), reviews.labels)


def divide_short(short: Part, seed: int) -> tuple[Part, Part]:
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


def divide_full(training: Part, test: Part, seed: int) -> tuple[Part, Part]:
    """All reviews, divided as Keras distributes them; the training part is shuffled."""
    return training.take(np.random.default_rng(seed).permutation(len(training))), test
