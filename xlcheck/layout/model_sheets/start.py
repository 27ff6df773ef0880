"""Start: what this workbook is, the network as a picture, the verdict, the way around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.formulas.spilled import NEEDS
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.common import START, heading
from xlcheck.layout.lesson_sheets.start import (
    WIDE,
    Story,
    legend_table,
    merged_helper,
    pages_table,
    provenance_table,
    reading_table,
)
from xlcheck.layout.model_sheets.answers import Answer
from xlcheck.layout.model_sheets.numbers import slack
from xlcheck.layout.model_sheets.outputs import SHOWN, shown_outputs
from xlcheck.layout.model_sheets.store import Store
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.workbook.plan import Highlight, Link
from xlcheck.workbook.styles import TRAINING_LEGEND

_BOX, _GAP = 3, 1
_NEWER = (
    f"One formula fills a whole column of units here. That needs {NEEDS}; an older Excel shows such formulas in {{}} "
    "and calculates them as well, but cannot change their size."
)


@dataclass(frozen=True)
class LayerSummary:
    """One line of the table of layers, and one box of the picture.

    Attributes:
        call: the call.
        kind: the Keras class.
        shape: of its output, `200 × 32`.
        parameters: number of weights.
        numbers: how many numbers it computes for one sample.
        sheet: the worksheet that shows it.
    """

    call: Call
    kind: str
    shape: str
    parameters: int
    numbers: int
    sheet: str


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
    sheet.widths.update(dict.fromkeys(range(WIDE), 10.5))
    sheet.put(0, 0, story.title, "title")
    sheet.heights[0] = 32
    sheet.merge(sheet.at(1, 0, 1, WIDE), story.summary, "subtitle")
    sheet.heights[1] = 52
    if draft.style is Style.COMPACT:
        sheet.merge(sheet.at(2, 0, 1, WIDE), _NEWER, "hint")
    _verdict(draft, sheet, verdict, check)
    row = _answer(draft, sheet, 5, store, answer)
    row = _picture(sheet, row + 1, spec, layers)
    row = _table(sheet, row + 1, layers)
    row = reading_table(sheet, row + 1, story.reading)
    row = pages_table(sheet, row + 1, pages)
    learns = any(q.band.role is Role.GRADIENT for q in draft.graph)
    row = legend_table(sheet, row + 1, TRAINING_LEGEND if learns else None)
    provenance_table(sheet, row + 1, provenance)


def model_summary(spec: ModelSpec, layers: Sequence[LayerSummary]) -> str:
    """What the workbook of a model is, in three sentences."""
    total = sum({layer.call.layer: layer.parameters for layer in layers}.values())
    numbers = sum(layer.numbers for layer in layers)
    return (
        f"A trained Keras model as live formulas: {_count(len(spec.layers), 'layer')} with {total:,} weights, and all "
        f"{numbers:,} numbers that they compute for one sample. Change an input or a weight, and everything follows. "
        "Every number was computed by Keras, too, and is compared."
    )


def _verdict(draft: Draft, sheet: SheetDraft, verdict: tuple[str, str], check: str) -> None:
    text, shown = verdict
    area = sheet.at(3, 0, 1, 8)
    merged_helper(draft, sheet, area, text, [shown], "big_verdict")
    sheet.heights[3] = 28
    sheet.highlights += [Highlight(area, shown, "right"), Highlight(area, "A weight", "edited")]
    sheet.put(3, 9, Link("see every number →", Range(check, 0, 0)), "link")


def _answer(draft: Draft, sheet: SheetDraft, row: int, store: Store, in_words: Answer | None) -> int:
    """The selected sample, and the model's outputs for it."""
    heading(sheet, row, "The selected sample, and the answer", WIDE)
    place = store.chosen or draft.selector or Range(next(iter(store.areas.values())).sheet, 0, 0)
    sheet.merge(sheet.at(row + 1, 0, 1, 2), Link(store.prompt, place), "link")
    merged_helper(draft, sheet, sheet.at(row + 1, 2, 1, 6), store.label, draft.samples, "word")
    row += 2
    if in_words is not None:
        sheet.merge(sheet.at(row, 0, 1, 2), Link("the answer in words", in_words.cell), "link")
        text = reference(in_words.cell, START)
        merged_helper(draft, sheet, sheet.at(row, 2, 1, 3), text, [in_words.text], "output_box")
        row += 1
    for name, q in shown_outputs(draft.graph):
        step = "" if q.step is None else f", t = {q.step + 1}"
        area = draft.placed(q.name)
        sheet.merge(sheet.at(row, 0, 1, 2), Link(f"{name}{step}", Range(area.sheet, area.top, area.left)), "link")
        if q.shape[-1] <= SHOWN:
            for unit in range(q.shape[-1]):
                cell = Range(area.sheet, area.top + unit, area.left)
                draft.helper(
                    sheet, row, 2 + unit, reference(cell, START), draft.values(q.name, unit), "output_box",
                    slack(draft, q),
                )  # fmt: skip
        else:
            _largest(draft, sheet, row, q, area)
        row += 1
    return row


