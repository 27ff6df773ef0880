"""What every cell of a layer should hold, and which of them compute something else although what they read is right.

Given numbers are replaced by random ones, as often as there are settings. Each formula is evaluated on what its
precedents should hold; so a mistake shows at its own cell and nowhere else. Where a cell is wrong because of a helper
cell that it reads, the cells beside that helper say what it should hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.arrays import array_of
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Role
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.alignment.matching import Matching, Placed
from xlcheck.handmade.alignment.settings import SETTINGS, UnknownNumbers, all_settings
from xlcheck.handmade.networks.elements import Elements, Source, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.parts import part_sources
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.evaluated import in_each_setting
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.precedents import Precedents

_SEVERAL = 2


@dataclass(frozen=True)
class Placement:
    """What the cells of a layer should hold.

    Attributes:
        aligned: the same as for any network.
        settings: for each network all values under each setting of random numbers.
        unsure: wrong cells of which it is not certain, as they read a helper of which nobody knows what it should hold;
            and why, where there is a reason to be told.
    """

    aligned: Assignment
    settings: list[list[Values]]
    unsure: Mapping[Address, str]


def place(
    table: CellTable, networks: Sequence[Network], precedents: Precedents, terms: CellTerms,
    meant: Mapping[Address, Term] | None = None, edited: Collection[Address] = (),
) -> Placement:  # fmt: skip
    """Compare each formula of a layer with what it should compute.

    Args:
        table: the cells of the layer alone.
        networks: the layer, with the cells of all that it computes.
        precedents: who reads what.
        terms: what each formula computes from the cells that it reads.
        meant: what wrong cells should compute, where it is known.
        edited: cells whose terms are not those of their formulas, or that hold no formula.
    """
    return _Placer(table, networks, precedents, terms, edited).place(meant or {})


class _Placer:
    def __init__(
        self, table: CellTable, networks: Sequence[Network], precedents: Precedents, terms: CellTerms,
        edited: Collection[Address],
    ) -> None:  # fmt: skip
        self._edited = edited
        self._constants = frozenset[Address]().union(*(network.constants for network in networks))
        self._table = table
        self._networks = networks
        self._precedents = precedents
        self._terms = terms
        targets = {cell for n in networks for quantity, *_, cell in n.cells() if quantity.band.role is Role.TARGET}
        random = all_settings(networks, targets)
        self._random = {cell: np.array([numbers[cell] for numbers in random]) for cell in random[0]}
        self._settings: list[list[Values]] = [
            [evaluate(n.typed, n.values(numbers)) for numbers in random] for n in networks
        ]
        sources = [s for i, n in enumerate(networks) for s in quantity_sources(i, n, self._settings[i])]
        self._set_elements(sources)
        given = set(self._placed.given)
        self._formulas = [cell for cell in table.texts if cell not in given]
        self._order = precedents.in_order(self._formulas)
        self._unknown = UnknownNumbers(SETTINGS)
        self._wrong: dict[Address, int] = {}
        self._fingerprints: dict[Address, Array] = {}
        self._repaired: dict[Address, int] = {}

    def _set_elements(self, sources: Sequence[Source]) -> None:
        self._elements = Elements(sources)
        self._placed = Placed.of(self._networks, self._elements)

    def place(self, meant: Mapping[Address, Term]) -> Placement:
        """See the function."""
        local = self._local()
        if any(not self._elements.equal_to(local[cell][:, None])[0] for cell in self._helpers(local)):
            sources = list(self._elements.sources)
            for number, network in enumerate(self._networks):
                sources += part_sources(number, network.graph, self._settings[number])
            self._set_elements(sources)
        self._declare_helpers(meant)
        unsure = self._settle()
        now = self._matching(self._local())
        matched = ((cell, self._not_by_chance(cell, now)) for cell in now.held if cell not in self._placed.given)
        held = {cell: number for cell, number in matched if number is not None}
        held |= {cell: number for cell, number in self._placed.bound.items() if cell not in self._placed.given}
        held |= self._wrong
        aligned = Assignment(self._elements, held, self._fingerprints)
        return Placement(aligned, self._settings, dict.fromkeys(unsure, ""))

    def _not_by_chance(self, cell: Address, now: Matching) -> int | None:
        """What a cell holds; not the same as one of several cells that it reads, as the largest does by chance."""
        number, read = now.held[cell], self._precedents.of(cell)
        if cell in self._placed.bound or cell in self._wrong or len(read) < _SEVERAL:
            return number
        if all(now.held.get(other) != number for other in read):
            return number
        return next((n for n in now.equal(cell) if self._elements.is_part[n]), None)

    def _helpers(self, local: Mapping[Address, Array]) -> Iterator[Address]:
        return (cell for cell in local if cell not in self._placed.bound and cell in self._table.texts)

    def _right(self, cell: Address) -> Array | None:
        """What a cell should hold in every setting, where that is known."""
        number = self._repaired.get(cell, self._placed.bound.get(cell))
        return self._random.get(cell) if number is None else self._elements[number].values

    def _local(self) -> dict[Address, Array]:
        """What each formula computes from what its precedents should hold."""
        found: dict[Address, Array] = {}
        for cell in self._order:
            found[cell] = self._computed(cell, found)
        for cell in self._placed.bound:
            if cell not in found and cell not in self._random:
                number = np.full(SETTINGS, self._terms.number(cell))  # where a formula should stand
                found[cell] = self._computed(cell, found) if cell in self._edited else number
        return found

    def _declare_helpers(self, meant: Mapping[Address, Term]) -> None:
        """Take cells for wrong of which it is known what they should compute."""
        for cell, term in meant.items():
            if cell not in self._placed.given:
                local = self._local()
                equal = self._elements.equal_to(self._value(term, local)[:, None])[0]
                number = self._placed.bound.get(cell, self._as_in_line(cell, equal, local))
                local.setdefault(cell, np.full(SETTINGS, self._terms.number(cell)))
                if number is None or number not in equal:
                    continue
                if cell not in self._placed.bound or self._is_wrong(cell, number, local):
                    self._declare(cell, number, local)
                    self._repaired[cell] = number

    def _as_in_line(self, cell: Address, numbers: Sequence[int], local: Mapping[Address, Array]) -> int | None:
        """Which of several equal elements a cell should hold: one of a quantity that others in its line hold."""
        held = self._matching(local).held if len(numbers) > 1 else {}
        beside = [number for other, number in held.items() if 0 in offset_between(cell, other)]
        bands = Counter(self._elements[number].source.band for number in beside)
        return max(numbers, key=lambda n: (bands[self._elements[n].source.band], -n), default=None)

    def _computed(self, cell: Address, known: Mapping[Address, Array]) -> Array:
        term = self._terms.get(cell)
        if term is None:
            return np.full(SETTINGS, np.nan)
        if cell in self._edited:
            return self._value(term, known)
        reads, read = self._terms.reads[cell], partial(self._read, known=known)
        return np.broadcast_to(in_each_setting(cell, self._table, self._terms, reads, read), SETTINGS)

    def _value(self, term: Term, known: Mapping[Address, Array]) -> Array:
        return np.broadcast_to(array_of(term, lambda leaf: self._read(leaf.cell, known)), SETTINGS)

    def _read(self, cell: Address, known: Mapping[Address, Array]) -> Array:
        right = self._right(cell)
        if right is not None:
            return right
        if cell in known:
            return known[cell]
        if cell in self._edited or (self._edited and cell in self._table.texts):  # which is not in order of calculation
            return self._computed(cell, {**known, cell: np.full(SETTINGS, np.nan)})  # no cell is made of itself
        if cell in self._constants:
            return np.full(SETTINGS, self._terms.number(cell))
        return self._unknown[cell]

    def _settle(self) -> set[Address]:
        """Find the cells that are wrong in themselves; returns those of which it is not certain."""
        unsure: set[Address] = set()
        for _ in range(len(self._formulas) + 1):
            local = self._local()
            bad = [cell for cell, number in self._placed.bound.items() if self._is_wrong(cell, number, local)]
            bad = [cell for cell in bad if cell not in self._wrong]
            if not bad:
                break
            now = self._matching(local)
            for cell in self._precedents.in_order(bad):
                found = self._helper_of(cell, local, now)
                if found is not None:
                    helper, number = found
                    self._declare(helper, number, local)
                    self._repaired[helper] = number
                    unsure |= {helper} if self._reads_unknown(helper, now) else set()
                    break
            else:
                for cell in bad:
                    self._declare(cell, self._placed.bound[cell], local)
                    if self._lacks_operand(cell) or self._reads_unknown(cell, now):
                        unsure.add(cell)
        return unsure

    def _reads_unknown(self, cell: Address, now: Matching) -> bool:
        """Whether a cell reads a helper, directly or through others, of which nobody knows what it should hold."""
        return any(now.held.get(helper) is None for helper in self._between(cell))

    def _lacks_operand(self, cell: Address) -> bool:
        """Whether it is not known where an operand stands, though others of its kind have cells."""
        number = self._placed.bound[cell]
        element = self._elements[number]
        network = element.source.network
        bands = {self._elements[n].source.band for n in self._placed.bound.values()}
        held = {n for numbers in (self._placed.bound, self._placed.given) for n in numbers.values()}
        for name, index in element.source.operands(element.index):
            place = self._elements.by_name[network, name]
            source = self._elements.sources[place]
            sample = 0 if source.quantity.is_weight else element.sample
            if source.band in bands and self._elements.number(place, sample, index) not in held:
                return True
        return False

    def _is_wrong(self, cell: Address, number: int, local: Mapping[Address, Array]) -> bool:
        if cell not in local:
            return False
        return not bool(same(local[cell], self._elements[number].values).all())

    def _declare(self, cell: Address, number: int, local: Mapping[Address, Array]) -> None:
        self._wrong[cell] = number
        self._fingerprints[cell] = local[cell]

    def _matching(self, local: Mapping[Address, Array]) -> Matching:
        values = np.full((SETTINGS, len(self._table)), np.nan)
        for cell, found in local.items():
            if cell in self._table.index:
                right = self._right(cell)
                values[:, self._table.index[cell]] = found if right is None else right
        copies = frozenset(cell for cell in self._formulas if self._precedents.is_copy(cell))
        return Matching(self._elements, self._placed, self._table, self._formulas, values, self._wrong, copies)

    def _helper_of(self, cell: Address, local: Mapping[Address, Array], now: Matching) -> tuple[Address, int] | None:
        """A helper that makes a cell wrong, and what the cells beside the helper say that it should hold."""
        number = self._placed.bound[cell]
        for helper in self._precedents.in_order(self._between(cell)):
            expected = now.expected(helper)
            if expected is None or helper in self._repaired or expected in now.equal(helper):
                continue
            self._repaired[helper] = expected
            trial = dict(local)
            for between in self._order:
                if between in local:
                    trial[between] = self._computed(between, trial)
                if between == cell:
                    break
            del self._repaired[helper]
            if not self._is_wrong(cell, number, trial):
                return helper, expected
        return None

    def _between(self, cell: Address) -> Collection[Address]:
        """The helpers that a cell reads, directly or through others."""
        found: dict[Address, None] = {}
        stack = [cell]
        while stack:
            for other in self._precedents.of(stack.pop()):
                is_helper = other in self._table.texts and self._placed.bound.get(other, None) is None
                if is_helper and other not in self._placed.given and other not in found:
                    found[other] = None
                    stack.append(other)
        return list(found)
