"""What formulas compute from random weights and inputs, where the cells that they read hold what they should.

Each formula is evaluated by its term, without an engine: a mistake shows at its own cell and nowhere else, as soon as
it is known what the cell should hold. Two settings of random numbers exclude that two functions agree by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.formulas.arrays import array_of
from xlcheck.formulas.rounding import rounds
from xlcheck.graph.evaluate import evaluate
from xlcheck.handmade import effort
from xlcheck.handmade.alignment.settings import SETTINGS, UnknownNumbers, all_settings
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.evaluated import in_each_setting
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.workbook.content import CellError, NotEvaluated

_NO_SUCH_FUNCTION = CellError("#NAME?")
"""What an engine gives that does not know a function, which says nothing of the formula."""
_ALIKE = 1e-6
"""How closely a term must give what an engine computed; two ways to add differ by much less, two functions by more."""
_EITHER_SIDE = np.array([1.0, 1 - 1e-12, 1 + 1e-12])
"""Of a number that lies between two others, engines may take either where it is rounded."""


class RightValues:
    """A workbook with random numbers in its given cells, in several settings.

    Args:
        table: the workbook's cells.
        terms: what each formula computes.
        networks: whose given cells are changed.
        targets: the cells of targets that are changed as well; the others stay as they are, because formulas may
            choose by them.
        precedents: who reads what; with them, a formula without a term, as it looks a place up, is evaluated number by
            number.

    Attributes:
        values: what every cell holds now, `(settings, cells of the table)`; not a number where it is not known how.
        work: how many formula cells were evaluated so far. A search stops by this and not by the clock, so that its
            answer is the same on every machine.
    """

    def __init__(
        self,
        table: CellTable,
        terms: CellTerms,
        networks: Sequence[Network],
        targets: Collection[Address] = (),
        *,
        precedents: Precedents | None = None,
    ) -> None:
        self._table, self._terms, self._networks = table, terms, networks
        random = all_settings(networks, targets)
        self._random = {cell: np.array([numbers[cell] for numbers in random]) for cell in random[0]}
        self._fixed = {cell for network in networks for *_, cell in network.cells()}
        self._reads = dict(terms.reads)
        for cell in table.texts if precedents is not None else ():
            if precedents is not None and terms.is_opaque(cell) and cell not in self._fixed:
                self._reads[cell] = tuple(precedents.of(cell))
        self._order = [cell for cell in in_order(self._reads) if cell in table.texts]
        if precedents is not None:
            self._order = [cell for cell in self._order if self._is_understood(cell)]
        self._place = {cell: place for place, cell in enumerate(self._order)}
        self._readers: dict[Address, list[Address]] = defaultdict(list)
        for cell in self._order:
            for other in self._reads[cell]:
                self._readers[other].append(cell)
        self.work = 0
        cells = [*table.addresses, *(cell for cell in self._order if cell not in table.index)]
        self._index = {cell: position for position, cell in enumerate(cells)}
        self._unknown = UnknownNumbers(SETTINGS)
        self.values = np.repeat(np.array([[terms.number(cell) for cell in cells]]), SETTINGS, axis=0)
        self.values[:, [self._index[cell] for cell in table.texts if cell not in self._fixed]] = np.nan
        for cell in self._random.keys() & self._index.keys():
            self.values[:, self._index[cell]] = self._random[cell]
        self._fill(self.values, [cell for cell in self._order if cell not in self._fixed])

    def graph_values(self, number: int) -> list[Values]:
        """All values of a network's graph, for each setting."""
        network = self._networks[number]
        held = {cell: self._held(cell, self.values) for *_, cell in network.cells()}
        numbers = [{cell: float(values[setting]) for cell, values in held.items()} for setting in range(SETTINGS)]
        return [evaluate(network.typed, network.values(given)) for given in numbers]

    def saved_values(self, number: int) -> Values:
        """All values of a network's graph for the numbers that stand in the file."""
        network = self._networks[number]
        return evaluate(network.typed, network.values({cell: self._terms.number(cell) for *_, cell in network.cells()}))

    def overwrite(self, cells: Mapping[Address, Array]) -> None:
        """Put right values `(settings,)` into cells instead of what stands there."""
        self.values = self.trial(cells)
        self._fixed |= cells.keys()

    def trial(self, cells: Mapping[Address, Array]) -> Array:
        """What every cell would hold if some held other values `(settings,)`."""
        values = self.values.copy()
        for cell, value in cells.items():
            if cell in self._index:
                values[:, self._index[cell]] = value
        self._fill(values, [cell for cell in self.following(cells) if cell not in cells])
        return values

    def is_unknown(self, cell: Address) -> bool:
        """Whether it is not known how a formula computes what it gives, for any numbers."""
        return cell not in self._place or cell not in self._terms

    def local(self, cell: Address, values: Array | None = None) -> Array:
        """What a formula gives, `(settings,)`, if all that it reads holds what it does now, or some values."""
        if cell not in self._place:
            return np.full(SETTINGS, np.nan)
        now = self.values if values is None else values
        return np.broadcast_to(self._computed(cell, lambda other: self._held(other, now)), SETTINGS)

    def at_once(self, cell: Address, supposed: Mapping[Address, Array]) -> Array:
        """What a formula would compute if some cells held many values, `(settings, many)`; others hold what they do."""
        self.work += 1

        def given(leaf: Leaf) -> Array:
            value = supposed.get(leaf.cell)
            return self._held(leaf.cell, self.values)[:, None] if value is None else value

        return np.broadcast_to(array_of(self._terms[cell], given), next(iter(supposed.values())).shape)

    def following(self, cells: Iterable[Address]) -> list[Address]:
        """The formulas that follow from some cells, in order of calculation, up to those that are given or right."""
        readers = self._readers
        found = reached(cells, lambda own: readers.get(own, ()), among=lambda own: own not in self._fixed)
        return sorted(found, key=self._place.__getitem__)

    def _is_understood(self, cell: Address) -> bool:
        """Whether the term of a formula gives what the engine computed: one that does not is another function."""
        value = self._terms.value(cell)
        if isinstance(value, NotEvaluated) or value == _NO_SUCH_FUNCTION:
            return cell in self._terms
        if any(isinstance(self._terms.value(other), NotEvaluated) for other in self._reads[cell]):
            return True  # it is not known from what the engine computed
        near = _EITHER_SIDE if rounds(self._table.texts.get(cell, "")) else _EITHER_SIDE[:1]
        found = self._computed(cell, lambda other: self._terms.number(other) * near)
        wanted = self._terms.number(cell)
        return bool(np.isclose(found, wanted, rtol=_ALIKE, atol=_ALIKE, equal_nan=True).any())

    def _held(self, cell: Address, values: Array) -> Array:
        position = self._index.get(cell)
        if position is not None:
            found: Array = values[:, position]
            return found
        return self._random[cell] if cell in self._random else self._unknown[cell]

    def _fill(self, values: Array, cells: Sequence[Address]) -> None:
        effort.require_time()
        self.work += len(cells)
        for cell in cells:
            values[:, self._index[cell]] = self.local(cell, values)

    def _computed(self, cell: Address, read: Callable[[Address], Array]) -> Array:
        """What a formula gives where the cells that it reads hold some values; one for each of them."""
        reads = [other for other in self._reads[cell] if other in self._table.index or cell in self._terms]
        return in_each_setting(cell, self._table, self._terms, reads, read)
