"""The models of the lessons on real text: small, and trained in seconds on texts of the project's own making."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.labelled import LabelledTexts, Split
from xlcheck.chapter.datasets.lesson_texts import (
    films,
    first_paragraph,
    message_encoding,
    message_parts,
    review_encoding,
    review_parts,
    reviews,
)
from xlcheck.chapter.training.classify import Architecture, Cell, ClassifierData, Part, Schedule, train_classifier
from xlcheck.chapter.training.text import new_text_model, train_text
from xlcheck.model.encoding import Encoding
from xlcheck.progress import Progress

Trained = tuple[Any, tuple[float, ...]]

NEXT_WORD_UNITS = 16
MESSAGES = Architecture(Cell.LSTM, units=4, embedding=4, mask=True, dropout=0.3)
MESSAGE_EPOCHS = 8
REVIEWS = Architecture(Cell.LSTM, units=4, embedding=4, mask=True, hidden=6, outputs=1)
REVIEW_EPOCHS = 12


def train_next_word(seed: int, epochs: int, progress: Progress | None) -> Trained:
    """A SimpleRNN that knows one paragraph by heart; its 77 windows are one batch."""
    trained = train_text(new_text_model(first_paragraph(), seed, NEXT_WORD_UNITS), epochs, progress=progress)
    return trained.model, trained.progress.losses


def train_sentiment(seed: int, _: int, progress: Progress | None) -> Trained:
    """An LSTM that tells kind messages from angry ones; more epochs than eight make it worse on new ones."""
    data = message_data()
    schedule = Schedule(epochs=MESSAGE_EPOCHS, batch=16, learning_rate=0.01)
    trained = train_classifier(data, MESSAGES, schedule, seed, progress)
    return trained.model, tuple(trained.history["loss"])


def train_film_reviews(seed: int, _: int, progress: Progress | None) -> Trained:
    """An LSTM that tells good film reviews from bad ones, also those that begin as the other kind."""
    schedule = Schedule(epochs=REVIEW_EPOCHS, batch=16, learning_rate=0.01)
    trained = train_classifier(review_data(), REVIEWS, schedule, seed, progress)
    return trained.model, tuple(trained.history["loss"])


def message_data() -> ClassifierData:
    """The messages to an airline, divided and encoded as in the lesson."""
    return _divided(reviews(), message_parts(), message_encoding())


def review_data() -> ClassifierData:
    """The film reviews, divided and encoded as in the lesson."""
    return _divided(films(), review_parts(), review_encoding())


def _divided(texts: LabelledTexts, parts: Split, encoding: Encoding) -> ClassifierData:
    codes = encoding.pad(encoding.encode_words(encoding.tokens.words(text)) for text in texts.texts)
    training, test = (Part(codes[which], texts.labels[which]) for which in (parts.training, parts.test))
    return ClassifierData(encoding, training, None, test)
