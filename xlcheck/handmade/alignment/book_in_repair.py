"""A workbook in repair: what its cells would hold if some held what they should, and how much of it is right then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.alignment.matching import Matching, Placed, choosing_cells
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.networks.elements import Element, Elements
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents

MOST_BESIDE = 8
AGAIN, _PART, _MISPLACED = 0.7, 0.9, 0.5
"""What a cell is worth that computes again what another cell computes, or holds a part of a quantity which a known cell
reads, where one that computes a quantity is worth 1; what is taken off for one at the wrong place."""

_COPY, _ALONE = 0.25, 0.5
"""What is lost if a cell is declared wrong that repeats another one, or is the only one of its kind."""


@dataclass(frozen=True)
class Repair:
    """A cell and the element that it should hold."""

    cell: Address
    number: int


Repairs = tuple[Repair, ...]


@dataclass
class BookInRepair:
    """What a repair needs to know.

    Attributes:
        table: the workbook's cells.
        right: the workbook with random numbers in it.
        precedents: who reads what.
        placed: what is known beforehand.
        formulas: the formula cells to be explained.
        wrong: the cells found to be wrong so far, and what they should hold.
        scratch: cells that belong to nothing.
        copies: formula cells that only repeat another cell.
        spared: cells that are not called wrong.
    """

    table: CellTable
    right: RightValues
    precedents: Precedents
    placed: Placed
    formulas: Sequence[Address]
    wrong: Mapping[Address, int]
    scratch: set[Address]
    copies: frozenset[Address]
    spared: frozenset[Address] = frozenset()
    _shapes: dict[str | None, list[Address]] = field(default_factory=lambda: defaultdict(list))

    def after(self, now: Matching, repairs: Repairs, cell: Address) -> Matching | None:
        """What the cells would hold after repairs; None if they neither concern nor explain the unknown cell."""
        values = self.right.trial({r.cell: now.elements[r.number].values for r in repairs})
        position = self.table.index[cell]
        if all(r.cell != cell for r in repairs) and not now.elements.holds(float(values[0, position])):
            return None
        wrong = {**self.wrong, **{r.cell: r.number for r in repairs}}
        return self.matching(now.elements, values, wrong)

    def matching(self, elements: Elements, values: Array, wrong: Mapping[Address, int]) -> Matching:
        """What the cells hold if they have some values, and some should hold something else."""

        def matching(unsure: Collection[Address]) -> Matching:
            known = (elements, self.placed, self.table, self.formulas, values, wrong, self.copies, self.choosing)
            return Matching(*known, unsure)

        now = matching(())
        by_chance = [cell for cell in now.constant if not self._reads_enough(cell, now)]
        return matching(by_chance) if by_chance else now

    def _reads_enough(self, cell: Address, now: Matching) -> bool:
        """Whether a cell reads all that its element needs, perhaps through cells of parts."""
        whole, seen, stack = list[Element](), {cell}, [cell]
        while stack:
            for read in self.precedents.of(stack.pop()):
                if read in seen:
                    continue
                seen.add(read)
                element = now.element(read)
                if element is None or element.source.part:
                    stack.append(read)
                else:
                    whole.append(element)
        return now.similarity.needs(now.held[cell]) <= {(e.source.quantity.name, e.index) for e in whole}

    @cached_property
    def choosing(self) -> Mapping[Address, Sequence[Address]]:
        """The formulas that take one of several cells."""
        return choosing_cells(self.formulas, self.precedents)

    def worth(self, matching: Matching, watched: Sequence[Address], without: Collection[Address]) -> float:
        """How much of the workbook a matching explains.

        Args:
            matching: what the cells hold.
            watched: the cells whose place is looked at.
            without: the cells that are repaired, which do not count.
        """
        total = 0.0
        for cell, numbers in matching.candidates.items():
            if cell not in without and numbers and cell not in self.scratch and not matching.is_unknown(cell):
                total += self._worth_of(cell, matching)
        return total - _MISPLACED * sum(
            matching.is_misplaced(c) for c in watched if c not in without and not matching.is_unknown(c)
        )  # fmt: skip

    def _worth_of(self, cell: Address, matching: Matching) -> float:
        number = matching.held[cell]
        if matching.elements.is_part[number]:
            return _PART if any(matching.equal(reader) for reader in self.precedents.readers(cell)) else 0.0
        return AGAIN if matching.computed[number] > 1 and cell not in self.copies else 1.0

    def loss(self, cell: Address, now: Matching) -> float:
        """What is lost if a cell is declared wrong that computes a quantity which no other cell computes."""
        number = now.held.get(cell)
        if number is None or now.elements.is_part[number] or now.is_misplaced(cell):
            return 0.0
        if cell in self.copies:
            return _COPY
        if now.holders[number] > 1:
            return 0.0
        return 1.0 if now.bands[now.elements[number].source.band] > 1 else _ALONE

    def is_odd(self, cell: Address) -> bool:
        """Whether a formula differs from what was filled into most cells of its row or column, or was found wrong."""
        own = self.shape(cell)
        if own is None:
            return False
        if any(self.shape(wrong) == own for wrong in self.wrong):
            return True
        odd = False
        for down, right in ((0, 1), (1, 0)):
            line = [s for sign in (1, -1) for s in self._line(cell, sign * down, sign * right)]
            if own in line:
                return False
            shapes = Counter(line)
            odd = odd or (len(line) > 1 and shapes.most_common(1)[0][1] > len(line) / 2)
        return odd

    def is_filled_rightly(self, repair: Repair, now: Matching) -> bool:
        """Whether the formula of a cell that is to be repaired gives the same, at another step, where it is right."""
        key = now.elements.key(repair.number)
        for other in islice(self.alike(self.shape(repair.cell)), MOST_BESIDE):
            number = now.held.get(other)
            if number is None or other == repair.cell or other in self.wrong or now.is_unknown(other):
                continue
            held = now.elements.key(number)
            is_same = (held.band, held.index) == (key.band, key.index) and number != repair.number
            if is_same and now.moment(other, held) in {None, (held.step, held.sample)}:
                return True
        return False

    def shape(self, cell: Address) -> str | None:
        """A formula's shape; None where no formula stands."""
        text = self.table.texts.get(cell)
        return None if text is None else shape_of(text, cell[1], cell[2])

    def alike(self, shape: str | None) -> Sequence[Address]:
        """The formula cells of a shape."""
        if not self._shapes:
            for cell in self.formulas:
                self._shapes[self.shape(cell)].append(cell)
        return self._shapes.get(shape, ())

    def _line(self, cell: Address, down: int, right: int) -> Iterator[str]:
        """The shapes of the formulas that follow in one direction, up to the first cell without one."""
        sheet, row, column = cell
        for step in range(1, MOST_BESIDE):
            shape = self.shape((sheet, row + step * down, column + step * right))
            if shape is None:
                return
            yield shape
