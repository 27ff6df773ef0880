"""`sentiment`: an LSTM that tells kind messages from angry ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.labelled import TEST_SHARE
from xlcheck.chapter.datasets.lesson_texts import MESSAGE, message_encoding, message_parts, sentiment
from xlcheck.chapter.datasets.reviews import reviews
from xlcheck.chapter.lessons.lesson import Lesson, Text
from xlcheck.layout.accuracy import NAME as ACCURACY
from xlcheck.layout.accuracy import PAGE as ACCURACY_PAGE
from xlcheck.layout.accuracy import Texts, accuracy_sheet
from xlcheck.layout.additions import Page
from xlcheck.layout.cleaning import NAME as CLEANING
from xlcheck.layout.cleaning import PAGE as CLEANING_PAGE
from xlcheck.layout.cleaning import cleaning_sheet
from xlcheck.layout.draft import Draft
from xlcheck.model.model_spec import Array

TYPED = "@SkyLine: the FLIGHT was late!!! But... the crew was GREAT :-) #thanks"
"""A message as somebody would type it."""

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_sentiment

    return train_sentiment(seed, epochs, progress)


def _answers(model: Any, _: int) -> Mapping[str, Array]:
    from xlcheck.chapter.training.further import answers_to_texts

    return answers_to_texts(model, reviews(), message_encoding())


def _every_text(draft: Draft) -> None:
    texts, names = reviews(), message_encoding().labels
    labels = texts.labels.tolist()
    accuracy_sheet(draft, Texts(texts.texts, labels, names, message_parts().places(), TEST_SHARE))


LESSON = Lesson(
    name="sentiment",
    data=sentiment,
    train=_train,
    further=_answers,
    pages=(
        Page(CLEANING, CLEANING_PAGE, lambda draft, _: cleaning_sheet(draft, message_encoding(), TYPED)),
        Page(ACCURACY, ACCURACY_PAGE, lambda draft, _: _every_text(draft)),
    ),
    text=Text(message_encoding, MESSAGE),
)
