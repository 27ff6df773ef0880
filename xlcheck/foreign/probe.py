"""Random weights and inputs in a workbook: what each cell then holds is a fingerprint of what it computes.

The engine itself recalculates, on the file as it was saved; so whatever function a formula uses, its
fingerprint is right. Two settings of random numbers exclude that two functions agree by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xlcheck.engines.base import Engine
from xlcheck.excel.addresses import Range, parse_range
from xlcheck.foreign.algebra import Address
from xlcheck.foreign.cells import CellTable
from xlcheck.foreign.network import Network
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Quantity, Role

Array = NDArray[np.float64]

SETTINGS = 2


class Probe:
    """A workbook whose given cells hold random numbers, in several settings.

    Args:
        table: the workbook's cells.
        engine: recalculates.
        path: the file.
        networks: whose given cells are changed. Targets stay as they are, because formulas choose by them.
        numbers: what stands in each cell of the table as saved.

    Attributes:
        values: what every formula cell holds now, `(settings, cells of the table)`.
    """

    def __init__(
        self, table: CellTable, engine: Engine, path: Path, networks: Sequence[Network], numbers: Array
    ) -> None:
        self._table = table
        self._networks = networks
        self._sessions = [engine.open(path) for _ in range(SETTINGS)]
        self._random = [random_numbers(networks, seed) for seed in range(SETTINGS)]
        self._saved = numbers
        for session, random in zip(self._sessions, self._random, strict=True):
            for (sheet, row, column), value in random.items():
                session.set(sheet, row, column, value)
        self.values = self._recalculate()

    def graph_values(self, network: int) -> list[dict[str, Array]]:
        """All values of a network's graph, for each setting."""
        tied = self._networks[network]
        return [evaluate(tied.graph, tied.values(self._given(setting))) for setting in range(SETTINGS)]

    def overwrite(self, cells: Mapping[Address, Array]) -> None:
        """Put values `(settings,)` into cells instead of what stands there, and recalculate everything."""
        for address, values in self._with_arrays(cells).items():
            self._set(address, values)
        self.values = self._recalculate()

    def trial(self, cell: Address, values: Array, read: Sequence[Address]) -> Array:
        """What some cells would hold, `(settings, cells)`, if one cell held other values; it is put back afterwards."""
        before = self._value(cell)
        self._set(cell, values)
        found = np.full((SETTINGS, len(read)), np.nan)
        for setting, session in enumerate(self._sessions):
            session.recalculate()
            for number, (sheet, row, column) in enumerate(read):
                value = session.read(Range(sheet, row, column))[0][0]
                if isinstance(value, float | int):
                    found[setting, number] = float(value)
        self._set(cell, before)
        return found

    def _given(self, setting: int) -> dict[Address, float]:
        random = self._random[setting]
        found = {}
        for tied in self._networks:
            for _, _, _, cell in tied.cells():
                found[cell] = random[cell] if cell in random else float(self._value(cell)[setting])
        return found

    def _value(self, cell: Address) -> Array:
        position = self._table.index.get(cell)
        if position is None:
            return np.zeros(SETTINGS)
        values: Array = self.values[:, position]
        return np.where(np.isnan(values), self._saved[position], values)

    def _set(self, cell: Address, values: Array) -> None:
        for session, value in zip(self._sessions, values, strict=True):
            session.set(*cell, float(value))

    def _with_arrays(self, cells: Mapping[Address, Array]) -> dict[Address, Array]:
        """The cells, and those of the array formulas they belong to: an array is replaced as a whole, first cell first."""
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
        rows = []
        for session in self._sessions:
            session.recalculate()
            rows.append(self._table.read(session, formulas_only=True).numbers)
        return np.stack(rows)


def random_numbers(networks: Sequence[Network], seed: int) -> dict[Address, float]:
    """A random number for each cell that holds a weight, an input or an initial state.

    They are of the size that keeps activations away from saturation.
    """
    random = np.random.default_rng(seed)
    found: dict[Address, float] = {}
    for network in networks:
        for quantity, _, _, cell in network.cells():
            if quantity.band.role is not Role.TARGET and cell not in found:
                found[cell] = float(random.uniform(0.2, 1.0) * random.choice((-1, 1)) * _size(quantity))
    return found


def _size(quantity: Quantity) -> float:
    if len(quantity.shape) == 2 and quantity.shape[0] > 2:
        return 1.6 / float(np.sqrt(quantity.shape[0]))
    return 1.0 if quantity.is_weight or quantity.band.role is Role.INPUT else 0.5
