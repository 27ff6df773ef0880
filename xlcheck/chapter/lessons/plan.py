"""Fixture + lesson → WorkbookPlan: the workbook of the lesson's model, with what the lesson adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.recordings.names import BOOK, SMALL
from xlcheck.chapter.recordings.store import Fixture
from xlcheck.formulas.printing import Style
from xlcheck.layout.additions import Additions
from xlcheck.layout.data.text import TypedText
from xlcheck.layout.plan import RTOL, plan_model
from xlcheck.texts import say
from xlcheck.version import __version__
from xlcheck.workbook.plan import WorkbookPlan


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
