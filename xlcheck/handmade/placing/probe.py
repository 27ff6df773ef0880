"""Random weights and inputs in a workbook: what each cell then holds is a fingerprint of what it computes.

The engine itself recalculates, on the file as it was saved; so whatever function a formula uses, its
fingerprint is right. Two settings of random numbers exclude that two functions agree by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.handmade import effort
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.sessions import Sessions

Array = NDArray[np.float64]

SETTINGS = 2
PER_RECALCULATION = 120
"""What a recalculation costs beside its formula cells, in the time that one of them takes."""
_NO_NUMBER = "no number"
"""Put back where an error stood: a text makes an error of every sum it enters."""


class Probe:
    """A workbook whose given cells hold random numbers, in several settings.

    Args:
        table: the workbook's cells.
        sessions: of the engine that recalculates.
        networks: whose given cells are changed.
        numbers: what stands in each cell of the table as saved.
        targets: the cells of targets that are changed as well; the others stay as they are, because formulas may
            choose by them.

    Attributes:
        values: what every formula cell holds now, `(settings, cells of the table)`.
        work: how many formula cells were recalculated so far, with what each recalculation costs beside. A search
            stops by this and not by the clock, so that its answer is the same on every machine.
    """

    def __init__(
        self,
        table: CellTable,
        sessions: Sessions,
        networks: Sequence[Network],
        numbers: Array,
        targets: Collection[Address] = (),
    ) -> None:
        self._table = table
        self._networks = networks
        self._opener = sessions
        self._random = [random_numbers(networks, seed, targets) for seed in range(SETTINGS)]
        self._saved = numbers
        self._overwritten: dict[Address, Array] = {}
        self._sessions: list[Session] = []
        self._tried = False
        self.work = 0
        self.values = self._in_turn()

    def _in_turn(self) -> Array:
        """What every cell holds in each setting, one after the other in one session: all change the same cells."""
        session = self._opener.saved()
        rows = []
        for setting in range(SETTINGS):
            self._fill(session, setting)
            rows.append(self._recalculated(session))
        return np.stack(rows)

    def _fill(self, session: Session, setting: int) -> None:
        """Put the random numbers of a setting, and all that was overwritten, into a session."""
        for cell, value in self._random[setting].items():
            session.set(*cell, value)
        for cell, values in self._overwritten.items():
            session.set(*cell, _settable(values[setting]))

    def _start(self) -> None:
        """Load the file for each setting, with the random numbers and all that was overwritten."""
        # Loading a large file takes long, and nobody else needs the session that holds what the file holds just now.
        self._sessions = [self._opener.saved(), *(self._opener.open() for _ in range(SETTINGS - 1))]
        self._tried = False
        for setting, session in enumerate(self._sessions):
            self._fill(session, setting)

    def graph_values(self, network: int) -> list[dict[str, Array]]:
        """All values of a network's graph, for each setting."""
        tied = self._networks[network]
        return [evaluate(tied.typed, tied.values(self._given(tied, setting))) for setting in range(SETTINGS)]

    def saved_values(self, network: int) -> dict[str, Array]:
        """All values of a network's graph for the numbers that stand in the file."""
        tied = self._networks[network]
        return evaluate(tied.typed, tied.values({c: self._saved_number(c) for _, _, _, c in tied.cells()}))

    def _saved_number(self, cell: Address) -> float:
        position = self._table.index.get(cell)
        return np.nan if position is None else float(self._saved[position])

    def overwrite(self, cells: Mapping[Address, Array]) -> None:
        """Put values `(settings,)` into cells instead of what stands there, and recalculate everything."""
        changed = self._with_arrays(cells)
        self._overwritten |= changed
        if not self._sessions:
            self.values = self._in_turn()
            return
        if self._tried:
            self._start()
        else:
            self._put(changed)
        self.values = self._recalculate()

    def trial(self, cells: Mapping[Address, Array]) -> Trial:
        """Find out what other cells would hold if some cells held other values.

        Afterwards these hold their own values again, but no longer as formulas. So trials have to be made in
        order of calculation, a cell after those that it reads, until something is overwritten for good.
        """
        if not self._sessions:
            self._start()
        self._tried = True
        changed = self._with_arrays(cells)
        return Trial(self, changed, {address: self._value(address) for address in changed})

    def _put(self, cells: Mapping[Address, Array]) -> None:
        for setting in range(SETTINGS):
            self._put_one(setting, cells)

    def _put_one(self, setting: int, cells: Mapping[Address, Array]) -> None:
        for cell, values in cells.items():
            self._sessions[setting].set(*cell, _settable(values[setting]))

    def _recalculate_one(self, setting: int) -> Array:
        return self._recalculated(self._sessions[setting])

    def _recalculated(self, session: Session) -> Array:
        effort.require_time()
        self.work += PER_RECALCULATION + len(self._table.formulas)
        with effort.waiting(id(self._table)):
            return self._table.recalculate(session, formulas_only=True).numbers

    def _given(self, tied: Network, setting: int) -> dict[Address, float]:
        random = self._random[setting]
        return {
            cell: random[cell] if cell in random else float(self._value(cell)[setting]) for *_, cell in tied.cells()
        }

    def _value(self, cell: Address) -> Array:
        position = self._table.index.get(cell)
        if position is None:
            return np.zeros(SETTINGS)
        values: Array = self.values[:, position]
        return np.where(np.isnan(values), self._saved[position], values)

    def _with_arrays(self, cells: Mapping[Address, Array]) -> dict[Address, Array]:
        """The cells, and all cells of their array formulas: an array is replaced as a whole, first cell first."""
        found: dict[Address, Array] = {}
        for address, values in cells.items():
            content = self._table.cell(address)
            if content is not None and content.array is not None:
                area = parse_range(content.array, address[0])
                for row, column in area.cells():
                    found.setdefault((address[0], row, column), self._value((address[0], row, column)))
            found[address] = values
        return found

    def _recalculate(self) -> Array:
        return np.stack([self._recalculate_one(setting) for setting in range(SETTINGS)])


