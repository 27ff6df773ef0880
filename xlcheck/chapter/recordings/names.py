"""The project's own fixtures: each lesson with weights trained here, those in print with the book's; and options."""

from __future__ import annotations

from collections.abc import Iterable

from xlcheck.chapter.recordings.options import MORE, OPTIONS
from xlcheck.errors import UsageError

TRAINED = "trained"
BOOK = "book"
LESSONS = (
    "simple-rnn", "lstm", "rnn-dimensions", "gru", "embedding", "bidirectional", "word-order", "architectures",
    "encoder-decoder", "next-word", "sentiment", "film-reviews",
)  # fmt: skip
IN_THE_BOOK = LESSONS[:3]
VANISHING = "vanishing-gradients"
TRAININGS = (*(f"{lesson}-training" for lesson in IN_THE_BOOK), VANISHING)
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
