"""The one cell that a formula takes from a range where its place, or the word that it stands beside, is typed.

So in `INDEX(B2:B10,3)`, `INDEX(B2:B10,MATCH("w3",A2:A10,0))` and `VLOOKUP("w3",A2:B10,2,FALSE)`, as people read the
weights that Solver changes. The others of the range are not read: a weight that nobody takes stands there for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Reference, walk
from xlcheck.handmade.reading.cells import CellTable

_PICKS = re.compile(r"\b(?:INDEX|VLOOKUP)\(", re.IGNORECASE)


def picked_cells(text: str, sheet: str, table: CellTable) -> Mapping[Range, Range | None]:
    """The ranges of a formula of which one cell is read, and this cell; of those with the words none is.

    Args:
        text: the formula.
        sheet: its worksheet.
        table: the cells.
    """
    node = parsed(text) if _PICKS.search(text) else None
    found: dict[Range, Range | None] = {}
    for own in () if node is None else walk(node):
        match own:
            case FunctionCall(name="INDEX", arguments=(Reference(area=area), *at)):
                row, column, *_ = (*(_place(each, sheet, table) for each in at), 1)
                if len(at) == 1 and area.rows == 1:
                    row, column = 1, row
                looked_up = [own for each in at for own in walk(each) if isinstance(own, Reference)]
            case FunctionCall(
                name="VLOOKUP", arguments=(key, Reference(area=area), Literal(value=float(number)), exact)
            ):
                is_exact = exact == Literal(0.0) or exact == Literal(False) or exact == FunctionCall("FALSE", ())
                words = Reference(replace(area, columns=1))
                row = _place(FunctionCall("MATCH", (key, words, Literal(0.0))), sheet, table) if is_exact else 0
                column, looked_up = int(number), []
            case _:
                continue
        if 0 < row <= area.rows and 0 < column <= area.columns:
            found |= {_on(each.area, sheet): None for each in looked_up}
            found[_on(area, sheet)] = Range(_on(area, sheet).sheet, area.top + row - 1, area.left + column - 1, 1, 1)
    return found


def _place(node: Node, sheet: str, table: CellTable) -> int:
    """A place in a range, counted from 1, that is typed or that of a typed word or number; 0 if it is computed."""
    match node:
        case Literal(value=float(number)):
            return int(number)
        case FunctionCall(name="MATCH", arguments=(Literal(value=key), Reference(area=area), Literal(value=0.0))):
            keys = table.clip(_on(area, sheet))
            for number, (row, column) in enumerate(keys.cells(), start=1):
                cell = table.cell((keys.sheet, row, column))
                if cell is not None and cell.formula is None and _folded(cell.value) == _folded(key):
                    return number
    return 0


def _on(area: Range, sheet: str) -> Range:
    return area if area.sheet else replace(area, sheet=sheet)


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
