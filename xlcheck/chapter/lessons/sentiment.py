"""`sentiment`: an LSTM that tells kind messages from angry ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import MESSAGE, message_encoding, message_parts, reviews, sentiment
from xlcheck.chapter.lessons.labelled import all_texts, answers
from xlcheck.chapter.lessons.lesson import Lesson, Text
from xlcheck.layout.additions import Page
from xlcheck.layout.lesson_pages.cleaning import NAME as CLEANING, cleaning_sheet

TYPED = "@SkyLine: the FLIGHT was late!!! But... the crew was GREAT :-) #thanks"
"""A message as somebody would type it."""

if TYPE_CHECKING:
    from xlcheck.progress import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_sentiment

    return train_sentiment(seed, epochs, progress)


LESSON = Lesson(
    name="sentiment",
    data=sentiment,
    train=_train,
    further=answers(reviews, message_encoding),
    pages=(
        Page(CLEANING, lambda draft, _: cleaning_sheet(draft, message_encoding(), TYPED)),
        all_texts(reviews, message_encoding, message_parts),
    ),
    text=Text(message_encoding, MESSAGE),
)
