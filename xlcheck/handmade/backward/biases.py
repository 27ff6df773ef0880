"""Biases that stand among the weights of inputs: those of an input that is always 1."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade.backward.network_cells import DenseNetwork
from xlcheck.handmade.reading.cell_terms import leaves


def with_bias(
    network: DenseNetwork, kin: Sequence[DenseNetwork], ones: frozenset[Address], updates: Mapping[Address, Address],
    terms: Mapping[Address, Term],
) -> DenseNetwork:  # fmt: skip
    """The network, where what stands for an input of its first layer is a typed 1 in all samples: that is a bias.

    An input of a single sample may well be 1. There it is a bias if other layers have theirs times a 1, too, or if the
    updates of their biases read it.

    Args:
        network: as its units read.
        kin: the networks of all steps of its training, this one among them.
        ones: typed cells that hold a 1.
        updates: updated cell → weight.
        terms: of the formula cells.
    """
    first, *others = network.layers
    inputs = list(zip(*(sample.inputs for sample in network.samples), strict=True))
    steps = zip(*(sample.inputs for step in kin for sample in step.samples), strict=False)
    always = [place for place, cells in enumerate(steps) if ones.issuperset(cells)]
    if first.bias is not None or len(always) != 1 or len(inputs) == 1:
        return network
    at, own = always[0], inputs[always[0]]
    if len(network.samples) == 1 and not any(sample.ones for sample in network.samples):
        biases = {cell for layer in others for cell in layer.bias or ()}
        learnt = [cell for cell, weight in updates.items() if weight in biases]
        reads = [{*leaves(terms[cell])} for cell in learnt]
        if not learnt or not all(own[0] in cells for cells in reads):
            return network
    samples = (
        replace(s, inputs=s.inputs[:at] + s.inputs[at + 1 :], ones=(*s.ones, s.inputs[at])) for s in network.samples
    )
    layer = replace(first, kernel=first.kernel[:at] + first.kernel[at + 1 :], bias=first.kernel[at])
    return DenseNetwork((layer, *others), tuple(samples))


def has_doubtful_bias(network: DenseNetwork, ones: Collection[Address]) -> bool:
    """Whether an input of the only sample is a typed 1, which may be the one beside a bias or not."""
    return (
        len(network.samples) == 1
        and network.layers[0].bias is None
        and not {*ones}.isdisjoint(network.samples[0].inputs)
    )
