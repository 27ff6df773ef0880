"""Which of several readings of a workbook is meant: the one that needs the fewest mistakes to be true.

Cells that were filled from one wrong formula are one mistake. So is each formula that a reading cannot place, and
each number that it leaves unread.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.placing.probe import Probe
from xlcheck.handmade.placing.tie import Tie, tie
from xlcheck.handmade.placing.unrecognised import unrecognised
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.handmade.recognition.amendments import amendments, typed_over
from xlcheck.handmade.recognition.detect import Detection, detect, readings_of
from xlcheck.model.model_spec import LayerSpec

MAX_WORK, MAX_WORK_EACH = 1_600_000, 400_000
"""Formula cells that are recalculated for all readings, and for one of them: a few seconds."""
PER_READING = 6_000
"""What it costs to begin with a reading, in the time that it takes to recalculate one cell."""
FIRST = 4
"""Readings of the workbook as it is that are looked at before any formula is amended."""
GOOD = 0.9
"""The share of an amended workbook that a reading explains if nothing else is wrong."""
FEW, MOST = 2.0, 6.0
"""So few mistakes a likely reading needs; one that needs the most is none."""
UNPLACED = 1.5
"""What a formula counts that has no place in a reading, a bias that nothing reads, or a number that seems to be typed
over a formula and is taken as it stands, where a mistake counts 1."""
UNREAD, UNUSUAL = 0.5, 0.01
"""The same for another number that nothing reads, a weight that is computed, and a layer whose units stand in one order
in one table of weights and otherwise in another; and for a layer with an activation that is not Keras's own."""
NEAR = 3
"""Cells between the weights of a unit and its bias."""
PER_CELL = 0.05
"""What one more cell with the same mistake counts, where a mistake counts 1."""
ONE, ONE_FORMULA = 1 + PER_CELL, 1 + 9 * PER_CELL
"""What a workbook costs with a mistake in one cell; and with one formula that was filled over several."""


@dataclass(frozen=True)
class Reading:
    """Networks that a workbook may be meant to compute.

    Attributes:
        found: the networks.
        cost: how many mistakes the workbook would have.
        right: how many formula cells would be right.
        unusual: how much of the networks is not as it mostly is, which decides between readings of the same cost.
    """

    found: Detection
    cost: float
    right: int
    unusual: int = 0


def best_reading(table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents) -> Detection:
    """The networks that a workbook is meant to compute, although some of its formulas may be wrong.

    Args:
        table: the workbook's cells.
        values: what they hold.
        sessions: of the engine that recalculates the file with other numbers.
        precedents: who reads what.
    """
    return _Search(table, values, sessions, precedents).best()


class _Search:
    """Weighs readings, likeliest first, until one is good enough or enough work was done."""

    def __init__(self, table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents) -> None:
        self._table = table
        self._values = values
        self._sessions = sessions
        self._precedents = precedents
        self._work = 0
        self._best: Reading | None = None
        self._seen: list[Sequence[Network]] = []

    def best(self) -> Detection:
        """The networks of the reading with the lowest cost; of the formulas as they are if none is likely."""
        own = readings_of(self._table, self._values, self._sessions, self._precedents)
        own.sort(key=attrgetter("explained"), reverse=True)
        first = own[:FIRST] + [reading for reading in own[FIRST:] if _given(reading) > _given(own[0])]
        for found in first:
            self._look_at(found, is_likely=True)
            if self._is_enough(ONE):
                break
        for found, is_likely in () if self._is_enough(ONE_FORMULA) else self._others(own):
            if not is_likely and self._best is not None and self._best.cost < FEW:
                break
            self._look_at(found, is_likely=is_likely)
            if self._is_enough(ONE_FORMULA):
                break
        if self._best is None:
            return detect(self._table, self._values, self._sessions, self._precedents)
        return self._best.found

    def _is_enough(self, cost: float) -> bool:
        """Whether the best reading so far needs no more than that, or too much work was done."""
        best = self._best
        is_sure = best is not None and best.cost <= cost and (best.cost <= ONE or not best.unusual)
        return is_sure or self._work > MAX_WORK

    def _look_at(self, found: Detection, *, is_likely: bool) -> None:
        """Weigh a reading, unless it was weighed before, and keep it if it is the best one."""
        networks = [d.network for d in found.networks]
        if not networks or networks in self._seen:
            return
        most = min(FEW if is_likely else MOST, math.inf if self._best is None else self._best.cost)
        reading = self._weighed(found, most)
        if reading.cost < math.inf or not is_likely:
            self._seen.append(networks)
        if reading.right * 2 >= len(self._table.formulas) and (self._best is None or reading.cost < self._best.cost):
            self._best = reading

    def _others(self, own: Sequence[Detection]) -> Iterator[tuple[Detection, bool]]:
        """Readings of the workbook with formulas amended, and whether they are likely: whether nearly all is explained.

        Then all others, also those of the formulas as they are.
        """
        later = list(own)
        for amended in amendments(self._table, self._values, self._precedents):
            if self._work > MAX_WORK:
                break
            readings = readings_of(self._table, self._values, self._sessions, self._precedents, amended)
            self._work += readings[0].work
            for reading in readings:
                if reading.explained >= GOOD * len(self._table.formulas):
                    yield reading, True
                else:
                    later.append(reading)
        for reading in sorted(later, key=attrgetter("explained"), reverse=True):
            yield reading, False

    def _weighed(self, found: Detection, most: float) -> Reading:
        """A reading and its cost, which is found out only as far as it is below `most`."""
        table, precedents = self._table, self._precedents
        networks = [d.network for d in found.networks]
        probe = Probe(table, self._sessions, networks, self._values.numbers)

        def enough(wrong: Collection[Address]) -> bool:
            return _cost_of(wrong, table) >= most or probe.work > MAX_WORK_EACH

        tied = tie(table, probe, networks, precedents, enough)
        self._work += PER_READING + probe.work
        if not tied.complete:
            return Reading(found, math.inf, 0)
        left = unrecognised(table, self._values, networks, tied, precedents, (), told=False)
        unplaced = sum(not table.is_data_table(cell) for cell in left.cells) + left.without_cell
        cost = _cost_of(tied.wrong, table) + UNPLACED * unplaced
        unread = _unread(table, networks, tied, precedents)
        biases = [cell for cell in unread if self._labels.is_bias(cell)] + self._no_biases(networks)
        biases = list({*biases, *_beside_kernels(networks, unread)})
        cost += UNPLACED * len(biases) + UNREAD * len(set(unread).difference(biases))
        cost += UNPLACED * len(self._typed_over.difference(tied.wrong))
        activations, orders = _unusual(networks)
        cost += UNREAD * (len(_made(table, networks)) + orders) + UNUSUAL * activations
        right = sum(table.is_formula(cell) for cell in tied.held) - len(tied.wrong)
        return Reading(found, cost, right, activations + orders)

    def _no_biases(self, networks: Sequence[Network]) -> list[Address]:
        """Numbers that no formula reads, that are called a bias, and that a reading takes for something else."""
        return [
            cell for network in networks for quantity, _, _, cell in network.cells()
            if quantity.band.symbol != "bias" and not self._precedents.readers(cell) and self._labels.is_bias(cell)
        ]  # fmt: skip

    @cached_property
    def _typed_over(self) -> set[Address]:
        return set(typed_over(self._table, self._values, self._precedents))

    @cached_property
    def _labels(self) -> Labels:
        return Labels.of(self._table)


