"""Start: what this workbook is, the network as a picture with live numbers, the verdict, the way around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.check import CheckPlaces, verdict_formula
from xlcheck.layout.lesson_sheets.common import START, heading, subscript
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.model.model_spec import ModelSpec
from xlcheck.workbook.plan import Formula, Highlight, Link
from xlcheck.workbook.styles import LEGEND

WIDE = 16


@dataclass(frozen=True)
class Story:
    """The words of a lesson on its first sheet.

    Attributes:
        title: a few words.
        summary: what the workbook shows, in two or three sentences.
        reading: how to read it, one sentence a line.
    """

    title: str
    summary: str
    reading: tuple[str, ...]


def start_sheet(
    draft: Draft,
    sheet: SheetDraft,
    story: Story,
    spec: ModelSpec,
    data: DataPlaces,
    check: CheckPlaces,
    pages: Mapping[str, str],
    provenance: Mapping[str, str],
) -> None:
    """Fill the first sheet; `pages` says in a sentence what each other sheet shows."""
    sheet.widths.update(dict.fromkeys(range(WIDE), 10.5))
    sheet.one_page = True
    sheet.put(0, 0, story.title, "title")
    sheet.heights[0] = 32
    sheet.merge(sheet.at(1, 0, 1, WIDE), story.summary, "subtitle")
    sheet.heights[1] = 52
    text, shown = verdict_formula(check, START, check.verdicts.size)
    verdict = sheet.at(3, 0, 1, 8)
    merged_helper(draft, sheet, verdict, text, [shown], "big_verdict")
    sheet.heights[3] = 28
    for beginning, style in ((f"{check.verdicts.size} of", "right"), ("A weight", "edited")):
        sheet.highlights.append(Highlight(verdict, beginning, style))
    sheet.put(3, 9, Link("see every number →", Range(check.verdicts.sheet, 0, 0)), "link")
    row = _picture(draft, sheet, 5, spec, data)
    row = reading_table(sheet, row + 1, story.reading)
    row = pages_table(sheet, row + 1, pages)
    row = legend_table(sheet, row + 1)
    provenance_table(sheet, row + 1, provenance)


def merged_helper(
    draft: Draft, sheet: SheetDraft, area: Range, text: str, desired: Sequence[float | str], style: str
) -> None:
    """Show a rectangle as one cell with a formula that is no quantity."""
    sheet.merge(area, Formula(text, desired[0]), style)
    draft.note_helper(Range(area.sheet, area.top, area.left), text, desired)


def _picture(draft: Draft, sheet: SheetDraft, row: int, spec: ModelSpec, data: DataPlaces) -> int:
    """The network unrolled over time, drawn with cells: words below, the layer's boxes, the answer above."""
    heading(sheet, row, "The network, unrolled over time", WIDE)
    chains = [
        sorted(members, key=lambda q: q.step or 0)
        for band, members in draft.graph.bands().items()
        if band.symbol == "h" and band.role is Role.STATE
    ]
    outputs = [draft.graph[name] for name in draft.graph.outputs]
    top, box = row + 1, row + 3
    for number, states in enumerate(chains):
        # The second layer of a Bidirectional reads from the right to the left.
        _chain(draft, sheet, box + 2 * number, states, backwards=number > 0, onwards=len(outputs) == 1)
    states = chains[0]
    arrow, word, value = box + 2 * len(chains), box + 2 * len(chains) + 1, box + 2 * len(chains) + 2
    for t in range(len(states)):
        column = 2 + 3 * t
        sheet.put(arrow, column, "↑", "arrow")
        text, texts = data.words[t]
        draft.helper(sheet, word, column, text, texts, "word")
        if draft.graph[f"input.x[{t}]"].shape == (1,):
            x = draft.placed(f"input.x[{t}]")
            draft.helper(sheet, value, column, reference(x, START), draft.values(f"input.x[{t}]"), "input_code")
    if len(outputs) == 1:
        _one_answer(draft, sheet, box, 2 + 3 * len(states), outputs[0])
    elif len(outputs) == len(states):
        for t, q in enumerate(outputs):
            sheet.put(top + 1, 2 + 3 * t, "↑", "arrow")
            _likeliest(draft, sheet, top, 2 + 3 * t, q, data)
    for r in (top, *range(box, arrow), word):
        sheet.heights[r] = 22
    return value + 1


