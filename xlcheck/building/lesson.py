"""The workbook of a lesson: from what was recorded of its training, or from one that is run now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlcheck.chapter.lessons.catalogue import is_trained, lesson_named
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.plan import plan_lesson
from xlcheck.chapter.lessons.training import TrainingLesson
from xlcheck.chapter.recordings.names import BOOK, IN_THE_BOOK, SMALL, TRAINED, fixture_name
from xlcheck.chapter.recordings.store import Fixture, load_fixture
from xlcheck.chapter.recordings.training import load_training
from xlcheck.errors import UsageError
from xlcheck.formulas.printing import Style
from xlcheck.progress import Progress
from xlcheck.workbook.writer import write_workbook


def write_lesson(
    lesson: Lesson | TrainingLesson,
    path: Path,
    weights: str,
    seed: int | None,
    style: Style,
    progress: Progress | None = None,
) -> Any:
    """Write a lesson's workbook.

    Args:
        lesson: the lesson.
        path: the file to write.
        weights: `trained`, `book` for the numbers printed in the book, or `small` for small whole numbers.
        seed: train anew in Keras from this seed; by default the stored result of training is used.
        style: how formulas are written.
        progress: called after each epoch of a training, with the number of epochs done and the number of all.

    Returns:
        The Keras model, if one was trained just now; else None.

    Raises:
        UsageError: the weights and the seed do not go with the lesson.
        MissingDependencyError: a seed is given and Keras is not installed.
    """
    if isinstance(lesson, TrainingLesson):
        return _write_training(lesson, path, weights, seed, style, progress)
    fixture, model = _fixture(lesson.name, weights, seed, progress)
    write_workbook(plan_lesson(lesson, fixture, style), path)
    return model


def _write_training(
    lesson: TrainingLesson, path: Path, weights: str, seed: int | None, style: Style, progress: Progress | None
) -> None:
    """A lesson on training: from the stored training, or with a seed from one that is run now."""
    if weights != "trained":
        raise UsageError(f"the lesson {lesson.name!r} starts from random weights; leave --weights out")
    if seed is None:
        fixture = load_training(lesson.name)
    elif not is_trained(lesson.name):
        raise UsageError(f"nothing is trained in the lesson {lesson.name!r}; leave --seed and --train out")
    else:
        from xlcheck.chapter.training.epochs import train_epochs

        fixture = train_epochs(lesson.name, seed, progress=progress)
    write_workbook(lesson.plan(lesson, fixture, style), path)


def _fixture(name: str, weights: str, seed: int | None, progress: Progress | None) -> tuple[Fixture, Any]:
    """What a lesson's workbook is built from: stored, or with a seed trained now; and the model then."""
    lesson_named(name)
    if weights == BOOK and name not in IN_THE_BOOK:
        raise UsageError(f"the book prints no weights for the lesson {name!r}; leave out --weights book")
    if weights == SMALL and seed is None:
        from xlcheck.chapter.training.lessons import small_fixture

        return small_fixture(name), None
    if seed is None:
        return load_fixture(fixture_name(name, weights)), None
    if weights != TRAINED:
        raise UsageError(
            "--train and --seed train anew, and the weights of --weights are not trained; leave one of them out"
        )
    from xlcheck.chapter.training.lessons import train_model, trained_fixture

    model, history = train_model(name, seed, progress=progress)
    return trained_fixture(name, model, history, seed), model