def _given(reading: Detection) -> int:
    """How many cells are taken for weights, inputs or initial states."""
    return len({cell for detected in reading.networks for _, _, _, cell in detected.network.cells()})


def _unread(table: CellTable, networks: Sequence[Network], tied: Tie, precedents: Precedents) -> list[Address]:
    """Fractions on the worksheets of weights and inputs that no right formula reads, and that are neither."""
    given = {cell for network in networks for _, _, _, cell in network.cells()}
    sheets = {cell[0] for cell in given}
    return [
        cell for cell in table.addresses
        if cell not in given and cell not in tied.held and cell[0] in sheets and table.is_fraction(cell)
        and tied.wrong.keys() >= set(precedents.readers(cell))
    ]  # fmt: skip


def _made(table: CellTable, networks: Sequence[Network]) -> list[Address]:
    """Formulas that are taken for weights."""
    return [
        cell for network in networks for places in network.weights.values() for cell in places
        if cell is not None and table.is_formula(cell)
    ]  # fmt: skip


def _beside_kernels(networks: Sequence[Network], unread: Sequence[Address]) -> Iterator[Address]:
    """Numbers that nothing reads, one after each unit's row (or column) of weights, in a Dense layer without bias."""
    layers = [(network, layer) for network in networks for layer in network.spec.layers if layer.kind == "Dense"]
    for network, layer in layers:
        width, places = layer.options["units"], network.weights[f"{layer.name}.kernel"]
        units = [[cell for cell in places[unit::width] if cell is not None] for unit in range(width)]
        for by_row in (True, False) if not layer.options["use_bias"] and width > 1 else ():
            found = {line: cell for own in units for line, cell in _after(own, unread, by_row=by_row)}
            if len(found) == width:
                yield from found.values()


def _after(
    weights: Sequence[Address], unread: Sequence[Address], *, by_row: bool
) -> Iterator[tuple[tuple[str, int], Address]]:
    """The line in which weights stand, a row or a column, with each unread number that stands in it not far behind."""
    lines = {(sheet, row if by_row else column) for sheet, row, column in weights}
    end = max((column if by_row else row for _, row, column in weights), default=0)
    for cell in unread if len(lines) == 1 else ():
        sheet, row, column = cell
        line, place = ((sheet, row), column) if by_row else ((sheet, column), row)
        if line in lines and 0 < place - end <= NEAR:
            yield line, cell


def _unusual(networks: Sequence[Network]) -> tuple[int, int]:
    """How many layers have other activations than Keras gives them if nothing is said, and units in several orders."""
    layers = [(network, layer) for network in networks for layer in network.spec.layers]
    activations = [layer.options["activation"] for _, layer in layers if layer.kind != "Dense"]
    orders = [set(_orders(network, layer)) for network, layer in layers]
    return len(activations) - activations.count("tanh"), sum(len(own) > 1 for own in orders)


def _orders(network: Network, layer: LayerSpec) -> Iterator[tuple[int, ...]]:
    """For each table of weights of a layer, the order in which the first weights of its columns stand on the sheet."""
    for name in layer.weights:
        places = network.weights[f"{layer.name}.{name}"]
        width = network.graph[f"{layer.name}.{name}"].shape[-1]
        first = [min((c for c in places[column::width] if c is not None), default=None) for column in range(width)]
        known = [cell for cell in first if cell is not None]
        if len(known) == width:
            yield tuple(sorted(range(width), key=known.__getitem__))


def _cost_of(wrong: Collection[Address], table: CellTable) -> float:
    return len({_mistake(cell, table) for cell in wrong}) + PER_CELL * len(wrong)


def _mistake(cell: Address, table: CellTable) -> object:
    """The same for cells that were filled from one formula."""
    text = table.texts.get(cell)
    return cell if text is None else (cell[0], skeleton(text))