class Trial:
    """Other values in a cell, for as long as it takes to look at their effect."""

    def __init__(self, probe: Probe, changed: Mapping[Address, Array], before: Mapping[Address, Array]) -> None:
        self._probe = probe
        self._changed = changed
        self._before = before
        self._first: Array | None = None

    def first(self) -> Array:
        """What every cell would hold in the first setting."""
        if self._first is None:
            self._probe._put_one(0, self._changed)
            self._first = self._probe._recalculate_one(0)
            self._probe._put_one(0, self._before)
        return self._first

    def all(self) -> Array:
        """What every cell would hold, `(settings, cells of the table)`."""
        rows = [self.first()]
        for setting in range(1, SETTINGS):
            self._probe._put_one(setting, self._changed)
            rows.append(self._probe._recalculate_one(setting))
            self._probe._put_one(setting, self._before)
        return np.stack(rows)


def _settable(value: float) -> float | str:
    return float(value) if np.isfinite(value) else _NO_NUMBER


def random_numbers(networks: Sequence[Network], seed: int, targets: Collection[Address] = ()) -> dict[Address, float]:
    """A random number for each cell that holds a weight, an input, an initial state, or one of some targets.

    They are of the size that keeps activations away from saturation. A code, which says which row of a table is taken,
    becomes that of another row.
    """
    sizes: dict[Address, float] = {}
    codes: dict[Address, int] = {}
    for network in networks:
        depths = _depths(network.graph)
        for quantity, _, _, cell in network.cells():
            if quantity.name in depths:
                codes[cell] = depths[quantity.name]
            elif (quantity.band.role is not Role.TARGET or cell in targets) and cell not in sizes:
                sizes[cell] = _size(quantity)
    random = np.random.default_rng(seed)
    numbers = random.uniform(0.2, 1.0, len(sizes)) * random.choice((-1, 1), len(sizes)) * list(sizes.values())
    drawn = {cell: float((place + seed) * _STRIDE % depth) for place, (cell, depth) in enumerate(codes.items())}
    return {**dict(zip(sizes, numbers.tolist(), strict=True)), **drawn}


_STRIDE = 7919
"""A prime number, so that neighbours have different codes."""


def _depths(graph: Graph) -> dict[str, int]:
    """The quantities that are codes: name → how many rows they choose from."""
    found: dict[str, int] = {}
    stack = [quantity.expr for quantity in graph if quantity.expr is not None]
    while stack:
        expr = stack.pop()
        if isinstance(expr, ex.Gather):
            found |= dict.fromkeys(ex.refs(expr.index), graph[expr.matrix.name].shape[0])
        elif isinstance(expr, ex.OneHot):
            found |= dict.fromkeys(ex.refs(expr.index), expr.depth)
        stack += ex.operands(expr)
    return found


def _size(quantity: Quantity) -> float:
    if len(quantity.shape) == 2 and quantity.shape[0] > 2:
        return 1.6 / float(np.sqrt(quantity.shape[0]))
    return 1.0 if quantity.is_weight or quantity.band.role is Role.INPUT else 0.5
