"""A draft of a bindings file for a workbook that nobody has described yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.by_equations import networks_of
from xlcheck.handmade.networks.bindings_text import bindings_text
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.skeleton import skeleton
from xlcheck.workbook.content import WorkbookContent


@dataclass(frozen=True)
class Proposal:
    """A draft of a bindings file.

    Attributes:
        text: the file's text.
        networks: what it says.
        explained: how many formula cells hold a quantity, or a step on the way to one, of these networks.
        formula_cells: how many there are.
    """

    text: str
    networks: tuple[Network, ...]
    explained: int
    formula_cells: int

    def __str__(self) -> str:
        return self.text


def propose_bindings(content: WorkbookContent, engine: Engine) -> Proposal:
    """Find out what a workbook computes, and write it down as bindings.

    Where no network is recognised, they are a skeleton: the blocks that the workbook has, as comments.

    Args:
        content: the workbook.
        engine: recalculates it.

    Raises:
        NothingCheckedError: the workbook has no formulas.
        EngineError: no engine can load the file.
    """
    table = CellTable(content)
    if not table.formulas:
        raise NothingCheckedError(f"{content.path} has no formula cell, so there is nothing to bind")
    answers = answers_of(table, engine)
    precedents = Precedents(table)
    networks: list[Network] = []
    doubts: Sequence[str] = ()
    explained: Collection[Address] = ()
    notes = ["no network was recognised"]
    try:
        with effort.limited_to(effort.SECONDS):
            networks, explained, doubts = networks_of(table, answers.values, precedents)
    except effort.OutOfTimeError:
        notes.append("the search for a network took too long")
    if not networks:
        return Proposal(skeleton(table, "; ".join(notes)), (), 0, len(table.formulas))
    unsure = [f"NOT SURE: {doubt}." for doubt in doubts]
    comments = [[*answers.notes, *unsure, *_comments(network)] for network in networks]
    title = (
        f"Bindings of {content.path.name}, proposed by xlcheck: they explain {len(explained)} of "
        f"{len(table.formulas)} formula cells."
    )
    return Proposal(bindings_text(networks, comments, title), tuple(networks), len(explained), len(table.formulas))


def _comments(network: Network) -> Iterator[str]:
    unplaced = [name for name, cells in network.weights.items() if any(cell is None for cell in cells)]
    if unplaced:
        yield f"NOT SURE: no cell was found for a part of {', '.join(unplaced)}; '' marks it."
    recurrent = any(layer.kind != "Dense" for layer in network.spec.layers)
    if recurrent and not any(name.endswith("_init") for sample in network.samples for name in sample):
        yield "No cells were found for the state before the first step; it is taken as 0."
