"""From the layers that formulas show to their cells: what each is computed in, and the layers behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangement import Arrangement
from xlcheck.handmade.equations.forms import Forms
from xlcheck.handmade.equations.losses import find_loss
from xlcheck.handmade.equations.networks import networks_of
from xlcheck.handmade.equations.one_neuron import is_one_neuron
from xlcheck.handmade.equations.plain import PlainCells, plain_layers
from xlcheck.handmade.equations.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.equations.reading import Reading, outputs, unused_cells
from xlcheck.handmade.equations.recognise import Recognised, recognise_layers
from xlcheck.handmade.layer_cells import LayerCells
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellValues
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reads import Reads

_NAMES = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru", "Dense": "dense"}


def arranged(terms: CellTerms, values: CellValues, reads: Reads) -> Arrangement:
    """Find the layers of some worksheets, and the cells of each.

    Args:
        terms: what each formula computes from the cells that it reads.
        values: what the cells hold.
        reads: who reads what.
    """
    return arrangement_of(recognise_layers(Forms(terms)), values, reads)


def arrangement_of(
    recognised: Recognised, values: CellValues, reads: Reads, named_before: Collection[str] = ()
) -> Arrangement:
    """The cells of each layer that was recognised.

    Args:
        recognised: the layers.
        values: what the cells hold.
        reads: who reads what.
        named_before: names of other layers.
    """
    names = Counter(name.rstrip("_0123456789") for name in named_before)
    named = []
    for reading in recognised.readings:
        name = _NAMES[reading.kind]
        numbered = f"{name}_{names[name]}" if names[name] else name
        named.append((numbered, reading, networks_of(reading, numbered)))
        names[name] += 1
    claimed = {cell for *_, networks in named for cell in _bound(networks)}
    taken: set[Address] = set()
    layers = []
    for name, reading, networks in named:
        others = (claimed - set(_bound(networks))) | taken | unused_cells([reading], recognised.forms)
        given = frozenset(cell for network in networks for *_, cell in network.cells())
        own = _closure(reading, networks, reads, given, others)
        taken |= own
        switches = recognised.forms.switches & {read for cell in own for read in reads.of(cell)}
        choosing = tuple(replace(network, constants=network.constants | switches) for network in networks)
        layers.append(LayerCells(name, reading, choosing, frozenset(own), given | switches))
    complete = tuple(_with_losses(layers, reads, taken))
    plain = plain_behind(complete, reads)
    more = recognised.reading_too([*map(set, _vectors(plain))])
    if not reads.edited:  # of which nobody knows what else is meant
        more = more.with_those(lambda reading: is_one_neuron(reading, reads.table, reads.read.keys()))
    return (
        arrangement_of(more, values, reads)
        if more is not recognised
        else (Arrangement(recognised, complete, reads, values, tuple(plain)))
    )


def _vectors(plain: Iterable[PlainCells]) -> Iterator[list[Atom]]:
    """What a single unit behind layers without weights reads: all units of a step, or all results of one unit."""
    for layer in plain:
        steps: dict[int, list[Atom]] = defaultdict(list)
        for (step, _), cell in layer.results.items():
            steps[step].append(atom_of(cell))
        several = [own for own in steps.values() if len(own) > 1]
        yield from several or ([[*map(atom_of, layer.results.values())]] if len(steps) > 1 else [])


def plain_behind(layers: Sequence[LayerCells], reads: Reads) -> list[PlainCells]:
    """The layers without sums of weights behind others.

    Args:
        layers: these.
        reads: who reads what.
    """
    results = [outputs(layer.reading) for layer in layers]
    cells = [
        {place: cell_of(atom) for place, atom in own.items()} for own in results if not any(a[3] for a in own.values())
    ]
    places = _given_to(layers)
    found = plain_layers(cells, reads.terms, {cell for layer in layers for cell in layer.own}, places.keys())
    meant = (layer for layer in found if not _is_preparation(layer, places))
    return [layer for layer in meant if not any(map(reads.multiplies_blank, layer.own))]


def _given_to(layers: Iterable[LayerCells]) -> dict[Address, tuple[str, int, int, int]]:
    """Cell → layer, network, sample and step that it is given to."""
    found: dict[Address, tuple[str, int, int, int]] = {}
    for layer in layers:
        for number, network in enumerate(layer.networks):
            for quantity, sample, _, cell in network.cells():
                if not quantity.is_weight:
                    found[cell] = (layer.name, number, sample, quantity.step or 0)
    return found


def _is_preparation(layer: PlainCells, places: Mapping[Address, tuple[str, int, int, int]]) -> bool:
    """Whether what is normalised is a column of data: each of its results is given to another sample or step."""
    steps = defaultdict[int, list[Address]](list)
    for (step, _), cell in layer.results.items():
        steps[step].append(cell)
    where = [[places[cell] for cell in own if cell in places] for own in steps.values()]
    return any(len(own) > 1 and len({*own}) == len(own) for own in where)


def _with_losses(layers: Sequence[LayerCells], reads: Reads, taken: set[Address]) -> Iterator[LayerCells]:
    """The layers, with the losses of those whose results no other one reads."""
    read = {atom for layer in layers for own in layer.reading.layer.slots.values() for atom in own.values()}
    for layer in layers:
        is_last = read.isdisjoint(outputs(layer.reading).values())
        loss = find_loss(layer.reading, reads.terms, taken) if is_last else None
        if loss is None:
            yield layer
            continue
        networks = networks_of(layer.reading, layer.name, loss)
        given = frozenset(cell for network in networks for *_, cell in network.cells())
        own = _closure(layer.reading, networks, reads, given, taken - layer.own)
        yield LayerCells(layer.name, layer.reading, networks, frozenset(own), given, loss)


def _bound(networks: Iterable[Network]) -> Iterator[Address]:
    for network in networks:
        for quantities in network.bound:
            for places in quantities.values():
                yield from (place for place in places if place is not None)


def _closure(
    reading: Reading, networks: Iterable[Network], reads: Reads, given: Collection[Address], others: Collection[Address]
) -> set[Address]:
    """The cells in which a layer is computed: its results, and the formulas between them and what it is given."""

    def counts(cell: Address) -> bool:
        return cell not in given and cell not in others

    unused = {(row, step) for row in reading.unused for step in reading.layer.steps}
    sums = [cell_of(atom) for atom, where in reading.layer.by_atom.items() if where not in unused]
    start = {*filter(counts, (*_bound(networks), *sums))}
    return start | reached(start, reads.of, among=lambda cell: reads.is_formula(cell) and counts(cell))
