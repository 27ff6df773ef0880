"""Verdicts on a table of epochs: rows take the place of samples, so that all epochs are judged at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from functools import partial

import numpy as np

from xlcheck.formulas.addresses import MAX_COLUMNS, Range
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.judge import ROOT
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.placement import Array, Placement, Sighting, position
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.verdicts.results import quantity_results, stale_result
from xlcheck.verdicts.stale import find_stale
from xlcheck.verdicts.tolerance import Tolerance, ulps
from xlcheck.workbook.cell_codes import codes_of
from xlcheck.workbook.content import SheetContent, WorkbookContent
from xlcheck.workbook.epoch_table import EpochTable
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.values import Value


def without_tables(content: WorkbookContent, tables: Iterable[EpochTable]) -> WorkbookContent:
    """A workbook's content without the cells of its tables, which are judged by themselves."""
    for table in tables:
        sheet = content.sheets.get(table.area.sheet)
        if sheet is None:
            continue
        packed = PackedCells.of(sheet.cells)
        rows, columns = np.divmod(packed.codes, MAX_COLUMNS)
        in_table = np.isin(columns, list(table.columns.values()))
        in_table &= (rows >= table.area.top) & (rows < table.area.top + table.area.rows)
        cells = packed.where(~in_table)
        content = replace(content, sheets={**content.sheets, sheet.name: SheetContent(sheet.name, sheet.state, cells)})
    return content


def judge_epochs(
    graph: Graph,
    table: EpochTable,
    reading: Reading,
    given: Mapping[str, Array],
    history: Mapping[str, Array],
    formulas: FormulaCells,
    tolerance: Tolerance,
) -> tuple[Part, list[Verdicts]]:
    """Judge every cell of a table; the arguments are those of `table_verdicts`.

    Returns:
        What became of its cells, epoch by epoch, and the verdicts on each column.
    """
    verdicts = table_verdicts(graph, table, reading, given, history, formulas, tolerance)
    wrong = wrong_cells(graph, table, verdicts, formulas, tolerance)
    stale = list(_stale(table, reading, formulas, {found.code for found in wrong}))
    size = sum(v.placement.codes.size for v in verdicts)
    part = Part(
        [*wrong, *stale],
        formula_cells=size,
        checked=size - sum(found.status is Status.NOT_EVALUATED for found in wrong),
        quantities=tuple(v.placement.quantity for v in verdicts),
        max_abs_error=max((_largest(v) for v in verdicts), default=0.0),
        max_ulps=max((ulps(_largest(v), v.scale) for v in verdicts), default=0.0),
    )
    return part, verdicts


def table_verdicts(
    graph: Graph,
    table: EpochTable,
    reading: Reading,
    given: Mapping[str, Array],
    history: Mapping[str, Array],
    formulas: FormulaCells,
    tolerance: Tolerance,
) -> list[Verdicts]:
    """The verdicts on each column of a table.

    Args:
        graph: one epoch, a quantity for each number; what the table does not compute is left out.
        table: where they stand.
        reading: the rows of the table and the one above them, as an engine computes them.
        given: what is the same in all epochs, as it stands in the workbook, `(1, 1)`.
        history: what every quantity must be in each epoch, `(epochs, 1)`; NaN where a cell need only follow from the
            cells it reads.
        formulas: the formulas of the whole workbook.
        tolerance: what counts as agreement.
    """
    epochs = table.area.rows
    cells = np.asarray(reading.numbers[0]).reshape(epochs + 1, table.area.columns)
    sightings = []
    desired: dict[str, Array] = {}
    graph = _of_table(graph, table)
    for q in graph:
        if q.name in table.columns:
            column, rows = table.columns[q.name], slice(1, None)
            desired[q.name] = history[q.name]
        elif q.name in table.before:
            after = table.before[q.name]
            column, rows = table.columns[after], slice(0, -1)
            desired[q.name] = np.vstack([given[q.name], history[after][:-1]])
        elif q.name in table.own:
            column, rows = table.own[q.name], slice(1, None)
            numbered = q.name.endswith(".iteration")
            desired[q.name] = np.arange(1.0, epochs + 1)[:, None] if numbered else cells[rows, column][:, None]
        else:
            desired[q.name] = np.broadcast_to(given[q.name], (epochs, 1))
            continue
        sightings.append(_sighting(table, q.name, column, cells[rows, column][:, None], computed=q.expr is not None))
    others = _others_below(table, reading)
    return [
        _as_cells(v, table, others, formulas)
        for v in compare(graph, sightings, desired, tolerance, range(epochs))
        if v.placement.quantity in table.columns
    ]


