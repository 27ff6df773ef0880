"""Wrong cells beside a network that are something else than its quantities."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.networks.elements import Elements
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.verdicts.report import Status


def unrelated(
    verdicts: Sequence[Verdict], aligned: Assignment, networks: Sequence[Network], precedents: Precedents
) -> set[Address]:
    """Wrong cells that are something else: others are bound in their place and right, or they read what follows them.

    So is the largest of some results, which often is one of them, or the sum before it. A cell that the network goes on
    with is its own, whatever it reads.
    """
    elements = aligned.elements
    wrong = {verdict.cell for verdict in verdicts if verdict.status in {Status.ROOT, Status.CARRIED}}
    owners = {
        elements.number(elements.by_name[number, name], sample, index): cell
        for number, network in enumerate(networks)
        for sample, quantities in enumerate(network.bound)
        for name, places in quantities.items() if (number, name) in elements.by_name
        for index, cell in enumerate(places) if cell is not None and cell not in wrong
    }  # fmt: skip
    found = {cell for cell in wrong if cell in aligned.held and owners.get(aligned.held[cell], cell) != cell}
    for cell in wrong & aligned.held.keys():
        if any(reader in aligned.held for reader in precedents.readers(cell)):
            continue
        read = (aligned.held[other] for other in precedents.of(cell) if other in aligned.held)
        if any(_follows(other, aligned.held[cell], elements) for other in read):
            found.add(cell)
    return found


def _follows(one: int, other: int, elements: Elements) -> bool:
    """Whether an element is computed from another one, perhaps through others."""
    network = elements[one].source.network

    def read(place: int) -> list[int]:
        return [elements.by_name[network, name] for name in elements.sources[place].reads]

    source = elements.by_name.get((network, elements[other].source.quantity.name))
    is_near = elements[other].source.network == network and elements.key(one).sample == elements.key(other).sample
    return is_near and source in reached([elements.place(one)], read)
