"""Columns of a code such as `Pclass_1`, `Pclass_2`: what each asks for, and what the heading above it says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from xlcheck.formulas import tree
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.handmade.reading.cells import CellTable, show

_STEM = re.compile(r"(?P<stem>.*[\W_])(?P<asked>[^\W_]+)\W*$")
"""A heading, its last word or number apart: `Embarked_` and `C`."""
_ONE_NUMBER = re.compile(r"\D*(?P<asked>\d+)\D*$")
"""A heading with one number, as `2nd` and `c2`."""


@dataclass(frozen=True)
class _Code:
    """A formula that gives 1 where a cell holds something.

    Attributes:
        cell: the formula's.
        asked: what it asks for.
        said: what the heading ends with.
    """

    cell: Address
    asked: str
    said: str


def coded_otherwise(table: CellTable) -> Iterator[str]:
    """Why a column may hold the code of something else than its heading says: another one asks for what its own says.

    Args:
        table: all cells.
    """
    codes: dict[object, list[_Code]] = defaultdict(list)
    for cell in table.texts:
        above = table.cell((cell[0], cell[1] - 1, cell[2])) if cell[1] > 0 else None
        if "=" not in table.texts[cell] or (above is not None and above.formula is not None):
            continue  # one of each column is enough, that below its heading
        asked, heading = _asks_for(cell, table), table.next_word(cell, above=True).strip().casefold()
        for said in (kind.match(heading) for kind in (_STEM, _ONE_NUMBER)):
            if asked is not None and said is not None:
                stem = said.groupdict().get("stem")
                codes[cell[0], cell[1], asked[0][2], stem].append(_Code(cell, asked[1], said["asked"]))
    known = [own for own in codes.values() if any(code.asked == code.said for code in own)]
    for code in sorted({code for own in known for code in own if code.asked != code.said}, key=lambda own: own.cell):
        yield f"{show(code.cell)} asks for {code.asked}, and the heading above it says {code.said}"


def _asks_for(cell: Address, table: CellTable) -> tuple[Address, str] | None:
    """The cell that a formula asks for a word or a number, and this; None if it asks otherwise, or for several."""
    node = parsed(table.texts[cell])
    found = [
        (tree.single_cell(own.operands[0], cell[0]), own.operands[1].value)
        for own in (tree.walk(node) if node is not None else ())
        if isinstance(own, tree.Operator) and own.symbol == "=" and isinstance(own.operands[1], tree.Literal)
    ]
    if len(found) != 1:
        return None
    read, word = found[0]
    if read is None or word is None or isinstance(word, bool):
        return None
    return read, f"{word:g}" if isinstance(word, float) else word.strip().casefold()
