"""What is not known of the networks of a workbook and has no cell of its own, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.networks.network import Network, given_cells
from xlcheck.handmade.placing.tie import Tie
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.messages import plural

MANY = 5


def gaps(table: CellTable, networks: Sequence[Network], tied: Tie, precedents: Precedents) -> Iterator[str]:
    """Parts of weights that were not found, numbers that nothing reads, and words that say otherwise.

    Args:
        table: the workbook's cells.
        networks: the models.
        tied: what cells should hold.
        precedents: who reads what.
    """
    unplaced = [
        name
        for network in networks
        for places in (network.weights, *network.samples)
        for name, cells in places.items()
        if any(cell is None for cell in cells) and not name.endswith("_init")
    ]
    if unplaced:
        yield f"no cell was found for a part of {', '.join(dict.fromkeys(unplaced))}"
    unread = _unread_weights(table, given_cells(networks), precedents)
    if unread:
        cells = ", ".join(show(cell) for cell in unread[:MANY])
        yield f"no formula reads {cells}, beside the weights of the network"
    yield from _other_words(table, networks, tied)
    yield from _interleaved(networks)
    yield from _strangers(networks)


def _unread_weights(table: CellTable, given: Mapping[Address, Quantity], precedents: Precedents) -> list[Address]:
    """Typed fractions right beside a weight that no formula reads."""
    beside = {
        (cell[0], cell[1] + down, cell[2] + right)
        for cell, quantity in given.items() if quantity.is_weight
        for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))
    } - given.keys()  # fmt: skip
    fractions = [cell for cell in sorted(beside) if table.is_fraction(cell)]
    return [cell for cell in fractions if not precedents.readers(cell)]


def _other_words(table: CellTable, networks: Sequence[Network], tied: Tie) -> Iterator[str]:
    """Results whose nearest words name another activation than the one that was recognised."""
    labels = Labels.of(table)
    for place, network in enumerate(networks):
        layer, elements = network.spec.layers[-1], tied.elements
        names = [name for name in network.graph.outputs if network.graph[name].band.layer == layer.name]
        sources = [elements.by_name[place, name] for name in names]
        results = {n for source in sources for n in elements.numbers_of(source)}
        # Where nothing follows the sum of a layer, its cells are tied to the sum.
        equal = {n for source in sources for found in elements.equal_to(elements.values_of(source)) for n in found}
        numbers = results | {n for n in equal if elements[n].source.quantity.band.layer == layer.name}
        for cell, number in tied.held.items():
            said = labels.other_activation(cell, str(layer.options["activation"])) if number in numbers else None
            if said is not None:
                yield said
                return


def _interleaved(networks: Sequence[Network]) -> Iterator[str]:
    """Documents whose steps stand between each other's: rather one document in which a step reads a wrong one."""
    for network in networks:
        lines: dict[tuple[str, str, int], list[tuple[int, int, int]]] = defaultdict(list)
        for document, sample in enumerate(network.samples):
            cells = [cells[0] for name, cells in sample.items() if name.startswith("input.x[") and cells and cells[0]]
            if cells:
                (sheet, top, left), (_, bottom, right) = min(cells), max(cells)
                if top == bottom:
                    lines[sheet, "row", top].append((left, right, document))
                elif left == right:
                    lines[sheet, "column", left].append((top, bottom, document))
        overlaps = [pair for spans in lines.values() for pair in _overlaps(spans)]
        if overlaps:
            first, second = min(overlaps)
            yield f"the steps of document {first + 1} stand between those of document {second + 1}"


def _strangers(networks: Sequence[Network]) -> Iterator[str]:
    """Networks on one worksheet that have no input in common: one of them may be a part of the other."""
    sheets: dict[str, list[Network]] = defaultdict(list)
    for network in networks:
        for sheet in {cell[0] for sample in network.samples for cells in sample.values() for cell in cells if cell}:
            sheets[sheet].append(network)
    for sheet, members in sheets.items():
        first, *others = members
        for other in others:
            if first.weights != other.weights and not _inputs(first) & _inputs(other):
                yield (
                    f"on worksheet {sheet!r} {plural(len(members), 'network was', 'networks were')} recognised that "
                    "do not read one another; if they are one, say so in a bindings file"
                )
                break


def _overlaps(spans: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of documents along one row, or one column, that share a part of it.

    Each is paired with the one that reaches furthest.

    Args:
        spans: first cell, last cell and number of each document.
    """
    furthest: tuple[int, int] | None = None
    for start, end, document in sorted(spans):
        if furthest is not None and start < furthest[0] and start < end:
            yield min(document, furthest[1]), max(document, furthest[1])
        if furthest is None or end > furthest[0]:
            furthest = (end, document)


def _inputs(network: Network) -> set[Address]:
    return {
        cell for quantity, _, _, cell in network.cells() if quantity.band.role is Role.INPUT
    }  # fmt: skip
