"""What every first sheet has: the story, the verdict, how to read it, the other sheets, colours, provenance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.layout.common import heading, merged_helper, shortened
from xlcheck.layout.draft import Draft
from xlcheck.layout.numbers import STYLES
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, texts
from xlcheck.workbook.plan import Highlight, Link

WIDE, _WIDTH = 16, 9.2
"""Columns, and letters of each: as many as can be read on a page that stands upright."""
_LETTERS = 132  # of a line of the summary
_SHEET = 18  # letters of the name of a sheet
_BRIEF = 14  # letters
_VERDICT_ROW, _VERDICT_WIDE, _LINK = 3, 9, 10
_VERDICT_LETTERS = 66  # of a line of the verdict


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


def opening(sheet: SheetDraft, story: Story) -> None:
    """The title and the summary."""
    sheet.widths.update(dict.fromkeys(range(WIDE), _WIDTH))
    sheet.one_page = True
    sheet.put(0, 0, story.title, "title")
    sheet.heights[0] = 32
    sheet.merge(sheet.at(1, 0, 1, WIDE), story.summary, "subtitle")
    sheet.heights[1] = 4 + 16 * -(-len(story.summary) // _LETTERS)


def verdict_line(
    draft: Draft, sheet: SheetDraft, text: str, shown: str, beside: Link, marks: Mapping[str, str]
) -> None:
    """The one sentence that says whether the workbook is right: a formula, what it gives at first, a link beside it.

    `marks` has for some beginnings of the sentence the style that it then takes.
    """
    area = sheet.at(_VERDICT_ROW, 0, 1, _VERDICT_WIDE)
    merged_helper(draft, sheet, area, text, [shown], "big_verdict")
    sheet.heights[_VERDICT_ROW] = 28 if len(shown) <= _VERDICT_LETTERS else 44
    sheet.highlights += [Highlight(area, beginning, style) for beginning, style in marks.items()]
    sheet.put(_VERDICT_ROW, _LINK, beside, "link")


def shown_at(draft: Draft, cell: Range) -> str:
    """The text that a helper cell shows at first."""
    return str(next(helper.desired[0] for helper in draft.helpers if helper.cell == cell))


def closing(
    sheet: SheetDraft,
    row: int,
    reading: Sequence[str],
    pages: Mapping[str, str],
    provenance: Mapping[str, str],
    roles: Collection[str],
) -> None:
    """Everything under the picture: how to read the workbook, what each sheet shows, its origin, the legend."""
    row = _reading_table(sheet, row, reading)
    row = _pages_table(sheet, row + 1, pages)
    row = _legend_table(
        sheet, row + 1, {role: text for role, text in texts("sheets")["legend"].items() if role in roles}
    )
    _provenance_table(sheet, row + 1, provenance)


def _reading_table(sheet: SheetDraft, row: int, lines: Sequence[str]) -> int:
    """How to read the workbook; returns the row after it."""
    heading(sheet, row, say("front.reading"), WIDE)
    for offset, line in enumerate(lines):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, WIDE), f"{offset + 1}.  {line}", "text")
        sheet.heights[row + 1 + offset] = 16
    return row + 1 + len(lines)


def _pages_table(sheet: SheetDraft, row: int, pages: Mapping[str, str]) -> int:
    """A link to every worksheet, with a sentence; returns the row after it."""
    heading(sheet, row, say("front.sheets"), WIDE)
    for offset, (name, sentence) in enumerate(pages.items()):
        link = Link(shortened(name, _SHEET), Range(name, 0, 0))
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, 2), link, "link")
        begun = sentence if sentence.startswith("ops.") else sentence[:1].upper() + sentence[1:]
        sheet.merge(sheet.at(row + 1 + offset, 2, 1, WIDE - 2), begun, "text")
    return row + 1 + len(pages)


def _legend_table(sheet: SheetDraft, row: int, legend: Mapping[str, str]) -> int:
    """The colours of all worksheets; returns the row after it."""
    heading(sheet, row, say("front.colours"), WIDE)
    marks = [("right", say("front.right")), ("wrong", say("front.wrong")), ("edited", say("front.changed"))]
    entries = [*legend.items(), *(marks if "keras" in legend else [])]
    signs = {style: sign for sign, style in STYLES.items()}
    rows = -(-len(entries) // 2)
    for offset, (style, text) in enumerate(entries):
        at = row + 1 + offset % rows
        column = 0 if offset < rows else WIDE // 2
        sheet.put(at, column, signs.get(style, "0.123"), f"{style}_text" if style in legend else style)
        sheet.put(at, column + 1, text, "text_beside")
    return row + 1 + rows


def _provenance_table(sheet: SheetDraft, row: int, provenance: Mapping[str, str]) -> None:
    """What the workbook was made from: what is said in a few letters on one line, the rest below it."""
    heading(sheet, row, say("front.provenance"), WIDE)
    brief = {key: text for key, text in provenance.items() if len(text) <= _BRIEF}
    if brief:
        row += 1
        sheet.merge(sheet.at(row, 0, 1, WIDE), " · ".join(map(" ".join, brief.items())), "provenance")
    for offset, key in enumerate(key for key in provenance if key not in brief):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, 2), key, "provenance")
        style = "code" if key == "rebuild with" else "provenance"
        sheet.merge(sheet.at(row + 1 + offset, 2, 1, WIDE - 2), provenance[key], style)
