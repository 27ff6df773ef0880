"""Verdicts on a table of epochs: rows take the place of samples, so that all epochs are judged at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.judge import AGREE, ROOT
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.verdicts.results import quantity_results, stale_result
from xlcheck.verdicts.stale import find_stale, wrongly_shown
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import codes_of, position, positions
from xlcheck.workbook.content import SheetContent, Value, WorkbookContent
from xlcheck.workbook.epoch_table import EpochTable
from xlcheck.workbook.packed_cells import PackedCells


def without_tables(content: WorkbookContent, tables: Iterable[EpochTable]) -> WorkbookContent:
    """A workbook's content without the cells of its tables, which are judged by themselves."""
    for table in tables:
        sheet = content.sheets.get(table.area.sheet)
        if sheet is None:
            continue
        packed = PackedCells.of(sheet.cells)
        rows, columns = positions(packed.codes)
        in_table = np.isin(columns, list(table.columns.values()))
        in_table &= (rows >= table.area.top) & (rows < table.area.top + table.area.rows)
        cells = packed.where(~in_table)
        content = replace(content, sheets={**content.sheets, sheet.name: SheetContent(sheet.name, sheet.state, cells)})
    return content


@dataclass(frozen=True)
class TableCheck:
    """A table that is to be judged.

    Attributes:
        graph: one epoch, a quantity for each number; what the table does not compute is left out.
        table: where they stand.
        reading: the rows of the table and the one above them, as an engine computes them.
        given: what is the same in all epochs, as it stands in the workbook, `(1, 1)`.
        formulas: the formulas of the whole workbook.
        tolerance: what counts as agreement.
    """

    graph: Graph
    table: EpochTable
    reading: Reading
    given: Mapping[str, Array]
    formulas: FormulaCells
    tolerance: Tolerance

    def judged(self, history: Mapping[str, Array]) -> tuple[Part, list[Verdicts]]:
        """What became of the cells, epoch by epoch, and the verdicts on each column; see `verdicts`."""
        verdicts = self.verdicts(history)
        wrong = self.wrong(verdicts)
        stale = list(self._stale({found.code for found in wrong}, verdicts))
        size = sum(v.placement.codes.size for v in verdicts)
        part = Part(
            [*wrong, *stale],
            formula_cells=size,
            checked=size - sum(found.status is Status.NOT_EVALUATED for found in wrong),
            quantities=tuple(v.placement.quantity for v in verdicts),
            max_abs_error=max((v.errors[0] for v in verdicts), default=0.0),
            max_ulps=max((v.errors[1] for v in verdicts), default=0.0),
        )
        return part, verdicts

    def verdicts(self, history: Mapping[str, Array]) -> list[Verdicts]:
        """The verdicts on each column.

        Args:
            history: what every quantity must be in each epoch, `(epochs, 1)`; NaN where a cell need only follow from
                the cells it reads.
        """
        table, epochs = self.table, self.table.area.rows
        cells = np.asarray(self.reading.numbers[0]).reshape(epochs + 1, table.area.columns)
        sightings = []
        desired: dict[str, Array] = {}
        for q in self._graph:
            if q.name in table.columns:
                column, rows = table.columns[q.name], slice(1, None)
                desired[q.name] = history[q.name]
            elif q.name in table.before:
                after = table.before[q.name]
                column, rows = table.columns[after], slice(0, -1)
                desired[q.name] = np.vstack([self.given[q.name], history[after][:-1]])
            elif q.name in table.own:
                column, rows = table.own[q.name], slice(1, None)
                numbered = q.name.endswith(".iteration")
                desired[q.name] = np.arange(1.0, epochs + 1)[:, None] if numbered else cells[rows, column][:, None]
            else:
                desired[q.name] = np.broadcast_to(self.given[q.name], (epochs, 1))
                continue
            sightings.append(
                _sighting(table, q.name, column, cells[rows, column][:, None], computed=q.expr is not None)
            )
        others = _others_below(table, self.reading)
        return [
            _as_cells(v, table, others, self.formulas)
            for v in compare(self._graph, sightings, desired, self.tolerance, range(epochs))
            if v.placement.quantity in table.columns
        ]

    def wrong(self, verdicts: Sequence[Verdicts]) -> list[Found]:
        """The cells that do not agree, epoch by epoch, roots first."""
        results = sorted(self._results(verdicts), key=lambda item: item[0])
        return [found for _, found in results]

    def wrong_in_themselves(self) -> list[Found]:
        """The cells that do not follow from those that they read, whatever an epoch comes to in the end.

        One number that is wrong in its last place may be anything some hundred epochs later. A formula is right if
        every row of its column is what the equations make of the row itself and the one above. Only cells in which a
        finite number should stand are certain.
        """
        nothing = np.full((self.table.area.rows, 1), np.nan)
        certain = []
        for verdicts in self.verdicts(dict.fromkeys(self.table.columns, nothing)):
            if verdicts.local is not None:
                wrong = (verdicts.status == ROOT) & np.isfinite(verdicts.local)
                status = np.where(wrong, ROOT, AGREE).astype(np.int8)
                certain.append(replace(verdicts, desired=verdicts.local, status=status))
        return self.wrong(certain)

    @cached_property
    def _graph(self) -> Graph:
        """Without the quantities that the table does not compute."""
        return Graph(tuple(q for q in self.graph if q.expr is None or q.name in self.table.columns))

    def _results(self, verdicts: Sequence[Verdicts]) -> Iterator[tuple[tuple[int, int, int], Found]]:
        """(not a root, row, place in the graph) and each cell that does not agree."""
        for number, own in enumerate(verdicts):
            rows = np.flatnonzero(own.worst()).tolist()
            results = quantity_results(own, self._graph, self.formulas, [0], self.tolerance)
            for found, row in zip(results, rows, strict=True):
                describe = partial(_described, found, f"{self.table.row} {row + 1}")
                yield (found.status is not Status.ROOT, row, number), replace(found, describe=describe)

    def _stale(self, listed: Set[int], verdicts: Sequence[Verdicts]) -> Iterator[Found]:
        """The cells whose stored value is not what their formula gives, apart from those that are listed anyway."""
        columns = set(self.table.columns.values())
        unlisted = []
        for stale in find_stale([self.reading], 0, self.formulas):
            row, column = position(stale.code)
            if column in columns and row >= self.table.area.top and stale.code not in listed:
                unlisted.append(stale)
        for stale in wrongly_shown(unlisted, verdicts, 0, self.tolerance):
            yield stale_result(stale, self.formulas)


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


def _described(found: Found, row: str) -> CellResult:
    """The result of a cell, with its row in words."""
    result = found.describe()
    return replace(result, message=f"{row}: {result.message}", sample=None)
