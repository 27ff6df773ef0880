"""Samples that a network is tried with at each step and that it never learns from: those of a validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.network_cells import DenseNetwork, SampleCells
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.reached import reached

_FEW = 2
"""Samples of which the loss cannot be taken for that of one of them."""
_Data = tuple[Address, ...]


def with_held_out_apart(
    networks: Sequence[DenseNetwork], terms: CellTerms, updates: Mapping[Address, Address]
) -> Iterator[DenseNetwork]:
    """The networks without the samples that no update follows from, at whatever step, and these in networks of theirs.

    Args:
        networks: each with all samples that are computed with its weights.
        terms: of the formula cells.
        updates: updated cell → weight.
    """

    def data(sample: SampleCells) -> _Data:
        return tuple(source(cell, terms) for cell in (*sample.inputs, *sample.targets))

    tried, learnt = set[_Data](), set[_Data]()
    for network in (own for own in networks if not own.before):
        ends = [update for update, weight in updates.items() if weight in network.weights]
        read = reached(ends, lambda cell: terms.reads.get(cell, ()), among=lambda cell: cell not in updates)
        for sample in network.samples if ends else ():
            (tried if read.isdisjoint(sample.outputs[-1]) else learnt).add(data(sample))
    held_out = tried - learnt
    for network in networks:
        apart = [own for own in network.samples if len(held_out) >= _FEW and data(own) in held_out]
        rest = [own for own in network.samples if own not in apart]
        if not apart or not rest or network.before:
            yield network
            continue
        yield replace(network, samples=tuple(rest))
        yield replace(network, samples=tuple(apart), is_held_out=True)
