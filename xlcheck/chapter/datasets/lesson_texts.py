"""Texts of the project's own making, and what the lessons on real text read of them: a paragraph, messages, reviews."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import as_file, files

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.datasets.labelled import LabelledTexts, Split, split
from xlcheck.chapter.datasets.text import Windows, read_text, windows
from xlcheck.chapter.datasets.tweets import TweetEncoding, read_tweets, tweet_encoding
from xlcheck.model.encoding import Encoding, Tokens, in_order

_CORPORA = files("xlcheck.chapter.datasets") / "corpora"


def story() -> str:
    """A story of about nine hundred words that repeats itself, as stories for children do."""
    with as_file(_CORPORA / "story.txt") as path:
        return read_text(path)


def reviews() -> LabelledTexts:
    """Two hundred short messages to an airline, half of them positive."""
    with as_file(_CORPORA / "reviews.csv") as path:
        return read_tweets(path)


def films() -> LabelledTexts:
    """Two hundred and twenty short film reviews, half of them positive; many turn round on the way."""
    with as_file(_CORPORA / "films.csv") as path:
        return read_tweets(path, label_column="positive")


SEED_WORDS = "every evening when the sun went down the old woman"
MESSAGE = "the flight was late but the crew was great"
REVIEW = "the plot is boring but the ending is so charming that it does not matter"


def first_paragraph() -> Windows:
    """The first paragraph of the story as windows of ten words."""
    return windows(story().split("\n\n")[1])


def message_parts() -> Split:
    """Which of the messages are for training and which for test; none for validation."""
    return split(len(reviews().texts), seed=0, validation=0.0)


def message_encoding() -> Encoding:
    """The words that occur twice in the messages of the training part; messages of up to 14 words."""
    words = [Tokens.LETTERS_AND_DIGITS.words(text) for text in reviews().texts]
    return tweet_encoding(words, message_parts().training, TweetEncoding(timesteps=14, least_count=2))


def review_parts() -> Split:
    """Which of the film reviews are for training and which for test; none for validation."""
    return split(len(films().texts), seed=0, validation=0.0)


def review_encoding() -> Encoding:
    """The words that occur twice in the film reviews of the training part; reviews of up to 18 words."""
    words = [Tokens.LETTERS_AND_DIGITS.words(text) for text in films().texts]
    encoding = tweet_encoding(words, review_parts().training, TweetEncoding(timesteps=18, least_count=2))
    return replace(encoding, task="imdb")


def next_word() -> Dataset:
    """The ten words of the lesson on the next word, as codes of shape (1, 10)."""
    return _read("next-word", SEED_WORDS, first_paragraph().encoding)


def sentiment() -> Dataset:
    """The message of the lesson on sentiment, as codes of shape (1, 14)."""
    return _read("sentiment", MESSAGE, message_encoding())


def film_reviews() -> Dataset:
    """The review of the lesson on film reviews, as codes of shape (1, 18)."""
    return _read("film-reviews", REVIEW, review_encoding())


def _read(name: str, text: str, encoding: Encoding) -> Dataset:
    words = encoding.tokens.words(text)
    return Dataset(
        name=name,
        documents=(text,),
        words=(words,),
        vocabulary=in_order((encoding.words,), encoding.words),
        inputs=encoding.encode(text)[None].astype(float),
        targets=None,
        samples=(text,),
    )
