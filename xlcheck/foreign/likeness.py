"""What a formula was probably meant to compute: the element that needs the very cells it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xlcheck.foreign.elements import Element, Elements
from xlcheck.foreign.operands import Operand

MIN_LIKENESS = 0.3


@dataclass(frozen=True)
class Likely:
    """An element that a cell may be meant to hold.

    Attributes:
        number: the element.
        likeness: how far its operands are what the cell reads; 1 if they are the same.
        needs: its operands.
        missing: those that the cell does not read.
    """

    number: int
    likeness: float
    needs: frozenset[Operand]
    missing: frozenset[Operand]


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

    def of(self, reads: Sequence[Element], *, parts: bool, most: int) -> list[Likely]:
        """The elements that need most of what a cell reads, and little else; best first."""
        if not reads:
            return []
        network = reads[0].source.network
        read = frozenset((e.source.quantity.name, e.index) for e in reads if e.source.network == network)
        names = {name for name, _ in read}
        samples = {e.sample for e in reads if not e.source.quantity.is_weight} or {0}
        found = []
        for place, source in enumerate(self._elements.sources):
            if source.network != network or not source.reads or bool(source.part) != parts:
                continue
            if not self._names_of[place] & names:
                continue
            for index in range(source.size):
                likely = self._compare(place, index, read)
                if likely.likeness >= MIN_LIKENESS:
                    found += [
                        Likely(self._elements.number(place, s, index), likely.likeness, likely.needs, likely.missing)
                        for s in sorted(samples)
                        if s < source.values.shape[1]
                    ]
        found.sort(key=lambda likely: (-likely.likeness, likely.number))
        return found[:most]

    def to(self, number: int, reads: Sequence[Element]) -> Likely:
        """How a cell that reads these elements compares with one element."""
        element = self._elements[number]
        place = self._elements.sources.index(element.source)
        read = frozenset((e.source.quantity.name, e.index) for e in reads)
        likely = self._compare(place, element.index, read)
        return Likely(number, likely.likeness, likely.needs, likely.missing)

    def _compare(self, place: int, index: int, read: frozenset[Operand]) -> Likely:
        needs = self._needs_of(place, index)
        common = len(needs & read)
        return Likely(-1, common / len(needs | read) if needs else 0.0, needs, needs - read)

    def _needs_of(self, place: int, index: int) -> frozenset[Operand]:
        key = (place, index)
        if key not in self._needs:
            source = self._elements.sources[place]
            self._needs[key] = self._expanded(source.network, source.operands(index))
        return self._needs[key]

    def _expanded(self, network: int, operands: frozenset[Operand]) -> frozenset[Operand]:
        """Operands with those that stand in no cell replaced by what they are computed from."""
        found: set[Operand] = set()
        for name, index in operands:
            place = self._elements.by_name[network, name]
            source = self._elements.sources[place]
            if not source.reads or source.band in self._placed:
                found.add((name, index))
            else:
                found |= self._needs_of(place, index)
        return frozenset(found)

    @cached_property
    def _names_of(self) -> list[set[str]]:
        """For each source the names of all it reads, through those that stand in no cell."""
        found: list[set[str]] = []
        for source in self._elements.sources:
            names: set[str] = set()
            stack = list(source.reads)
            while stack:
                name = stack.pop()
                operand = self._elements.sources[self._elements.by_name[source.network, name]]
                if not operand.reads or operand.band in self._placed:
                    names.add(name)
                else:
                    stack.extend(operand.reads)
            found.append(names)
        return found
