"""Numbers: one row for each number of the selected sample, beside Keras's own, with a live verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import MAX_COLUMNS, Range, quote_sheet
from xlcheck.formulas.pattern import Letters, Pattern, row_number
from xlcheck.formulas.scanner import number_text
from xlcheck.graph.quantities import Band, Quantity
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_all
from xlcheck.workbook.bindings import Copy, FilledHelper
from xlcheck.workbook.plan import Highlight, Link

NAME = "Numbers"
RIGHT, WRONG, OBSOLETE = "✓", "✗", "–"
STYLES = {RIGHT: "right", WRONG: "wrong", OBSOLETE: "edited"}
TOLERANCE = 1e-12
_NAMED = 5000  # rows; of more, units have numbers
_LINK, _LABEL, _STEP, _UNIT, _WORKBOOK, _KERAS, _DIFFERENCE, _VERDICT, _STORED = range(9)
_TOP = 4
_KERAS_WIDTH = 21

MOST_SAMPLES = MAX_COLUMNS - _STORED
"""Keras's numbers for each sample stand in a column."""

Bands = Mapping[Band, Sequence[Quantity]]


@dataclass(frozen=True)
class BandRows:
    """Where the rows of one band stand."""

    band: Band
    members: Sequence[Quantity]
    workbook: Range
    differences: Range
    verdicts: Range


def name_width(names: Sequence[str]) -> float:
    """The width of a column of links to quantities."""
    return float(min(max(30, *(len(name) for name in names)), 70))


def scale_of(draft: Draft, members: Sequence[Quantity]) -> float:
    """What differences are measured against: the band's largest magnitude, at least 1."""
    return max(1.0, *(float(np.abs(draft.trace[q.name]).max()) for q in members))


def slack(draft: Draft, q: Quantity) -> float:
    """How far a copy of one element may lie from Keras's: as far as the quantity itself."""
    return TOLERANCE * scale_of(draft, [q])


