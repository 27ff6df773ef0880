"""Name the mistake in a cell that is wrong in itself: the one that gives exactly what the cell gives.

A mistake is not recognised by one number but by what the cell computes for random weights and
inputs, so that a name is never given by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.formulas.algebra import Address
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.alignment.similarity import Similarity
from xlcheck.handmade.judging.correction import Corrector
from xlcheck.handmade.networks.elements import Band, Element
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.operands import Operand
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.layers.gates import GATES, at_gate, gate_of, kind_of
from xlcheck.verdicts.messages import title
from xlcheck.verdicts.mistakes.mutants import Mutant, mutants
from xlcheck.verdicts.mistakes.rewriting import written_out
from xlcheck.verdicts.mistakes.texts import MAX_DIGITS, rounded, too_long, too_short

MAX_DEPTH = 4


@dataclass(frozen=True)
class Named:
    """A mistake: its name, or None where no name fits, and what was done, in words."""

    name: str | None
    sentence: str


WRONG_STEP = "wrong-time-step"
OTHER_SAMPLE = Named("wrong-sample", "all that is read belongs to another sample; refer to the right row or column")

ONE_BIAS = Named("bias-missing", "one of the two biases is missing: add it to the sum")


class Diagnoser:
    """Names mistakes in one workbook.

    Args:
        networks: the models.
        settings: for each network all values under each setting of random numbers.
        aligned: what cells should hold, and what the wrong ones compute under these settings.
        precedents: who reads what.
    """

    def __init__(
        self, networks: Sequence[Network], settings: Sequence[Sequence[Values]], aligned: Assignment,
        precedents: Precedents,
    ) -> None:  # fmt: skip
        self._networks = networks
        self._settings = settings
        self._aligned = aligned
        self._precedents = precedents
        self._corrector = Corrector(precedents.table, networks, settings, aligned)

    def desired_formula(self, cell: Address) -> str | None:
        """The formula that should stand in a wrong cell, with `=`; None if none is sure to be right."""
        return self._corrector.formula(cell)

    def name(self, cell: Address) -> Named | None:
        """The mistake in a wrong formula cell, or None if nothing is known about it."""
        element = self._aligned.element(cell)
        computed = self._aligned.wrong.get(cell)
        if element is None or computed is None:
            return None
        for rule in (self._copied, self._nothing_read, self._mutated, self._rounded, self._range):
            found = rule(cell, element, computed)
            if found is not None:
                return found
        return self._equal(computed)

    def _copied(self, cell: Address, element: Element, computed: Array) -> Named | None:
        """A cell that only passes on a quantity passes on another one."""
        if not self._precedents.is_copy(cell) or element.source.part:
            return None
        holders = [c for c, n in self._aligned.held.items() if c != cell and self._aligned.elements[n] == element]
        if not any(c not in self._aligned.wrong and not self._precedents.is_copy(c) for c in holders):
            return None
        network = element.source.network
        expr = ex.Ref(element.source.quantity.name)
        found = mutants(self._networks[network].graph, element.source.quantity, expr, element.index)
        return self._first(found, cell, element, computed)

    def _nothing_read(self, cell: Address, element: Element, computed: Array) -> Named | None:
        """A formula lacks something and reads an empty cell, or a word, in its place."""
        table = self._precedents.table
        single = [area for area in self._precedents.ranges(cell) if area.size == 1]
        places = [(area.sheet, area.top, area.left) for area in single]
        holds = [place in table.beyond or (place in table.index and place not in table.words) for place in places]
        by_words = looks_up(table.texts.get(cell, ""))  # which reads them as it should
        idle = [
            place for place, number in zip(places, holds, strict=True)
            if not number and not (by_words and place in table.words)
        ]  # fmt: skip
        read = {self._operand(place, self._given[element.source.network]) for place in places}
        missing = element.source.operands(element.index) - read
        is_blank = any(name.endswith("_init") for name, _ in missing)  # as a first state often is, and then 0
        if not idle or not missing or (is_blank and idle[0] not in table.words):
            return None
        what = "holds a word" if idle[0] in table.words else "is empty"
        return Named("empty-cell-read", f"{show(idle[0])} {what}; refer to the cell that is meant instead")

    def _mutated(self, cell: Address, element: Element, computed: Array) -> Named | None:
        """One change of the equation, as it stands or with intermediate results written out."""
        found = self._elsewhere(element, computed)
        source = element.source
        if found is not None or source.expr is None:
            return found
        graph = self._networks[source.network].graph
        tried: set[ex.Expr] = set()
        for depth in range(MAX_DEPTH):
            expr = written_out(graph, source.expr, depth)
            if expr in tried:
                break
            tried.add(expr)
            changes = mutants(graph, source.quantity, expr, element.index)
            found = self._first(changes, cell, element, computed)
            if found is not None:
                is_bias = found.name == "range-too-short" and self._lacks_second_bias(cell, source.network)
                return ONE_BIAS if is_bias else found
        return None

    def _lacks_second_bias(self, cell: Address, network: int) -> bool:
        """Whether a cell reads none of the biases that stand as the last row of a kernel."""
        second = set(self._networks[network].second_bias)
        return bool(second) and second.isdisjoint(self._precedents.of(cell))

    def _elsewhere(self, element: Element, computed: Array) -> Named | None:
        """The same thing of another gate, of another unit, or of another time step."""
        own = element.source.quantity
        kind = kind_of(self._networks[element.source.network].graph.symbols[own.band.layer])
        gate = gate_of(kind, own.band.symbol)
        others = {at_gate(kind, own.band.symbol, g): g for g in GATES.get(kind, ()) if gate not in {None, g}}
        for number in self._aligned.elements.equal_to(computed[:, None])[0]:
            other = self._aligned.elements[number]
            band, step = other.source.quantity.band, other.source.quantity.step
            if (other.source.network, other.source.part) != (element.source.network, element.source.part):
                continue
            if other.sample != element.sample:
                if (band, step, other.index) == (own.band, own.step, element.index):
                    return OTHER_SAMPLE
                continue
            if band == own.band and step == own.step and other.index != element.index:
                unit = f"the value of unit {other.index + 1} stands where that of unit {element.index + 1} is needed"
                return Named("neighbour-unit", unit)
            if band == own.band and step != own.step and other.index == element.index:
                sentence = "all that is read belongs to another time step; refer to the right column or row"
                return Named(WRONG_STEP, sentence)
            if band.layer == own.band.layer and band.symbol in others and step == own.step:
                said = others[band.symbol]
                return Named("gate-order", f"the {said} gate is computed where the {gate} gate is needed")
        return None

    def _first(self, changes: Iterator[Mutant], cell: Address, element: Element, computed: Array) -> Named | None:
        """The first mistake that gives what the cell gives; rather one by which it would read what it reads."""
        settings = self._settings[element.source.network]
        read = {name for name, _ in self._reads(cell, element.source.network)}
        found: Named | None = None
        for mutant in changes:
            try:
                value = mutant.value(settings[0])
            except (KeyError, ValueError, IndexError):
                continue
            if not same(computed[:1], value[self._sample(value, element)]).all():
                continue
            rest = [mutant.value(setting) for setting in settings[1:]]
            if all(same(computed[i + 1 : i + 2], v[self._sample(v, element)]).all() for i, v in enumerate(rest)):
                if mutant.reads <= read:
                    return Named(mutant.name, mutant.sentence)
                found = found or Named(mutant.name, mutant.sentence)
        return found

    def _sample(self, value: Array, element: Element) -> int:
        return element.sample if value.shape[0] > 1 else 0

    def _rounded(self, cell: Address, element: Element, computed: Array) -> Named | None:
        right = element.values
        for digits in range(MAX_DIGITS + 1):
            if np.abs(computed - np.round(right, digits)).max() <= 1e-13 * max(1.0, float(np.abs(right).max())):
                return Named("rounded-to-n-digits", rounded(digits))
        return None

    def _range(self, cell: Address, element: Element, computed: Array) -> Named | None:
        """A range that does not cover just what is needed, unless right cells of such quantities read it, too.

        That in which something is looked up always holds more.
        """
        if looks_up(self._precedents.table.texts.get(cell, "")):
            return None
        bands = frozenset(self._aligned.bands.values())
        network = element.source.network
        needs = Similarity(self._aligned.elements, bands).needs(self._number(element))
        held = self._given[network]
        read = self._reads(cell, network)
        for area in self._precedents.ranges(cell):
            if area.size < 2 or area.rows == MAX_ROWS or area.columns == MAX_COLUMNS:  # whole lines are never too long
                continue
            if area in self._read_rightly[element.source.band]:
                continue
            for line, where in _edges(area):
                operands = [self._operand(place, held) for place in line]
                pairs = zip(operands, line, strict=True)
                is_known = all(own is not None or not self._precedents.table.is_formula(place) for own, place in pairs)
                if is_known and not any(operand in needs for operand in operands):
                    return Named("range-too-long", too_long(area.a1, where))
            for line, where in _beyond(area):
                operands = [self._operand(place, held) for place in line]
                if any(operand in needs and operand not in read for operand in operands):
                    return Named("range-too-short", too_short(area.a1, where))
        return None

    def _reads(self, cell: Address, network: int) -> set[Operand]:
        """What a formula reads of the network."""
        operands = (self._operand(place, self._given[network]) for place in self._precedents.of(cell))
        return {operand for operand in operands if operand is not None}

    @cached_property
    def _read_rightly(self) -> Mapping[Band, set[Range]]:
        """The ranges that right cells of each band read."""
        found: dict[Band, set[Range]] = defaultdict(set)
        for cell, band in self._aligned.bands.items():
            if cell not in self._aligned.wrong:
                found[band].update(self._precedents.ranges(cell))
        return found

    @cached_property
    def _given(self) -> list[dict[Address, Operand]]:
        """What stands in the given cells of each network."""
        return [{place: (q.name, i) for q, _, i, place in network.cells()} for network in self._networks]

    def _number(self, element: Element) -> int:
        place = self._aligned.elements.sources.index(element.source)
        return self._aligned.elements.number(place, element.sample, element.index)

    def _operand(self, cell: Address, given: Mapping[Address, Operand]) -> Operand | None:
        if cell in given:
            return given[cell]
        element = self._aligned.element(cell)
        return None if element is None or element.source.part else (element.source.quantity.name, element.index)

    def _equal(self, computed: Array) -> Named | None:
        """What the cell holds instead, if it is anything that the model knows."""
        numbers = self._aligned.elements.equal_to(computed[:, None])[0]
        named = [n for n in numbers if not self._aligned.elements.is_part[n]]
        if not named:
            return None
        element = self._aligned.elements[named[0]]
        return Named(None, f"what stands here equals {_title(element)} exactly")


def _title(element: Element) -> str:
    quantity: Quantity = element.source.quantity
    return f"{element.name} ({title(quantity, element.index)})"


def _edges(area: Range) -> Iterator[tuple[list[Address], str]]:
    """The first and the last line of a range."""

    def cells(rows: range, columns: range) -> list[Address]:
        return [(area.sheet, r, c) for r in rows for c in columns]

    rows, columns = range(area.top, area.top + area.rows), range(area.left, area.left + area.columns)
    if area.rows > 1:
        yield cells(rows[-1:], columns), "lower end"
        yield cells(rows[:1], columns), "upper end"
    if area.columns > 1:
        yield cells(rows, columns[-1:]), "right end"
        yield cells(rows, columns[:1]), "left end"


def _beyond(area: Range) -> Iterator[tuple[list[Address], str]]:
    """The lines just outside of a range, along its direction."""
    bottom, right = area.top + area.rows, area.left + area.columns
    if area.rows > 1 or area.columns == 1:
        yield [(area.sheet, bottom, c) for c in range(area.left, right)], "lower end"
        yield [(area.sheet, area.top - 1, c) for c in range(area.left, right)], "upper end"
    if area.columns > 1 or area.rows == 1:
        yield [(area.sheet, r, right) for r in range(area.top, bottom)], "right end"
        yield [(area.sheet, r, area.left - 1) for r in range(area.top, bottom)], "left end"
