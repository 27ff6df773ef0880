"""Slips in a training, and habits: what formulas do alike that none in line with them does otherwise is meant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import is_filled_from, shape_of, skeleton
from xlcheck.handmade.backward_judging.slips import Edit, named_cells
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import lines_of

HABIT = 3
"""Formulas that have to do alike."""
_ONCE = re.compile(r"(?<![\w.,$])1 *\*|\* *1(?![\w.,])")
"""A factor of 1: whoever types it means another factor elsewhere, as the weight of a sample."""


class Habits:
    """Tells slips from habits.

    Args:
        table: the cells.
        idle: those with which nobody computes.
    """

    def __init__(self, table: CellTable, idle: Collection[Address]) -> None:
        self._idle, self._table = idle, table
        self._does: dict[bool, dict[Address, str]] = {
            True: {cell: skeleton(text) for cell, text in table.texts.items()},
            False: {cell: _shape(text, cell) for cell, text in table.texts.items()},
        }
        self._alike = defaultdict[object, list[Address]](list)
        for cell, own in self._does[True].items():
            for line in lines_of(cell):
                self._alike[line, own].append(cell)
        self._lines = {
            way: Counter((line, own) for cell, own in does.items() for line in lines_of(cell))
            for way, does in self._does.items()
        }

    def is_none(self, edit: Edit) -> bool:
        """Whether three formulas or more do otherwise than others in line with them, of which one is as an edit has it.

        Args:
            edit: cell → the formula.
        """
        alike = all(skeleton(text) == self._does[True].get(cell) for cell, text in edit.items())
        return alike and len(edit) >= HABIT and all(self._is_so_beside(cell, edit) for cell in edit)

    def is_one(self, edit: Edit) -> bool:
        """Whether three formulas or more do alike what no other one in line with them does otherwise.

        A habit leaves no number unread that only makes sense if these formulas read it.
        """
        formulas = {(cell[0], area) if (area := self._table.arrays.get(cell)) else cell for cell in edit}
        if len(formulas) < HABIT or self.reads_idle(edit):
            return False
        does_else = any(skeleton(text) != self._does[True].get(cell) for cell, text in edit.items())
        does, lines = self._does[does_else], self._lines[does_else]
        wanted = {cell: skeleton(text) if does_else else _shape(text, cell) for cell, text in edit.items()}
        own = Counter((line, does[cell]) for cell in edit if cell in does for line in lines_of(cell))
        alone = any(
            all(lines[line, kind] <= own[line, kind] for line in lines_of(cell)) for cell, kind in wanted.items()
        )
        return alone and not self.is_none(edit)

    def _is_so_beside(self, cell: Address, edit: Edit) -> bool:
        """Whether one in line was filled from what an edit has, or to it, and not from what stands there."""
        texts, place = self._table.texts, cell[1:]
        kind = skeleton(edit[cell])
        alike = (own for line in lines_of(cell) for own in self._alike.get((line, kind), ()) if own not in edit)

        def is_filled(text: str, other: Address) -> bool:
            return is_filled_from(text, place, texts[other], other[1:])

        return any(is_filled(edit[cell], other) and not is_filled(texts[cell], other) for other in alike)

    def reads_idle(self, edit: Edit) -> bool:
        """Whether each formula names a single cell with which nobody computes as they are."""
        return all(
            any(len(own) == 1 and own[0] in self._idle for own in named_cells(cell, text))
            for cell, text in edit.items()
        )


def is_weighted(cell: Address, table: CellTable) -> bool:
    """Whether a formula multiplies by a typed number where another one in line with it multiplies by a typed 1.

    Args:
        cell: the formula's cell.
        table: all cells.
    """
    text, lines = table.texts.get(cell, ""), {*lines_of(cell)}
    count, kind = len(_ONCE.findall(text)), skeleton(text)
    if not any(map(str.isdigit, kind)):
        return False
    kin = (other for own, other in table.texts.items() if not lines.isdisjoint(lines_of(own)))
    return any(len(_ONCE.findall(other)) > count and skeleton(other) == kind for other in kin)


def _shape(text: str, cell: Address) -> str:
    return shape_of(text.replace("$", ""), *cell[1:])
