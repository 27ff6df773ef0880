"""Fixture + lesson → WorkbookPlan: fill the sheets one after another, then the manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from xlcheck import __version__
from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.chapter.recordings.fixture import Fixture
from xlcheck.chapter.recordings.names import BOOK
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layers.forward import forward_graph
from xlcheck.layout.draft import Draft, SheetDraft
from xlcheck.layout.lesson_sheets import check, data, loss, training, weights
from xlcheck.layout.lesson_sheets.common import START
from xlcheck.layout.lesson_sheets.layer import layer_sheet
from xlcheck.layout.lesson_sheets.start import start_sheet
from xlcheck.layout.model_plan import plan_model
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.plan import WorkbookPlan

_TOLERANCE = 1e-14


def plan_lesson(lesson: Lesson, fixture: Fixture, style: Style = Style.TEACHING) -> WorkbookPlan:
    """Lay out a lesson's workbook.

    Args:
        lesson: the words, and the data sheet.
        fixture: the model and every true value.
        style: how formulas are written.
    """
    if lesson.data_sheet is None:
        return plan_model(
            replace(fixture.spec, loss=None), fixture.trace, fixture.trace_float32, fixture.samples, style,
            _provenance(fixture, style), story=lesson.story, sentences=lesson.layer_pages,
            typed=None if lesson.typed is None else lesson.typed(),
        )  # fmt: skip
    draft = Draft(forward_graph(fixture.spec), fixture.trace, fixture.samples, style)
    draft.unit_names = dict(lesson.unit_names)
    start = draft.sheet(START, "keras")
    places = lesson.data_sheet(draft)
    weights.weights_sheet(draft, fixture.spec, lesson.book_names, _origin(fixture))
    for call in fixture.spec.calls:
        layer = fixture.spec.layer(call.layer)
        layer_sheet(
            draft, call.name, layer.kind, lesson.layer_pages[call.name], _bands_of(draft, fixture, call.name), places,
            _unit_names(draft),
        )  # fmt: skip
    if fixture.spec.loss is None:
        loss.documents_sheet(draft)
    else:
        loss.loss_sheet(draft, places, _unit_names(draft))
    copies = SheetDraft(SHEET, hidden=True)
    checked = check.check_sheet(draft, places, fixture.trace_float32, copies)
    if lesson.extra_sheet is not None:
        lesson.extra_sheet(draft)
    if fixture.history:
        training.training_sheet(draft, fixture.history)
    provenance = _provenance(fixture, style)
    start_sheet(draft, start, lesson.story, fixture.spec, places, checked, _pages(draft, lesson), provenance)
    draft.sheets[SHEET] = copies
    _write_manifest(draft, fixture, provenance)
    comments = "Every number is a live formula, compared with Keras cell by cell."
    properties = {"title": lesson.story.title, "subject": lesson.name, "author": "xlcheck", "comments": comments}
    return WorkbookPlan(tuple(sheet.finish() for sheet in draft.sheets.values()), draft.names, properties)


def _bands_of(draft: Draft, fixture: Fixture, layer: str) -> list[tuple[Band, tuple[Quantity, ...]]]:
    """What a layer computes; for the first layer the inputs stand above it."""
    first = fixture.spec.calls[0].name == layer
    inputs = [item.tensor for item in fixture.spec.inputs] if first else []
    return [
        (_under_its_layer(band, layer), members)
        for band, members in draft.graph.bands().items()
        if (f"{band.layer}.".startswith(f"{layer}.") and band.role is not Role.WEIGHT) or band.layer in inputs
    ]


def _under_its_layer(band: Band, layer: str) -> Band:
    """What an inner layer of a wrapper computes stands under that layer's name."""
    inner = band.layer.removeprefix(f"{layer}.")
    return band if inner == band.layer else replace(band, group=f"{inner}: {band.group}".removesuffix(": "))


def _unit_names(draft: Draft) -> Callable[[Band], Sequence[str] | None]:
    return lambda band: draft.unit_names.get(band.name)


def _pages(draft: Draft, lesson: Lesson) -> dict[str, str]:
    sentences = {
        data.NAME: lesson.data_page,
        weights.NAME: "the numbers that training has learned, as Keras shows them",
        **{name: text.split(":")[0].split(". ")[0].rstrip(".") for name, text in lesson.layer_pages.items()},
        loss.DOCUMENTS: "every number for every document, side by side",
        loss.NAME: "how wrong the answer is, for the selected document and for all of them",
        check.NAME: "every number beside Keras's own, with a verdict",
        **lesson.extra_pages,
        training.NAME: "the loss after each epoch of training, as a curve",
    }
    return {name: sentences[name] for name in draft.sheets if name in sentences}


def _origin(fixture: Fixture) -> str:
    """Where the weights come from."""
    if fixture.weights == BOOK:
        return "The numbers that are printed in the book."
    if not fixture.history:
        return "The numbers that Keras has drawn from a seed."
    return "The numbers that training has learned."


def _provenance(fixture: Fixture, style: Style) -> Mapping[str, str]:
    options = f" --weights {fixture.weights}" if fixture.weights != "trained" else ""
    options += f" --style {style.value}" if style is not Style.TEACHING else ""
    return {
        **{key.replace("_", " "): text for key, text in fixture.provenance.items()},
        "xlcheck": __version__,
        "formulas": f"{style.value} style",
        "rebuild with": f"xlcheck build {fixture.lesson}{options}",
    }


def _write_manifest(draft: Draft, fixture: Fixture, provenance: Mapping[str, str]) -> None:
    outputs = draft.graph.outputs
    manifest = Manifest(
        spec=fixture.spec,
        trace=fixture.trace,
        prediction=fixture.trace_float32[outputs[-1]],
        bindings=tuple(draft.bindings),
        helpers=tuple(draft.helpers),
        samples=fixture.samples,
        selector=draft.selector,
        provenance=provenance,
        atol=_TOLERANCE,
    )
    sheet = draft.sheets[SHEET]
    for row, chunk in enumerate(manifest.to_chunks()):
        sheet.put(row, 0, chunk)
