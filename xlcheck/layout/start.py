"""Start: what this workbook is, the network as a picture, the verdict, and what all other pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.formulas.spilled import NEEDS
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.additions import Additions
from xlcheck.layout.common import SHOWN, START, heading, likeliest, merged_helper, shortened, shown_outputs, speaks
from xlcheck.layout.data.answers import Answer
from xlcheck.layout.data.documents import NAME as DATA
from xlcheck.layout.data.inputs import NAME as INPUTS
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.drawings import cells
from xlcheck.layout.drawings.picture import LETTERS, LayerSummary, picture, shows_answers
from xlcheck.layout.drawings.picture_page import NAME as PICTURE
from xlcheck.layout.front import WIDE, Story, closing, opening, verdict_line
from xlcheck.layout.images import NAME as IMAGES
from xlcheck.layout.numbers import slack
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.layers import weights_of
from xlcheck.layout.tables.way_back import LOSS
from xlcheck.layout.weights import NAME as WEIGHTS
from xlcheck.learning.optimisers.batch import Batch
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say, say_all, texts
from xlcheck.workbook.plan import Link
from xlcheck.workbook.styles import ONE_LINE

_BESIDE = 12  # letters of a layer's name beside its answer


def start_sheet(
    draft: Draft,
    sheet: SheetDraft,
    spec: ModelSpec,
    layers: Sequence[LayerSummary],
    store: Store,
    verdict: tuple[str, str],
    check: str,
    story: Story,
    pages: Mapping[str, str],
    provenance: Mapping[str, str],
    answer: Answer | None = None,
) -> None:
    """Fill the first sheet."""
    opening(sheet, story)
    if draft.style is Style.COMPACT:
        sheet.merge(sheet.at(2, 0, 1, WIDE), say("start.newer", needs=NEEDS), "hint")
    text, shown = verdict
    link = Link(say("start.numbers_link"), Range(check, 0, 0))
    verdict_line(draft, sheet, text, shown, link, {shown: "right", say("check.changed"): "edited"})
    row = _answer(draft, sheet, 5, store, answer)
    row = picture(draft, sheet, row + 1, spec, layers, store.words)
    row = _table(sheet, row + 1, layers)
    closing(sheet, row + 1, story.reading, pages, provenance, draft.roles())


def model_summary(spec: ModelSpec, layers: Sequence[LayerSummary]) -> str:
    """What the workbook of a model is, in three sentences."""
    total = sum({layer.call.layer: layer.parameters for layer in layers}.values())
    numbers = sum(layer.numbers for layer in layers)
    layers_of = say("start.one_layer") if len(spec.layers) == 1 else say("start.layers_of", count=len(spec.layers))
    counted = say("start.all_numbers", numbers=numbers) if numbers != 1 else say("start.the_number")
    return say("start.summary", layers=layers_of, weights=weights_of(total), numbers=counted)


def _answer(draft: Draft, sheet: SheetDraft, row: int, store: Store, in_words: Answer | None) -> int:
    """The selected sample, and the model's outputs for it."""
    heading(sheet, row, say("start.selected", kind=store.kind), WIDE)
    place = store.chosen or draft.selector or Range(next(iter(store.areas.values())).sheet, 0, 0)
    sheet.merge(sheet.at(row + 1, 0, 1, 2), Link(store.prompt, place), "link")
    merged_helper(draft, sheet, sheet.at(row + 1, 2, 1, 6), store.label, draft.samples, "strong")
    row += 2
    if in_words is not None:
        sheet.merge(sheet.at(row, 0, 1, 2), Link(say("start.answer_link"), in_words.cell), "link")
        text = reference(in_words.cell, START)
        merged_helper(draft, sheet, sheet.at(row, 2, 1, 3), text, [in_words.text], "output_box")
        row += 1
    headed: set[str] = set()
    for name, q in () if shows_answers(draft) else shown_outputs(draft.graph):
        step = "" if q.step is None else f", {q.band.at(q.step)}"
        area = draft.placed(q.name)
        names = draft.unit_names.get(q.band.name, ())
        if names and q.shape[-1] <= SHOWN:
            if q.band.name not in headed:
                headed.add(q.band.name)
                sheet.put_row(row, 2, list(names), "column_label")
                row += 1
            if speaks(draft, [q]):
                draft.helper(sheet, row, 2 + q.shape[-1], *likeliest(draft, q), "word")
        sheet.merge(sheet.at(row, 0, 1, 2), Link(f"{shortened(name, _BESIDE)}{step}", area.cell()), "link")
        if q.shape[-1] <= SHOWN:
            for unit in range(q.shape[-1]):
                cell = area.cell(unit)
                draft.helper(
                    sheet, row, 2 + unit, reference(cell, START), draft.values(q.name, unit), "output_box",
                    slack(draft, q),
                )  # fmt: skip
        else:
            _largest(draft, sheet, row, q, area, named=in_words is not None)
        row += 1
    return row


