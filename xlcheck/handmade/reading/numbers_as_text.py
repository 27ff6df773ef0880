"""Numbers that a worksheet stores as texts, after an apostrophe, a foreign decimal point or a careless import."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.messages import first_of

MANY = 5


def numbers_as_text(table: CellTable, precedents: Precedents) -> Iterator[str]:
    """One sentence, without its full stop, if formulas read numbers that are stored as texts."""
    cells = [cell for cell, text in table.words.items() if is_number_as_text(text) and precedents.readers(cell)]
    if not cells:
        return
    shown = first_of([*map(show, cells)], MANY)
    hold = "holds a number" if len(cells) == 1 else "hold numbers"
    yield f"{shown} {hold} stored as text, which formulas take for 0 or for an error"


def is_number_as_text(text: object) -> bool:
    """Whether something is a text that is a number, with a decimal point or a comma."""
    if not isinstance(text, str):
        return False
    try:
        return math.isfinite(float(text.strip().replace(",", ".")))
    except ValueError:
        return False
