"""What a formula engine makes of a generated workbook: everything the manifest names, for every sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.check.formula_cells import FormulaCells
from xlcheck.check.helpers import same_formula
from xlcheck.check.placement import Codes, Placement, Sighting, codes_of, contained, is_number, placement_of, union
from xlcheck.check.recalculate import Reading, recalculate, runs
from xlcheck.engines.base import Engine
from xlcheck.errors import WorkbookError
from xlcheck.excel.addresses import Range
from xlcheck.excel.bindings import Helper
from xlcheck.excel.content import WorkbookContent
from xlcheck.excel.manifest import Manifest
from xlcheck.excel.values import Value
from xlcheck.graph.quantities import Graph

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
        changed: helpers and look-ups that no longer hold the formula that was written.
        unbound: the formula cells that belong to nothing.
        readings: every range that holds formulas.
        formula_cells: how many cells hold a formula, or should.
    """

    settings: Sequence[int]
    saved: int | None
    sightings: tuple[Sighting, ...]
    helpers: tuple[tuple[Helper, ObservedCell], ...]
    changed: frozenset[CellKey]
    unbound: tuple[ObservedCell, ...]
    readings: tuple[Reading, ...]
    formula_cells: int


def observe(
    content: WorkbookContent, manifest: Manifest, graph: Graph, formulas: FormulaCells, engine: Engine
) -> Observation:
    """Recalculate a generated workbook for every sample and read everything in it.

    Raises:
        WorkbookError: a worksheet is missing, or the manifest contradicts itself.
        EngineError: the engine cannot load the file.
    """
    _require_sheets(content, manifest)
    try:
        placements = [placement_of(binding, graph[binding.quantity].shape) for binding in manifest.bindings]
    except (KeyError, ValueError) as error:
        raise WorkbookError(f"{content.path}: the hidden worksheet is damaged ({error}); build it again") from error
    written = {_key(helper.cell): helper for helper in manifest.all_helpers()}
    settings = list(range(len(manifest.samples))) if manifest.selector is not None else [0]

    bound = _union((p.sheet, p.codes) for p in placements)
    helpers = _unbound_helpers(written, bound)
    known = _union([*bound.items(), *((h.cell.sheet, codes_of(h.cell)) for h in helpers)])
    unbound = [(sheet, codes[~contained(codes, known.get(sheet, codes[:0]))]) for sheet, codes in formulas.by_sheet()]

    areas = [binding.area for binding in manifest.bindings]
    live = [bool(formulas.holds(p.sheet, p.codes).any()) for p in placements]
    others = runs([*_union((h.cell.sheet, codes_of(h.cell)) for h in helpers).items(), *unbound])
    readings = recalculate(
        engine.open(content.path), [*areas, *others], live + [True] * len(others), manifest.selector, settings
    )
    sightings = tuple(
        _sighting(p, reading, formulas, written, computed=graph[p.quantity].expr is not None)
        for p, reading in zip(placements, readings[: len(areas)], strict=True)
    )
    cells = {(cell.sheet, cell.code): cell for reading in readings[len(areas) :] for cell in _cells(reading)}
    changed = frozenset(key for key, helper in written.items() if not same_formula(formulas.text(*key), helper.formula))
    return Observation(
        settings=settings,
        saved=_saved_setting(content, manifest.selector, len(settings)),
        sightings=sightings,
        helpers=tuple((helper, cells[_key(helper.cell)]) for helper in helpers),
        changed=changed,
        unbound=tuple(cells[sheet, int(code)] for sheet, codes in unbound for code in codes),
        readings=tuple(r for r, alive in zip(readings, live + [True] * len(others), strict=True) if alive),
        formula_cells=_count(formulas, sightings, helpers),
    )


def _require_sheets(content: WorkbookContent, manifest: Manifest) -> None:
    areas = [
        *(b.area for b in manifest.bindings),
        *(h.cell for h in manifest.helpers),
        *(f.area for f in manifest.filled),
    ]
    if manifest.selector is not None:
        areas.append(manifest.selector)
    missing = sorted({area.sheet for area in areas} - set(content.sheets))
    if missing:
        raise WorkbookError(
            f"{content.path}: worksheet {missing[0]!r} was deleted or renamed; "
            "give it its name back, or build the workbook again"
        )


def _unbound_helpers(written: Mapping[CellKey, Helper], bound: Mapping[str, Codes]) -> list[Helper]:
    """The helpers that are no look-up of a given quantity, in their order."""
    by_sheet: dict[str, list[int]] = {}
    for sheet, code in written:
        by_sheet.setdefault(sheet, []).append(code)
    lookups = set()
    for sheet, some in by_sheet.items():
        codes = np.array(some, dtype=np.int64)
        lookups |= {(sheet, code) for code in codes[contained(codes, bound.get(sheet, codes[:0]))].tolist()}
    return [helper for key, helper in written.items() if key not in lookups]


def _key(area: Range) -> CellKey:
    return area.sheet, int(codes_of(area)[0])


def _union(groups: Iterable[tuple[str, Codes]]) -> dict[str, Codes]:
    """All codes by worksheet, each once, in ascending order."""
    collected: dict[str, list[Codes]] = {}
    for sheet, codes in groups:
        collected.setdefault(sheet, []).append(codes)
    return {sheet: union(parts) for sheet, parts in collected.items()}


def _sighting(
    placement: Placement, reading: Reading, formulas: FormulaCells, written: dict[CellKey, Helper], *, computed: bool
) -> Sighting:
    size = placement.codes.size
    must = np.full(size, computed)
    as_written = np.zeros(size, dtype=bool)
    if not computed:
        for cell, code in enumerate(placement.codes.tolist()):
            helper = written.get((placement.sheet, code))
            if helper is not None:
                must[cell] = True
                as_written[cell] = same_formula(formulas.text(placement.sheet, code), helper.formula)
    return Sighting(
        placement,
        reading.numbers,
        reading.others,
        is_formula=formulas.holds(placement.sheet, placement.codes),
        must_be_formula=must,
        as_written=as_written,
    )


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


def _count(formulas: FormulaCells, sightings: Sequence[Sighting], helpers: Sequence[Helper]) -> int:
    """Cells that hold a formula, or should."""
    should = _union(
        [
            *((s.placement.sheet, s.placement.codes[s.must_be_formula]) for s in sightings),
            *((h.cell.sheet, codes_of(h.cell)) for h in helpers),
            *formulas.by_sheet(),
        ]
    )
    return sum(codes.size for codes in should.values())
