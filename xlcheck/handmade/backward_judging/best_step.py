"""The step at which the loss of a training is least, and what stands beside it, as where training is stopped early."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Reference
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.called_a_loss import label_of
from xlcheck.handmade.backward_judging.over_steps import is_whole_line
from xlcheck.handmade.reading.cells import CellTable, show

_FAR = 30
"""Lines beside one, the headings of which a word may repeat."""


class BestStep:
    """What formulas look up beside the least loss of all steps.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """

    def __init__(self, table: CellTable, reading: Reading, right: Collection[Address]) -> None:
        self._table, self._reading = table, reading
        self._held = {own: role.quantity.name for own, (_, role) in reading.roles.items() if own in right}

    def told(self) -> dict[Address, tuple[Range, ...]]:
        """The formulas that say which step is the best one, or what stands in its place of a line; with the lines."""
        asked = [cell for cell, text in self._table.texts.items() if "MATCH" in text.upper() or "INDEX" in text.upper()]
        found = ((cell, self._lines(cell)) for cell in asked)
        return {cell: lines for cell, lines in found if lines}

    def of_other_lines(self) -> Iterator[str]:
        """Why such a formula may look up another line than is meant: the word beside it is the heading of that one."""
        for cell, lines in self.told().items():
            words = label_of(cell, self._table)
            own = [self._heading(line, cell[0], 0) for line in lines]
            beside = (self._heading(lines[0], cell[0], by) for by in range(-_FAR, _FAR + 1))
            for heading in (word for word in beside if word and word not in own and _says(words, word)):
                if not any(_says(said, heading) and _says(words, said) for said in own):
                    yield f"{show(cell)} is called {words!r} and looks up another line than that of {heading!r}"
                    break

    def _lines(self, cell: Address) -> tuple[Range, ...]:
        """The lines that a formula goes by, that of which it shows a number first; none if it is another formula."""
        match _unrounded(parsed(self._table.texts[cell])):
            case FunctionCall("INDEX", (Reference(found), place)):
                others = self._place(place, cell)
                return (found, *others) if others and self._is_beside(found, others[-1]) else ()
            case FunctionCall("MATCH") as place:
                return self._place(place, cell)
        return ()

    def _place(self, place: Node, cell: Address) -> tuple[Range, ...]:
        """The lines by which something is the place of the least loss in them; the last one is that of the losses."""
        match place:
            case Reference(area) if area.size == 1:
                own = self._formula(area, cell)
                return self._place(own, cell) if isinstance(own, FunctionCall) and own.name == "MATCH" else ()
            case FunctionCall("MATCH", (Reference(area), Reference(numbers), Literal(0.0))) if area.size == 1:
                match self._formula(area, cell):
                    case FunctionCall("INDEX", (Reference(found), FunctionCall("MATCH") as behind)) if found == numbers:
                        return (found, *others) if (others := self._place(behind, cell)) else ()
            case FunctionCall("MATCH", (where, Reference(among), Literal(0.0))):
                is_least = isinstance(where, FunctionCall) and where == FunctionCall("MIN", (Reference(among),))
                losses = self._table.cells_in(among, cell[0])
                if is_least and all(self._held.get(own) == "E" for own in losses):
                    return (among,) if is_whole_line(cell, losses, self._reading, self._held) else ()
        return ()

    def _formula(self, area: Range, cell: Address) -> Node | None:
        """What stands in a single cell of the same worksheet."""
        own = ((area.sheet or cell[0]), area.top, area.left)
        is_here = own[0] == cell[0] and own != cell
        return parsed(self._table.texts[own]) if is_here and own in self._table.texts else None

    def _is_beside(self, found: Range, among: Range) -> bool:
        """Whether two ranges are lines side by side."""
        in_line = found.top == among.top if among.columns == 1 else found.left == among.left
        return in_line and (found.rows, found.columns) == (among.rows, among.columns)

    def _heading(self, line: Range, sheet: str, by: int) -> str:
        """The word right before a line, or before the one so many lines beside it; empty if that is no line."""
        down, across = (0, 1) if line.columns == 1 else (1, 0)
        cells = [(own[0], own[1] + by * down, own[2] + by * across) for own in self._table.cells_in(line, sheet)]
        is_line = all(own in self._table.texts or self._table.is_number(own) for own in cells)
        before = cells[0][0], cells[0][1] - across, cells[0][2] - down
        return self._table.words.get(before, "").strip() if is_line else ""


def _unrounded(own: Node | None) -> Node | None:
    """A formula without a ROUND around it."""
    match own:
        case FunctionCall("ROUND", (inner, Literal())):
            return inner
    return own


def _says(words: str, heading: str) -> bool:
    """Whether words contain a heading: as a word, or anywhere where it is written without gaps between words."""
    words, heading = words.casefold(), heading.casefold()
    if not words or not heading:
        return False
    if heading.upper() == heading:  # of a script without capital letters
        return heading in words
    return re.search(rf"(?<!\w){re.escape(heading)}(?!\w)", words) is not None
