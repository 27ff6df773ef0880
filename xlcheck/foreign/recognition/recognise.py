"""The networks of a workbook: of a small one as a whole, of a large one from a part that repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.foreign.networks.elements import Elements, quantity_sources
from xlcheck.foreign.networks.network import Network
from xlcheck.foreign.placing.probe import Probe
from xlcheck.foreign.reading.algebra import Address
from xlcheck.foreign.reading.cells import CellTable, CellValues
from xlcheck.foreign.reading.numbers_as_text import numbers_as_text
from xlcheck.foreign.reading.precedents import Precedents
from xlcheck.foreign.reading.sessions import Sessions
from xlcheck.foreign.recognition.detect import Detected, Detection, detect
from xlcheck.foreign.recognition.excerpt import excerpt
from xlcheck.foreign.recognition.extension import extended
from xlcheck.foreign.recognition.readings import best_reading

SMALL = 600
"""Formula cells up to which other readings are looked for than that of the formulas as they are."""
LARGE = 4_000
"""Formula cells from which on a part is looked at first."""
PART = 600
"""Formula cells of the part."""
TRIALS = 3
ENOUGH = 0.5
"""The share of the formula cells that must be explained; otherwise the workbook is looked at as a whole."""


def recognise(table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents) -> Detection:
    """The networks of a workbook.

    Args:
        table: the workbook's cells.
        values: what they hold.
        sessions: of the engine that recalculates the file with other numbers.
        precedents: who reads what.
    """
    best: list[Detected] = []
    left = [table.addresses[i] for i in table.formulas]
    for _ in range(TRIALS if len(table.formulas) > LARGE else 0):
        part = excerpt(left[-1], PART, table, values, precedents)
        found = detect(part.table, part.values, sessions, part.precedents)
        networks = [whole for d in found.networks for whole in extended(d.network, table, part.precedents)]
        detected, unexplained = _explained(networks, table, values, sessions)
        if _count(detected) > _count(best):
            best = detected
        if not unexplained or unexplained[-1] == left[-1]:
            break
        left = unexplained
    if best and _count(best) >= ENOUGH * len(table.formulas):
        return Detection(best)
    # Where a number is stored as text, the text is to blame, not the formulas that read it.
    if len(table.formulas) <= SMALL and not any(numbers_as_text(table, precedents)):
        return best_reading(table, values, sessions, precedents)
    return detect(table, values, sessions, precedents)


def _explained(
    networks: Sequence[Network], table: CellTable, values: CellValues, sessions: Sessions
) -> tuple[list[Detected], list[Address]]:
    """The networks with the number of formula cells that each explains, and the cells that none does."""
    if not networks:
        return [], [table.addresses[i] for i in table.formulas]
    probe = Probe(table, sessions, networks, values.numbers)
    known: set[int] = set()
    found = []
    for number, network in enumerate(networks):
        elements = Elements(quantity_sources(number, network, probe.graph_values(number)))
        matched = elements.equal_to(probe.values[:, table.formulas])
        own = {position for position, numbers in zip(table.formulas, matched, strict=True) if numbers}
        known |= own
        if own:
            found.append(Detected(network, len(own)))
    return found, [table.addresses[i] for i in table.formulas if i not in known]


def _count(found: Sequence[Detected]) -> int:
    return sum(detected.explained for detected in found)
