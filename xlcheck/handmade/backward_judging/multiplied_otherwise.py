"""Weights that move by what other weights of their unit are multiplied with, and not by what they are multiplied with.

Whoever fills the movement of one weight along to the next, or types it once more, may leave an input as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.handmade import effort
from xlcheck.handmade.backward.network_cells import DenseNetwork
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.slips import Edit
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.reached import reached

_LARGE = 1_000
"""Cells of a range that are not looked at one by one."""


def as_multiplied(table: CellTable, reading: Reading | None) -> Iterator[Edit]:
    """The formulas by which a weight moves, at all steps, with its own inputs for those of another weight.

    Args:
        table: the cells.
        reading: the sheet as training steps, if there is a network in it.
    """
    if reading is None:
        return
    edits = defaultdict[object, dict[Address, str]](dict)
    moved = {weight: cell for cell, weight in reading.sheet.updates.items()}
    for network in (step.truth.network for step in reading.steps):
        for (layer, i, unit), weight in network.weight_cells.items():
            effort.require_time()
            own = _partners(network, layer, i) if i >= 0 and weight in moved else ()
            for cell in _behind(moved[weight], table, reading) if own else ():
                read = {*reading.sheet.terms.reads.get(cell, ())}
                for other in range(len(network.layers[layer].kernel)) if read.isdisjoint(own) else ():
                    others = _partners(network, layer, other)
                    instead = {} if read.isdisjoint(others) else dict(zip(others, own, strict=True))
                    text = _with(table.texts[cell], cell, instead) if instead else None
                    edits[layer, i, unit, other] |= {} if text is None else {cell: text}
    yield from filter(None, edits.values())


def _behind(update: Address, table: CellTable, reading: Reading) -> Sequence[Address]:
    """The formula by which a weight moves, and those that only it reads, perhaps through others."""
    terms = reading.sheet.terms
    inner = reached(
        [update], lambda cell: terms.reads.get(cell, ()), among=lambda own: len(terms.readers.get(own, ())) == 1
    )
    known = reading.forward.keys() | reading.sheet.updates.values()
    return [cell for cell in (update, *sorted(inner - known - {update})) if cell in table.texts]


def _partners(network: DenseNetwork, layer: int, i: int) -> Sequence[Address]:
    """What the weights of an input are multiplied with, a cell a sample."""
    features = len(network.layers[layer].kernel) - network.layers[layer].states
    read = (sample.outputs[layer - 1] if layer else sample.inputs for sample in network.samples)
    return [own[i] for own in read] if i < features else []


def _with(text: str, cell: Address, instead: Mapping[Address, Address]) -> str | None:
    """A formula with other inputs; None if it names none of those that should be."""
    found = cut(text)
    refs: list[Ref] = []
    for ref in found.refs:
        area = ref.area(cell[0])
        read = [(area.sheet, *place) for place in area.cells()] if area.size <= _LARGE else []
        away = {offset_between(own, instead[own]) for own in read if own in instead}
        by = next(iter(away)) if len(away) == 1 and all(own in instead for own in read) else (0, 0)
        new = ref.shifted(by, by)
        if new is None:
            return None
        refs.append(new)
    return found.with_refs(refs) if refs != [*found.refs] else None
