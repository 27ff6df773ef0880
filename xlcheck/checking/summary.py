"""Verdicts → `CheckReport`: count, order, and say what else a reader should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from xlcheck.checking.filled import FilledVerdict
from xlcheck.checking.formula_cells import FormulaCells
from xlcheck.checking.groups import others_on
from xlcheck.checking.helpers import HelperVerdict
from xlcheck.checking.messages import plural
from xlcheck.checking.observe import Observation
from xlcheck.checking.placement import Codes, Mask, address, codes_of, union
from xlcheck.checking.report import CellResult, CheckReport, Counts, Edit, Status
from xlcheck.checking.results import helper_result, quantity_results, stale_result, unbound_result
from xlcheck.checking.stale import find_stale
from xlcheck.checking.tolerance import ulps
from xlcheck.checking.verdicts import Verdicts
from xlcheck.graph.quantities import Graph

_ORDER = (Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED, Status.UNBOUND)


@dataclass(frozen=True)
class Judged:
    """Everything that is known of a workbook once every cell has its verdict."""

    graph: Graph
    verdicts: Sequence[Verdicts]
    helpers: Sequence[HelperVerdict]
    filled: Sequence[FilledVerdict]
    seen: Observation
    formulas: FormulaCells
    edits: tuple[Edit, ...] = ()


def summarise(
    judged: Judged,
    *,
    workbook: str,
    engine: str,
    oracle: str,
    samples: int,
    notes: tuple[str, ...],
    compare_weights: bool,
) -> CheckReport:
    """The report on one workbook with one engine.

    Args:
        judged: the verdicts.
        workbook: the file's path as given.
        engine: name and version.
        oracle: where the desired values come from.
        samples: how many samples the workbook knows.
        notes: what the reader of the file noticed.
        compare_weights: whether weights were compared with a model, and so count as checked.
    """
    results = _results(judged)
    results += _stale(judged, {(r.sheet, r.cell) for r in results})
    counts = _counts(judged, results, compare_weights=compare_weights)
    error, last_places = _largest_difference(judged)
    return CheckReport(
        workbook=workbook,
        engine=engine,
        oracle=oracle,
        counts=counts,
        max_abs_error=error,
        max_ulps=last_places,
        samples=samples,
        cells=tuple(results),
        edits=judged.edits,
        notes=(*notes, *_notes(judged, counts)),
        quantities=tuple(dict.fromkeys(_names(judged, compare_weights=compare_weights))),
    )


def _results(judged: Judged) -> list[CellResult]:
    """Every cell that does not agree, each once: roots, carried, not evaluated, unbound."""
    found: dict[tuple[str, str], CellResult] = {}
    for result in _all_results(judged):
        key = result.sheet, result.cell
        if key not in found or _ORDER.index(result.status) < _ORDER.index(found[key].status):
            found[key] = result
    return sorted(found.values(), key=lambda r: _ORDER.index(r.status))


def _all_results(judged: Judged) -> Iterator[CellResult]:
    seen = judged.seen
    for verdicts in judged.verdicts:
        yield from quantity_results(verdicts, judged.graph[verdicts.placement.quantity], judged.formulas, seen.settings)
    for verdict in chain(judged.helpers, *(column.wrong for column in judged.filled)):
        if verdict.status is not Status.AGREE:
            yield helper_result(verdict, judged.formulas, seen.settings)
    for cell in seen.unbound:
        yield unbound_result(cell.sheet, cell.code, cell.values[seen.saved or 0], judged.formulas)


def _stale(judged: Judged, listed: set[tuple[str, str]]) -> list[CellResult]:
    if judged.seen.saved is None:
        return []
    return [
        stale_result(stale, judged.formulas)
        for stale in find_stale(judged.seen.readings, judged.seen.saved, judged.formulas)
        if (stale.sheet, address(stale.code)) not in listed
    ]


def _stray(judged: Judged) -> list[str]:
    """The formula cells on worksheets that xlcheck made of which it knows nothing."""
    seen = judged.seen
    return [f"{cell.sheet}!{address(cell.code)}" for cell in seen.unbound if cell.sheet in seen.own_sheets]


def _compared(judged: Judged, verdicts: Verdicts, *, compare_weights: bool) -> Mask:
    """Which cells of a sighting count as checked: formulas, and constants that were held against something."""
    s = verdicts.sighting
    if compare_weights and judged.graph[verdicts.placement.quantity].is_weight:
        return np.full(s.is_formula.shape, True)
    return s.must_be_formula | s.is_formula | (verdicts.worst() > 0)


def _names(judged: Judged, *, compare_weights: bool) -> Iterator[str]:
    for verdicts in judged.verdicts:
        if _compared(judged, verdicts, compare_weights=compare_weights).any():
            yield verdicts.placement.quantity
    for verdict in judged.helpers:
        yield others_on(verdict.helper.cell.sheet)
    for column in judged.filled:
        yield others_on(column.area.sheet)


def _counts(judged: Judged, results: Sequence[CellResult], *, compare_weights: bool) -> Counts:
    number = {status: sum(r.status is status for r in results) for status in _ORDER}
    compared: dict[str, list[Codes]] = {}
    for verdicts in judged.verdicts:
        counted = _compared(judged, verdicts, compare_weights=compare_weights)
        compared.setdefault(verdicts.placement.sheet, []).append(verdicts.placement.codes[counted])
    for verdict in judged.helpers:
        compared.setdefault(verdict.helper.cell.sheet, []).append(codes_of(verdict.helper.cell))
    for column in judged.filled:
        compared.setdefault(column.area.sheet, []).append(codes_of(column.area))
    checked = sum(union(parts).size for parts in compared.values())
    checked -= number[Status.NOT_EVALUATED]
    return Counts(
        formula_cells=judged.seen.formula_cells,
        checked=checked,
        agree=checked - number[Status.ROOT] - number[Status.CARRIED],
        root=number[Status.ROOT],
        carried=number[Status.CARRIED],
        unbound=number[Status.UNBOUND],
        not_evaluated=number[Status.NOT_EVALUATED],
        stray=len(_stray(judged)),
    )


def _largest_difference(judged: Judged) -> tuple[float, float]:
    """Largest absolute difference over all compared numbers, and largest in units in the last place."""
    error = last_places = 0.0
    for verdicts in judged.verdicts:
        difference = np.abs(verdicts.sighting.numbers - verdicts.desired)
        difference = difference[np.isfinite(difference)]
        if difference.size:
            largest = float(difference.max())
            error = max(error, largest)
            last_places = max(last_places, ulps(largest, verdicts.scale))
    for verdict in judged.helpers:
        if isinstance(verdict.actual, float) and isinstance(verdict.desired, float):
            error = max(error, abs(verdict.actual - verdict.desired))
    for column in judged.filled:
        error = max(error, column.error)
    return error, last_places


def _notes(judged: Judged, counts: Counts) -> Iterator[str]:
    seen = judged.seen
    if judged.edits:
        yield (
            f"{plural(len(judged.edits), 'input or weight was', 'inputs or weights were')} changed after the workbook "
            "was built; Keras was asked anew with the values that stand in it"
        )
    if seen.saved is None:
        yield "the cell that selects the sample holds no sample's number, so stored values were not compared"
    if counts.stray:
        first = ", ".join(_stray(judged)[:3]) + (f" and {counts.stray - 3} more" if counts.stray > 3 else "")
        yield (
            f"{plural(counts.stray, 'formula', 'formulas')} on worksheets that xlcheck made ({first}) "
            f"{'belongs' if counts.stray == 1 else 'belong'} to nothing it knows, so not everything could be checked; "
            "put formulas of your own on a worksheet of your own, or build the workbook again"
        )
    if counts.carried and not counts.root:
        yield (
            "no formula is wrong in itself: the cells above read a constant that was changed, or what was allowed to "
            "differ"
        )
    uncached = judged.formulas.without_value()
    if uncached:
        yield f"{uncached} formula cells have no stored value; programs that do not calculate show them empty"
