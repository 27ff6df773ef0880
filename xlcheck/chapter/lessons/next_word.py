"""`next-word`: a SimpleRNN that knows one paragraph by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import SEED_WORDS, first_paragraph, next_word
from xlcheck.chapter.lessons.lesson import Lesson, Text

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_next_word

    return train_next_word(seed, epochs, progress)


LESSON = Lesson(
    name="next-word",
    data=next_word,
    train=_train,
    text=Text(lambda: first_paragraph().encoding, SEED_WORDS),
)
