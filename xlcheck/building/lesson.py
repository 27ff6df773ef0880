"""The workbook of a lesson, laid out as it says: from what was recorded of its training, or from one that runs now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlcheck.chapter.lessons.catalogue import is_trained, lesson_named
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.training import TrainingLesson
from xlcheck.chapter.recordings.names import BOOK, IN_THE_BOOK, SMALL, TRAINED, fixture_name
from xlcheck.chapter.recordings.store import Fixture, load_fixture
from xlcheck.chapter.recordings.training import load_training
from xlcheck.errors import UsageError
from xlcheck.formulas.printing import Style
from xlcheck.layout.additions import Additions
from xlcheck.layout.data.text import TypedText
from xlcheck.layout.plan import RTOL, plan_model
from xlcheck.progress import Progress
from xlcheck.texts import say
from xlcheck.version import __version__
from xlcheck.workbook.plan import WorkbookPlan
from xlcheck.workbook.writer import write_workbook


def plan_lesson(lesson: Lesson, fixture: Fixture, style: Style = Style.TEACHING) -> WorkbookPlan:
    """Lay out a lesson's workbook."""
    text = lesson.text
    additions = Additions(
        story=lesson.texts.story,
        sentences=lesson.texts.sentences,
        data_page=lesson.data_page,
        data_sentence=lesson.texts.data,
        typed=None if text is None else TypedText(text.encoding(), text.words),
        book_names={} if lesson.book is None else lesson.book.names,
        unit_names=lesson.unit_names,
        origin=say(lesson.origin or _origin(fixture)),
        side_by_side=lesson.side_by_side,
        whole=True,
        further=fixture.further,
        pages=(*lesson.pages, *(lesson.book.pages if lesson.book is not None and fixture.weights == BOOK else ())),
        questions=lesson.texts.questions,
        history=fixture.history if lesson.history else (),
    )
    spec = fixture.spec if lesson.loss else replace(fixture.spec, loss=None)
    rtol = RTOL if lesson.data_page is None else 0.0  # the toys' sums are so short that 1e-14 is enough for them
    return plan_model(
        spec, fixture.trace, fixture.trace_float32, fixture.samples, style, provenance(fixture, style),
        additions=additions, subject=lesson.name, rtol=rtol,
    )  # fmt: skip


def _origin(fixture: Fixture) -> str:
    """The name of the text that says where the weights come from."""
    if fixture.weights in (BOOK, SMALL):
        return f"weights.{fixture.weights}"
    return "weights.trained" if fixture.history else "weights.drawn"


def provenance(fixture: Fixture, style: Style) -> Mapping[str, str]:
    """What the workbook is made from, and the command that makes it again."""
    options = f" --weights {fixture.weights}" if fixture.weights != "trained" else ""
    options += f" --style {style.value}" if style is not Style.TEACHING else ""
    return {
        **{key.replace("_", " "): text for key, text in fixture.provenance.items()},
        "xlcheck": __version__,
        "formulas": f"{style.value} style",
        "rebuild with": f"xlcheck build {fixture.lesson}{options}",
    }


def write_lesson(
    lesson: Lesson | TrainingLesson,
    path: Path,
    weights: str,
    seed: int | None,
    style: Style,
    progress: Progress | None = None,
) -> Any:
    """Write a lesson's workbook; `xlcheck.build` says what the options mean.

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
