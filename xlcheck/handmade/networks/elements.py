"""Everything a cell may hold: the elements of all quantities, and of the steps in between, with their values.

The values are those of networks with random weights and inputs. Two different functions of the
weights never agree on them by chance, so that a cell's value says what the cell computes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array, Values
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import BinaryCrossentropy, CategoricalCrossentropy, Expr, Log, Ref, Sum, refs
from xlcheck.graph.quantities import Quantity
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.operands import OperandsOf, operands_of
from xlcheck.handmade.networks.value_index import ValueIndex
from xlcheck.handmade.reading.reached import reached

Band = tuple[int, str, str]
"""The number of a network, a band of its quantities, and which part of them, if any."""
Compute = Callable[[Values], Array]


@dataclass(frozen=True, eq=False)
class Source:
    """A quantity, or a part of one, of one network.

    Attributes:
        network: which network.
        quantity: the quantity it is or belongs to.
        part: what it is, if only a part of the quantity: a text with `{}` for an element's name.
        expr: how it is computed; None if it is given, or a part that is no expression.
        reads: names of the quantities it is computed from.
        operands: the single elements that one of its elements is computed from.
        compute: its values `(samples, elements)` from the values of all quantities.
        from_operands: the same from the values of `reads` alone.
        values: for every setting and sample, `(settings, samples, elements)`.
    """

    network: int
    quantity: Quantity
    part: str
    expr: Expr | None
    reads: frozenset[str]
    operands: OperandsOf
    compute: Compute
    from_operands: Compute
    values: Array

    @property
    def band(self) -> Band:
        """What is the same at every time step."""
        return self.network, self.quantity.band.name, self.part

    @property
    def stem(self) -> tuple[Band, int]:
        """What the keys of its elements have in common: band, an initial state's being that of the state, and step."""
        network, band, part = self.band
        step = self.quantity.step
        return (network, band.removesuffix("_init"), part), -1 if step is None else step

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.values.shape[2])


@dataclass(frozen=True, slots=True)
class Element:
    """One number of a source, for one document."""

    source: Source
    sample: int
    index: int

    @property
    def name(self) -> str:
        """`lstm.i[1][0]`; for a part `exp(dense.z[0])`."""
        quantity = self.source.quantity
        if not self.source.part:
            return quantity.element(tuple(int(i) for i in np.unravel_index(self.index, quantity.shape)))
        name = quantity.element(self.index) if self.source.size == quantity.shape[-1] else quantity.name
        return self.source.part.format(name)

    @property
    def values(self) -> Array:
        """Its value for every setting."""
        return self.source.values[:, self.sample, self.index]


@dataclass(frozen=True, slots=True)
class Key:
    """Where an element stands among its like; time steps from 0, -1 for none."""

    band: Band
    step: int
    sample: int
    index: int

    def moved(self, shift: tuple[int, int, int]) -> Key:
        """The key after a shift in step, sample and index."""
        return Key(self.band, self.step + shift[0], self.sample + shift[1], self.index + shift[2])


@dataclass(frozen=True)
class Choice:
    """Equal elements to choose from.

    Attributes:
        by_key: the elements by their coordinates.
        first: the one to take if nothing speaks for another one.
    """

    by_key: Mapping[Key, Sequence[int]]
    first: int


