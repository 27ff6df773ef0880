"""Verdicts on the formula cells that are no quantity of the network: look-ups, differences, verdicts.

Nothing but its text says whether such a cell is right in itself, so the text is compared with
the one that was written, in whatever spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xlcheck.formulas.meaning import same_formula
from xlcheck.frozen import dataclass
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.judge import STATUS, Alignment, verdict
from xlcheck.verdicts.placement import is_number
from xlcheck.verdicts.report import Status
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.cell_codes import code_of
from xlcheck.workbook.content import CellError, NotEvaluated, Value

Desired = float | str | bool
_LOOKS_UP = re.compile(r"=?INDEX\(")


@dataclass(frozen=True)
class HelperVerdict:
    """The verdict on one helper cell, at the setting where it is worst.

    Attributes:
        status: agree, root, carried or not evaluated.
        is_formula: whether the cell holds a formula.
        setting: the position of the selector.
        actual: what the engine computed.
        desired: what it should be; None if nobody knows, because an input was changed.
        limit: the largest difference allowed between numbers.
        is_right: whether it is what it should be, whatever the formula is.
    """

    helper: Helper
    status: Status
    is_formula: bool
    setting: int
    actual: Value
    desired: Desired | None
    limit: float
    is_right: bool = False


def judge_helper(
    helper: Helper,
    formula: str | None,
    values: Sequence[Value],
    settings: Sequence[int],
    limit: float,
    *,
    only_local: bool,
) -> HelperVerdict:
    """Judge one helper cell over all settings.

    Args:
        helper: the cell and what it should give for every sample.
        formula: what stands in the file, or None for a constant or an empty cell.
        values: what the engine computed in each setting.
        settings: the sample for each setting.
        limit: the largest difference allowed between numbers.
        only_local: the values that were foreseen no longer apply, because an input was changed.
    """
    written = same_formula(formula, helper.formula, helper.cell.sheet)
    limit = max(helper.atol, limit)
    found = list(_over_settings(helper, written, formula is not None, values, settings, limit, only_local=only_local))
    return max(found, key=lambda v: (STATUS.index(v.status), not v.is_right))


def shows_other_words(helper: Helper, values: Sequence[Value], formulas: FormulaCells) -> bool:
    """Whether a look-up gives other words, because somebody has typed others where it looks: the name of a sample.

    That they are others, a note says; what shows them is right.
    """
    was = [helper.desired[sample if len(helper.desired) > 1 else 0] for sample in range(len(values))]
    others = [one for one in zip(values, was, strict=True) if one[0] != one[1]]
    if not others or not all(isinstance(value, str) for one in others for value in one):
        return False
    looked_in = formulas.reads(helper.cell.sheet, code_of(helper.cell))[:1] if _LOOKS_UP.match(helper.formula) else []
    return any(not formulas.within(area).size for area in looked_in)


def _over_settings(
    helper: Helper,
    written: bool,
    is_formula: bool,
    values: Sequence[Value],
    settings: Sequence[int],
    limit: float,
    *,
    only_local: bool,
) -> Iterator[HelperVerdict]:
    for setting, (sample, actual) in enumerate(zip(settings, values, strict=True)):
        desired = None if only_local else helper.desired[sample if len(helper.desired) > 1 else 0]
        right = desired is not None and equal(actual, desired, limit)
        agrees = right or (desired is None and not isinstance(actual, CellError))
        alignment = Alignment(agrees, not isinstance(actual, NotEvaluated), is_formula and written)
        status = verdict(alignment, lambda: True)  # nothing but its text says whether it is right in itself
        yield HelperVerdict(helper, status, is_formula, setting, actual, desired, limit, right)


def equal(actual: Value, desired: Value, limit: float) -> bool:
    """Whether two values of cells are the same: numbers within the limit, everything else exactly."""
    if is_number(actual) and is_number(desired):
        return actual == desired or abs(actual - desired) <= limit
    return type(actual) is type(desired) and actual == desired