def _chain(
    draft: Draft, sheet: SheetDraft, row: int, states: Sequence[Quantity], *, backwards: bool, onwards: bool
) -> None:
    """A recurrent layer as a chain of boxes, one for each step, with the state below each."""
    start = 2 + 3 * len(states) if backwards else 0
    sheet.put(row, start, "memory h₀", "label")
    sheet.put(row, start - 1 if backwards else 1, "←" if backwards else "→", "arrow")
    name = states[0].band.layer.rpartition(".")[2].removesuffix("_simple_rnn")
    for t, q in enumerate(states):
        column = 2 + 3 * t
        sheet.merge(sheet.at(row, column, 1, 2), Link(f"{name}  t = {t + 1}", _cell(draft, q)), "node")
        if q.shape[-1] == 1:
            sheet.put(row + 1, column, f"h{subscript(t + 1)} =", "label")
            text = reference(_cell(draft, q), START)
            draft.helper(sheet, row + 1, column + 1, text, draft.values(q.name), "state_box")
        else:
            sheet.merge(sheet.at(row + 1, column, 1, 2), f"h{subscript(t + 1)}: {q.shape[-1]} numbers", "state_text")
        if backwards and t + 1 < len(states):
            sheet.put(row, column + 2, "←", "arrow")
        if not backwards and (t + 1 < len(states) or onwards):
            sheet.put(row, column + 2, "→", "arrow")


def _one_answer(draft: Draft, sheet: SheetDraft, row: int, column: int, q: Quantity) -> None:
    sheet.merge(sheet.at(row, column, 1, 2), Link(q.band.layer, _cell(draft, q)), "node")
    sheet.put(row, column + 2, "→", "arrow")
    draft.helper(sheet, row, column + 3, reference(_cell(draft, q), START), draft.values(q.name), "output_box")
    sheet.put(row + 1, column + 3, "the answer", "column_label")


def _likeliest(draft: Draft, sheet: SheetDraft, row: int, column: int, q: Quantity, data: DataPlaces) -> None:
    """The word with the largest probability, and that probability."""
    area = draft.placed(q.name)
    probabilities = reference(area, START)
    names = Range(area.sheet, area.top, 1, area.rows, 1)
    values = draft.trace[q.name]
    words = [draft.unit_names[q.band.name][int(v.argmax())] for v in values]
    text = f"INDEX({reference(names, START)},MATCH(MAX({probabilities}),{probabilities},0))"
    draft.helper(sheet, row, column, text, words, "word")
    draft.helper(sheet, row, column + 1, f"MAX({probabilities})", [float(v.max()) for v in values], "output_box")


def _cell(draft: Draft, q: Quantity) -> Range:
    area = draft.placed(q.name)
    return Range(area.sheet, area.top, area.left)


def reading_table(sheet: SheetDraft, row: int, lines: Sequence[str]) -> int:
    """How to read the workbook; returns the row after it."""
    heading(sheet, row, "How to read this", WIDE)
    for offset, line in enumerate(lines):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, WIDE), f"{offset + 1}.  {line}", "text")
        sheet.heights[row + 1 + offset] = 18
    return row + 1 + len(lines)


def pages_table(sheet: SheetDraft, row: int, pages: Mapping[str, str]) -> int:
    """A link to every worksheet, with a sentence; returns the row after it."""
    heading(sheet, row, "Sheets", WIDE)
    for offset, (name, sentence) in enumerate(pages.items()):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, 2), Link(name, Range(name, 0, 0)), "link")
        sheet.merge(sheet.at(row + 1 + offset, 2, 1, WIDE - 2), sentence, "text")
    return row + 1 + len(pages)


def legend_table(sheet: SheetDraft, row: int, more: Mapping[str, str] | None = None) -> int:
    """The colours of all worksheets, and those that only some workbooks have; returns the row after it."""
    heading(sheet, row, "Colours, on every sheet", WIDE)
    legend = LEGEND | dict(more or {})
    entries = [*legend.items(), ("right", "✓  right: agrees with Keras"), ("wrong", "✗  wrong: differs from Keras"),
               ("edited", "–  changed: Keras's value no longer applies")]  # fmt: skip
    for offset, (style, text) in enumerate(entries):
        at = row + 1 + offset % 7
        column = 0 if offset < 7 else 8
        sheet.put(at, column, {"right": "✓", "wrong": "✗", "edited": "–"}.get(style, "0.123"),
                  f"{style}_text" if style in legend else style)  # fmt: skip
        sheet.merge(sheet.at(at, column + 1, 1, 6), text, "text")
    return row + 8


def provenance_table(sheet: SheetDraft, row: int, provenance: Mapping[str, str]) -> None:
    """What the workbook was made from."""
    heading(sheet, row, "Where this comes from", WIDE)
    for offset, (key, text) in enumerate(provenance.items()):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, 2), key, "provenance")
        sheet.merge(sheet.at(row + 1 + offset, 2, 1, WIDE - 2), text, "code" if key == "rebuild with" else "provenance")
