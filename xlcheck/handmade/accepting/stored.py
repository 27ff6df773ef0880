"""Stored values of a workbook made by hand that are not what its formulas give.

They are wrong where a reader sees them, that is, unless the file tells Excel to calculate when it is opened.
Nothing is said of a cell of which the engine's own value may not be Excel's: of texts, which programs write
with other digits, of errors, and of whatever follows from chance or from the clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import result_at
from xlcheck.verdicts.messages import stale_message
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.verdicts.results import plain
from xlcheck.workbook.content import Value

_CHANCE = re.compile(r"\b(?:RAND|RANDBETWEEN|RANDARRAY|NOW|TODAY|CELL|INFO)\(", re.IGNORECASE)
# Programs compute functions with other last digits, and a long calculation magnifies them.
_LIMIT = 1e-9


def stored_values(
    table: CellTable, values: CellValues, by_chance: Collection[Address], judged: Collection[Address]
) -> Iterator[CellResult]:
    """The cells that are right by their formulas, and of which a reader sees another value.

    Args:
        table: the workbook's cells.
        values: what an engine computed.
        by_chance: the cells of the workbook that give something else at each calculation.
        judged: the cells that agree.
    """
    if not table.content.calculation.shows_stored:
        return
    for cell in judged:
        content, actual = table.cell(cell), table.value(cell, values)
        if content is None or content.formula is None or cell in by_chance:
            continue
        if _differs(content.value, actual):
            message = stale_message(content.value, actual, is_shown=True)
            kind, desired = Kind.STALE_CACHE, plain(actual)
            yield result_at(table, cell, Status.ROOT, message, content.value, kind, desired=desired)


def _differs(stored: Value, actual: Value) -> bool:
    if stored is None or type(actual) is not float or not math.isfinite(actual):
        return False
    return type(stored) is not float or abs(stored - actual) > _LIMIT * max(1.0, abs(actual))


def by_chance(table: CellTable, precedents: Precedents) -> set[Address]:
    """The cells that give something else at each calculation."""
    drawn = {cell for cell, text in table.texts.items() if _CHANCE.search(text)}
    return drawn | reached(drawn, precedents.readers)
