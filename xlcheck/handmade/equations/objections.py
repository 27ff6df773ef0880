"""What speaks against a reading that all formulas agree with: numbers that nobody reads, and words beside cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.forms import cell_of
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.placing.tie import gates_of_weights
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.layers.gate_symbols import VALUES

_NEAR = 2
"""Cells between weights and a number that may be one more of them: a blank line or a word may stand between."""


def objections(
    table: CellTable, precedents: Precedents, layers: Sequence[tuple[Reading, tuple[Network, ...]]]
) -> list[str]:
    """What a reader of the worksheet would ask before believing that layers are right.

    Args:
        table: the cells.
        precedents: who reads what.
        layers: what was read, with the cells.
    """
    weights = {
        cell for _, networks in layers for places in networks[0].weights.values() for cell in places if cell is not None
    }
    found = []
    unread = sorted(_unread(table, precedents, weights))
    if unread:
        more = " …" if len(unread) > 1 else ""
        found.append(f"{show(unread[0])}{more} stands beside the weights and is read by no formula")
    found += _repeated([reading for reading, _ in layers])
    plain = Labels.of(table)
    labels = plain.taught(gates_of_weights([networks[0] for _, networks in layers]))
    for reading, networks in layers:
        found += _said_otherwise(reading, networks[0], labels)
        for cell, gate in gates_of_weights(networks[:1]):
            said = plain.gate(cell, reading.kind)
            if said not in {None, gate}:
                found.append(f"{show(cell)} is a weight of the gate {gate}, and the words beside it say {said}")
                break
    return found


def _repeated(readings: Sequence[Reading]) -> Iterator[str]:
    """A single cell that computes again what another one holds; a whole table of them is there on purpose."""
    for reading in readings:
        twice = [sorted(x.atom for x in own) for own in reading.layer.at.values() if len(own) > 1]
        if len(twice) == 1:
            first, *others = twice[0]
            yield f"{show(cell_of(others[-1]))} computes again what {show(cell_of(first))} holds"


def _unread(table: CellTable, precedents: Precedents, weights: set[Address]) -> Iterator[Address]:
    """Typed fractions near weights that no formula reads."""
    near = {
        (sheet, row + down, column + right)
        for sheet, row, column in weights
        for down in range(-_NEAR, _NEAR + 1) for right in range(-_NEAR, _NEAR + 1)
    } - weights  # fmt: skip
    for cell in near:
        if table.is_fraction(cell) and not precedents.readers(cell):
            yield cell


def _said_otherwise(reading: Reading, network: Network, labels: Labels) -> Iterator[str]:
    """Gates whose cells are called by the name of another gate."""
    (layer,) = network.spec.layers
    gate_of = {symbol: gate for gate, symbol in VALUES.get(reading.kind, {}).items()}
    for symbol, values in reading.values.items() if gate_of else ():
        gate = gate_of.get(symbol)
        said = {labels.gate(atom[:3], reading.kind) for atom in values.values()} - {None}
        if gate is not None and said and said != {gate}:
            first = min(atom[:3] for atom in values.values())
            yield (
                f"{show(first)} is used as the gate {gate} of {layer.name}, and the words beside it say "
                f"{min(map(str, said))}"
            )
