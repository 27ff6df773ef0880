"""What a formula was probably meant to compute: the element that needs the very cells it reads."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.handmade.networks.elements import Band, Element, Elements, Source
from xlcheck.handmade.networks.operands import Operand

MIN_SIMILARITY = 0.3


class Similarity:
    """Compares what cells read with what elements need.

    Args:
        elements: all that a cell may hold.
        placed: the bands of which some element stands in a cell; others are computed on the way.
    """

    def __init__(self, elements: Elements, placed: frozenset[Band]) -> None:
        self._elements = elements
        self._placed = placed
        self._needs: dict[tuple[int, int], frozenset[Operand]] = {}

    def to(self, number: int, reads: Sequence[Element]) -> float:
        """The share of what a cell reads and of what an element needs that is both; 1 if they are the same."""
        needs, read = self.needs(number), {(e.source.quantity.name, e.index) for e in reads}
        return len(needs & read) / len(needs | read) if needs else 0.0

    def needs(self, number: int) -> frozenset[Operand]:
        """The operands of an element that stand in cells, if others are computed on the way."""
        return self._needs_of(self._elements.place(number), self._elements[number].index)

    def _needs_of(self, place: int, index: int) -> frozenset[Operand]:
        key = (place, index)
        if key not in self._needs:
            source = self._elements.sources[place]
            found: set[Operand] = set()
            for name, operand in source.operands(index):
                inner = self._elements.by_name[source.network, name]
                if self._is_read(self._elements.sources[inner], source):
                    found.add((name, operand))
                else:
                    found |= self._needs_of(inner, operand)
            self._needs[key] = frozenset(found)
        return self._needs[key]

    def _is_read(self, operand: Source, by: Source) -> bool:
        """Whether an operand is read from a cell, not computed on the way: it stands in one, or is of another step."""
        return not operand.reads or operand.band in self._placed or operand.quantity.step != by.quantity.step
