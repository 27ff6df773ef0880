"""All lessons, in the order of the chapter: the one registry, to which a new lesson adds its module."""

from __future__ import annotations

from xlcheck.chapter.lessons import (
    architectures,
    bidirectional,
    embedding,
    encoder_decoder,
    film_reviews,
    gru,
    lstm,
    lstm_small,
    next_word,
    rnn_dimensions,
    sentiment,
    simple_rnn,
    simple_rnn_small,
    word_order,
)
from xlcheck.chapter.lessons.lesson import Book, Lesson
from xlcheck.chapter.lessons.training import TRAINING_LESSONS, TrainingLesson
from xlcheck.chapter.lessons.vanishing_gradients import VANISHING_GRADIENTS
from xlcheck.choices import require_known
from xlcheck.errors import UsageError

_ALL = (
    simple_rnn,
    simple_rnn_small,
    lstm,
    lstm_small,
    rnn_dimensions,
    gru,
    embedding,
    bidirectional,
    word_order,
    architectures,
    encoder_decoder,
    next_word,
    sentiment,
    film_reviews,
)
LESSONS: dict[str, Lesson] = {module.LESSON.name: module.LESSON for module in _ALL}
ALL_LESSONS: dict[str, Lesson | TrainingLesson] = {
    **LESSONS,
    **TRAINING_LESSONS,
    VANISHING_GRADIENTS.name: VANISHING_GRADIENTS,
}


def known_lesson(name: str) -> Lesson | TrainingLesson:
    """The lesson with this name, be it on a network or on its training.

    Raises:
        UsageError: there is none.
    """
    if name.lower().endswith((".xlsx", ".xlsm")):
        raise UsageError(f"{name} is a workbook, and no lesson; `xlcheck check {name}` checks it")
    require_known(name, ALL_LESSONS, "lesson")
    return ALL_LESSONS[name]


def is_trained(name: str) -> bool:
    """Whether a lesson can be trained anew from a seed."""
    return name != VANISHING_GRADIENTS.name


def lesson_named(name: str) -> Lesson:
    """The lesson on a network with this name.

    Raises:
        UsageError: there is none.
    """
    require_known(name, LESSONS, "lesson")
    return LESSONS[name]


def book_of(lesson: str) -> Book:
    """What the book prints for a lesson.

    Raises:
        UsageError: there is no such lesson, or the book prints no weights for it.
    """
    book = lesson_named(lesson).book
    if book is None:
        raise UsageError(f"the book prints no weights for the lesson {lesson!r}; leave out --weights book")
    return book
