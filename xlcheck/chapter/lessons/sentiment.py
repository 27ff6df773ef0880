"""`sentiment`: an LSTM that tells kind messages from angry ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import MESSAGE, message_encoding, sentiment
from xlcheck.chapter.lessons.lesson import Lesson, Text

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_sentiment

    return train_sentiment(seed, epochs, progress)


LESSON = Lesson(
    name="sentiment",
    data=sentiment,
    train=_train,
    text=Text(message_encoding, MESSAGE),
)
