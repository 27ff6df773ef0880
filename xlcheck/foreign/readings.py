"""Which of several readings of a workbook is meant: the one that needs the fewest mistakes to be true.

Cells that were filled from one wrong formula are one mistake. So is each formula that a reading cannot place, and
each number that it leaves unread.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from xlcheck.foreign.algebra import Address
from xlcheck.foreign.amendments import amendments
from xlcheck.foreign.cells import CellTable, CellValues
from xlcheck.foreign.detect import Detection, detect, readings_of
from xlcheck.foreign.network import Network
from xlcheck.foreign.precedents import Precedents
from xlcheck.foreign.probe import Probe
from xlcheck.foreign.sessions import Sessions
from xlcheck.foreign.shapes import skeleton
from xlcheck.foreign.tie import Tie, tie
from xlcheck.foreign.unrecognised import unrecognised

MAX_SECONDS = 6.0
MAX_SECONDS_EACH = 2.0
"""Of this process, so that what else a machine does decides nothing."""
FIRST = 2
"""Readings of the workbook as it is that are looked at before any formula is amended."""
GOOD = 0.9
"""The share of an amended workbook that a reading explains if nothing else is wrong."""
FEW, MOST = 2.0, 6.0
"""So few mistakes a likely reading needs; one that needs the most is none."""
UNPLACED = 1.5
"""What a formula or a number counts that has no place in a reading, where a mistake counts 1."""
UNREAD, UNUSUAL = 0.5, 0.01
"""The same for a number that nothing reads or a weight that is computed, and for a layer with an activation that is
not Keras's own."""
PER_CELL = 0.05
"""What one more cell with the same mistake counts, where a mistake counts 1."""


@dataclass(frozen=True)
class Reading:
    """Networks that a workbook may be meant to compute.

    Attributes:
        found: the networks.
        cost: how many mistakes the workbook would have.
        right: how many formula cells would be right.
    """

    found: Detection
    cost: float
    right: int


def best_reading(table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents) -> Detection:
    """The networks that a workbook is meant to compute, although some of its formulas may be wrong.

    Args:
        table: the workbook's cells.
        values: what they hold.
        sessions: of the engine that recalculates the file with other numbers.
        precedents: who reads what.
    """
    started = time.process_time()
    best: Reading | None = None
    seen: list[Sequence[Network]] = []
    for found, is_likely in _readings(table, values, sessions, precedents):
        if best is not None and best.cost < FEW and not is_likely:
            break
        networks = [d.network for d in found.networks]
        if not networks or networks in seen:
            continue
        most = min(FEW if is_likely else MOST, math.inf if best is None else best.cost)
        reading = _weighed(found, table, values, sessions, precedents, most)
        if reading.cost < math.inf or not is_likely:
            seen.append(networks)
        if reading.right * 2 >= len(table.formulas) and (best is None or reading.cost < best.cost):
            best = reading
        if (best is not None and best.cost <= 1 + PER_CELL) or time.process_time() - started > MAX_SECONDS:
            break
    return detect(table, values, sessions, precedents) if best is None else best.found


def _readings(
    table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents
) -> Iterator[tuple[Detection, bool]]:
    """Readings of the workbook as it is and with formulas amended: those first that explain nearly all of it."""
    later = sorted(readings_of(table, values, sessions, precedents), key=attrgetter("explained"), reverse=True)
    for reading in later[:FIRST]:
        yield reading, True
    for amended in amendments(table, values, precedents):
        for reading in readings_of(table, values, sessions, precedents, amended):
            if reading.explained >= GOOD * len(table.formulas):
                yield reading, True
            else:
                later.append(reading)
    for reading in sorted(later, key=attrgetter("explained"), reverse=True):
        yield reading, False


def _weighed(
    found: Detection,
    table: CellTable,
    values: CellValues,
    sessions: Sessions,
    precedents: Precedents,
    most: float,
) -> Reading:
    """A reading and its cost, which is found out only as far as it is below `most`."""
    networks = [d.network for d in found.networks]
    probe = Probe(table, sessions, networks, values.numbers)
    started = time.process_time()

    def enough(wrong: Collection[Address]) -> bool:
        return _cost_of(wrong, table) >= most or time.process_time() - started > MAX_SECONDS_EACH

    tied = tie(table, probe, networks, precedents, enough)
    if not tied.complete:
        return Reading(found, math.inf, 0)
    left = unrecognised(table, values, networks, tied, precedents, (), told=False)
    cost = _cost_of(tied.wrong, table) + UNPLACED * (len(left.cells) + left.without_cell)
    cost += UNREAD * (len(_unread(table, networks, tied, precedents)) + len(_made(table, networks)))
    cost += UNUSUAL * _unusual(networks)
    return Reading(found, cost, sum(table.is_formula(cell) for cell in tied.held) - len(tied.wrong))


def _unread(table: CellTable, networks: Sequence[Network], tied: Tie, precedents: Precedents) -> list[Address]:
    """Fractions on the worksheets of weights and inputs that no right formula reads, and that are neither."""
    given = {cell for network in networks for _, _, _, cell in network.cells()}
    sheets = {cell[0] for cell in given}
    return [
        cell for cell in table.addresses
        if cell not in given and cell not in tied.held
        and cell[0] in sheets and (content := table.cell(cell)) is not None
        and content.formula is None and isinstance(content.value, float) and not content.value.is_integer()
        and tied.wrong.keys() >= set(precedents.readers(cell))
    ]  # fmt: skip


def _made(table: CellTable, networks: Sequence[Network]) -> list[Address]:
    """Formulas that are taken for weights."""
    return [
        cell for network in networks for places in network.weights.values() for cell in places
        if cell is not None and table.is_formula(cell)
    ]  # fmt: skip


def _unusual(networks: Sequence[Network]) -> int:
    """How many layers have other activations than Keras gives them if nothing is said."""
    return sum(
        layer.options["activation"] != "tanh" for network in networks for layer in network.spec.layers
        if layer.kind != "Dense"
    )  # fmt: skip


def _cost_of(wrong: Collection[Address], table: CellTable) -> float:
    return len({_mistake(cell, table) for cell in wrong}) + PER_CELL * len(wrong)


def _mistake(cell: Address, table: CellTable) -> object:
    """The same for cells that were filled from one formula."""
    text = table.texts.get(cell)
    return cell if text is None else (cell[0], skeleton(text))
