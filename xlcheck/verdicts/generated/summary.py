"""Verdicts on a generated workbook → what became of its cells: count, order, and say what a reader should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.filled_columns import FilledVerdict
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.helpers import HelperVerdict, equal
from xlcheck.verdicts.judge import Codes
from xlcheck.verdicts.messages import first_of, others_on, plural
from xlcheck.verdicts.parts import ORDER, Part
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.report import Counts, Status
from xlcheck.verdicts.results import helper_result, quantity_results, stale_result, unbound_result
from xlcheck.verdicts.stale import find_stale, wrongly_shown
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Mask, address, by_sheet, code_of, codes_of

if TYPE_CHECKING:
    from xlcheck.verdicts.mistakes.trials import Trials

_MAGNIFIED = 1e-12


@dataclass(frozen=True)
class Judged:
    """Everything that is known of a workbook once every cell has its verdict."""

    graph: Graph
    verdicts: Sequence[Verdicts]
    helpers: Sequence[HelperVerdict]
    filled: Sequence[FilledVerdict]
    seen: Observation
    formulas: FormulaCells
    tolerance: Tolerance

    @cached_property
    def worst(self) -> list[Codes]:
        """The worst verdict on each cell of each sighting; see `Verdicts.worst`."""
        return [verdicts.worst() for verdicts in self.verdicts]

    @cached_property
    def trials(self) -> Trials:
        """What formulas give for other numbers; only where something is wrong anybody asks for it."""
        from xlcheck.verdicts.mistakes.trials import Trials

        return Trials(self.graph, (s.placement for s in self.seen.sightings), self.formulas)


def part_of(judged: Judged, *, oracle: str, samples: int, compare_weights: bool) -> Part:
    """What became of the cells of a generated workbook.

    Args:
        judged: the verdicts.
        oracle: where the desired values come from.
        samples: how many samples the workbook knows.
        compare_weights: whether weights were compared with a model, and so count as checked.
    """
    compared = _compared(judged, compare_weights=compare_weights)
    results = _results(judged)
    results += _stale(judged, {(r.sheet, r.code) for r in results})
    error, last_places = _largest_difference(judged)
    part = Part(
        results,
        formula_cells=judged.seen.formula_cells,
        checked=_checked(judged, compared) - sum(r.status is Status.NOT_EVALUATED for r in results),
        stray=len(_stray(judged)),
        quantities=tuple(dict.fromkeys(_names(judged, compared))),
        oracle=oracle,
        samples=samples,
        max_abs_error=error,
        max_ulps=last_places,
    )
    strays = tuple(_strays(judged))
    return replace(part, notes=(*strays, *_notes(judged, part.counts())), gaps=strays)


def _results(judged: Judged) -> list[Found]:
    """Every cell that does not agree, each once: roots, carried, not evaluated, unbound."""
    found: dict[tuple[str, int], Found] = {}
    for result in _all_results(judged):
        key = result.sheet, result.code
        if key not in found or ORDER.index(result.status) < ORDER.index(found[key].status):
            found[key] = result
    return sorted(found.values(), key=lambda r: ORDER.index(r.status))


def _all_results(judged: Judged) -> Iterator[Found]:
    seen = judged.seen
    for verdicts, worst in zip(judged.verdicts, judged.worst, strict=True):
        if worst.any():
            yield from quantity_results(
                verdicts, judged.graph, judged.formulas, seen.settings, judged.tolerance, judged.trials
            )
    for verdict in chain(judged.helpers, *(column.wrong for column in judged.filled)):
        if verdict.status is not Status.AGREE:
            yield helper_result(verdict, judged.formulas, seen.settings)
    for cell in seen.unbound:
        yield unbound_result(cell.sheet, cell.code, cell.values[seen.saved or 0], judged.formulas)


def _stale(judged: Judged, listed: set[tuple[str, int]]) -> list[Found]:
    if judged.seen.saved is None:
        return []
    found = find_stale(judged.seen.readings, judged.seen.saved, judged.formulas)
    unlisted = [stale for stale in found if (stale.sheet, stale.code) not in listed]
    limits = _limits(judged) if unlisted else {}
    return [
        stale_result(stale, judged.formulas)
        for stale in wrongly_shown(unlisted, judged.verdicts, judged.seen.saved, judged.tolerance)
        if not equal(stale.cached, stale.actual, limits.get((stale.sheet, stale.code), 0.0))
    ]


def _limits(judged: Judged) -> dict[tuple[str, int], float]:
    """How far the cells that are no quantities may be from what they should be, and so the values stored in them."""
    cells = ((verdict.helper.cell, verdict.limit) for verdict in judged.helpers)
    limits = {(cell.sheet, code_of(cell)): limit for cell, limit in cells}
    for column in judged.filled:
        limits |= {(column.area.sheet, code): column.limit for code in codes_of(column.area).tolist()}
    return limits


def _stray(judged: Judged) -> list[str]:
    """The formula cells on worksheets that xlcheck made of which it knows nothing."""
    seen = judged.seen
    return [f"{cell.sheet}!{address(cell.code)}" for cell in seen.unbound if cell.sheet in seen.own_sheets]


def _compared(judged: Judged, *, compare_weights: bool) -> list[Mask]:
    """Which cells of each sighting count as checked: formulas, and constants that were held against something."""
    return [
        v.sighting.must_be_formula
        | v.sighting.is_formula
        | (worst > 0)
        | (compare_weights and judged.graph[v.placement.quantity].is_weight)
        for v, worst in zip(judged.verdicts, judged.worst, strict=True)
    ]


def _names(judged: Judged, compared: Sequence[Mask]) -> Iterator[str]:
    for verdicts, counted in zip(judged.verdicts, compared, strict=True):
        if counted.any():
            yield verdicts.placement.quantity
    for verdict in judged.helpers:
        yield others_on(verdict.helper.cell.sheet)
    for column in judged.filled:
        yield others_on(column.area.sheet)


def _checked(judged: Judged, masks: Sequence[Mask]) -> int:
    """How many cells belong to what was compared."""
    areas = [*(verdict.helper.cell for verdict in judged.helpers), *(column.area for column in judged.filled)]
    places = [(verdicts.placement, counted) for verdicts, counted in zip(judged.verdicts, masks, strict=True)]
    compared = [(place.sheet, place.codes[counted]) for place, counted in places]
    return sum(codes.size for codes in by_sheet([*compared, *((a.sheet, codes_of(a)) for a in areas)]).values())


def _largest_difference(judged: Judged) -> tuple[float, float]:
    """Largest absolute difference over all compared numbers, and largest in units in the last place.

    Helpers that are allowed much, because they magnify what rounding has done before them, are left out.
    """
    errors = [(0.0, 0.0), *(v.errors for v in judged.verdicts)]
    error, last_places = (max(own) for own in zip(*errors, strict=True))
    for verdict in judged.helpers:
        if isinstance(verdict.actual, float) and isinstance(verdict.desired, float):
            if verdict.helper.atol > _MAGNIFIED:
                continue
            error = max(error, abs(verdict.actual - verdict.desired))
    for column in judged.filled:
        error = max(error, column.error)
    return error, last_places


def _strays(judged: Judged) -> Iterator[str]:
    """What is said of formulas where xlcheck should know every one."""
    if strays := _stray(judged):
        yield (
            f"{plural(len(strays), 'formula', 'formulas')} on worksheets that xlcheck made ({first_of(strays)}) "
            f"{'belongs' if len(strays) == 1 else 'belong'} to nothing it knows, so not everything could be checked; "
            "put formulas of your own on a worksheet of your own, or build the workbook again"
        )


def _notes(judged: Judged, counts: Counts) -> Iterator[str]:
    if counts.carried and counts.not_evaluated and not counts.root:
        yield "no formula that was checked is wrong in itself: the cells above follow from such as were not"
    elif counts.carried and not counts.root:
        yield (
            "no formula is wrong in itself: the cells above read a constant that was changed, or what was allowed to "
            "differ"
        )
    uncached = judged.formulas.without_value()
    if uncached:
        yield f"{uncached} formula cells have no stored value; programs that do not calculate show them empty"
