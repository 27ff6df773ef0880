"""Numbers that were not typed as such: formulas that read nothing, as `=0.6434` and `=RAND()`, and numbers in texts.

A worksheet stores a number as a text after an apostrophe, a foreign decimal point or a careless import.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import plain_name, tokens
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.messages import first_of

_CHANCE = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY"})
_TYPED = frozenset({"number", "operator", "space"})
MANY = 5


def is_drawn(formula: str) -> bool:
    """Whether a formula draws a random number, another one at each calculation."""
    # Hardly any formula does, and all of a workbook are asked: so few are taken apart.
    return "RAND" in formula.upper() and any(
        kind == "function" and plain_name(text).upper() in _CHANCE for kind, text in tokens(formula)
    )


@lru_cache(maxsize=8192)
def is_typed(formula: str) -> bool:
    """Whether a formula is but a number, or a calculation with typed numbers."""
    return all(kind in _TYPED or text in "()" for kind, text in tokens(formula))


def drawn_cells(table: CellTable) -> list[Address]:
    """The cells whose formulas draw random numbers."""
    return [cell for cell, text in table.texts.items() if is_drawn(text)]


def said_of_given(table: CellTable) -> Iterator[str]:
    """What a reader should know of formulas that compute nothing, in sentences without their full stop."""
    drawn = drawn_cells(table)
    if drawn:
        yield (
            f"the numbers in {first_of([*map(show, drawn)])} are random, others at each calculation; all else was "
            "checked for one drawing of them"
        )
    typed = [cell for cell, text in table.texts.items() if is_typed(text)]
    if typed:
        a_formula = "is a formula" if len(typed) == 1 else "are formulas"
        yield f"{first_of([*map(show, typed)])} {a_formula} of typed numbers alone; nothing is computed there"


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
