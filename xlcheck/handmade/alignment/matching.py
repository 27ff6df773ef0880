"""Which cell holds what, by fingerprints and, where several elements are equal, by place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Role
from xlcheck.handmade.alignment.moments import Moment, Moments
from xlcheck.handmade.alignment.regularity import Regularity
from xlcheck.handmade.alignment.similarity import Similarity
from xlcheck.handmade.networks.elements import Band, Element, Elements, Key
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.parts import LARGEST
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents

Positions = NDArray[np.intp]

ENOUGH_VOTES = 0.6
_FEW = 8
"""Equal elements of which each is looked at; hundreds are equal where much is 0."""


@dataclass(frozen=True)
class Placed:
    """The elements that stand in cells whatever the formulas compute.

    Attributes:
        given: the cells of inputs, weights, targets and initial states.
        bound: the cells of computed quantities that somebody named.
        results: the elements of what the networks give as their results, and of their losses.
    """

    given: Mapping[Address, int]
    bound: Mapping[Address, int]
    results: frozenset[int]

    @staticmethod
    def of(networks: Sequence[Network], elements: Elements) -> Placed:
        """Look up the elements of all cells that the networks name."""
        numbers = elements.by_name
        given: dict[Address, int] = {}
        bound: dict[Address, int] = {}
        for number, network in enumerate(networks):
            for quantity, sample, index, cell in network.cells():
                given.setdefault(cell, elements.number(numbers[number, quantity.name], sample, index))
            for sample, quantities in enumerate(network.bound):
                for name, places in quantities.items():
                    source = numbers.get((number, name), elements.by_part.get((number, name)))
                    for index, place in enumerate(places):
                        if place is not None and source is not None:
                            bound[place] = elements.number(source, sample, index)
        results = (
            n for number, network in enumerate(networks)
            for name in (*network.graph.outputs, *(q.name for q in network.graph if q.band.role is Role.LOSS))
            for n in elements.numbers_of(numbers[number, name])
        )  # fmt: skip
        return Placed(given, bound, frozenset(results))


def choosing_cells(formulas: Sequence[Address], precedents: Precedents) -> dict[Address, Sequence[Address]]:
    """The formulas that take the largest or smallest of several cells, and these."""
    texts = precedents.table.texts
    found = {cell: precedents.of(cell) for cell in formulas if _CHOOSES.search(texts[cell])}
    return {cell: read for cell, read in found.items() if len(read) > 1}


_CHOOSES = re.compile(r"\b(?:MAX|MIN|LARGE|SMALL)\(", re.IGNORECASE)


class Matching:
    """What the cells of a workbook hold, for one set of fingerprints.

    Args:
        elements: all that a cell may hold.
        placed: what is known beforehand.
        table: the workbook's cells.
        formulas: the formula cells to be matched.
        values: their fingerprints and those of all other cells, `(settings, cells of the table)`.
        wrong: cells that are known to compute something else, and what they should hold.
        copies: formula cells that only repeat another cell.
        choosing: formulas that take one of several cells, as the largest, and these: they are not known by what they
            took, unless that is the largest number of a softmax.
        unsure: cells that equal something by chance.

    Attributes:
        candidates: formula cell → the elements it equals; empty for a cell that equals none.
        held: cell → the element it holds or should hold.
    """

    def __init__(
        self,
        elements: Elements,
        placed: Placed,
        table: CellTable,
        formulas: Sequence[Address],
        values: Array,
        wrong: Mapping[Address, int],
        copies: Collection[Address] = (),
        choosing: Mapping[Address, Sequence[Address]] = MappingProxyType({}),
        unsure: Collection[Address] = (),
    ) -> None:
        self.copies = copies
        self.wrong = wrong
        self.elements = elements
        self.placed = placed
        self._values = values
        self._table = table
        self._expected: dict[Address, int | None] = {}
        cells = [cell for cell in formulas if cell not in wrong]
        positions = np.array([table.index[cell] for cell in cells], dtype=np.intp)
        self.candidates = dict(zip(cells, elements.equal_to(values[:, positions]), strict=True))
        self.candidates.update(dict.fromkeys(unsure, ()))
        for cell, read in choosing.items():
            if cell in self.candidates:
                taken = {n for other in read for n in (*self.candidates.get(other, ()), wrong.get(other, -1))}
                own = self.candidates[cell]
                self.candidates[cell] = tuple(n for n in own if n not in taken or elements.key(n).band[2] == LARGEST)
        self.held: dict[Address, int] = {c: n[0] for c, n in self.candidates.items() if len(n) == 1} | dict(wrong)
        self._regularity: Regularity | None = None
        self._sure = Counter(elements.sources[elements.place(n)].band for n in self.held.values())
        several = [cell for cell, numbers in self.candidates.items() if len(numbers) > 1]
        chosen = {cell: self._best(cell, self.candidates[cell]) for cell in several}
        self.held |= chosen
        count = Counter(self.held.values())
        again = [cell for cell in several if cell not in copies and count[self.held[cell]] > 1]
        self._regularity = None  # where one is meant twice, those that were chosen beside it tell
        self.held |= {cell: self._best(cell, self.candidates[cell]) for cell in again}
        for cell, number in placed.bound.items():
            if number in self.candidates.get(cell, ()):
                self.held[cell] = number
        self._regularity = None

    def _best(self, cell: Address, numbers: tuple[int, ...]) -> int:
        """The likeliest of several equal elements: by its place, else of the band that most other cells hold.

        A formula that is no copy computes something.
        """
        choice = self.elements.choice(numbers, computed=cell not in self.copies)
        votes, is_part = self.regularity.expected(cell), self.elements.is_part
        voted = ((votes[key], not is_part[n], -n) for key in votes for n in choice.by_key.get(key, ()))
        best = max(voted, default=None)
        if best is not None:
            return -best[2]
        if len(numbers) > _FEW:
            return choice.first
        sources, place = self.elements.sources, self.elements.place
        pool = [n for own in choice.by_key.values() for n in own]
        return max(pool, key=lambda n: (not is_part[n], self._sure[sources[place(n)].band], -n))

    @property
    def regularity(self) -> Regularity:
        """What steps between the known cells mean."""
        if self._regularity is None:
            key, is_weight = self.elements.key, self.elements.is_weight
            held = Counter(self.held.values())
            known = {c: n for c, n in self.held.items() if not (is_weight[n] and held[n] > 1)}
            known |= self.placed.given
            self._regularity = Regularity({cell: key(n) for cell, n in known.items()}, self.elements.weights)
        return self._regularity

    @property
    def constant(self) -> Iterator[Address]:
        """The cells that no weight changes, though others of what they hold do: their value does not tell them."""
        cells = [cell for cell, numbers in self.candidates.items() if numbers]
        values = self._values[:, [self._table.index[cell] for cell in cells]]
        for position in np.flatnonzero(same(values, values[0]).all(axis=0) & (values[0] != 0)):
            source = self.elements.sources[self.elements.place(self.held[cells[position]])]
            if source.reads and not same(source.values, source.values[0]).all():
                yield cells[position]

    def unknown(self) -> list[Address]:
        """Formula cells that equal nothing, or something else than they were said to hold."""
        return [cell for cell in self.candidates if self.is_unknown(cell)]

    def is_unknown(self, cell: Address) -> bool:
        """Whether a formula cell equals nothing, or something else than it was said to hold."""
        held = self.held.get(cell)
        return held is None or self.placed.bound.get(cell, held) != held

    def expected(self, cell: Address) -> int | None:
        """The element that a cell's place asks for, if the cells around it agree."""
        if cell not in self._expected:
            bound = self.placed.bound
            self._expected[cell] = bound[cell] if cell in bound else self._asked_for(cell)
        return self._expected[cell]

    def _asked_for(self, cell: Address) -> int | None:
        votes: dict[int, float] = {}
        for key, weight in self.regularity.expected(cell).items():
            number = self.elements.at(key)
            if number is not None:
                votes[number] = weight
        if not votes:
            return None
        best = max(votes, key=lambda n: (votes[n], -n))
        rivals = sum(weight for number, weight in votes.items() if number != best and not self._others(number, cell))
        return best if votes[best] >= ENOUGH_VOTES * (votes[best] + rivals) else None

    def _others(self, number: int, cell: Address) -> bool:
        """Whether another cell computes an element."""
        own = self.held.get(cell) == number and cell not in self.copies
        return self.holders[number] - own > 0

    def is_misplaced(self, cell: Address) -> bool:
        """Whether a cell equals something else than its place asks for, and no other cell computes that."""
        expected = self.expected(cell)
        if expected is None or expected in self.equal(cell) or self.held.get(cell) == expected:
            return False
        return cell in self.placed.bound or not self._others(expected, cell)

    def is_supported(self, cell: Address) -> bool:
        """Whether the cells around one that is known agree with what it holds, and no other cell holds the same."""
        number = self.held.get(cell)
        if number is None or self.elements.is_part[number] or self.holders[number] > 1 or cell in self.copies:
            return False
        return self.regularity.expected(cell)[self.elements.key(number)] > 0 and not self.is_misplaced(cell)

    @cached_property
    def holders(self) -> Counter[int]:
        """How many cells hold each element; cells that only repeat another one do not count."""
        return Counter(number for cell, number in self.held.items() if cell not in self.copies)

    @cached_property
    def computed(self) -> Counter[int]:
        """How many of them compute it, and do not only have to hold it."""
        return Counter(n for cell, n in self.held.items() if cell not in self.copies and cell not in self.wrong)

    @cached_property
    def bands(self) -> Counter[Band]:
        """The bands of which some element stands in a cell, and how many cells hold them."""
        return Counter(self.elements[number].source.band for number in self.holders.elements())

    def whole(self, number: int) -> int:
        """The quantity that equals a part, if there is one: the last of the running sums is the sum."""
        if not self.elements.is_part[number]:
            return number
        return next((n for n in self.equals(number) if not self.elements.is_part[n]), number)

    def equals(self, number: int) -> tuple[int, ...]:
        """The elements that have the same value as one, itself among them."""
        return self.elements.equal_to(self.elements[number].values[:, None])[0]

    @cached_property
    def successors(self) -> Mapping[tuple[int, str], list[int]]:
        """Network and name of a quantity → the sources that are computed from it alone, element by element."""
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for place, source in enumerate(self.elements.sources):
            if not source.part and len(source.reads) == 1:
                (name,) = source.reads
                if source.operands(0) == frozenset({(name, 0)}):
                    found[source.network, name].append(place)
        return found

    @cached_property
    def missing_results(self) -> set[int]:
        """The elements of the networks' results that stand in no cell, and the quantities that are the same."""
        missing = (self.equals(number) for number in self.placed.results if self.holders[number] == 0)
        nowhere = (n for equal in missing if not any(self.holders[other] for other in equal) for n in equal)
        return {number for number in nowhere if not self.elements.is_part[number]}

    def moment(self, cell: Address, key: Key) -> Moment | None:
        """For a cell that may hold an element, the step and document of most other cells of its column, or of its row.

        Only what stands in one cell votes.
        """
        return self._moments.of(cell, key.band)

    @cached_property
    def _moments(self) -> Moments:
        key_of = self.elements.key
        given = {cell: key for cell, n in self.placed.given.items() if (key := key_of(n)).step >= 0}
        return Moments(given | self._sure_keys, self.elements.followers)

    def unit(self, cell: Address, key: Key) -> int | None:
        """For a cell that may hold an element, the unit of most other cells of its column, or row; parts have none."""
        unit = None if key.band[2] else self._units.of(cell, key.band)
        return None if unit is None else unit[0]

    @cached_property
    def _units(self) -> Moments:
        whole = {cell: key for cell, key in self._sure_keys.items() if not key.band[2]}
        return Moments(whole, self.elements.followers, lambda key: (key.index,))

    @cached_property
    def _sure_keys(self) -> dict[Address, Key]:
        """What is computed in one cell alone."""
        elements = self.elements
        return {
            cell: elements.key(n) for cell, n in self.held.items()
            if cell not in self.wrong and cell not in self.copies and elements.is_computed[n] and self.holders[n] == 1
        }  # fmt: skip

    @cached_property
    def similarity(self) -> Similarity:
        """Compares what cells read with what elements need."""
        return Similarity(self.elements, frozenset(self.bands))

    def equal(self, cell: Address) -> tuple[int, ...]:
        """The elements that a cell equals."""
        return self.candidates.get(cell, ())

    def element(self, cell: Address) -> Element | None:
        """What a cell holds, whether given or computed."""
        number = self.held.get(cell, self.placed.given.get(cell))
        return None if number is None else self.elements[number]

    def fingerprint(self, cell: Address) -> Array:
        """What stands in a cell in each setting; NaN for an empty one."""
        position = self._table.index.get(cell)
        return np.full(self._values.shape[0], np.nan) if position is None else self._values[:, position]


def frontier(unknown: Sequence[Address], precedents: Precedents) -> list[Address]:
    """Those unknown cells that read none of the others; in a circle, one of them."""
    waiting = set(unknown)
    first = [cell for cell in unknown if not any(p in waiting for p in precedents.of(cell) if p != cell)]
    return first or list(unknown[:1])


def ancestors(cell: Address, precedents: Precedents, stop: Iterable[Address], depth: int) -> list[Address]:
    """What a cell reads, directly and through other cells, nearest first; not the given cells, nor through them."""
    stopped = set(stop)
    found: dict[Address, None] = {}
    layer = [cell]
    for _ in range(depth):
        layer = [p for c in layer for p in precedents.of(c) if p not in stopped and p not in found and p != cell]
        found.update(dict.fromkeys(layer))
    return list(found)