def _largest(draft: Draft, sheet: SheetDraft, row: int, q: Quantity, area: Range, *, named: bool) -> None:
    """Of a long answer the largest number, and its unit unless that is named already."""
    values = draft.trace[q.name]
    cells = reference(area, START)
    peak = draft.helper(sheet, row, 2, f"MAX({cells})", values.max(axis=1).tolist(), "output_box", slack(draft, q))
    sheet.put(row, 3 if named else 5, say("start.largest", count=q.shape[-1]), "text_beside" if named else "text")
    if named:
        return
    sheet.put(row, 3, say("common.at_unit"), "label")
    units = (values.argmax(axis=1) + 1.0).tolist()
    draft.helper(sheet, row, 4, f"MATCH({peak.a1},{cells},0)", units, "output_code")


def _table(sheet: SheetDraft, row: int, layers: Sequence[LayerSummary]) -> int:
    heading(sheet, row, say("start.layers"), WIDE)
    at = row + 1
    places = ((0, 3), (3, 3), (6, 2), (8, 2), (10, 2))
    for (column, width), text in zip(places, say_all("start.table"), strict=True):
        sheet.merge(sheet.at(at, column, 1, width), text, "header_left" + ONE_LINE if column < 8 else "header_right")
    for layer in layers:
        at += 1
        sheet.merge(sheet.at(at, 0, 1, 3), Link(shortened(layer.call.name, LETTERS), Range(layer.sheet, 0, 0)), "link")
        sheet.merge(sheet.at(at, 3, 1, 3), layer.kind, "text")
        sheet.merge(sheet.at(at, 6, 1, 2), layer.shape, "text")
        sheet.merge(sheet.at(at, 8, 1, 2), f"{layer.parameters:,}", "label")
        sheet.merge(sheet.at(at, 10, 1, 2), f"{layer.numbers:,}", "label")
    own = {layer.call.layer: layer.parameters for layer in layers}
    sheet.merge(sheet.at(at + 1, 0, 1, 3), say("common.in_all"), "text")
    sheet.merge(sheet.at(at + 1, 8, 1, 2), f"{sum(own.values()):,}", "label")
    sheet.merge(sheet.at(at + 1, 10, 1, 2), f"{sum(layer.numbers for layer in layers):,}", "label")
    return at + 2


def reading(draft: Draft, batch: Batch | None) -> list[str]:
    """How to read the workbook of a model, one sentence a line."""
    images = IMAGES in draft.sheets
    forward = [
        say("reading.choose"),
        *([say("reading.images")] if images else []),
        say("reading.layers_of_images" if images else "reading.layers"),
        say("reading.formulas"),
        say("reading.check"),
    ]
    if batch is None:
        return forward
    gradients = say("reading.gradients_and_step" if batch.step else "reading.gradients")
    return [*forward[:-1], say("reading.loss"), say("reading.backward"), gradients, forward[-1]]


def pages_of(draft: Draft, layers: Sequence[LayerSummary], additions: Additions) -> dict[str, str]:
    """What each worksheet shows, in a sentence."""
    of_layers = {layer.sheet: additions.sentences.get(layer.call.name, _page_of(layer)) for layer in layers}
    origin = f"{additions.origin[0].lower()}{additions.origin[1:]}"
    sentences = {
        **texts("sheets")["pages"],
        INPUTS: additions.data_sentence,
        DATA: additions.data_sentence,
        WEIGHTS: say("pages.weights", origin=origin),
        PICTURE: cells.page(draft),
        LOSS: say("pages.losses" if len(draft.samples) > 1 else "pages.loss"),
        **{name: say(text) for page in additions.pages for name, text in page.others.items()},
        **{name: words.partition(". ")[0].removesuffix(".") for name, words in of_layers.items() if name != START},
    }
    return {name: sentences.get(name) or _other(name) for name in draft.sheets if name != START}


def _other(name: str) -> str:
    """What a worksheet of a layer shows beside the layer's own, or that of an input."""
    kind = next((kind for kind in ("weights", "backward") if name.endswith(kind)), "input")
    return say(f"pages.{kind}_of_layer" if kind != "input" else "pages.input")


def _page_of(layer: LayerSummary) -> str:
    name = {0: "pages.layer_without_numbers", 1: "pages.layer_of_one"}.get(layer.numbers, "pages.layer")
    return say(name, kind=layer.kind, numbers=layer.numbers)
