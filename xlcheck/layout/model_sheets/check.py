"""Check: one row for each symbol of each layer: how many of its numbers agree with Keras, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import number
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.check import OBSOLETE, RIGHT, WRONG
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.layout.model_sheets.numbers import TOLERANCE, BandRows
from xlcheck.workbook.plan import Array, Highlight, Link

_LINK, _LABEL, _EQUATION, _COUNT, _AGREE, _LARGEST, _VERDICT = range(7)
_STATE_ROW, _TOP = 4, 6
_COLUMNS = 7
_SUMMED = 100_000  # cells in one sum; CellRune reads at most a million for one formula


@dataclass(frozen=True)
class Source:
    """Constants whose change makes Keras's stored values obsolete."""

    name: str
    area: Range
    values: Array


def applies_cell(sheet: SheetDraft) -> Range:
    """The cell that will say whether weights and inputs are those that Keras was given."""
    return sheet.at(_STATE_ROW, _COUNT)


def check_sheet(draft: Draft, sheet: SheetDraft, bands: Sequence[BandRows], sources: Sequence[Source]) -> Range:
    """Fill the sheet; returns the column of agreeing numbers."""
    subtitle = (
        "What this workbook computes, beside the same numbers from Keras in double precision. The last digits may "
        "differ by rounding; anything larger than the tolerance is a mistake."
    )
    title(sheet, "Check", subtitle, _COLUMNS)
    sheet.widths.update({_LINK: 30, _LABEL: 18, _EQUATION: 44, _COUNT: 12, _AGREE: 12, _LARGEST: 14, _VERDICT: 10})
    sources = [part for source in sources for part in _parts(source)]
    top = _TOP + 2
    sources_top = top + len(bands) + 3
    flags = sheet.at(sources_top, _COUNT, len(sources))
    applies = applies_cell(sheet)
    sheet.merge(
        sheet.at(_STATE_ROW, 0, 1, _COUNT),
        "weights and inputs are those Keras was given (1: yes, 0: something was changed)",
        "label",
    )
    draft.helper(sheet, _STATE_ROW, _COUNT, f"MIN({flags.a1})", [1.0], "keras_code")
    heading(sheet, _TOP, "Symbol by symbol", _COLUMNS)
    header = ["numbers of", "symbol", "equation", "how many", "agree", "largest difference", "verdict"]
    sheet.put_row(_TOP + 1, 0, header, "header")
    sheet.heights[_TOP + 1] = 32
    for offset, rows in enumerate(bands):
        _band(draft, sheet, top + offset, rows, applies)
    verdicts = sheet.at(top, _VERDICT, len(bands))
    sheet.highlights += [
        Highlight(verdicts, mark, style) for mark, style in ((RIGHT, "right"), (WRONG, "wrong"), (OBSOLETE, "edited"))
    ]
    heading(sheet, sources_top - 2, "Unchanged since Keras computed", _COLUMNS)
    sheet.put_row(sources_top - 1, 0, ["weights and inputs", "sum", "sum of squares", "unchanged"], "header")
    for offset, source in enumerate(sources):
        _source(draft, sheet, sources_top + offset, source)
    sheet.freeze = (_TOP + 2, 1)
    return sheet.at(top, _AGREE, len(bands))


def verdict(bands: Sequence[BandRows], sheet: str, agree: Range, applies: Range) -> tuple[str, str]:
    """The overall verdict as a formula on another worksheet, and its text when everything agrees."""
    count = sum(rows.verdicts.rows for rows in bands)
    text = (
        f'IF({reference(applies, sheet, fixed=True)}=1,SUM({reference(agree, sheet, fixed=True)})&" of {count} '
        'numbers agree with Keras","A weight or an input was changed: Keras\'s numbers no longer apply")'
    )
    return text, f"{count} of {count} numbers agree with Keras"


def _band(draft: Draft, sheet: SheetDraft, row: int, rows: BandRows, applies: Range) -> None:
    first = draft.placed(rows.members[0].name)
    count = rows.verdicts.rows
    sheet.put(row, _LINK, Link(rows.band.name, Range(first.sheet, first.top, first.left)), "link")
    sheet.put(row, _LABEL, rows.band.label, "symbol")
    sheet.put(row, _EQUATION, rows.band.equation, "equation")
    sheet.put(row, _COUNT, float(count), "keras_code")
    marks, differences = (reference(area, sheet.name) for area in (rows.verdicts, rows.differences))
    right = f'COUNTIF({marks},"{RIGHT}")' if count > 1 else f'IF({marks}="{RIGHT}",1,0)'
    agree = draft.helper(sheet, row, _AGREE, right, [float(count)], "keras_code")
    largest = f"MAX(MAX({differences}),-MIN({differences}))"
    draft.helper(sheet, row, _LARGEST, largest, [0.0], "difference", TOLERANCE)
    mark = f'IF({applies.fixed()}=0,"{OBSOLETE}",IF({agree.a1}={count},"{RIGHT}","{WRONG}"))'
    draft.helper(sheet, row, _VERDICT, mark, [RIGHT], "verdict")


def _parts(source: Source) -> Iterator[Source]:
    """A large array as blocks of rows, each small enough for one sum."""
    area = source.area
    table = source.values.reshape(area.rows, area.columns)
    step = max(1, _SUMMED // area.columns)
    for top in range(0, area.rows, step):
        rows = min(step, area.rows - top)
        name = source.name if rows == area.rows else f"{source.name}, rows {top + 1:,}–{top + rows:,}"
        yield Source(name, Range(area.sheet, area.top + top, area.left, rows, area.columns), table[top : top + rows])


def _source(draft: Draft, sheet: SheetDraft, row: int, source: Source) -> None:
    """Sum and sum of squares as they were, and whether they still are; a text or an error is a change, too."""
    area = reference(source.area, sheet.name, fixed=True)
    values = source.values.reshape(-1)
    total, squares = float(values.sum()), float(np.square(values).sum())
    sheet.put(row, _LINK, Link(source.name, Range(source.area.sheet, source.area.top, source.area.left)), "link")
    kept = (sheet.put(row, _LABEL, total, "keras"), sheet.put(row, _EQUATION, squares, "keras"))
    slack = (1e-11 * float(np.abs(values).sum()), 1e-11 * squares)
    same = ",".join(
        f"ABS({function}({area})-{cell.a1})<={number(limit)}"
        for function, cell, limit in zip(("SUM", "SUMSQ"), kept, slack, strict=True)
    )
    text = f"IF(ISERROR(SUM({area})),0,IF(AND(COUNT({area})={values.size},{same}),1,0))"
    draft.helper(sheet, row, _COUNT, text, [1.0], "keras_code")
