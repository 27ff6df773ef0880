"""Columns of formulas that are no quantities, judged as a whole; only cells that are not right are looked at alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.check.formula_cells import FormulaCells
from xlcheck.check.helpers import HelperVerdict, judge_helper, same_formula
from xlcheck.check.placement import Codes, Mask, codes_of
from xlcheck.check.recalculate import Reading
from xlcheck.check.report import Status
from xlcheck.excel.bindings import FilledHelper


@dataclass(frozen=True)
class FilledColumn:
    """A filled column as it stands in the file.

    Attributes:
        helper: what was written.
        codes: its cells.
        is_formula: whether each cell holds a formula.
        as_written: whether it is the one that was written.
    """

    helper: FilledHelper
    codes: Codes
    is_formula: Mask
    as_written: Mask


@dataclass(frozen=True)
class FilledVerdict:
    """The verdict on a filled column.

    Attributes:
        helper: the column.
        wrong: verdicts on the cells that do not agree.
        error: the largest difference between numbers.
    """

    helper: FilledHelper
    wrong: tuple[HelperVerdict, ...]
    error: float


def find_filled(helper: FilledHelper, formulas: FormulaCells) -> FilledColumn:
    """Look up which cells of a filled column still hold what was written."""
    texts = formulas.texts(helper.area)
    as_written = [
        actual == written or same_formula(actual, written)
        for actual, written in zip(texts, helper.formulas(), strict=True)
    ]
    return FilledColumn(
        helper, codes_of(helper.area), np.array([text is not None for text in texts]), np.array(as_written)
    )


def judge_filled(
    column: FilledColumn,
    reading: Reading,
    formulas: FormulaCells,
    settings: Sequence[int],
    limit: float,
    *,
    only_local: bool,
) -> FilledVerdict:
    """Judge a filled column over all settings; the arguments are those of `judge_helper`.

    A column of look-ups that belong to nothing any more has no desired values; then only its formulas are compared.
    """
    helper = column.helper
    only_local = only_local or not helper.desired
    agrees = column.is_formula.copy()
    error = 0.0
    if only_local:
        agrees &= column.as_written
        agrees[[cell for _, cell in reading.others]] = False
    else:
        for setting, sample in enumerate(settings):
            desired = helper.desired[sample if len(helper.desired) > 1 else 0]
            if isinstance(desired, str):
                agrees &= reading.holds_text(setting, desired)
            else:
                with np.errstate(invalid="ignore"):
                    difference = np.abs(reading.numbers[setting] - desired)
                agrees &= difference <= max(limit, helper.atol)
                error = max(error, float(np.nanmax(difference, initial=0.0)))
    wrong = []
    for place in np.flatnonzero(~agrees).tolist():
        cell = helper.cell(place)
        values = [reading.value(setting, place) for setting in range(len(settings))]
        text = formulas.text(cell.cell.sheet, int(column.codes[place]))
        verdict = judge_helper(cell, text, values, settings, limit, only_local=only_local)
        if verdict.status is not Status.AGREE:
            wrong.append(verdict)
    return FilledVerdict(helper, tuple(wrong), error)
