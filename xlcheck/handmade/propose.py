"""A draft of a bindings file for a workbook that nobody has described yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade import effort
from xlcheck.handmade.by_equations import layers_of
from xlcheck.handmade.networks.bindings_text import bindings_text
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.placing.probe import Probe
from xlcheck.handmade.placing.tie import explained, tie
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.opinions import consult
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.recognition.detect import Detected
from xlcheck.handmade.recognition.recognise import recognise
from xlcheck.handmade.skeleton import skeleton
from xlcheck.workbook.content import WorkbookContent

MANY = 5


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
    opinion = consult(table, engine)
    precedents = Precedents(table)
    notes: Sequence[str] = ()
    try:
        with effort.limited_to(effort.SECONDS):
            detection = recognise(table, opinion.values, opinion.sessions, precedents)
        found, notes = tuple(detection.networks), detection.notes
    except effort.OutOfTimeError:
        found, notes = (), ("the search for a network took too long",)
    networks, count = layers_of(table, opinion.values, precedents)
    comments = [[*opinion.notes] for _ in networks]
    chained = tuple(d.network for d in found)
    if chained and (not networks or _layers(chained) == _layers(networks)):
        probe = Probe(table, opinion.sessions, chained, opinion.values.numbers)
        networks, count = chained, sum(explained(table, chained, tie(table, probe, chained, precedents)))
        comments = [[*opinion.notes, *notes, *_comments(d)] for d in found]
    if not networks:
        reason = "; ".join(("no network was recognised", *notes))
        return Proposal(skeleton(table, reason), (), 0, len(table.formulas))
    title = (
        f"Bindings of {content.path.name}, proposed by xlcheck: they explain {count} of {len(table.formulas)} "
        "formula cells."
    )
    return Proposal(bindings_text(networks, comments, title), networks, count, len(table.formulas))


def _layers(networks: Sequence[Network]) -> set[tuple[str, int, str]]:
    """The layers of all networks, as far as they tell one reading from another."""
    return {
        (layer.kind, layer.options["units"], layer.options["activation"])
        for network in networks for layer in network.spec.layers
    }  # fmt: skip


def _comments(detected: Detected) -> Iterator[str]:
    if detected.rivals:
        yield (
            f"NOT SURE: {len(detected.rivals)} other reading{'s' if len(detected.rivals) > 1 else ''} explain as many "
            "cells; compare gates, activations and inputs with what you meant."
        )
    unplaced = [
        name for name, cells in detected.network.weights.items() if any(cell is None for cell in cells)
    ]  # fmt: skip
    if unplaced:
        yield f"NOT SURE: no cell was found for a part of {', '.join(unplaced)}; '' marks it."
    if not any(name.endswith("_init") for sample in detected.network.samples for name in sample):
        yield "No cells were found for the state before the first step; it is taken as 0."
