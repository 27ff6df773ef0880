"""Gates whose weights are exchanged throughout: every formula of one gate reads the weights of another.

Cell by cell such a workbook makes no sense: a reset gate that is computed like a candidate and squeezed by a sigmoid is
nothing that the network has. As a whole it is the network with its blocks of weights in another order, and
every cell of it is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from xlcheck.arrays import Array, Values
from xlcheck.formulas.algebra import Address
from xlcheck.graph.evaluate import evaluate
from xlcheck.handmade.alignment.matching import Matching
from xlcheck.handmade.alignment.similarity import Similarity
from xlcheck.handmade.networks.elements import Elements, Source, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.parts import part_sources
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.layers.gates import GATES
from xlcheck.model.model_spec import LayerSpec


def exchanged(
    networks: Sequence[Network],
    settings: Sequence[Sequence[Values]],
    sources: Sequence[Source],
    now: Matching,
    table: CellTable,
    formulas: Sequence[Address],
    values: Array,
    precedents: Precedents,
) -> dict[Address, int]:
    """What every formula cell should hold, if the workbook is a network with its gates in another order.

    Or with one gate computed like another one: then those of both are equal, and what reads them tells which is which.

    Args:
        networks: the models.
        settings: for each of them all values of its graph, under each setting of random numbers.
        sources: all quantities of all of them.
        now: what the cells hold with the gates in the order that they should have.
        table: the workbook's cells.
        formulas: the formula cells to be explained.
        values: their fingerprints, `(settings, cells of the table)`.
        precedents: who reads what.

    Returns:
        Cell → the number of its element; nothing if no other order explains every cell.
    """
    shown = values[0, [table.index[cell] for cell in formulas]]
    for number, network in enumerate(networks):
        for layer in network.spec.layers:
            for order in _orders(layer):
                first = _in_order(network, layer, order, settings[number][0])
                if not any(_shows(shown, first[name]) for name in network.graph.outputs):
                    continue
                other = [first, *(_in_order(network, layer, order, setting) for setting in settings[number][1:])]
                moved = _with(sources, number, quantity_sources(number, network, other))
                parts = [
                    s for n, one in enumerate(networks)
                    for s in part_sources(n, one.graph, other if n == number else settings[n])
                ]  # fmt: skip
                elements = Elements([*moved, *parts])
                unbound = replace(now.placed, bound={})  # what somebody said of computed cells is not what they hold
                matching = Matching(elements, unbound, table, formulas, values, {}, now.copies)
                held = {} if matching.unknown() else dict(matching.held)
                if held and (len({*order}) == len(order) or _is_told_by_readers(held, matching, precedents)):
                    return held
    return {}


def _is_told_by_readers(held: dict[Address, int], matching: Matching, precedents: Precedents) -> bool:
    """Whether the formulas that read a cell need but one of the equal elements of different gates; then it holds that.

    Args:
        held: cell → element, in which those are put.
        matching: which elements each cell equals.
        precedents: who reads what.
    """
    elements = matching.elements
    equal = {
        cell: own for cell, numbers in matching.candidates.items()
        if len(own := [number for number in numbers if not elements.is_part[number]]) > 1
    }  # fmt: skip
    bands = {elements.key(number).band for own in equal.values() for number in own}
    needs = Similarity(elements, frozenset({*matching.bands, *bands}))
    for cell in reversed(precedents.in_order([*equal])):
        read = {operand for other in precedents.readers(cell) if other in held for operand in needs.needs(held[other])}
        needed = [n for n in equal[cell] if (elements[n].source.quantity.name, elements[n].index) in read]
        if len(needed) != 1:
            return False
        held[cell] = needed[0]
    return True


def _shows(shown: Array, results: Array) -> bool:
    """Whether any cell shows any of some results; else it is not worth comparing all the rest."""
    return bool(same(shown[:, None], results.reshape(1, -1)).any())


def _orders(layer: LayerSpec) -> Iterator[tuple[int, ...]]:
    """Every other order of a layer's gates, then each gate in the place of another one as well as in its own."""
    own = tuple(range(len(GATES.get(layer.kind, ()))))
    yield from (order for order in permutations(own) if order != own)
    yield from ((*own[:place], other, *own[place + 1 :]) for place, other in permutations(own, 2))


def _in_order(network: Network, layer: LayerSpec, order: Collection[int], values: Values) -> dict[str, Array]:
    """All values of a network whose gates have the weights of other gates."""
    given = {quantity.name: values[quantity.name] for quantity in network.given}
    for name in layer.weights:
        weight = given[f"{layer.name}.{name}"]
        blocks = weight.reshape(*weight.shape[:-1], len(order), -1)
        given[f"{layer.name}.{name}"] = blocks[..., list(order), :].reshape(weight.shape)
    return evaluate(network.graph, given)


def _with(sources: Sequence[Source], network: int, others: Sequence[Source]) -> list[Source]:
    """The sources with the computed ones of one network replaced; the weights stay where they are."""
    replaced = iter(others)
    found = []
    for source in sources:
        other = next(replaced) if source.network == network else source
        found.append(other if source.reads else source)
    return found
