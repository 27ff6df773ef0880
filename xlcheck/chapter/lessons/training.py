"""`simple-rnn-training`, `lstm-training`, `rnn-dimensions-training`: learning inside the sheet, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlcheck.chapter.lessons.lesson import LessonTexts, texts_of
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout import questions
from xlcheck.layout.common import START, merged_helper
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.front import Story, closing, opening, shown_at, verdict_line
from xlcheck.layout.plan import finished, put_manifest
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training import epochs, inputs as training_inputs, nudges, one_step
from xlcheck.learning.optimisers.run import numbers_of
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say, say_all, texts
from xlcheck.version import __version__
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.plan import Link, WorkbookPlan

if TYPE_CHECKING:
    from xlcheck.chapter.recordings.training import TrainingFixture


@dataclass(frozen=True)
class TrainingLesson:
    """A lesson on training.

    Attributes:
        name: as on the command line.
        plan: lays out its workbook.
    """

    name: str
    plan: Callable[[TrainingLesson, TrainingFixture, Style], WorkbookPlan]

    @property
    def texts(self) -> LessonTexts:
        """Its words."""
        return texts_of(self.name)


def plan_training(lesson: TrainingLesson, fixture: TrainingFixture, style: Style = Style.TEACHING) -> WorkbookPlan:
    """Lay out a lesson's workbook.

    Args:
        lesson: the words.
        fixture: the training and every true value.
        style: how the formulas of the first epoch are written; those of all epochs never overflow.
    """
    epoch = epoch_graph(fixture.spec, len(fixture.samples))
    values = numbers_of(epoch, fixture.training)
    first = Trace("keras float64", {name: array[:1] for name, array in values.items()})
    draft = Draft(epoch.scalars, first, ("epoch 1",), style)
    start = draft.sheet(START, "keras")
    copies = SheetDraft(SHEET, hidden=True)
    optimiser = fixture.training.optimiser
    gates = _gates(fixture.spec)
    inputs = training_inputs.training_inputs(
        draft, copies, epoch, fixture.samples, optimiser, _documents(fixture), gates
    )
    truth = epochs.Truth(values, fixture.single["loss.mean"])
    epochs.place_start(draft, epochs.lay_out(epoch, truth))
    nudged = nudges.lay_out(epoch, epoch.apart(fixture.nudged))
    nudges.place_delta(draft)
    differences = nudges.differences(epoch, nudged, one_step.NAME)
    one_step.one_step_sheet(draft, epoch, fixture.samples, inputs.choice, differences)
    nudges.nudges_sheet(draft, epoch, fixture.samples, nudged)
    table = epochs.epochs_sheet(draft, epoch, fixture.samples, truth, inputs, fixture.words)
    provenance = provenance_of(lesson, fixture)
    questions.ask(draft, lesson.texts.questions)
    _start(draft, start, lesson.texts.story, provenance)
    manifest = Manifest(
        spec=fixture.spec,
        trace=first,
        prediction=first[epoch.loss],
        bindings=tuple(draft.bindings),
        helpers=tuple(draft.helpers),
        filled=tuple(draft.filled),
        samples=("epoch 1",),
        provenance=provenance,
        epochs=table,
        nudges=nudged,
    )
    put_manifest(draft, copies, manifest)
    return finished(draft, lesson.texts.story.title, lesson.name)


def provenance_of(lesson: TrainingLesson, fixture: TrainingFixture) -> dict[str, str]:
    """What a workbook is made from, and the command that makes it again."""
    own = {key.replace("_", " "): text for key, text in fixture.provenance.items()}
    return {**own, "xlcheck": __version__, "rebuild with": f"xlcheck build {lesson.name}"}


def _gates(spec: ModelSpec) -> dict[str, list[str]]:
    """For each LSTM, the gate that each column of its weights belongs to, in words."""
    titles = say_all("training.gates")
    return {
        layer.name: [title for title in titles for _ in range(layer.options["units"])]
        for layer in spec.layers
        if layer.kind == "LSTM"
    }


def _documents(fixture: TrainingFixture) -> str:
    """The heading over the documents; of one-hot codes it says which number stands for which word."""
    features = fixture.spec.inputs[0].shape[-1]
    if features == 1:
        return say("training.documents")
    places = ", ".join(f"[{place + 1}] {word}" for place, word in enumerate(fixture.words[0]))
    return say("training.sentence", places=places)


def _start(draft: Draft, sheet: SheetDraft, story: Story, provenance: Mapping[str, str]) -> None:
    opening(sheet, story)
    below = training_inputs.TOP - 1
    verdict, status = (Range(training_inputs.NAME, row, training_inputs.CHARTS) for row in (training_inputs.TOP, below))
    marks = {shown_at(draft, verdict): "right", say("epochs.changed"): "edited"}
    link = Link(say("training.change_link"), Range(training_inputs.NAME, 0, 0))
    verdict_line(draft, sheet, reference(verdict, START), shown_at(draft, verdict), link, marks)
    area = sheet.at(4, 0, 1, 9)
    merged_helper(draft, sheet, area, reference(status, START), [shown_at(draft, status)], "strong")
    sheet.heights[4] = 28
    shown = texts("sheets")["pages"]
    pages = {name: shown[name] for name in (one_step.NAME, nudges.NAME, epochs.NAME, questions.NAME)}
    pages = {training_inputs.NAME: say("training.page"), **pages}
    closing(sheet, 6, story.reading, pages, provenance, draft.roles() | {"weight"})


TRAINING_LESSONS: dict[str, TrainingLesson] = {
    name: TrainingLesson(name, plan_training)
    for name in ("simple-rnn-training", "lstm-training", "rnn-dimensions-training")
}
