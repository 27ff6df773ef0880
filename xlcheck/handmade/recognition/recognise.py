"""The networks of a workbook: of a small one as a whole, of a large one from a part that repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.networks.elements import Elements, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.placing.probe import Probe
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.numbers_as_text import numbers_as_text
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.handmade.recognition.detect import Detected, Detection, detect
from xlcheck.handmade.recognition.excerpt import excerpt
from xlcheck.handmade.recognition.extension import extended
from xlcheck.handmade.recognition.readings import best_reading
from xlcheck.workbook.values import NotEvaluated

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
    networks: list[Network] = []
    detected: list[Detected] = []
    left = [table.addresses[i] for i in table.formulas]
    for _ in range(TRIALS if len(table.formulas) > LARGE else 0):
        part = excerpt(left[-1], PART, table, values, precedents)
        found = detect(part.table, part.values, sessions, part.precedents)
        networks += (whole for d in found.networks for whole in extended(d.network, table, part.precedents))
        detected, unexplained = _explained(networks, table, values, sessions)
        unexplained = _elsewhere(unexplained, table)
        if not unexplained or unexplained[-1] == left[-1]:
            break
        left = unexplained
    best = _compatible(detected)
    if sum(own.explained for own in best) >= max(1, ENOUGH * len(table.formulas)):
        return Detection(best)
    # Where a number is stored as text, the text is to blame, not the formulas that read it; where the engine computes
    # few of the formulas, nothing can be learnt from trying others.
    unread = sum(isinstance(values[position], NotEvaluated) for position in table.formulas)
    is_worth_it = len(table.formulas) <= SMALL and 2 * unread < len(table.formulas)
    if is_worth_it and not any(numbers_as_text(table, precedents)):
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


def _elsewhere(unexplained: Sequence[Address], table: CellTable) -> list[Address]:
    """The unexplained cells that do not stand among explained ones: where a mistake is not, nor what follows from it.

    Among them stands what was filled from one of them, and what has some of them in its row and in its column.
    """
    left_out = set(unexplained)
    in_line: dict[tuple[str, str, int], Address] = {}
    for position in table.formulas:
        sheet, row, column = cell = table.addresses[position]
        if cell not in left_out:
            in_line.setdefault((sheet, "row", row), cell)
            in_line.setdefault((sheet, "column", column), cell)
    found = []
    for cell in unexplained:
        lines = ((cell[0], "row", cell[1]), (cell[0], "column", cell[2]))
        explained = [in_line[line] for line in lines if line in in_line]
        if len(explained) < len(lines) and all(_shape(cell, table) != _shape(other, table) for other in explained):
            found.append(cell)
    return found


def _shape(cell: Address, table: CellTable) -> str:
    return shape_of(table.texts[cell], cell[1], cell[2])


def _compatible(detected: Sequence[Detected]) -> list[Detected]:
    """Those that see no weight otherwise than one that explains more: a part with a mistake in it may be misread."""
    best: list[Detected] = []
    for own in sorted(detected, key=lambda d: -d.explained):
        if all(_agree(own.network, other.network) for other in best):
            best.append(own)
    return [own for own in detected if own in best]


def _agree(one: Network, other: Network) -> bool:
    """Whether two networks have the same weights, or no weight in common."""
    if one.weights == other.weights:
        return True
    cells = {cell for places in one.weights.values() for cell in places if cell is not None}
    return cells.isdisjoint(cell for places in other.weights.values() for cell in places)