def _largest(draft: Draft, sheet: SheetDraft, row: int, q: Quantity, area: Range) -> None:
    """Of a long answer the largest number and its unit."""
    values = draft.trace[q.name]
    cells = reference(area, START)
    peak = draft.helper(sheet, row, 2, f"MAX({cells})", values.max(axis=1).tolist(), "output_box", slack(draft, q))
    sheet.put(row, 3, "at unit", "label")
    units = (values.argmax(axis=1) + 1.0).tolist()
    draft.helper(sheet, row, 4, f"MATCH({peak.a1},{cells},0)", units, "output_code")
    sheet.put(row, 5, f"the largest of {q.shape[-1]:,} numbers", "text")


def _picture(sheet: SheetDraft, row: int, spec: ModelSpec, layers: Sequence[LayerSummary]) -> int:
    """A box for each input and layer; below each other what reads each other, side by side what does not."""
    heading(sheet, row, "The network", WIDE)
    inputs = {item.tensor: " × ".join(f"{n:,}" for n in item.shape) for item in spec.inputs}
    made_by = {tensor: layer.call.name for layer in layers for tensor in layer.call.outputs}
    reads = {layer.call.name: [made_by.get(tensor, tensor) for tensor in layer.call.inputs] for layer in layers}
    depths = dict.fromkeys(inputs, 0)
    for name, sources in reads.items():
        depths[name] = 1 + max((depths[source] for source in sources), default=0)
    columns = _columns(inputs, reads, depths)
    top = row + 1
    for name, shape in inputs.items():
        _box(sheet, top, columns[name], "", name, f"input · {shape}")
    for layer in layers:
        name = layer.call.name
        above = "↑ " + ", ".join(dict.fromkeys(reads[name]))
        link = Link(name, Range(layer.sheet, 0, 0))
        _box(sheet, top + 3 * depths[name], columns[name], above, link, f"{layer.kind} · {layer.shape}")
    return top + 3 * (1 + max(depths.values()))


def _columns(inputs: Iterable[str], reads: Mapping[str, Sequence[str]], depths: Mapping[str, int]) -> dict[str, int]:
    """A column for each box: below the deepest one that it reads, or to the right of what stands there already."""
    below: dict[str, list[str]] = {}
    roots = list(inputs)
    for name, sources in reads.items():
        if sources:
            below.setdefault(max(sources, key=depths.__getitem__), []).append(name)
        else:
            roots.append(name)
    columns: dict[str, int] = {}
    free = 0
    waiting = [(name, True) for name in reversed(roots)]
    while waiting:
        name, new = waiting.pop()
        columns[name] = free if new else free - 1
        free += new
        branches = below.get(name, [])
        waiting += [(branch, k > 0) for k, branch in reversed(list(enumerate(branches)))]
    return columns


def _box(sheet: SheetDraft, row: int, column: int, above: str, name: str | Link, what: str) -> None:
    left = column * (_BOX + _GAP)
    sheet.merge(sheet.at(row, left, 1, _BOX), above, "column_label")
    sheet.merge(sheet.at(row + 1, left, 1, _BOX), name, "node")
    sheet.merge(sheet.at(row + 2, left, 1, _BOX), what, "column_label")


def _table(sheet: SheetDraft, row: int, layers: Sequence[LayerSummary]) -> int:
    heading(sheet, row, "Layers", WIDE)
    at = row + 1
    for column, text, width in (
        (0, "layer", 3),
        (3, "kind", 3),
        (6, "output", 2),
        (8, "weights", 2),
        (10, "numbers", 2),
    ):
        sheet.merge(sheet.at(at, column, 1, width), text, "header_left")
    for layer in layers:
        at += 1
        sheet.merge(sheet.at(at, 0, 1, 3), Link(layer.call.name, Range(layer.sheet, 0, 0)), "link")
        sheet.merge(sheet.at(at, 3, 1, 3), layer.kind, "text")
        sheet.merge(sheet.at(at, 6, 1, 2), layer.shape, "text")
        sheet.merge(sheet.at(at, 8, 1, 2), f"{layer.parameters:,}", "label")
        sheet.merge(sheet.at(at, 10, 1, 2), f"{layer.numbers:,}", "label")
    return at + 1


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
