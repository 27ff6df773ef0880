"""From verdicts on whole ranges to each cell that does not agree, with its `CellResult` when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.diagnose import Diagnosis, diagnose
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.helpers import HelperVerdict
from xlcheck.verdicts.judge import STATUS
from xlcheck.verdicts.messages import UNBOUND, helper_message, quantity_message, stale_message
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.verdicts.stale import Stale
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import address, code_of
from xlcheck.workbook.content import TOO_LARGE, CellError, NotEvaluated, Value

if TYPE_CHECKING:
    from xlcheck.verdicts.mistakes.explain import Mistakes
    from xlcheck.verdicts.mistakes.trials import Trials


def plain(value: Value) -> float | str | bool | None:
    """A cell's value as reports hold it: an error by its code, nothing where nothing was computed."""
    if isinstance(value, CellError):
        return value.code
    return None if isinstance(value, NotEvaluated) else value


def kind_of(value: Value, *, is_formula: bool, must_be_formula: bool = True) -> Kind:
    """What is wrong with a cell that is not right."""
    if value is None:
        return Kind.MISSING
    if must_be_formula and not is_formula:
        return Kind.NOT_A_FORMULA
    if isinstance(value, CellError):
        return Kind.EXCEL_ERROR
    if isinstance(value, float) and not math.isfinite(value):
        return Kind.NOT_FINITE
    return Kind.VALUE


def quantity_results(
    verdicts: Verdicts,
    graph: Graph,
    formulas: FormulaCells,
    settings: Sequence[int],
    tolerance: Tolerance,
    trials: Trials | None = None,
    *,
    corrects: bool = True,
) -> Iterator[Found]:
    """Each cell of a sighting that does not agree; mistakes explain it within the tolerance.

    With `corrects` the formula that should stand in a wrong cell is looked for, too.
    """
    q, mistakes = graph[verdicts.placement.quantity], None
    if verdicts.follow is not None:  # something disagrees
        from xlcheck.verdicts.mistakes.explain import Mistakes

        mistakes = Mistakes(q, graph, verdicts.follow, tolerance, trials)
    worst = verdicts.worst()
    for cell in np.flatnonzero(worst).tolist():
        yield Found(
            verdicts.placement.sheet,
            int(verdicts.placement.codes[cell]),
            STATUS[int(worst[cell])],
            partial(_quantity_result, verdicts, q, cell, formulas, settings, mistakes, trials if corrects else None),
        )


def _quantity_result(
    verdicts: Verdicts,
    q: Quantity,
    cell: int,
    formulas: FormulaCells,
    settings: Sequence[int],
    mistakes: Mistakes | None,
    trials: Trials | None,
) -> CellResult:
    sighting, place = verdicts.sighting, verdicts.placement
    setting = verdicts.worst_setting(cell)
    actual = sighting.value(setting, cell)
    status = STATUS[int(verdicts.status[setting, cell])]
    kind = kind_of(
        actual, is_formula=bool(sighting.is_formula[cell]), must_be_formula=bool(sighting.must_be_formula[cell])
    )
    desired = float(verdicts.desired[setting, cell])
    if kind is Kind.VALUE and q.expr is None and bool(sighting.must_be_formula[cell]) and actual == desired:
        kind = Kind.NOT_AS_WRITTEN
    local = None if verdicts.local is None else float(verdicts.local[setting, cell])
    if local is not None and not math.isfinite(local):
        local = None
    element = int(place.elements[cell])
    formula = formulas.text(place.sheet, int(place.codes[cell]))
    found = None
    if status is Status.ROOT:
        known = desired if local is None else local
        found = diagnose(q, element, kind, actual, known, is_formula=formula is not None)
        if found is None and mistakes is not None and formula is not None and kind is not Kind.NOT_A_FORMULA:
            fails = _is_out_of_numbers(actual) and _is_right(q, place, cell, trials)
            found = None if fails else _explained(mistakes, sighting, cell, formula)
    wanted = desired if local is None or status is not Status.ROOT else local
    return CellResult(
        sheet=place.sheet,
        cell=address(int(place.codes[cell])),
        status=status,
        kind=kind,
        quantity=q.element_at(element),
        actual=plain(actual),
        desired=desired,
        desired_from_precedents=local,
        formula=formula,
        diagnosis=found.name if found else None,
        message=found.message if found else quantity_message(q, element, status, kind, actual, wanted),
        sample=None if q.is_weight else (settings[setting] if place.sample is None else place.sample) + 1,
        desired_formula=_desired_formula(q, place, cell, trials, actual) if status is Status.ROOT else None,
    )