def numbers_sheet(draft: Draft, sheet: SheetDraft, bands: Bands, applies: Range, subtitle: str) -> list[BandRows]:
    """Fill the sheet, once every quantity is placed; returns where each band's rows are.

    The cell `applies` says whether weights and inputs are those that Keras was given.
    """
    title(sheet, NAME, subtitle, _STORED)
    widths = {
        _LINK: name_width([band.name for band in bands]),
        _LABEL: 24,
        _STEP: 7,
        _UNIT: 12,
        _WORKBOOK: _KERAS_WIDTH,
        _KERAS: _KERAS_WIDTH,
        _DIFFERENCE: 12,
        _VERDICT: 9,
    }
    sheet.widths.update({**widths, **{_STORED + k: _KERAS_WIDTH for k in range(min(len(draft.samples), 200))}})
    header = say_all("numbers.header")
    several = len(draft.samples) > 1
    if several:
        header += [say("numbers.keras_for", text=text)[:200] for text in draft.samples]
    sheet.put_row(_TOP, 0, header, "header")
    sheet.heights[_TOP] = max(32, 4 + 14 * -(-max(map(len, header)) // (_KERAS_WIDTH - 3)))
    sheet.freeze = (_TOP + 1, 1)
    sheet.printed = False
    placed = []
    row = _TOP + 1
    for band, members in bands.items():
        placed.append(_band(draft, sheet, row, band, members, applies))
        row += placed[-1].verdicts.rows
    verdicts = sheet.at(_TOP + 1, _VERDICT, row - _TOP - 1)
    sheet.highlights += [Highlight(verdicts, mark, style) for mark, style in STYLES.items()]
    return placed


def _band(
    draft: Draft, sheet: SheetDraft, top: int, band: Band, members: Sequence[Quantity], applies: Range
) -> BandRows:
    units = math.prod(members[0].shape)
    rows = units * len(members)
    first = draft.placed(members[0].name)
    sheet.put(top, _LINK, Link(band.name, first.cell()), "link")
    sheet.put(top, _LABEL, band.label, "symbol_small")
    if members[0].step is not None:
        steps = np.repeat([float((q.step or 0) + 1) for q in members], units)
        sheet.numbers(top, _STEP, steps[:, None], "column_label")
    names = draft.unit_names.get(band.name, ())
    if len(names) == units and rows <= _NAMED:
        for offset, name in enumerate(names * len(members)):
            sheet.put(top + offset, _UNIT, name, "column_label")
    else:
        sheet.numbers(top, _UNIT, np.tile(np.arange(1.0, units + 1), len(members))[:, None], "column_label")
    true = np.concatenate([draft.trace[q.name].reshape(-1, units) for q in members], axis=1)  # (samples, rows)
    _workbook(draft, sheet, top, band, members, true[0])
    _keras(draft, sheet, top, members, true)
    scale = scale_of(draft, members)
    row = row_number(top)
    plain = ("E", row, "-F", row)
    difference = plain if scale == 1 else ("(", *plain, f")/{number_text(scale)}")
    differences = _filled(draft, sheet, top, _DIFFERENCE, Pattern(difference), rows, 0.0, "difference")
    mark = (
        f'IF({reference(applies, NAME, fixed=True)}=0,"{OBSOLETE}",IF(ISNUMBER(G', row,
        "),IF(ABS(G", row, f')<={number_text(TOLERANCE)},"{RIGHT}","{WRONG}"),"{WRONG}"))',
    )  # fmt: skip
    verdicts = _filled(draft, sheet, top, _VERDICT, Pattern(mark), rows, RIGHT, "verdict")
    return BandRows(band, members, sheet.at(top, _WORKBOOK, rows), differences, verdicts)


def _workbook(
    draft: Draft, sheet: SheetDraft, top: int, band: Band, members: Sequence[Quantity], values: Array
) -> None:
    """References to the band's cells: down a column for many units, along a row for one."""
    row = top
    for q in members if members[0].shared else ():
        area = draft.placed(q.name)
        for number_of_row in range(area.rows):
            pattern = Pattern((f"{quote_sheet(area.sheet)}!", Letters(area.left), str(area.top + number_of_row + 1)))
            part = values[row - top : row - top + area.columns]
            sheet.formulas(row, _WORKBOOK, pattern, part, area.columns, band.role.value)
            row += area.columns
    for run in () if members[0].shared else _runs(draft, members):
        first = draft.placed(run[0].name)
        rows = sum(q.shape[-1] for q in run)
        prefix = f"{quote_sheet(first.sheet)}!"
        if len(run) > 1:
            pattern = Pattern((prefix, Letters(first.left), str(first.top + 1)))
        else:
            pattern = Pattern((prefix, Letters(first.left, 0), row_number(first.top)))
        sheet.formulas(row, _WORKBOOK, pattern, values[row - top : row - top + rows], rows, band.role.value)
        row += rows
    draft.copies.append(Copy(sheet.at(top, _WORKBOOK, row - top), band.name))


def _runs(draft: Draft, members: Sequence[Quantity]) -> list[list[Quantity]]:
    """Quantities of one element that stand next to each other, together; all others one by one."""
    runs: list[list[Quantity]] = []
    right: tuple[str, int, int] | None = None  # where the next one must stand
    for q in members:
        area = draft.placed(q.name)
        if area.rows == 1 and right == (area.sheet, area.top, area.left):
            runs[-1].append(q)
        else:
            runs.append([q])
        right = (area.sheet, area.top, area.left + 1)
    return runs


def _keras(draft: Draft, sheet: SheetDraft, top: int, members: Sequence[Quantity], true: Array) -> None:
    """Keras's values: a constant for one sample, else looked up among the stored ones."""
    samples, rows = true.shape
    if draft.selector is None or members[0].shared:
        sheet.numbers(top, _KERAS, true[:1].T, "keras")
        return
    stored = sheet.numbers(top, _STORED, true.T, "keras")
    last = Letters(_STORED + samples - 1).at(0)
    selected = reference(draft.selector, NAME, fixed=True)
    pattern = Pattern(("INDEX($I", row_number(stored.top), f":${last}", row_number(stored.top), f",1,{selected})"))
    area = sheet.formulas(top, _KERAS, pattern, true[0], rows, "keras")
    draft.filled.append(FilledHelper(area, pattern.at(0), band=members[0].band.name))


def _filled(
    draft: Draft, sheet: SheetDraft, top: int, column: int, pattern: Pattern, rows: int, value: float | str, style: str
) -> Range:
    """A column of helper cells that must all have the same value."""
    values = value if isinstance(value, str) else np.full(rows, value)
    area = sheet.formulas(top, column, pattern, values, rows, style)
    draft.filled.append(FilledHelper(area, pattern.at(0), (value,), TOLERANCE))
    return area