def wrong_cells(
    graph: Graph, table: EpochTable, verdicts: list[Verdicts], formulas: FormulaCells, tolerance: Tolerance
) -> list[Found]:
    """The cells of a table that do not agree, epoch by epoch, roots first."""
    results = sorted(_results(_of_table(graph, table), table, verdicts, formulas, tolerance), key=lambda item: item[0])
    return [found for _, found in results]


def _of_table(graph: Graph, table: EpochTable) -> Graph:
    """Without the quantities that a table does not compute."""
    return Graph(tuple(q for q in graph if q.expr is None or q.name in table.columns))


def _sighting(table: EpochTable, name: str, column: int, numbers: Array, *, computed: bool) -> Sighting:
    """A column as one cell with an epoch for each setting."""
    code = codes_of(Range(table.area.sheet, table.area.top, column))
    one = np.array([True])
    place = Placement(name, None, table.area.sheet, code, np.array([0]))
    return Sighting(place, numbers, {}, is_formula=one, must_be_formula=one & computed, as_written=one)


def _others_below(table: EpochTable, reading: Reading) -> dict[int, dict[tuple[int, int], Value]]:
    """What is no number in each column of a table, without the row above it; see `Sighting.others`."""
    found: dict[int, dict[tuple[int, int], Value]] = {}
    for (_, cell), value in reading.others.items():
        row, column = divmod(cell, table.area.columns)
        if row > 0:
            found.setdefault(column, {})[0, row - 1] = value
    return found


def _as_cells(
    verdicts: Verdicts, table: EpochTable, others: Mapping[int, dict[tuple[int, int], Value]], formulas: FormulaCells
) -> Verdicts:
    """The same with one cell for each epoch instead of one setting; constants among them are roots."""
    column = table.columns[verdicts.placement.quantity]
    codes = codes_of(Range(table.area.sheet, table.area.top, column, table.area.rows))
    holds = formulas.holds(table.area.sheet, codes)
    epochs = codes.size
    place = replace(verdicts.placement, codes=codes, elements=np.zeros(epochs, dtype=np.intp))
    every = np.full(epochs, True)
    sighting = Sighting(place, verdicts.sighting.numbers.T, others.get(column, {}), holds, every, every)
    status = verdicts.status.T.copy()
    status[0, ~holds] = ROOT

    def as_cells(values: Array) -> Array:
        return np.broadcast_to(values, (epochs, 1)).T

    follow = verdicts.follow
    return Verdicts(
        sighting,
        as_cells(verdicts.desired),
        None if verdicts.local is None else as_cells(verdicts.local),
        status,
        verdicts.scale,
        None if follow is None else lambda expr: as_cells(follow(expr)),
    )


def _results(
    graph: Graph, table: EpochTable, verdicts: list[Verdicts], formulas: FormulaCells, tolerance: Tolerance
) -> Iterator[tuple[tuple[int, int, int], Found]]:
    """(not a root, row, place in the graph) and each cell that does not agree."""
    for number, own in enumerate(verdicts):
        rows = np.flatnonzero(own.worst()).tolist()
        for found, row in zip(quantity_results(own, graph, formulas, [0], tolerance), rows, strict=True):
            describe = partial(_described, found, f"{table.row} {row + 1}")
            yield (found.status is not Status.ROOT, row, number), replace(found, describe=describe)


def _described(found: Found, row: str) -> CellResult:
    """The result of a cell, with its row in words."""
    result = found.describe()
    return replace(result, message=f"{row}: {result.message}", sample=None)


def _stale(table: EpochTable, reading: Reading, formulas: FormulaCells, listed: Set[int]) -> Iterator[Found]:
    """The cells whose stored value is not what their formula gives, apart from those that are listed anyway."""
    columns = set(table.columns.values())
    for stale in find_stale([reading], 0, formulas):
        row, column = position(stale.code)
        if column in columns and row >= table.area.top and stale.code not in listed:
            yield stale_result(stale, formulas)


def _largest(verdicts: Verdicts) -> float:
    difference = np.abs(verdicts.sighting.numbers - verdicts.desired)
    finite = difference[np.isfinite(difference)]
    return float(finite.max()) if finite.size else 0.0
