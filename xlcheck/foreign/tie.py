"""Tie every formula cell to what it should hold, also the wrong ones and all that depends on them.

Cells are known by their fingerprint. A cell whose precedents are all known, but which computes
nothing that the model has, is wrong or a scratch cell; its place among its neighbours, and what the
cells that read it need, say what it should have been. Then the right value is written over it, the
workbook is recalculated, and what depends on it shows its own fingerprint again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xlcheck.foreign.algebra import Address
from xlcheck.foreign.cells import CellTable
from xlcheck.foreign.elements import Element, Elements, Key, quantity_sources, same
from xlcheck.foreign.network import Network
from xlcheck.foreign.parts import part_sources
from xlcheck.foreign.precedents import Precedents
from xlcheck.foreign.probe import Probe
from xlcheck.foreign.regularity import Regularity

Array = NDArray[np.float64]

MAX_ROUNDS = 400
MAX_SECONDS = 20.0
MAX_TRIALS = 60
ENOUGH_VOTES = 0.6


@dataclass(frozen=True)
class Wrong:
    """A cell that does not compute what it should.

    Attributes:
        values: its fingerprint with right precedents, `(settings,)`; the numbers themselves if it is no formula.
        precedents: the fingerprints of what it reads were all right.
    """

    values: Array


@dataclass(frozen=True)
class Tie:
    """What every cell should hold.

    Attributes:
        elements: all that a cell may hold.
        held: cell → number of its element.
        wrong: the cells among them that compute something else.
        loose: formula cells that belong to nothing.
        complete: whether every cell was looked at; a workbook with a great many mistakes is not.
    """

    elements: Elements
    held: Mapping[Address, int]
    wrong: Mapping[Address, Wrong]
    loose: tuple[Address, ...]
    complete: bool = True

    def element(self, cell: Address) -> Element | None:
        """What a cell should hold."""
        number = self.held.get(cell)
        return None if number is None else self.elements[number]


def tie(table: CellTable, probe: Probe, networks: Sequence[Network], precedents: Precedents) -> Tie:
    """Find out what every formula cell should hold.

    Args:
        table: the workbook's cells.
        probe: the workbook with random numbers in it; the right values are written into its wrong cells.
        networks: the models that the workbook computes.
        precedents: who reads what.
    """
    settings = [probe.graph_values(number) for number in range(len(networks))]
    sources = [s for number, tied in enumerate(networks) for s in quantity_sources(number, tied, settings[number])]
    matcher = _Matcher(table, probe, networks, precedents, Elements(sources))
    if matcher.unknown():
        parts = [s for number, tied in enumerate(networks) for s in part_sources(number, tied.graph, settings[number])]
        matcher = _Matcher(table, probe, networks, precedents, Elements([*sources, *parts]))
    return matcher.run()


@dataclass
class _State:
    """What is known at the moment."""

    candidates: dict[Address, tuple[int, ...]] = field(default_factory=dict)
    held: dict[Address, int] = field(default_factory=dict)
    wrong: dict[Address, Wrong] = field(default_factory=dict)
    scratch: set[Address] = field(default_factory=set)


class _Matcher:
    def __init__(
        self,
        table: CellTable,
        probe: Probe,
        networks: Sequence[Network],
        precedents: Precedents,
        elements: Elements,
    ) -> None:
        self._table = table
        self._probe = probe
        self._precedents = precedents
        self._elements = elements
        self._state = _State()
        self._given: dict[Address, int] = {}
        self._bound: dict[Address, int] = {}
        self._regularity: Regularity | None = None
        self._started = time.monotonic()
        self._trials = 0
        numbers = {(s.network, s.quantity.name): i for i, s in enumerate(elements.sources) if not s.part}
        for number, tied in enumerate(networks):
            for quantity, sample, element, cell in tied.cells():
                start = elements.numbers_of(numbers[number, quantity.name]).start
                size = elements.sources[numbers[number, quantity.name]].size
                self._given.setdefault(cell, start + sample * size + element)
            for sample, bound in enumerate(tied.bound):
                for name, places in bound.items():
                    source = numbers[number, name]
                    start, size = elements.numbers_of(source).start, elements.sources[source].size
                    for element, place in enumerate(places):
                        if place is not None:
                            self._bound[place] = start + sample * size + element
        prepares = self._preparation()
        self._formulas = [c for i in table.formulas if (c := table.addresses[i]) not in self._given and c not in prepares]
        self._match()

    def run(self) -> Tie:
        complete = True
        for _ in range(MAX_ROUNDS):
            unknown = self.unknown()
            if not unknown:
                break
            if time.monotonic() - self._started > MAX_SECONDS:
                complete = False
                break
            self._settle(self._frontier(unknown))
        self._typed_over()
        state = self._state
        loose = tuple(cell for cell in self._formulas if cell not in state.held)
        return Tie(self._elements, dict(state.held), dict(state.wrong), loose, complete)

    def _preparation(self) -> set[Address]:
        """Formula cells that only make the inputs: words to codes, codes to one-hot vectors, padding."""
        found: set[Address] = set()
        stack = [cell for cell in self._given if self._table.is_formula(cell)]
        while stack:
            for cell in self._precedents.of(stack.pop()):
                if cell not in found and cell not in self._given and self._table.is_formula(cell):
                    values = self._fingerprint(cell)
                    if (values == values[0]).all() or np.isnan(values).all():
                        found.add(cell)
                        stack.append(cell)
        return found

    # What is known.

    def _match(self) -> None:
        """Look up all fingerprints; a cell that may hold several equal elements holds the one that fits its place."""
        state = self._state
        cells = [cell for cell in self._formulas if cell not in state.wrong]
        positions = [self._table.index[cell] for cell in cells]
        found = self._elements.equal_to(self._probe.values[:, positions])
        state.candidates = dict(zip(cells, found, strict=True))
        wrong = {cell: state.held[cell] for cell in state.wrong}
        state.held = {cell: numbers[0] for cell, numbers in state.candidates.items() if len(numbers) == 1} | wrong
        self._regularity = None
        several = [cell for cell, numbers in state.candidates.items() if len(numbers) > 1]
        if several:
            regularity = self._regular()
            state.held |= {cell: self._best(cell, state.candidates[cell], regularity) for cell in several}
            self._regularity = None
        for cell, number in self._bound.items():
            if number in state.candidates.get(cell, ()):
                state.held[cell] = number

    def _best(self, cell: Address, numbers: tuple[int, ...], regularity: Regularity) -> int:
        votes = regularity.expected(cell)
        return max(numbers, key=lambda n: (votes[self._elements[n].key], not self._elements[n].source.part, -n))

    def _regular(self) -> Regularity:
        if self._regularity is None:
            known = {**self._given, **self._state.held}
            self._regularity = Regularity({cell: self._elements[n].key for cell, n in known.items()})
        return self._regularity

    def unknown(self) -> list[Address]:
        """Formula cells that compute nothing the model has, or something else than they were said to."""
        state = self._state
        return [
            cell for cell in self._formulas
            if cell not in state.wrong and cell not in state.scratch
            and (cell not in state.held or self._bound.get(cell, state.held[cell]) != state.held[cell])
        ]  # fmt: skip

    def _frontier(self, unknown: Sequence[Address]) -> list[Address]:
        """Those that read none of the others."""
        waiting = set(unknown)
        first = [cell for cell in unknown if not any(p in waiting for p in self._precedents.of(cell) if p != cell)]
        return first or list(unknown[:1])

    # What the first unknown cells should be.

    def _settle(self, frontier: Sequence[Address]) -> None:
        before = (len(self._state.wrong), len(self._state.scratch))
        left = self._by_misplaced_precedents(frontier)
        left = self._by_place(left)
        for cell in left:
            if not self._by_trial(cell):
                self._state.scratch.add(cell)
        if (len(self._state.wrong), len(self._state.scratch)) == before:
            self._state.scratch.update(frontier)

    def _by_misplaced_precedents(self, frontier: Sequence[Address]) -> list[Address]:
        """Unknown cells become known once a precedent holds what its place asks for; returns those that do not."""
        regularity = self._regular()
        suspects: dict[Address, int] = {}
        reads: dict[Address, list[Address]] = {}
        for cell in frontier:
            reads[cell] = []
            for precedent in self._precedents.of(cell):
                if precedent in self._given or precedent in self._state.wrong:
                    continue
                expected = self._expected(precedent, regularity)
                if expected is not None and expected not in self._equal(precedent):
                    suspects[precedent] = expected
                    reads[cell].append(precedent)
        if not suspects:
            return list(frontier)
        was = {cell: Wrong(self._fingerprint(cell)) for cell in suspects}
        self._probe.overwrite({cell: self._elements[number].values for cell, number in suspects.items()})
        healed = {cell for cell in frontier if self._elements.equal_to(self._fingerprint(cell)[:, None])[0]}
        confirmed = {precedent for cell in healed for precedent in reads[cell]}
        back = {cell: was[cell].values for cell in suspects if cell not in confirmed}
        if back:
            self._probe.overwrite(back)
        for cell in confirmed:
            self._state.wrong[cell] = was[cell]
            self._state.held[cell] = suspects[cell]
        if confirmed:
            self._match()
        return [cell for cell in frontier if cell not in healed]

    def _by_place(self, cells: Sequence[Address]) -> list[Address]:
        """Cells whose place says what they should hold are wrong; returns the others."""
        regularity = self._regular()
        found: dict[Address, int] = {}
        for cell in cells:
            expected = self._bound.get(cell, self._expected(cell, regularity))
            if expected is None or self._is_useful(cell):
                continue
            better = self._wrong_operand(cell, expected)
            if better is not None:
                found[better[0]] = better[1]
            else:
                found[cell] = expected
        self._declare_wrong(found)
        return [cell for cell in cells if cell not in found and cell not in self._state.held]

    def _declare_wrong(self, found: Mapping[Address, int]) -> None:
        if not found:
            return
        for cell, number in found.items():
            self._state.wrong[cell] = Wrong(self._fingerprint(cell))
            self._state.held[cell] = number
        self._probe.overwrite({cell: self._elements[number].values for cell, number in found.items()})
        self._match()

    def _expected(self, cell: Address, regularity: Regularity) -> int | None:
        """The element that a cell's place asks for."""
        votes = {
            number: weight for key, weight in regularity.expected(cell).items()
            if (number := self._elements.by_key.get(key)) is not None
        }  # fmt: skip
        if not votes:
            return None
        number = max(votes, key=lambda n: (votes[n], -n))
        return number if votes[number] >= ENOUGH_VOTES * sum(votes.values()) else None

    def _is_useful(self, cell: Address) -> bool:
        """Whether a cell that reads this one is right as it is: then this is a scratch cell, and not wrong."""
        return any(
            reader in self._state.held and reader not in self._state.wrong for reader in self._precedents.readers(cell)
        )

    # What the cells around need.

    def _wrong_operand(self, cell: Address, target: int) -> tuple[Address, int] | None:
        """A precedent that would make the cell right if it held an operand of the target that stands nowhere yet."""
        placed = set(self._state.held.values())
        operands = [n for n in self._operands(target) if n not in placed]
        wanted = self._elements[target].values
        for precedent in self._precedents.of(cell):
            if precedent in self._given or precedent in self._state.wrong or self._is_settled(precedent):
                continue
            for number in operands[:MAX_TRIALS]:
                if same(self._try(precedent, number, [cell])[:, 0], wanted).all():
                    return precedent, number
        return None

    def _is_settled(self, cell: Address) -> bool:
        """Whether a cell holds a quantity that stands nowhere else."""
        number = self._state.held.get(cell)
        return number is not None and not self._elements[number].source.part

    def _by_trial(self, cell: Address) -> bool:
        """Find what a cell, or one that it reads, should be by what would make its neighbours right."""
        if self._is_useful(cell) or not self._may_matter(cell):
            return False
        placed = set(self._state.held.values())
        targets = [n for n in self._targets(cell) if n not in placed]
        for target in targets:
            better = self._wrong_operand(cell, target)
            if better is not None:
                self._declare_wrong({better[0]: better[1]})
                return True
        readers = [r for r in self._precedents.readers(cell) if r not in self._state.held][:MAX_TRIALS]
        if readers:
            for target in targets[:MAX_TRIALS]:
                values = self._try(cell, target, readers)
                if any(self._elements.equal_to(values)):
                    self._declare_wrong({cell: target})
                    return True
        last = [n for n in targets if not self._elements[n].source.part]
        if last and not self._precedents.readers(cell):
            self._declare_wrong({cell: last[-1]})
            return True
        return False

    def _may_matter(self, cell: Address) -> bool:
        """Whether the cell reads anything of a model, or applies a function that models have."""
        content = self._table.cell(cell)
        text = "" if content is None or content.formula is None else content.formula.upper()
        known = self._given.keys() | self._state.held.keys()
        return "EXP(" in text or "TANH(" in text or any(p in known for p in self._precedents.of(cell))

    def _targets(self, cell: Address) -> list[int]:
        """What a cell could be meant to compute: everything that reads something of what the cell reads."""
        read = {self._state.held.get(p, self._given.get(p)) for p in self._precedents.of(cell)} - {None}
        sources = {self._elements[n].source for n in read if n is not None}
        names = {(s.network, s.quantity.name) for s in sources}
        steps = {(s.network, s.quantity.step) for s in sources if not s.quantity.is_weight}
        samples = {self._elements[n].sample for n in read if n is not None and not self._is_weight(n)} or {0}
        found = []
        for i, source in enumerate(self._elements.sources):
            if not source.reads:
                continue
            reads = source.reads
            if names and not any((source.network, name) in names for name in reads):
                continue
            if steps and (source.network, source.quantity.step) not in steps and source.quantity.step is not None:
                later = {(network, None if step is None else step + 1) for network, step in steps}
                if (source.network, source.quantity.step) not in later:
                    continue
            numbers = self._elements.numbers_of(i)
            found += [n for n in numbers if self._elements[n].sample in samples]
        return found[: 4 * MAX_TRIALS]

    def _is_weight(self, number: int) -> bool:
        return self._elements[number].source.quantity.is_weight

    def _operands(self, target: int) -> list[int]:
        """Elements that an element is directly made of, its parts included; further ones through them."""
        element = self._elements[target]
        names = element.source.reads
        deeper = set(names)
        for source in self._elements.sources:
            if source.network == element.source.network and not source.part and source.quantity.name in names:
                deeper |= source.reads
        found = []
        for i, source in enumerate(self._elements.sources):
            if source.network != element.source.network or source.quantity.is_weight:
                continue
            own = source.part and source.quantity.name in names | {element.source.quantity.name}
            if own or (not source.part and source.quantity.name in deeper and source.reads):
                found += [n for n in self._elements.numbers_of(i) if self._elements[n].sample == element.sample]
        return sorted(found, key=lambda n: (self._elements[n].index != element.index, bool(self._elements[n].source.part)))

    def _try(self, cell: Address, number: int, read: Sequence[Address]) -> Array:
        self._trials += 1
        return self._probe.trial(cell, self._elements[number].values, read)

    def _fingerprint(self, cell: Address) -> Array:
        position = self._table.index.get(cell)
        if position is None:
            return np.full(self._probe.values.shape[0], np.nan)
        values: Array = self._probe.values[:, position]
        return values

    def _equal(self, cell: Address) -> tuple[int, ...]:
        return self._state.candidates.get(cell, ())

    # Constants typed over formulas that nothing else has shown.

    def _typed_over(self) -> None:
        """Find elements that are missing in a regular row or column, where a typed number or a stray result stands."""
        regularity = self._regular()
        known = {**self._given, **self._state.held}
        by_band: dict[tuple[int, str, str], list[tuple[Address, Key]]] = {}
        for cell, number in known.items():
            key = self._elements[number].key
            by_band.setdefault(key.band, []).append((cell, key))
        placed = set(known.values())
        found: dict[Address, int] = {}
        for i, source in enumerate(self._elements.sources):
            near = by_band.get(self._elements[self._elements.numbers_of(i).start].key.band, [])
            if not source.reads or source.part or not near or len(near) > 5000:
                continue
            for number in self._elements.numbers_of(i):
                if number in placed:
                    continue
                for cell, weight in regularity.places(self._elements[number].key, near).most_common(1):
                    if weight >= ENOUGH_VOTES and self._is_stray(cell, number, regularity):
                        found[cell] = number
        self._declare_wrong(found)

    def _is_stray(self, cell: Address, number: int, regularity: Regularity) -> bool:
        """Whether a cell holds a number that belongs to nothing else, and stands where the element should."""
        if cell in self._given or cell in self._state.wrong or self._expected(cell, regularity) != number:
            return False
        content = self._table.cell(cell)
        if content is None or not isinstance(content.value, float | None):
            return False
        if content.formula is None:
            return content.value is not None
        held = self._state.held.get(cell)
        return held is None or not self._precedents.readers(cell)
