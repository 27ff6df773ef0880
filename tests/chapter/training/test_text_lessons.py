"""The lessons on real text: what their small models have learned, and that their files speak for themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.datasets.lesson_texts import (
    MESSAGE,
    REVIEW,
    SEED_WORDS,
    first_paragraph,
    message_encoding,
    review_encoding,
)
from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.training.classify import judge, positive_scores
from xlcheck.chapter.training.lessons import save_lesson
from xlcheck.chapter.training.model_file import read_companion, read_encoding
from xlcheck.chapter.training.text import continue_text, predictor
from xlcheck.chapter.training.text_lessons import message_data, review_data, train_film_reviews, train_sentiment
from xlcheck.model.keras_file import load_model

FIXTURES = Path(__file__).parents[3] / "fixtures"

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("eagerly")]


@pytest.mark.parametrize("lesson", ["next-word", "sentiment", "film-reviews"])
def test_vocabulary_is_in_the_file(lesson: str) -> None:
    """The stored model's file holds the vocabulary that the lesson's workbook shows."""
    text = LESSONS[lesson].text
    assert text is not None
    assert read_encoding(FIXTURES / f"{lesson}.keras") == text.encoding()


def test_a_model_that_was_trained_anew_keeps_its_vocabulary(tmp_path: Path) -> None:
    """What `xlcheck build film-reviews --train` saves beside the workbook can read other texts, too."""
    save_lesson("film-reviews", load_model(FIXTURES / "film-reviews.keras"), tmp_path / "m.keras")
    save_lesson("lstm", load_model(FIXTURES / "lstm.keras"), tmp_path / "plain.keras")

    assert read_encoding(tmp_path / "m.keras") == review_encoding()
    assert read_companion(tmp_path / "plain.keras") is None


def test_paragraph_is_known_by_heart() -> None:
    """The stored model of `next-word` goes on with the paragraph, word for word, to its end."""
    data = first_paragraph()
    predict = predictor(load_model(FIXTURES / "next-word.keras"))
    start = data.encoding.encode(SEED_WORDS)
    (place,) = np.flatnonzero((data.inputs == start).all(axis=1))
    rest = data.words[place + 10 :]

    assert len(rest) > 20
    assert tuple(continue_text(predict, data.encoding, start, len(rest))) == rest


def test_messages_are_told_apart() -> None:
    """The stored model of `sentiment` is far better than chance on the messages that it was not trained on."""
    model = load_model(FIXTURES / "sentiment.keras")
    figures = judge(model, message_data().test)
    encode = message_encoding().encode
    kind, angry = positive_scores(model, np.stack([encode(MESSAGE), encode("two hours late and a rude crew")]))

    assert figures.samples == 60
    assert figures.accuracy > figures.majority + 2 * np.sqrt(0.25 / 60)
    assert kind > 0.5 > angry


def test_film_reviews_are_told_apart() -> None:
    """The stored model of `film-reviews` is far better than chance on new reviews, and reads the order of words."""
    model = load_model(FIXTURES / "film-reviews.keras")
    figures = judge(model, review_data().test)
    turned = REVIEW.replace("boring", "?").replace("charming", "boring").replace("?", "charming")
    good, bad = positive_scores(model, np.stack([review_encoding().encode(text) for text in (REVIEW, turned)]))

    assert figures.samples == 66
    assert figures.accuracy > figures.majority + 3 * np.sqrt(0.25 / 66)
    assert sorted(turned.split()) == sorted(REVIEW.split())
    assert good > 0.9
    assert bad < 0.1


@pytest.mark.exhaustive
def test_training_film_reviews() -> None:
    """From another seed, too, twelve epochs teach what tells good from bad."""
    _, history = train_film_reviews(2, 500, None)

    assert len(history) == 12
    assert history[-1] < history[0] / 10


@pytest.mark.exhaustive
def test_training_is_told() -> None:
    """Training tells its steps: eight epochs over 140 messages in batches of 16."""
    told: list[tuple[int, int]] = []
    _, history = train_sentiment(1, 500, lambda done, total: told.append((done, total)))

    assert told == [(step, 72) for step in range(1, 73)]
    assert len(history) == 8
    assert history[-1] < history[0] / 2
