"""`vanishing-gradients`: what is left of the first word after fifty steps, and what is left of its gradient."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck import __version__
from xlcheck.chapter.lessons.training import TrainingLesson
from xlcheck.chapter.recordings.training import TrainingFixture
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layers.forward import forward_graph
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets import vanishing
from xlcheck.layout.lesson_sheets.common import START
from xlcheck.layout.lesson_sheets.start import (
    WIDE,
    Story,
    legend_table,
    merged_helper,
    pages_table,
    provenance_table,
    reading_table,
)
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.plan import Link, WorkbookPlan
from xlcheck.workbook.styles import TRAINING_LEGEND

_GRADIENTS = ("linear.d_x", "linear.clipped", "tanh.d_h", "lstm.d_c")
_CLIP = 1.0

VANISHING_GRADIENTS = TrainingLesson(
    "vanishing-gradients",
    Story(
        "Why gradients vanish, and what an LSTM does about it",
        "The same fifty words are read by a linear recurrence, by a SimpleRNN with tanh, and by an LSTM. For each "
        "word you see what it adds to the last state, and how strongly training could still learn from it. Every "
        "number is a live formula and was compared with Keras.",
        (
            "A linear state is h = W·x + U·h. Written out, h₅ = W·x₅ + U·W·x₄ + U²·W·x₃ + U³·W·x₂ + U⁴·W·x₁.",
            "Choose U on the sheet Vanishing. Below 1 the first words fade; at 1 they stay; above 1 they take over.",
            "The gradient of the last state follows the same powers: what the state forgets, training cannot learn.",
            "tanh makes it worse: its slope is at most 1, and multiplies at every step.",
            "An LSTM's cell state is multiplied by its forget gate instead. With a gate near 1 the gradient lives on.",
            "Clipping shortens a gradient that has become too long; it cannot bring back one that has vanished.",
        ),
    ),
)


def plan_vanishing(fixture: TrainingFixture, style: Style = Style.TEACHING) -> WorkbookPlan:
    """Lay out the workbook.

    Args:
        fixture: the three layers on the same words, and their gradients, out of Keras.
        style: how formulas are written.
    """
    graph = forward_graph(fixture.spec)
    values = {name: array[0] for name, array in fixture.training.values.items()}
    trace = Trace("keras float64", {q.name: values[q.name] for q in graph})
    draft = Draft(graph, trace, fixture.samples, style)
    start = draft.sheet(START, "keras")
    places = vanishing.vanishing_sheet(draft, {name: values[name] for name in _GRADIENTS}, _CLIP)
    vanishing.machinery_sheet(draft, [call.name for call in fixture.spec.calls])
    provenance = {
        **fixture.provenance, "xlcheck": __version__, "rebuild with": f"xlcheck build {VANISHING_GRADIENTS.name}",
    }  # fmt: skip
    _start(draft, start, places.verdict, provenance)
    hidden = SheetDraft(SHEET, hidden=True)
    draft.sheets[SHEET] = hidden
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
    for row, chunk in enumerate(manifest.to_chunks()):
        hidden.put(row, 0, chunk)
    story = VANISHING_GRADIENTS.story
    properties = {"title": story.title, "subject": VANISHING_GRADIENTS.name, "author": "xlcheck",
                  "comments": "Every number is a live formula, compared with Keras cell by cell."}  # fmt: skip
    return WorkbookPlan(tuple(sheet.finish() for sheet in draft.sheets.values()), draft.names, properties)


def _start(draft: Draft, sheet: SheetDraft, verdict: Range, provenance: Mapping[str, str]) -> None:
    story = VANISHING_GRADIENTS.story
    sheet.widths.update(dict.fromkeys(range(WIDE), 10.5))
    sheet.put(0, 0, story.title, "title")
    sheet.heights[0] = 32
    sheet.merge(sheet.at(1, 0, 1, WIDE), story.summary, "subtitle")
    sheet.heights[1] = 52
    shown = next(helper.desired[0] for helper in draft.helpers if helper.cell == verdict)
    merged_helper(draft, sheet, sheet.at(3, 0, 1, 10), reference(verdict, START), [shown], "big_verdict")
    sheet.heights[3] = 28
    sheet.put(3, 11, Link("turn U →", Range(vanishing.NAME, 0, 0)), "link")
    pages = {
        vanishing.NAME: "U, W and the words to change; what each word adds, and its gradient, word by word",
        vanishing.MACHINERY: "the numbers in between",
    }
    row = reading_table(sheet, 5, story.reading)
    row = pages_table(sheet, row + 1, pages)
    row = legend_table(sheet, row + 1, TRAINING_LEGEND)
    provenance_table(sheet, row + 1, provenance)
