"""Small corpora of this project's own making: a story to continue, and labelled short messages and reviews."""

from __future__ import annotations

from importlib.resources import as_file, files

from xlcheck.chapter.datasets.labelled import LabelledTexts
from xlcheck.chapter.datasets.text import read_text
from xlcheck.chapter.datasets.tweets import read_tweets

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
