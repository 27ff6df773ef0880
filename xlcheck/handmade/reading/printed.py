"""Numbers beside which the name of a program stands: somebody typed what it printed, to compare results with."""

from __future__ import annotations

import re

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset

_PROGRAM = re.compile(
    r"(?<![a-z0-9_])(?:keras|tensorflow|tf|pytorch|torch|jax|numpy|np|python|scikit|sklearn|model\.predict)(?![a-z0-9_])"
    r"|케라스|텐서플로|파이토치|ケラス|テンソルフロー|パイトーチ|\b(?:керас|пайторч|тензорфлоу|питорч)",
    re.IGNORECASE,
)
"""Latin names may stand right before or behind other letters, as in Chinese; others are spelled as people say them."""
_MEASURE = re.compile(r"loss|acc|err|mse|mae|grad", re.IGNORECASE)
"""What stands beside results and is none of them."""


def called(words: str) -> str:
    """What is left of words that say which program printed a number, as `p1` is of `Keras p1`; in lower case."""
    return _PROGRAM.sub("", words).strip(" :()[]-–=,.'").casefold()


def printed_by(table: CellTable, cell: Address, *, above: bool) -> str | None:
    """The words before a typed number, or above it, that say which program printed it; None if none do.

    Args:
        table: the cells.
        cell: the number's.
        above: whether they stand above it.
    """
    word = table.next_word(cell, above=above, over_blanks=_is_headed(table, cell, above=above)).strip()
    return word if _PROGRAM.search(word) and not _MEASURE.search(word) else None


def is_printed(table: CellTable, cell: Address) -> bool:
    """Whether the words before a typed number, or above it, say that a program printed it."""
    return any(printed_by(table, cell, above=above) is not None for above in (False, True))


def _is_headed(table: CellTable, cell: Address, *, above: bool) -> bool:
    """Whether the next word before a cell, or above it, is one of a line of words: then blanks may stand between."""
    sheet, row, column = cell
    places = (
        ((sheet, up, column) for up in range(row)[::-1]) if above else ((sheet, row, k) for k in range(column)[::-1])
    )
    place = next((own for own in places if own in table.words), None)
    across = (0, 1) if above else (1, 0)
    return place is not None and any(offset(place, across, by) in table.words for by in (-1, 1))
