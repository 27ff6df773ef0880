"""Formulas that are alike: they do the same, though with other cells.

What a formula may hold, which functions it calls, whether it is one at all: none of that depends on the cells that it
reads. Most formulas of a workbook are filled from a few, so it is asked about one of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Columns up to XFD, and rows of up to six digits: what looks like a cell beyond is a name, or is asked about by itself.
_CELL = re.compile(
    r"(?<![\w.$\\?])\$?(?:[A-Z]{1,2}|[A-W][A-Z]{2}|X(?:[A-E][A-Z]|F[A-D]))\$?[1-9][0-9]{0,5}(?![\w.(!\\?\[])"
)
_RANGE = re.compile(r"\bA1:(?:(?:'(?:[^']|'')+'|[\w.]+)!)?A1\b")
_AT_ONCE = 2**16  # so that of a million the texts do not stand twice
_SEPARATOR = "\0"  # stands in no formula


def kinds(formulas: Sequence[str]) -> tuple[list[int], list[str]]:
    """The number of each formula's kind, and the first formula of each."""
    numbers: dict[str, int] = {}
    first: list[str] = []
    own = []
    for start in range(0, len(formulas), _AT_ONCE):
        some = formulas[start : start + _AT_ONCE]
        for formula, kind in zip(some, _CELL.sub("A1", _SEPARATOR.join(some)).split(_SEPARATOR), strict=True):
            if (number := numbers.get(kind)) is None:
                number = numbers[kind] = len(first)
                first.append(formula)
            own.append(number)
    return own, first


def may_name_cells(word: str) -> bool:
    """Whether something in a word, such as the name of a worksheet, looks like a cell."""
    return _CELL.search(word) is not None


@lru_cache(maxsize=16_384)
def with_same_cells(formula: str) -> str:
    """A formula that reads A1 wherever this one reads a cell, and A1:B2 where it reads a range, however small."""
    return _RANGE.sub("A1:B2", _CELL.sub("A1", formula))
