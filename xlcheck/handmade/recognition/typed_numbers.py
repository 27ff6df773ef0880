"""Numbers that may have been typed for something else: for a reference, or over a formula."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.formula_text import numbers_in_text, with_reference
from xlcheck.handmade.placing.leftovers import is_rounded
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.meanings import evaluated
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.recognition.lines import Edits, Lines
from xlcheck.workbook.content import Cell


def with_references(table: CellTable, precedents: Precedents) -> Iterator[Edits]:
    """Formulas with constants instead of the numbers that were typed for them: first with such as nothing reads."""
    constants = {cell: value for cell, value in table.typed_numbers() if not value.is_integer()}
    unread = {cell: value for cell, value in constants.items() if not precedents.readers(cell)}
    named = {show(cell): value for cell, value in (*unread.items(), *constants.items())}
    for cell, text in table.texts.items():
        amended = with_reference(text, named) if numbers_in_text(text) else None
        if amended is not None:
            yield {cell: Cell(None, amended, table.arrays.get(cell))}


def typed_results(lines: Lines, table: CellTable, values: CellValues) -> Iterator[Address]:
    """Numbers that are what the formula beside them would give in their cells."""
    for cell, typed in table.typed_numbers():
        for edits in lines.filled_over([cell]):
            formula = edits[cell].formula if cell in edits else None
            result = None if formula is None else evaluated(formula, cell, table, values)
            if result is not None and is_rounded(typed, result):
                yield cell
                break


def copied(table: CellTable, values: CellValues, precedents: Precedents) -> Iterator[Edits]:
    """Numbers that are the result of a formula which nothing reads: with a reference to it."""
    ends = [cell for cell in table.texts if not precedents.readers(cell)]
    for cell, typed in table.typed_numbers():
        for end in ends:
            result = values[table.index[end]]
            if isinstance(result, float) and is_rounded(typed, result):
                yield {cell: Cell(None, show(end))}
