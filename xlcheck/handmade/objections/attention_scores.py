"""Scores of an attention: those that do not count, as of later words, and those that are scaled in some heads only.

And those of which a softmax makes shares for nobody, while another layer reads the scores themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import show


def masked_otherwise(readings: Sequence[Reading], shared: Collection[Address]) -> Iterator[str]:
    """Why numbers in the place of scores may be no mask: a later word counts, or an earlier one does not.

    Args:
        readings: the layers.
        shared: what softmaxes are given.
    """
    for own in (reading for reading in readings if reading.masked):
        first = show(min(map(cell_of, own.masked)))
        if not _is_causal(own):
            yield f"{first} is masked, but what is masked beside it is not just the scores of all later steps"
        elif not {cell_of(atom) for atom in own.masked}.issubset(shared):
            yield f"{first} is masked, and no softmax reads it"


def _is_causal(reading: Reading) -> bool:
    """Whether just those results are masked that a step has of later ones, in the order in which these are computed."""
    layer, results, rows = reading.layer, reading.values["y"], reading.gates[0]
    units = sorted(range(reading.units), key=lambda unit: min(layer.weights[rows[unit]].values()))
    later = {results.get((step, unit)) for at, step in enumerate(layer.steps) for unit in units[at + 1 :]}
    read = [min(layer.slots[step].values()) for step in layer.steps]
    last = [atom for unit in units if (atom := results.get((layer.steps[-1], unit))) is not None]
    in_order = read == sorted(read) and last == sorted(last) and len(last) == len(layer.steps) == len(units)
    return in_order and later == reading.masked


def scaled_in_some_heads(readings: Sequence[Reading], shared: Collection[Address]) -> Iterator[str]:
    """Why the scores of a head may be wrong: those of another one over as many numbers are scaled, and its own are not.

    Args:
        readings: the layers.
        shared: what softmaxes are given.
    """
    heads: dict[int, list[Reading]] = defaultdict(list)
    for own in readings:
        if own.kind == "Dense" and (made := outputs(own)) and {*map(cell_of, made.values())}.issubset(shared):
            heads[len(own.features)].append(own)
    for several in heads.values():
        plain = [own for own in several if own.scale == 1]
        if len(several) > len(plain) > 0:
            first = show(min(cell_of(atom) for own in plain for atom in outputs(own).values()))
            yield f"{first} is not scaled, as the scores of another head are"


def shares_of_nobody(
    readings: Sequence[Reading],
    softmaxes: Iterable[tuple[Collection[Address], Collection[Address]]],
    read: Collection[Address],
) -> Iterator[str]:
    """Why a layer may read the wrong numbers: scores of which a softmax makes shares, and nobody reads these.

    Args:
        readings: the layers.
        softmaxes: what each is given, and its shares.
        read: the cells that formulas read.
    """
    for given, shares in softmaxes:
        if not shares or not {*shares}.isdisjoint(read):
            continue
        for own in readings:
            taken = {*own.read}.union(*(instance.weights for instance in own.layer.instances))
            if scores := sorted({*given}.intersection(map(cell_of, taken))):
                yield f"{show(min(shares))} is a share that nobody reads, and a layer reads {show(scores[0])} itself"
