"""Samples that a network is tried with at each step and that it never learns from: those of a validation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    batches: list[frozenset[_Data]] = []
    for network in (own for own in networks if not own.before):
        ends = [update for update, weight in updates.items() if weight in network.weights]
        read = reached(ends, lambda cell: terms.reads.get(cell, ()), among=lambda cell: cell not in updates)
        batch = {data(sample) for sample in network.samples if ends and not read.isdisjoint(sample.outputs[-1])}
        batches.append(frozenset(batch))
        learnt |= batch
        tried |= {data(sample) for sample in network.samples if ends} - batch
    if _take_turns([*filter(None, batches)]) and tried <= learnt:
        yield from _in_batches(networks, batches, terms, data)
        return
    held_out = tried - learnt
    for network in networks:
        apart = [own for own in network.samples if len(held_out) >= _FEW and data(own) in held_out]
        rest = [own for own in network.samples if own not in apart]
        if not apart or not rest or network.before:
            yield network
            continue
        yield replace(network, samples=tuple(rest))
        yield replace(network, samples=tuple(apart), is_held_out=True)


def _take_turns(batches: Sequence[frozenset[_Data]]) -> bool:
    """Whether steps learn from some samples each, in several batches, of which no two have a sample in common."""
    different = {*batches}
    return 1 < len(different) < len(batches) and sum(map(len, different)) == len(frozenset().union(*different))


def _in_batches(
    networks: Sequence[DenseNetwork], batches: Sequence[frozenset[_Data]], terms: CellTerms,
    data: Callable[[SampleCells], _Data],
) -> Iterator[DenseNetwork]:  # fmt: skip
    """The networks with the samples of their batch alone, each with one of all samples, whose loss may be shown."""
    for network, batch in zip(networks, batches, strict=True):
        read = batch or _read_apart(network, terms, data)  # the last step is begun, and nothing moves by it
        own = tuple(sample for sample in network.samples if data(sample) in read and read in batches)
        if not own or len(own) == len(network.samples):
            yield network
            continue
        yield replace(network, samples=own)
        yield replace(network, is_held_out=True)


def _read_apart(network: DenseNetwork, terms: CellTerms, data: Callable[[SampleCells], _Data]) -> frozenset[_Data]:
    """The samples whose outputs a formula reads that does not read those of all."""
    outputs = {sample.outputs[-1][0]: data(sample) for sample in network.samples}
    readers = {reader for output in outputs for reader in terms.readers.get(output, ())}
    apart = [own for reader in readers if not outputs.keys() <= (own := {*terms.reads[reader]})]
    return frozenset(outputs[output] for own in apart for output in own & outputs.keys())
