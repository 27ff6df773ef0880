"""Gates whose weights are exchanged throughout: every formula of one gate reads the weights of another.

Cell by cell such a workbook makes no sense: a reset gate that is computed like a candidate and squeezed by a sigmoid is
nothing that the network has. As a whole it is the network with its blocks of weights in another order, and
every cell of it is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import permutations

from xlcheck.arrays import Array, Values
from xlcheck.formulas.algebra import Address
from xlcheck.graph.evaluate import evaluate
from xlcheck.handmade.alignment.matching import Matching, Placed
from xlcheck.handmade.networks.elements import Elements, Source, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.parts import part_sources
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.layers.gate_symbols import GATES
from xlcheck.model.model_spec import LayerSpec


def exchanged(
    networks: Sequence[Network],
    settings: Sequence[Sequence[Values]],
    sources: Sequence[Source],
    now: Matching,
    table: CellTable,
    formulas: Sequence[Address],
    values: Array,
) -> dict[Address, int]:
    """What every formula cell should hold, if the workbook is a network with its gates in another order.

    Args:
        networks: the models.
        settings: for each of them all values of its graph, under each setting of random numbers.
        sources: all quantities of all of them.
        now: what the cells hold with the gates in the order that they should have.
        table: the workbook's cells.
        formulas: the formula cells to be explained.
        values: their fingerprints, `(settings, cells of the table)`.

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
                matching = Matching(elements, _unbound(now.placed), table, formulas, values, {}, now.copies)
                if not matching.unknown():
                    return dict(matching.held)
    return {}


def _shows(shown: Array, results: Array) -> bool:
    """Whether any cell shows any of some results; else it is not worth comparing all the rest."""
    return bool(same(shown[:, None], results.reshape(1, -1)).any())


def _unbound(placed: Placed) -> Placed:
    """What is known beforehand but what somebody said of computed cells: what they do hold is asked."""
    return Placed(placed.given, {}, placed.results)


def _orders(layer: LayerSpec) -> Iterator[tuple[int, ...]]:
    """Every other order of a layer's gates."""
    own = tuple(range(len(GATES.get(layer.kind, ()))))
    return (order for order in permutations(own) if order != own)


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
