"""What layers skip: behind a sum with it, what that sum is made of is not skipped again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.network import Network, Places
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.reached import reached


def skips_too_much(layers: Sequence[Network], reads: Mapping[Address, Collection[Address]]) -> Iterator[str]:
    """Why a sum may add another vector than it should: one that stands before another sum from which it is computed.

    A block of a residual network, or of a transformer, adds what it was given. What was given to the block before it
    may be meant, or a slip.

    Args:
        layers: those without weighted sums, sums with what layers skip among them.
        reads: formula → the cells that it reads.
    """
    sums = [own for own in layers if own.spec.layers[0].kind == "Add"]
    results = [_vectors(own.bound)[0] for own in sums]
    above = [reached(own, lambda cell: reads.get(cell, ())) for own in results]
    for number, own in enumerate(sums):
        for other, before in enumerate(results):
            is_behind = other != number and above[number] >= before
            if is_behind and any(above[other] >= summands for summands in _vectors(own.samples)):
                yield f"{show(min(results[number]))} adds what {show(min(before))} before it is made of"


def _vectors(samples: Sequence[Mapping[str, Places]]) -> list[set[Address]]:
    """The cells of each quantity of all samples."""
    return [
        {cell for places in own for cell in places if cell} for own in zip(*(x.values() for x in samples), strict=True)
    ]
