"""What a formula engine makes of a generated workbook: everything the manifest names, for every sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.meaning import same_formula
from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Graph
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.expectation import own_sheets
from xlcheck.verdicts.generated.filled_columns import FilledColumn, find_copy, find_filled
from xlcheck.verdicts.placement import Placement, Sighting, is_number, placements_of
from xlcheck.verdicts.recalculate import Reading, recalculate, runs
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.cell_codes import Codes, Mask, by_sheet, code_of, codes_of, contained
from xlcheck.workbook.content import NotEvaluated, Value, WorkbookContent
from xlcheck.workbook.looks.as_built import built_sheets
from xlcheck.workbook.manifest import Manifest, manifest_sheet

CellKey = tuple[str, int]


@dataclass(frozen=True)
class ObservedCell:
    """A formula cell that is no quantity, and what was computed for it in each setting."""

    sheet: str
    code: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Observation:
    """A workbook as the engine computes it.

    Attributes:
        settings: for each position of the selector, the sample it shows.
        saved: the setting in which the file was saved; None if its selector shows no sample.
        sightings: one for each binding.
        helpers: the formula cells that are no quantity, with what was computed.
        filled: the same for whole columns.
        changed: helpers and look-ups that no longer hold the formula that was written.
        unbound: the formula cells that belong to nothing.
        own_sheets: the worksheets that xlcheck made, where no formula cell should belong to nothing.
        readings: every range that holds formulas.
        tables: the tables of a training, each with the row above it.
        formula_cells: how many cells hold a formula, or should.
    """

    settings: Sequence[int]
    saved: int | None
    sightings: tuple[Sighting, ...]
    helpers: tuple[tuple[Helper, ObservedCell], ...]
    filled: tuple[tuple[FilledColumn, Reading], ...]
    changed: frozenset[CellKey]
    unbound: tuple[ObservedCell, ...]
    own_sheets: frozenset[str]
    readings: tuple[Reading, ...]
    tables: tuple[Reading, ...]
    formula_cells: int


def observe(
    content: WorkbookContent, manifest: Manifest, graph: Graph, formulas: FormulaCells, session: Session, engine: str
) -> Observation:
    """Recalculate a generated workbook for every sample and read everything in it.

    What the engine is known to compute otherwise than Excel, without saying so, is no answer.

    Raises:
        EngineError: the engine cannot load the file.
    """
    placements = placements_of(manifest.bindings, graph)
    written = {_key(helper.cell): helper for helper in manifest.helpers}
    filled = _columns(manifest, graph, formulas)
    settings = list(range(len(manifest.samples))) if manifest.selector is not None else [0]

    bound = by_sheet((p.sheet, p.codes) for p in placements)
    helpers = _unbound_helpers(written, bound)
    columns = [column for column in filled if not _is_bound(column, bound)]
    unbound = _unbound_cells(formulas, bound, helpers, columns)

    areas = [binding.area for binding in manifest.bindings]
    are_formulas = [formulas.holds(p.sheet, p.codes) for p in placements]
    live = [bool(mask.any()) for mask in are_formulas]
    others = runs([*by_sheet((h.cell.sheet, codes_of(h.cell)) for h in helpers).items(), *unbound])
    tables = [table.reading for table in manifest.tables]
    rest = [*(column.area for column in columns), *others]
    readings = recalculate(
        session,
        [*areas, *rest, *tables],
        live + [True] * len(rest + tables),
        manifest.selector,
        settings,
        {len(areas) + i: text for i, column in enumerate(columns) if (text := _only_text(column)) is not None},
    )
    as_written = _Written(written, filled, formulas)
    _leave_open(readings, formulas.that_differ(engine, as_written.by_sheet()), len(settings))
    in_columns = readings[len(areas) : len(areas) + len(columns)]
    sightings = tuple(
        _sighting(p, reading, is_formula, as_written, computed=graph[p.quantity].expr is not None)
        for p, reading, is_formula in zip(placements, readings[: len(areas)], are_formulas, strict=True)
    )
    single = readings[len(areas) + len(columns) : len(areas) + len(rest)]
    cells = {(cell.sheet, cell.code): cell for reading in single for cell in _cells(reading)}
    return Observation(
        settings=settings,
        saved=_saved_setting(content, manifest.selector, len(settings)),
        sightings=sightings,
        helpers=tuple((helper, cells[_key(helper.cell)]) for helper in helpers),
        filled=tuple(zip(columns, in_columns, strict=True)),
        changed=as_written.changed(),
        unbound=tuple(cells[sheet, int(code)] for sheet, codes in unbound for code in codes),
        own_sheets=_own_sheets(content, manifest, [sheet for sheet, codes in unbound if codes.size]),
        readings=tuple(
            r for r, alive in zip(readings[: len(areas) + len(rest)], live + [True] * len(rest), strict=True) if alive
        ),
        tables=tuple(readings[len(areas) + len(rest) :]),
        formula_cells=_count(formulas, sightings, [*(h.cell for h in helpers), *(c.area for c in columns)]),
    )


def _own_sheets(content: WorkbookContent, manifest: Manifest, asked: Iterable[str]) -> frozenset[str]:
    """The worksheets that xlcheck made, those without formulas among them if one of them is asked about."""
    own, hidden = own_sheets(manifest), manifest_sheet(content)
    return own if own.issuperset(asked) or hidden is None else own | built_sheets(hidden)


def _leave_open(readings: Iterable[Reading], cells: Iterable[tuple[str, int, str]], settings: int) -> None:
    """Put in place of the values of some cells that there is none, and why."""
    doubtful: dict[str, dict[int, str]] = {}
    for sheet, code, why in cells:
        doubtful.setdefault(sheet, {})[code] = why
    for reading in readings if doubtful else ():
        reasons, codes = doubtful.get(reading.area.sheet, {}), codes_of(reading.area)
        inside = contained(codes, np.array(sorted(reasons), dtype=np.int64))
        for cell in np.flatnonzero(inside).tolist():
            reading.numbers[:, cell] = np.nan
            unknown = NotEvaluated(reasons[int(codes[cell])])
            reading.others.update({(setting, cell): unknown for setting in range(settings)})


def _columns(manifest: Manifest, graph: Graph, formulas: FormulaCells) -> list[FilledColumn]:
    """The columns of formulas that are no quantities, as they stand in the file."""
    if not manifest.filled and not manifest.copies:
        return []
    bands = {band.name: members for band, members in graph.bands().items()}
    places = {b.quantity: b.area for b in reversed(manifest.bindings) if b.sample is None}
    return [
        *(find_filled(helper, formulas) for helper in manifest.filled),
        *(find_copy(copy, formulas, bands[copy.band], places) for copy in manifest.copies),
    ]


def _unbound_helpers(written: Mapping[CellKey, Helper], bound: Mapping[str, Codes]) -> list[Helper]:
    """The helpers that are no look-up of a given quantity, in their order."""
    lookups = set()
    for sheet, some in grouped(written).items():
        codes = np.array(some, dtype=np.int64)
        lookups |= {(sheet, code) for code in codes[contained(codes, bound.get(sheet, codes[:0]))].tolist()}
    return [helper for key, helper in written.items() if key not in lookups]


def _unbound_cells(
    formulas: FormulaCells, bound: Mapping[str, Codes], helpers: Sequence[Helper], columns: Sequence[FilledColumn]
) -> list[tuple[str, Codes]]:
    """The formula cells that belong to nothing, by worksheet."""
    own = [*((h.cell.sheet, codes_of(h.cell)) for h in helpers), *((c.area.sheet, c.codes) for c in columns)]
    known = by_sheet([*bound.items(), *own])
    return [(sheet, codes[~contained(codes, known.get(sheet, codes[:0]))]) for sheet, codes in formulas.by_sheet()]


def _key(area: Range) -> CellKey:
    return area.sheet, code_of(area)


class _Written:
    """For each cell that should hold a certain formula, whether it does."""

    def __init__(
        self, single: Mapping[CellKey, Helper], filled: Sequence[FilledColumn], formulas: FormulaCells
    ) -> None:
        parts: list[tuple[str, tuple[Codes, Mask]]] = []
        for (sheet, code), helper in single.items():
            same = same_formula(formulas.text(sheet, code), helper.formula, sheet)
            parts.append((sheet, (np.array([code], dtype=np.int64), np.array([same]))))
        parts += [(column.area.sheet, (column.codes, column.as_written)) for column in filled]
        self._by_sheet: dict[str, tuple[Codes, Mask]] = {}
        for sheet, own in grouped(parts).items():
            codes = np.concatenate([codes for codes, _ in own])
            order = np.argsort(codes, kind="stable")
            self._by_sheet[sheet] = codes[order], np.concatenate([same for _, same in own])[order]

    def at(self, sheet: str, codes: Codes) -> tuple[Mask, Mask]:
        """For each cell: whether it should hold a certain formula, and whether it does."""
        known, same = self._by_sheet.get(sheet, (codes[:0], np.array([], dtype=bool)))
        must = contained(codes, known)
        if not must.any():
            return must, must
        return must, must & same[np.minimum(np.searchsorted(known, codes), known.size - 1)]

    def by_sheet(self) -> Mapping[str, Codes]:
        """For each worksheet the cells that hold it."""
        return {sheet: codes[same] for sheet, (codes, same) in self._by_sheet.items()}

    def changed(self) -> frozenset[CellKey]:
        """The cells that hold something else."""
        return frozenset((sheet, int(code)) for sheet, (codes, same) in self._by_sheet.items() for code in codes[~same])


def _is_bound(column: FilledColumn, bound: Mapping[str, Codes]) -> bool:
    """Whether a filled column holds look-ups of a given quantity."""
    return bool(contained(column.codes, bound.get(column.area.sheet, column.codes[:0])).all())


def _only_text(column: FilledColumn) -> str | None:
    """The text that every cell of a column should hold for every sample, if it is one."""
    first = column.desired[0] if len(column.desired) == 1 else None
    return first if isinstance(first, str) else None


def _sighting(
    placement: Placement, reading: Reading, is_formula: Mask, written: _Written, *, computed: bool
) -> Sighting:
    size = placement.codes.size
    must, as_written = _mask(size, computed), _mask(size, False)
    if not computed:
        must, as_written = written.at(placement.sheet, placement.codes)
    return Sighting(
        placement, reading.numbers, reading.others, is_formula=is_formula, must_be_formula=must, as_written=as_written
    )


@cache
def _mask(size: int, value: bool) -> Mask:
    """The same for all cells; thousands of ranges have one size."""
    return np.broadcast_to(np.bool_(value), size)


def _cells(reading: Reading) -> Iterator[ObservedCell]:
    for cell, code in enumerate(codes_of(reading.area).tolist()):
        values = tuple(reading.value(setting, cell) for setting in range(len(reading.numbers)))
        yield ObservedCell(reading.area.sheet, code, values)


def _saved_setting(content: WorkbookContent, selector: Range | None, settings: int) -> int | None:
    """The setting in which the file was saved: what its stored values belong to."""
    if selector is None:
        return 0
    cell = content.sheets[selector.sheet].cells.get((selector.top, selector.left))
    position = None if cell is None else cell.value
    if not is_number(position) or position not in range(1, settings + 1):
        return None
    return int(position) - 1


def _count(formulas: FormulaCells, sightings: Sequence[Sighting], helpers: Sequence[Range]) -> int:
    """Cells that hold a formula, or should."""
    should = by_sheet(
        [
            *((s.placement.sheet, s.placement.codes[s.must_be_formula]) for s in sightings),
            *((area.sheet, codes_of(area)) for area in helpers),
            *formulas.by_sheet(),
        ]
    )
    return sum(codes.size for codes in should.values())
