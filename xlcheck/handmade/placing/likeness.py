"""What a formula was probably meant to compute: the element that needs the very cells it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlcheck.handmade.networks.elements import Element, Elements, Source
from xlcheck.handmade.networks.operands import Operand

MIN_LIKENESS = 0.3


@dataclass(frozen=True)
class Likely:
    """An element that a cell may be meant to hold.

    Attributes:
        number: the element.
        likeness: how far its operands are what the cell reads; 1 if they are the same.
        needs: its operands.
        gaps: computed elements that the cell should read for it, and of which it reads nothing.
    """

    number: int
    likeness: float
    needs: frozenset[Operand]
    gaps: tuple[int, ...]


class Likeness:
    """Compares what cells read with what elements need.

    Args:
        elements: all that a cell may hold.
        placed: the bands of which some element stands in a cell; others are computed on the way.
    """

    def __init__(self, elements: Elements, placed: frozenset[tuple[int, str, str]]) -> None:
        self._elements = elements
        self._placed = placed
        self._needs: dict[tuple[int, int], frozenset[Operand]] = {}

    def of(self, reads: Sequence[Element], *, most: int) -> list[Likely]:
        """The elements that need most of what a cell reads, and little else; best first."""
        if not reads:
            return []
        network = reads[0].source.network
        read = frozenset((e.source.quantity.name, e.index) for e in reads if e.source.network == network)
        names = {name for name, _ in read}
        samples = sorted({e.sample for e in reads if not e.source.quantity.is_weight} or {0})
        found: list[tuple[float, int]] = []
        for place, source in enumerate(self._elements.sources):
            if source.network != network or not source.reads or source.part:
                continue
            if not self._names_of[place] & names:
                continue
            for index in range(source.size):
                likeness = self._likeness(place, index, read)
                if likeness >= MIN_LIKENESS:
                    numbers = (self._elements.number(place, s, index) for s in samples if s < source.values.shape[1])
                    found += [(likeness, number) for number in numbers]
        found.sort(key=lambda item: (-item[0], item[1]))
        return [self._likely(number, likeness, read) for likeness, number in found[:most]]

    def to(self, number: int, reads: Sequence[Element]) -> Likely:
        """How a cell that reads these elements compares with one element."""
        place = self._elements.place(number)
        read = frozenset((e.source.quantity.name, e.index) for e in reads)
        return self._likely(number, self._likeness(place, self._elements[number].index, read), read)

    def _likely(self, number: int, likeness: float, read: frozenset[Operand]) -> Likely:
        element = self._elements[number]
        place = self._elements.place(number)
        gaps = tuple(dict.fromkeys(self._gaps(place, element.index, element.sample, read)))
        return Likely(number, likeness, self._needs_of(place, element.index), gaps)

    def _likeness(self, place: int, index: int, read: frozenset[Operand]) -> float:
        needs = self._needs_of(place, index)
        return len(needs & read) / len(needs | read) if needs else 0.0

    def _gaps(self, place: int, index: int, sample: int, read: frozenset[Operand]) -> Iterator[int]:
        """Computed operands of an element of which nothing is read; deeper ones where they stand in no cell."""
        source = self._elements.sources[place]
        for name, operand in sorted(source.operands(index)):
            inner = self._elements.by_name[source.network, name]
            if (name, operand) in read or not self._elements.sources[inner].reads:
                continue
            at_other_step = self._elements.sources[inner].quantity.step != source.quantity.step
            if at_other_step or not self._needs_of(inner, operand) & read:
                yield self._elements.number(inner, sample, operand)
            elif not self._is_read(self._elements.sources[inner], source):
                yield from self._gaps(inner, operand, sample, read)

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

    @cached_property
    def _names_of(self) -> list[set[str]]:
        """For each source the names of all it reads, through those that stand in no cell."""
        found: list[set[str]] = []
        for source in self._elements.sources:
            names: set[str] = set()
            stack = [(source, name) for name in source.reads]
            while stack:
                by, name = stack.pop()
                operand = self._elements.sources[self._elements.by_name[source.network, name]]
                if self._is_read(operand, by):
                    names.add(name)
                else:
                    stack.extend((operand, inner) for inner in operand.reads)
            found.append(names)
        return found
