"""Workbooks that differ from a given one where a formula may be wrong, so that the network behind it shows.

Only what the workbook is meant to compute is looked for in them; what it does compute is judged in the
workbook itself. A formula may be what the one beside it becomes when it is filled over; a number typed into
a formula may be a cell; and of a whole row that may be wrong it is only supposed that it depends on what it reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.recognition.lines import Edits, Lines
from xlcheck.handmade.recognition.typed_numbers import copied, typed_results, with_references
from xlcheck.workbook.content import Cell


@dataclass(frozen=True)
class Amendment:
    """A workbook with other formulas in some cells.

    Attributes:
        table: its cells, the same as in the given workbook.
        doubted: the cells of which it is only known what they read.
    """

    table: CellTable
    doubted: frozenset[Address] = frozenset()


def amendments(table: CellTable, values: CellValues, precedents: Precedents) -> Iterator[Amendment]:
    """The workbooks that a given one may be meant to be, likeliest first."""
    seen: set[frozenset[tuple[Address, str | None]]] = set()
    lines = Lines(table)
    for edits, doubted in itertools.chain(
        _sure(with_references(table, precedents)),
        _sure(lines.filled_over(typed_results(lines, table, values))),
        _sure(lines.filled_over(lines.alone())),
        _sure(copied(table, values, precedents)),
        _sure(lines.evened()),
        _sure(lines.bands_filled_over()),
        _sure(lines.reading_as_beside()),
        _sure(lines.reading_what_is_unread(precedents)),
        _sure(lines.shifted(precedents)),
        _sure(lines.shortened()),
        ((_in_doubt(band, table, precedents), band) for band in lines.bands()),
    ):
        key = frozenset((cell, content.formula) for cell, content in edits.items())
        if edits and key not in seen:
            seen.add(key)
            yield Amendment(_with(table, edits), frozenset(doubted))


def _sure(edits: Iterable[Edits]) -> Iterator[tuple[Edits, tuple[Address, ...]]]:
    """Edits in which no cell is doubted."""
    return ((own, ()) for own in edits)


def _with(table: CellTable, edits: Edits) -> CellTable:
    sheets = dict(table.content.sheets)
    for name in {cell[0] for cell in edits}:
        own = {cell[1:]: content for cell, content in edits.items() if cell[0] == name}
        sheets[name] = replace(sheets[name], cells={**sheets[name].cells, **own})
    return CellTable(replace(table.content, sheets=sheets))


def _in_doubt(band: Collection[Address], table: CellTable, precedents: Precedents) -> Edits:
    """Formulas of which nothing is supposed but that they depend on what they read: the largest of it will do."""
    edits = {}
    for cell in band:
        read = precedents.ranges(cell)
        text = ",".join(str(area) for area in read)
        edits[cell] = Cell(None, f"MAX({text})") if read else Cell(0.0)
    return edits


def typed_over(table: CellTable, values: CellValues, precedents: Precedents) -> list[Address]:
    """Numbers that are what the formula beside them would give in their cells, from a number that nothing reads."""
    lines = Lines(table)
    unread = {cell for cell, _ in table.typed_numbers() if not precedents.readers(cell)}
    found = []
    for cell in typed_results(lines, table, values) if unread else ():
        edits = [own for own in lines.filled_over([cell]) if cell in own]
        if any(unread.intersection(Precedents(_with(table, own)).of(cell)) for own in edits):
            found.append(cell)
    return found
