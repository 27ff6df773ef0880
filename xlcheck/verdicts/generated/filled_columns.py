"""Columns of formulas that are no quantities, judged as a whole; only cells that are not right are looked at alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, column_name, quote_sheet
from xlcheck.formulas.meaning import same_formula
from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Quantity
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.helpers import HelperVerdict, judge_helper
from xlcheck.verdicts.placement import magnitude
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.report import Status
from xlcheck.workbook.bindings import Copy, FilledHelper, Helper
from xlcheck.workbook.cell_codes import Codes, Mask, codes_of


@dataclass(frozen=True)
class FilledColumn:
    """A column as it stands in the file.

    Attributes:
        area: where it stands.
        written: the formula that each cell should hold, without `=`.
        desired: the value of all cells, as for `Helper`; empty if `band` says it.
        atol: as for `Helper`.
        band: the band whose elements the cells show, or empty.
        stored: whether they show what was stored when the workbook was built, not what it computes.
        codes: its cells.
        is_formula: whether each cell holds a formula.
        as_written: whether it is the one that was written.
    """

    area: Range
    written: Sequence[str]
    desired: tuple[float | str, ...]
    atol: float
    band: str
    stored: bool
    codes: Codes
    is_formula: Mask
    as_written: Mask


@dataclass(frozen=True)
class FilledVerdict:
    """The verdict on a column.

    Attributes:
        wrong: verdicts on the cells that do not agree.
        error: the largest difference between numbers.
        limit: the largest that is allowed.
    """

    area: Range
    wrong: tuple[HelperVerdict, ...]
    error: float
    limit: float


def find_filled(helper: FilledHelper, formulas: FormulaCells) -> FilledColumn:
    """Look up which cells of a filled column still hold what was written."""
    return _column(helper.area, helper.formulas(), formulas, helper.desired, helper.atol, helper.band, stored=True)


def find_copy(
    copy: Copy, formulas: FormulaCells, members: Iterable[Quantity], places: Mapping[str, Range]
) -> FilledColumn:
    """Look up which cells still refer to where the members of a band stand, as `places` says."""
    written = [text for q in members for text in _references(places[q.name])]
    return _column(copy.area, written, formulas, (), 0.0, copy.band, stored=False)


def judge_filled(
    column: FilledColumn,
    reading: Reading,
    formulas: FormulaCells,
    settings: Sequence[int],
    limit: float,
    values: Array | None = None,
    *,
    only_local: bool,
) -> FilledVerdict:
    """Compare a column with what it should give in every setting, which shows a sample.

    `values` are what the cells of a band must hold, `(settings, cells)`. With `only_local` the stored values no longer
    apply, because an input was changed.
    """
    # Look-ups that belong to nothing any more say nothing about their values.
    only_local = (only_local and (column.stored or values is None)) or (values is None and not column.desired)
    agrees = column.is_formula & column.as_written
    error = 0.0
    if only_local:
        agrees[[cell for _, cell in reading.others]] = False
    else:
        for setting, sample in enumerate(settings):
            desired = _desired(column, values, setting, sample)
            if isinstance(desired, str):
                agrees &= reading.holds_text(setting, desired)
                continue
            with np.errstate(invalid="ignore"):
                difference = np.abs(reading.numbers[setting] - desired)
            agrees &= difference <= max(limit, column.atol)
            error = max(error, magnitude(difference))
    wrong = []
    for place in np.flatnonzero(~agrees).tolist():
        own = column.desired if values is None else tuple(values[:, place].tolist())
        cell = column.area.cell(place)
        verdict = judge_helper(
            Helper(cell, column.written[place], own, column.atol),
            formulas.text(cell.sheet, int(column.codes[place])),
            [reading.value(setting, place) for setting in range(len(settings))],
            settings,
            limit,
            only_local=only_local,
        )
        if verdict.status is not Status.AGREE:
            wrong.append(verdict)
    return FilledVerdict(column.area, tuple(wrong), error, max(limit, column.atol))


def _column(
    area: Range,
    written: Sequence[str],
    formulas: FormulaCells,
    desired: tuple[float | str, ...],
    atol: float,
    band: str,
    *,
    stored: bool,
) -> FilledColumn:
    texts = formulas.texts(area)
    is_formula = as_written = np.ones(area.size, dtype=bool)
    if texts == written:  # as they are in a workbook that nobody has saved since
        written = cast("Sequence[str]", texts)  # which are kept anyway
    else:
        same = [a == w or same_formula(a, w, area.sheet) for a, w in zip(texts, written, strict=True)]
        as_written = np.array(same, dtype=bool)
        is_formula = np.array([text is not None for text in texts], dtype=bool)
    return FilledColumn(area, written, desired, atol, band, stored, codes_of(area), is_formula, as_written)


def _desired(column: FilledColumn, values: Array | None, setting: int, sample: int) -> Array | float | str:
    if values is not None:
        row: Array = values[setting]
        return row
    return column.desired[sample if len(column.desired) > 1 else 0]


def _references(area: Range) -> list[str]:
    """A reference to each cell of a range, row by row."""
    columns = [f"{quote_sheet(area.sheet)}!{column_name(area.left + column)}" for column in range(area.columns)]
    return [f"{column}{row}" for row in range(area.top + 1, area.top + area.rows + 1) for column in columns]