def _is_right(q: Quantity, place: Placement, cell: int, trials: Trials | None) -> bool:
    """Whether the formula is no mistake, though it fails for the numbers that stand there."""
    if trials is None:
        return False
    from xlcheck.verdicts.desired_formula import Wanted, is_right

    wanted = Wanted(q, int(place.elements[cell]), place.sheet, int(place.codes[cell]), place.sample)
    return is_right(wanted, trials)


def _desired_formula(q: Quantity, place: Placement, cell: int, trials: Trials | None, actual: Value) -> str | None:
    if trials is None or q.expr is None:
        return None
    from xlcheck.verdicts.desired_formula import Wanted, desired_formula

    element, code = int(place.elements[cell]), int(place.codes[cell])
    fails = actual == TOO_LARGE or (_is_out_of_numbers(actual) and _is_right(q, place, cell, trials))
    return desired_formula(Wanted(q, element, place.sheet, code, place.sample, fails), trials)


def _explained(mistakes: Mistakes, sighting: Sighting, cell: int, formula: str) -> Diagnosis | None:
    from xlcheck.verdicts.mistakes.explain import WrongCell

    place = sighting.placement
    unknown = np.full(len(sighting.numbers), False)
    for (setting, c), value in sighting.others.items():
        if c == cell and not isinstance(value, CellError):
            return None
        if c == cell and isinstance(value, CellError):
            unknown[setting] = not _is_out_of_numbers(value)
    element, code = int(place.elements[cell]), int(place.codes[cell])
    actual = sighting.numbers[:, cell]
    return mistakes.explain(WrongCell(cell, element, actual, place.sheet, code, place.sample, formula, unknown))


_OUT_OF_NUMBERS = {"#DIV/0!", "#NUM!"}
"""What a formula gives where it leaves the numbers."""


def _is_out_of_numbers(value: Value) -> bool:
    return isinstance(value, CellError) and value.code in _OUT_OF_NUMBERS


def helper_result(verdict: HelperVerdict, formulas: FormulaCells, settings: Sequence[int]) -> Found:
    """A helper cell that does not agree."""
    code = code_of(verdict.helper.cell)
    describe = partial(_helper_result, verdict, formulas, settings)
    return Found(verdict.helper.cell.sheet, code, verdict.status, describe)


def _helper_result(verdict: HelperVerdict, formulas: FormulaCells, settings: Sequence[int]) -> CellResult:
    helper = verdict.helper
    code = code_of(helper.cell)
    kind = kind_of(verdict.actual, is_formula=verdict.is_formula)
    if kind is Kind.VALUE and verdict.status is Status.ROOT and verdict.is_right:
        kind = Kind.NOT_AS_WRITTEN
    return CellResult(
        sheet=helper.cell.sheet,
        cell=address(code),
        status=verdict.status,
        kind=kind,
        quantity=None,
        actual=plain(verdict.actual),
        desired=verdict.desired,
        desired_from_precedents=None,
        formula=formulas.text(helper.cell.sheet, code),
        diagnosis=None,
        message=helper_message(helper.formula, verdict.status, kind, verdict.actual, verdict.desired),
        sample=settings[verdict.setting] + 1 if len(helper.desired) > 1 else None,
        desired_formula=f"={helper.formula}" if verdict.status is Status.ROOT else None,
    )


def unbound_result(sheet: str, code: int, actual: Value, formulas: FormulaCells) -> Found:
    """A formula cell that belongs to nothing."""
    return Found(sheet, code, Status.UNBOUND, partial(_unbound_result, sheet, code, actual, formulas))


def _unbound_result(sheet: str, code: int, actual: Value, formulas: FormulaCells) -> CellResult:
    return CellResult(
        sheet, address(code), Status.UNBOUND, kind_of(actual, is_formula=True), None, plain(actual), None, None,
        formulas.text(sheet, code), None, UNBOUND,
    )  # fmt: skip


def stale_result(stale: Stale, formulas: FormulaCells) -> Found:
    """A cell whose formula is right, but whose stored value is not: wrong if that is what a reader sees."""
    status = Status.ROOT if stale.is_shown else Status.AGREE
    return Found(stale.sheet, stale.code, status, partial(_stale_result, stale, status, formulas))


def _stale_result(stale: Stale, status: Status, formulas: FormulaCells) -> CellResult:
    return CellResult(
        stale.sheet, address(stale.code), status, Kind.STALE_CACHE, None, plain(stale.cached),
        plain(stale.actual), None, formulas.text(stale.sheet, stale.code), None,
        stale_message(stale.cached, stale.actual, is_shown=stale.is_shown),
    )  # fmt: skip
