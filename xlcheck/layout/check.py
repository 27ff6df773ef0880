"""Check: one row for each symbol of each layer: how many of its numbers agree with Keras, and how well."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.numbers import OBSOLETE, RIGHT, STYLES, TOLERANCE, WRONG, BandRows, name_width
from xlcheck.layout.originals import Question
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.widening import equation_width
from xlcheck.texts import say, say_all, say_live
from xlcheck.workbook.plan import Highlight, Link

NAME = "Check"
_LINK, _LABEL, _EQUATION, _COUNT, _AGREE, _LARGEST, _VERDICT = range(7)
_STATE_ROW, _TOP = 4, 6
_COLUMNS = 7


def applies_cell(sheet: SheetDraft) -> Range:
    """The cell that will say whether weights and inputs are those that Keras was given."""
    return sheet.at(_STATE_ROW, _COUNT)


def check_sheet(draft: Draft, sheet: SheetDraft, bands: Sequence[BandRows], unchanged: Sequence[Question]) -> None:
    """Fill the sheet."""
    subtitle = say("check.intro")
    title(sheet, NAME, subtitle, _COLUMNS)
    names = [*(rows.band.name for rows in bands), *(question.name for question in unchanged)]
    sheet.widths.update(
        {
            _LINK: name_width(names),
            _LABEL: 24,
            _EQUATION: equation_width(rows.band.equation for rows in bands),
            _COUNT: 12,
            _AGREE: 12,
        }
    )
    sheet.widths.update({_LARGEST: 14, _VERDICT: 10})
    top = _TOP + 2
    sources_top = top + len(bands) + 3
    flags = sheet.at(sources_top, _COUNT, len(unchanged))
    applies = applies_cell(sheet)
    sheet.merge(sheet.at(_STATE_ROW, 0, 1, _COUNT), say("check.applies"), "label")
    draft.helper(sheet, _STATE_ROW, _COUNT, f"MIN({flags.a1})", [1.0], "keras_code")
    heading(sheet, _TOP, say("check.symbol_by_symbol"), _COLUMNS)
    sheet.put_row(_TOP + 1, 0, say_all("check.header"), "header")
    sheet.heights[_TOP + 1] = 32
    for offset, rows in enumerate(bands):
        _band(draft, sheet, top + offset, rows, applies)
    verdicts = sheet.at(top, _VERDICT, len(bands))
    sheet.highlights += [Highlight(verdicts, mark, style) for mark, style in STYLES.items()]
    heading(sheet, sources_top - 2, say("check.unchanged"), _COLUMNS)
    sheet.put_row(sources_top - 1, 0, say_all("check.unchanged_header"), "header")
    for offset, question in enumerate(unchanged):
        _question(draft, sheet, sources_top + offset, question)
    sheet.freeze = (_TOP + 2, 1)
    sheet.printed = False


def verdict(bands: Sequence[BandRows], sheet: str, applies: Range) -> tuple[str, str]:
    """The overall verdict as a formula on another worksheet, and its text when everything agrees."""
    first, count = bands[0].verdicts, sum(rows.verdicts.rows for rows in bands)  # the bands follow each other
    right = _number_right(first.part(count, 1), sheet)
    agree = say_live("check.agree", right=right, count=count)
    text = f"IF({reference(applies, sheet, fixed=True)}=1,{agree},{say_live('check.changed')})"
    return text, say("check.agree", right=count, count=count)


def _band(draft: Draft, sheet: SheetDraft, row: int, rows: BandRows, applies: Range) -> None:
    first = draft.placed(rows.members[0].name)
    count = rows.verdicts.rows
    sheet.put(row, _LINK, Link(rows.band.name, first.cell()), "link")
    sheet.put(row, _LABEL, rows.band.label, "symbol_small")
    sheet.put(row, _EQUATION, rows.band.equation, "equation")
    sheet.put(row, _COUNT, float(count), "keras_code")
    differences = reference(rows.differences, sheet.name)
    right = _number_right(rows.verdicts, sheet.name)
    # As a text: a number of numbers is none that could differ from Keras's by so much.
    agree = draft.helper(sheet, row, _AGREE, f'{right}&""', [str(count)], "keras_code")
    largest = f"MAX(MAX({differences}),-MIN({differences}))"
    draft.helper(sheet, row, _LARGEST, largest, [0.0], "difference", TOLERANCE)
    mark = f'IF({applies.fixed()}=0,"{OBSOLETE}",IF({agree.a1}="{count}","{RIGHT}","{WRONG}"))'
    draft.helper(sheet, row, _VERDICT, mark, [RIGHT], "verdict")


def _number_right(marks: Range, sheet: str) -> str:
    """A formula that counts the verdicts that say right."""
    text = reference(marks, sheet, fixed=True)
    return f'COUNTIF({text},"{RIGHT}")' if marks.rows > 1 else f'IF({text}="{RIGHT}",1,0)'


def _question(draft: Draft, sheet: SheetDraft, row: int, question: Question) -> None:
    """Whether some weights or inputs are still those that Keras was given."""
    area = question.area
    sheet.put(row, _LINK, Link(question.name, area.cell()), "link")
    sheet.put(row, _LABEL, area.a1, "column_label")
    sheet.put(row, _EQUATION, question.how, "text")
    draft.helper(sheet, row, _COUNT, question.formula, [1.0], "keras_code")
