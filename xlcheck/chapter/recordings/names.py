"""The project's own fixtures: each lesson with weights trained here, those in print with the book's; and options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xlcheck.chapter.lessons import catalogue
from xlcheck.chapter.lessons.training import TRAINING_LESSONS
from xlcheck.chapter.lessons.vanishing_gradients import VANISHING_GRADIENTS
from xlcheck.chapter.recordings.options import MORE, OPTIONS
from xlcheck.errors import UsageError

TRAINED: Final = "trained"
BOOK: Final = "book"
SMALL: Final = "small"
LESSONS = tuple(catalogue.LESSONS)
IN_THE_BOOK = tuple(name for name, lesson in catalogue.LESSONS.items() if lesson.book is not None)
VANISHING = VANISHING_GRADIENTS.name
TRAININGS = (*TRAINING_LESSONS, VANISHING)
"""The lessons on training: their fixtures are whole trainings."""


def fixture_name(lesson: str, weights: str = TRAINED) -> str:
    """`lstm` for trained weights, `lstm-book` for the book's."""
    return lesson if weights == TRAINED else f"{lesson}-{weights}"


def lesson_of(name: str) -> str:
    """The lesson that a fixture belongs to."""
    return name.removesuffix(f"-{BOOK}")


FIXTURES = (*LESSONS, *(fixture_name(lesson, BOOK) for lesson in IN_THE_BOOK))


def known_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names, if there are fixtures of all of them.

    Raises:
        UsageError: there is none of one of these names.
    """
    names = tuple(names)
    for name in names:
        if name not in FIXTURES and name not in OPTIONS and name not in TRAININGS:
            known = ", ".join((*FIXTURES, *TRAININGS))
            raise UsageError(f"there is no fixture {name!r}; there are {known}, and {MORE}")
    return names
