"""What was not recognised: results of networks that stand in no cell, and the formulas that may hold them.

Every result that bindings declare, or that the equations of a layer ask for, must stand in some cell. Where one does
not, each formula beside the network that holds nothing known may be meant for it, and gets no verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Graph, Role
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.networks.network import Network, given_cells, size_of
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.verdicts.messages import first_of, title

MANY = 5
HOW = "say what it holds in a bindings file (`xlcheck bind` writes a draft) and pass it with --bind"
READS = f"This formula reads the network but was not recognised as part of it; {HOW}."
STANDS = f"This formula stands beside the network but was not recognised as part of it; {HOW}."


@dataclass(frozen=True)
class Unrecognised:
    """What keeps a check from being complete.

    Attributes:
        cells: formula cell → what is not known about it, in one sentence.
        missing: elements of results that stand in no cell.
    """

    cells: Mapping[Address, str]
    missing: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know that is said of no cell."""
        if not self.missing:
            return ()
        of_network = "a result of the network stands" if len(self.missing) == 1 else "results of the network stand"
        names = first_of(self.missing, MANY)
        return (f"{of_network} in no cell: {names}; write its formula, or say in a bindings file where it stands",)


def unrecognised(
    table: CellTable, networks: Sequence[Network], aligned: Assignment, precedents: Precedents,
    known: Collection[Address],
) -> Unrecognised:  # fmt: skip
    """Find what belongs to a network, or may belong to it, and was not checked.

    Args:
        table: the workbook's cells.
        networks: the models.
        aligned: what cells should hold.
        precedents: who reads what.
        known: other cells that have a verdict.
    """
    missing = tuple(missing_results(networks, aligned))
    return Unrecognised(dict(_beside(table, networks, aligned, precedents, known)) if missing else {}, missing)


def _beside(
    table: CellTable, networks: Sequence[Network], aligned: Assignment, precedents: Precedents,
    known: Collection[Address],
) -> Iterator[tuple[Address, str]]:  # fmt: skip
    """The formulas that hold nothing known and read a network, or stand on its worksheets."""
    given = given_cells(networks).keys()
    made = reached(filter(table.is_formula, given), precedents.of, among=table.is_formula)
    reading = reached([*given, *aligned.held], precedents.readers)
    sheets = {cell[0] for cell in aligned.held}
    for cell in table.texts:
        if cell not in aligned.held and cell not in given and cell not in known and cell not in made:
            if cell in reading:
                yield cell, READS
            elif cell[0] in sheets:
                yield cell, STANDS


def missing_results(networks: Sequence[Network], aligned: Assignment) -> Iterator[str]:
    """The elements of each network's results that stand in no cell.

    Where none of them does, but a loss that is computed from them, they are computed on the way to it.
    """
    elements = aligned.elements
    held = set(aligned.held.values())
    bands = {elements.key(elements.numbers_of(place).start).band for place in set(map(elements.place, held))}
    for number, network in enumerate(networks):
        graph = network.graph

        def begun(names: Sequence[str], number: int = number, graph: Graph = graph) -> list[str]:
            return [name for name in names if (number, graph[name].band.name, "") in bands]

        losses = [q.name for q in graph if q.band.role is Role.LOSS]
        wanted = begun(losses) or losses[:1]
        wanted += begun(graph.outputs) if begun(losses) else list(graph.outputs)
        for name in wanted:
            for sample in range(len(network.samples)):
                for index in range(size_of(graph[name])):
                    element = elements.number(elements.by_name[number, name], sample, index)
                    if element in held or (sample, index) in network.masked:
                        continue
                    equal = elements.equal_to(elements[element].values[:, None])[0]
                    if not any(other in held for other in equal):
                        source, of = elements[element].source, f", sample {sample + 1}" * (len(network.samples) > 1)
                        yield f"{elements[element].name} ({title(source.quantity, index)}{of})"
