"""`vanishing-gradients`: what is left of the first word after fifty steps, and what is left of its gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xlcheck.chapter.lessons.training import TrainingLesson, provenance_of
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout import questions
from xlcheck.layout.common import START
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.front import Story, closing, opening, shown_at, verdict_line
from xlcheck.layout.plan import finished, put_manifest
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training import vanishing
from xlcheck.learning.forward import forward_graph
from xlcheck.texts import say, texts
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.plan import Link, WorkbookPlan

if TYPE_CHECKING:
    from xlcheck.chapter.recordings.training import TrainingFixture

_GRADIENTS = ("linear.d_x", "linear.clipped", "tanh.d_h", "lstm.d_c")
_CLIP = 1.0


def plan_vanishing(lesson: TrainingLesson, fixture: TrainingFixture, style: Style = Style.TEACHING) -> WorkbookPlan:
    """Lay out the workbook.

    Args:
        lesson: the words.
        fixture: the three layers on the same words, and their gradients, out of Keras.
        style: how formulas are written.
    """
    graph = forward_graph(fixture.spec)
    values = {name: array[0] for name, array in fixture.training.values.items()}
    trace = Trace("keras float64", {q.name: values[q.name] for q in graph})
    draft = Draft(graph, trace, fixture.samples, style)
    start = draft.sheet(START, "keras")
    places = vanishing.vanishing_sheet(
        draft, {name: values[name] for name in _GRADIENTS}, _CLIP, lesson.texts.words, lesson.texts.tells
    )
    vanishing.machinery_sheet(draft, [call.name for call in fixture.spec.calls], lesson.texts.words)
    provenance = provenance_of(lesson, fixture)
    questions.ask(draft, lesson.texts.questions)
    _start(draft, start, lesson.texts.story, places.verdict, provenance)
    manifest = Manifest(
        spec=fixture.spec,
        trace=trace,
        prediction=trace[graph.outputs[-1]],
        bindings=tuple(draft.bindings),
        helpers=tuple(draft.helpers),
        samples=fixture.samples,
        provenance=provenance,
        atol=1e-13,
    )
    put_manifest(draft, SheetDraft(SHEET, hidden=True), manifest)
    return finished(draft, lesson.texts.story.title, lesson.name)


def _start(draft: Draft, sheet: SheetDraft, story: Story, verdict: Range, provenance: Mapping[str, str]) -> None:
    opening(sheet, story)
    link = Link(say("vanishing.change_link"), Range(vanishing.NAME, 0, 0))
    verdict_line(draft, sheet, reference(verdict, START), shown_at(draft, verdict), link, {})
    pages = {name: texts("sheets")["pages"][name] for name in (vanishing.NAME, vanishing.MACHINERY, questions.NAME)}
    closing(sheet, 5, story.reading, pages, provenance, draft.roles() - {"keras"} | {"gradient"})


VANISHING_GRADIENTS = TrainingLesson("vanishing-gradients", plan_vanishing)
