"""`film-reviews`: an LSTM that tells good film reviews from bad ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import REVIEW, film_reviews, films, review_encoding, review_parts
from xlcheck.chapter.lessons.labelled import all_texts, answers
from xlcheck.chapter.lessons.lesson import Lesson, Text

if TYPE_CHECKING:
    from xlcheck.progress import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_film_reviews

    return train_film_reviews(seed, epochs, progress)


LESSON = Lesson(
    name="film-reviews",
    data=film_reviews,
    train=_train,
    further=answers(films, review_encoding),
    pages=(all_texts(films, review_encoding, review_parts),),
    text=Text(review_encoding, REVIEW),
)
