"""What a formula was probably meant to compute: the element that needs the very cells it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlcheck.handmade.networks.elements import Band, Element, Elements, Source
from xlcheck.handmade.networks.operands import Operand

MIN_SIMILARITY = 0.3


@dataclass(frozen=True)
class Likely:
    """An element that a cell may be meant to hold.

    Attributes:
        number: the element.
        similarity: how far its operands are what the cell reads; 1 if they are the same.
        needs: its operands.
    """

    number: int
    similarity: float
    needs: frozenset[Operand]


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

    def to(self, number: int, reads: Sequence[Element]) -> Likely:
        """How a cell that reads these elements compares with one element."""
        place = self._elements.place(number)
        read = frozenset((e.source.quantity.name, e.index) for e in reads)
        return self._likely(number, self._similarity(place, self._elements[number].index, read), read)

    def _likely(self, number: int, similarity: float, read: frozenset[Operand]) -> Likely:
        element = self._elements[number]
        place = self._elements.place(number)
        return Likely(number, similarity, self._needs_of(place, element.index))

    def _similarity(self, place: int, index: int, read: frozenset[Operand]) -> float:
        needs = self._needs_of(place, index)
        return len(needs & read) / len(needs | read) if needs else 0.0

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