class Elements:
    """All elements of a list of sources, ready to be looked up by value."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = tuple(sources)
        counts = [source.values.shape[1] * source.size for source in sources]
        self._starts: list[int] = [0, *accumulate(counts)]
        self._index = ValueIndex([source.values.reshape(source.values.shape[0], -1) for source in sources])
        self._keys: dict[int, Key] = {}
        self._choices: dict[tuple[tuple[int, ...], bool], Choice] = {}

    def __len__(self) -> int:
        return self._starts[-1]

    def place(self, number: int) -> int:
        """The number of an element's source."""
        return bisect_right(self._starts, number) - 1

    def __getitem__(self, number: int) -> Element:
        source = self.place(number)
        sample, index = divmod(number - self._starts[source], self.sources[source].size)
        return Element(self.sources[source], sample, index)

    def key(self, number: int) -> Key:
        """Coordinates of an element."""
        found = self._keys.get(number)
        if found is None:
            place = self.place(number)
            sample, index = divmod(number - self._starts[place], self.sources[place].size)
            found = self._keys[number] = Key(*self._stems[place], sample, index)
        return found

    def at(self, key: Key) -> int | None:
        """The number of the element with these coordinates, if there is one."""
        place = self._by_stem.get((key.band, key.step))
        if place is None or not (0 <= key.index < self.sources[place].size and key.sample >= 0):
            return None
        return self.number(place, key.sample, key.index) if key.sample < self.sources[place].values.shape[1] else None

    def choice(self, numbers: tuple[int, ...], *, computed: bool) -> Choice:
        """How to choose among equal elements; only among computed ones, if that is asked for and there are any.

        Hundreds are equal where much is 0, and the same ones are met again and again.
        """
        found = self._choices.get((numbers, computed))
        if found is None:
            pool = [n for n in numbers if self.is_computed[n]] if computed else []
            by_key: dict[Key, list[int]] = {}
            for number in pool or numbers:
                by_key.setdefault(self.key(number), []).append(number)
            first = min(pool or numbers, key=lambda n: (self.is_part[n], n))
            found = self._choices[numbers, computed] = Choice(by_key, first)
        return found

    @cached_property
    def _stems(self) -> list[tuple[Band, int]]:
        """What the keys of each source's elements have in common: band and step."""
        return [source.stem for source in self.sources]

    @cached_property
    def _by_stem(self) -> dict[tuple[Band, int], int]:
        return {stem: place for place, stem in enumerate(self._stems)}

    @cached_property
    def is_part(self) -> bytes:
        """For each element 1 if it is only a part of a quantity."""
        return self._each([bool(source.part) for source in self.sources])

    @cached_property
    def is_weight(self) -> bytes:
        """For each element 1 if it is one of a weight."""
        return self._each([source.quantity.is_weight and not source.part for source in self.sources])

    def followers(self, band: Band) -> frozenset[Band]:
        """The bands that are computed from a band at the same step, directly or through others."""
        return frozenset(reached([band], lambda own: self._readers_at_once.get(own, ())))

    @cached_property
    def _readers_at_once(self) -> dict[Band, set[Band]]:
        """Band → the bands that read it at the same step."""
        found: dict[Band, set[Band]] = {}
        for source in self.sources:
            for name in source.reads:
                operand = self.sources[self.by_name[source.network, name]]
                if operand.quantity.step == source.quantity.step is not None:
                    found.setdefault(operand.band, set()).add(source.band)
        return found

    @cached_property
    def sizes(self) -> dict[Band, int]:
        """How many elements each band has at one step of one document."""
        return {source.band: source.size for source in self.sources}

    @cached_property
    def weights(self) -> set[Band]:
        """The bands of weights."""
        return {source.band for source in self.sources if source.quantity.is_weight}

    @cached_property
    def is_computed(self) -> bytes:
        """For each element 1 if it is computed, and not given."""
        return self._each([bool(source.reads) for source in self.sources])

    def _each(self, of_source: list[bool]) -> bytes:
        return np.repeat(np.array(of_source, dtype=np.uint8), np.diff(self._starts)).tobytes()

    @cached_property
    def by_name(self) -> dict[tuple[int, str], int]:
        """The number of each quantity's source by network and name."""
        return {(s.network, s.quantity.name): i for i, s in enumerate(self.sources) if not s.part}

    @cached_property
    def by_part(self) -> dict[tuple[int, str], int]:
        """The number of each part's source by network and name, `exp(dense.z[0])`."""
        parts = ((s.network, s.part.format(s.quantity.name), i) for i, s in enumerate(self.sources) if s.part)
        return {(network, name): i for network, name, i in parts}

    @property
    def samples(self) -> int:
        """The largest number of documents of a source."""
        return max((source.values.shape[1] for source in self.sources), default=0)

    def number(self, source: int, sample: int, index: int) -> int:
        """The number of one element of a source."""
        return self._starts[source] + sample * self.sources[source].size + index

    def numbers_of(self, source: int) -> range:
        """The numbers of all elements of a source."""
        return range(self._starts[source], self._starts[source + 1])

    def values_of(self, source: int) -> Array:
        """The values of all elements of a source, `(settings, elements)`."""
        numbers = self.numbers_of(source)
        return self._index.values[:, numbers.start : numbers.stop]

    @property
    def values(self) -> Array:
        """The values of all elements, `(settings, elements)`."""
        return self._index.values

    def hold(self, values: Array) -> NDArray[np.bool_]:
        """For each of many values, `(settings, many)`, whether some element has it."""
        return self._index.hold(values)

    def holds(self, value: float) -> bool:
        """Whether some element has this value in the first setting."""
        return self._index.holds(value)

    def equal_to(self, values: Array) -> list[tuple[int, ...]]:
        """For each column of values, `(settings, cells)`, the elements that have these values, in order."""
        return self._index.equal_to(values)


def quantity_sources(number: int, network: Network, settings: Sequence[Values]) -> list[Source]:
    """Every quantity of a network as a source.

    Args:
        number: its number.
        network: the network.
        settings: all values of its graph, for each setting.
    """
    sources = []
    for quantity in network.graph:
        reads = frozenset(() if quantity.expr is None else refs(quantity.expr))
        compute = _value_of(quantity)
        values = np.stack([compute(setting) for setting in settings])
        operands = operands_of(quantity.expr or Ref(quantity.name), network.graph)
        sources.append(
            Source(
                number, quantity, "", _shown(quantity.expr), reads, operands, compute, _from_operands(quantity), values
            )
        )
    return sources


def _value_of(quantity: Quantity) -> Compute:
    if quantity.is_weight:
        return lambda values: values[quantity.name].reshape(1, -1)
    return lambda values: values[quantity.name]


def _from_operands(quantity: Quantity) -> Compute:
    expr = _shown(quantity.expr)
    if expr is None:
        return _value_of(quantity)
    return lambda values: value_of(expr, values)


def _shown(expr: Expr | None) -> Expr | None:
    """How a worksheet computes it."""
    return loss_of_probability(expr) if isinstance(expr, BinaryCrossentropy | CategoricalCrossentropy) else expr


def loss_of_probability(loss: BinaryCrossentropy | CategoricalCrossentropy) -> Expr:
    """A loss as worksheets compute it: from the probability, not from the logit."""
    y, p = loss.target, loss.p
    if isinstance(loss, CategoricalCrossentropy):
        return -Sum(y * Log(p))
    return -(y * Log(p) + (1 - y) * Log(1 - p))
