"""What was not recognised: formulas outside of the networks, and results that stand in no cell.

A workbook that nobody has described may have been recognised only in part, and the part alone may well
agree. So without bindings every formula near a network must either be tied to it or be seen to be
scratch: a comparison, a text, a rounding, a difference, a largest value, of results that are tied
themselves. What is neither leaves the check incomplete. With bindings, every result that they declare
must stand in some cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Graph, Role
from xlcheck.handmade.networks.network import Network, size_of
from xlcheck.handmade.placing.gaps import gaps
from xlcheck.handmade.placing.survey import Survey
from xlcheck.handmade.placing.tie import Tie
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents

MANY = 5


@dataclass(frozen=True)
class Unrecognised:
    """What keeps a check from being complete.

    Attributes:
        cells: formula cell → what is not known about it, in one sentence.
        missing: elements of results that stand in no cell.
        gaps: what else is not known and has no cell of its own, in words.
    """

    cells: Mapping[Address, str]
    missing: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def without_cell(self) -> int:
        """How many things were not checked that no cell stands for."""
        return len(self.missing) + len(self.gaps)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know that is said of no cell."""
        if not self.missing:
            return self.gaps
        more = f" and {len(self.missing) - MANY} more" if len(self.missing) > MANY else ""
        shown = ", ".join(self.missing[:MANY]) + more
        return (f"no cell holds {shown}, which the network gives as its result", *self.gaps)


def unrecognised(
    table: CellTable,
    values: CellValues,
    networks: Sequence[Network],
    tied: Tie,
    precedents: Precedents,
    known: Collection[Address],
    *,
    told: bool,
) -> Unrecognised:
    """Find what belongs to a network, or may belong to it, and was not checked.

    Args:
        table: the workbook's cells.
        values: what an engine computed.
        networks: the models.
        tied: what cells should hold.
        precedents: who reads what.
        known: other cells that have a verdict.
        told: whether somebody has said where the networks are.
    """
    missing = tuple(_missing(networks, tied))
    survey = Survey(table, values, networks, tied, precedents, known)
    if told:
        return Unrecognised(survey.beside() if missing else {}, missing, ())
    return Unrecognised(
        survey.doubtful() | survey.odd_inputs(), missing, tuple(gaps(table, networks, tied, precedents))
    )


def _missing(networks: Sequence[Network], tied: Tie) -> Iterator[str]:
    """The elements of each network's results that stand in no cell.

    Where none of them does, but a loss that is computed from them, they are computed on the way to it.
    """
    elements = tied.elements
    held = set(tied.held.values())
    bands = {elements[elements.numbers_of(place).start].key.band for place in set(map(elements.place, held))}
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
                    if element in held:
                        continue
                    equal = elements.equal_to(elements[element].values[:, None])[0]
                    if not any(other in held for other in equal):
                        of = f" of document {sample + 1}" if len(network.samples) > 1 else ""
                        yield elements[element].name + of
