"""`next-word`: a SimpleRNN that knows one paragraph by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.lesson_texts import SEED_WORDS, first_paragraph, next_word
from xlcheck.chapter.lessons.lesson import Lesson, Text
from xlcheck.layout.additions import Page
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_pages.writing import NAME as WRITING, Stage, writing_sheets

if TYPE_CHECKING:
    from xlcheck.progress import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_next_word

    return train_next_word(seed, epochs, progress)


def _written(model: Any, seed: int) -> Mapping[str, Array]:
    from xlcheck.chapter.training.further import written_words

    return written_words(model, seed, EARLY_EPOCHS)


EARLY_EPOCHS, EPOCHS = 40, 500
"""After so few epochs the model has learned which words are frequent, and not yet what follows what."""
_STAGES = (Stage("early", EARLY_EPOCHS, own=True), Stage("late", EPOCHS, own=False))


def _pages(draft: Draft) -> None:
    writing_sheets(draft, first_paragraph().encoding, "simple_rnn", "dense", _STAGES)


LESSON = Lesson(
    name="next-word",
    data=next_word,
    train=_train,
    further=_written,
    pages=(
        Page(
            WRITING, lambda draft, _: _pages(draft), dict.fromkeys((s.sheet for s in _STAGES), "writing.numbers_page")
        ),
    ),
    text=Text(lambda: first_paragraph().encoding, SEED_WORDS),
)
