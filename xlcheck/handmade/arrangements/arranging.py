"""From the layers that formulas show to their cells: what each is computed in, its loss, and the layers behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.rounding import rounds
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.layer_cells import LayerCells
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.networks import networks_of
from xlcheck.handmade.equations.plain import PlainCells, plain_layers
from xlcheck.handmade.equations.reading import LossCells, Reading, outputs, unused_cells
from xlcheck.handmade.equations.recognise import Recognised, recognise_layers
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.functions import formulas_behind, leaves_above, number_under
from xlcheck.handmade.forms.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.reads import Reads

_NAMES = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru", "Dense": "dense"}
_TRIALS = 3
_MAJORITY = 2
"""Losses for each formula in line with them that is none."""
_MOST = 200
"""Formulas on the way from the results of a layer to its loss."""
_Loss = Callable[[np.ndarray, np.ndarray], float]
_SQUARED: tuple[str, _Loss] = ("mean_squared_error", lambda t, p: float(((t - p) ** 2).mean()))
"""A loss of any results."""
_ENTROPIES: Mapping[tuple[str, bool], tuple[str, _Loss]] = {
    ("softmax", False): ("categorical_crossentropy", lambda t, p: float(-(t * np.log(p)).sum())),
    ("sigmoid", True): ("binary_crossentropy", lambda t, p: float(-(t * np.log(p) + (1 - t) * np.log(1 - p)).sum())),
}
"""Activation of the layer, and whether it has one unit: its own loss, and what that makes of targets and results."""


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
        given = frozenset(cell for network in networks for *_, cell in network.cells())
        again = {own for own in taken if cell_of(recognised.forms.source(atom_of(own))) in given}  # inputs of both ways
        others = (claimed - set(_bound(networks))) | (taken - again) | unused_cells([reading], recognised.forms)
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
    """What a single unit behind layers without weights reads: all units of a step, or all results of one unit.

    Or what several of them make of the same results, as their mean and the largest one.
    """
    beside: dict[frozenset[Address], list[Atom]] = defaultdict(list)
    for layer in plain:
        beside[layer.given].extend(map(atom_of, layer.results.values()))
        steps: dict[int, list[Atom]] = defaultdict(list)
        for (step, _), cell in layer.results.items():
            steps[step].append(atom_of(cell))
        several = [own for own in steps.values() if len(own) > 1]
        yield from several or ([[*map(atom_of, layer.results.values())]] if len(steps) > 1 else [])
    yield from (own for own in beside.values() if len(own) > 1)


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
    computed = {cell for own in cells for cell in own.values()}
    meant = (layer for layer in found if layer.given & computed or not _is_preparation(layer, places))
    return [own for own in meant if not (any(map(reads.multiplies_blank, own.own)) or _only_shows(own, reads))]


def _only_shows(layer: PlainCells, reads: Reads) -> bool:
    """Whether results are rounded, and no formula goes on with them: they are shown, and no layer of Keras rounds.

    On another scale, as percentages, that is so whoever reads them.
    """
    is_scaled = layer.networks[0].spec.layers[-1].kind == "Rescaling"
    is_last = not any(reads.readers.get(cell) for cell in layer.own)
    return (is_scaled or is_last) and all(rounds(reads.table.texts.get(cell, "")) for cell in layer.own)


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
    read = set[Atom]().union(*(layer.reading.read for layer in layers))
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


def find_loss(reading: Reading, terms: CellTerms, taken: Collection[Address]) -> LossCells | None:
    """The loss of a layer without memory, if its every step has one.

    A formula is a loss if, whatever stands in the results and targets that it comes from, it gives what Keras's loss
    does.

    Args:
        reading: the layer.
        terms: what each formula computes.
        taken: the cells of all layers.
    """
    if reading.kind != "Dense":
        return None
    results = {cell_of(atom): place for place, atom in outputs(reading).items() if not atom[3]}
    behind = formulas_behind(results.keys(), terms, taken, _MOST)
    if len(results) < reading.units * len(reading.layer.steps):
        return None
    own = _ENTROPIES.get((str(reading.activations["activation"]), reading.units == 1))
    for name, loss in (_SQUARED,) if own is None else (own, _SQUARED):
        targets: dict[int, Sequence[Address]] = {}
        at: dict[int, Address] = {}
        for cell in behind:
            read = leaves_above(cell, terms, results, 2 * reading.units)
            steps = {results[x][0] for x in read if x in results}
            typed = sorted(x for x in read if x not in results)
            if len(steps) == 1 and len(read) == 2 * reading.units == 2 * len(typed):
                (step,) = steps
                if step not in at and _is_loss(cell, loss, _of_step(reading, step), typed, terms):
                    at[step], targets[step] = cell, typed
        if at and _are_in_line(reading, at, targets, {*behind} & terms.keys(), terms.holds_number):
            means = [cell for cell in behind if _is_mean(cell, set(at.values()), terms)]
            return LossCells(name, targets, at, means[0] if len(means) == 1 else None)
    return None


def _are_in_line(
    reading: Reading, at: dict[int, Address], targets: dict[int, Sequence[Address]], behind: Collection[Address],
    holds_number: Callable[[Address], bool],
) -> bool:  # fmt: skip
    """Whether every step has a loss; one that is none, or one of another step, is as most others have it, and wrong."""
    first = {step: _of_step(reading, step)[0] for step in reading.layer.steps}
    ways = Counter(
        (_away(first[step], own), *(_away(first[step], t) for t in targets[step])) for step, own in at.items()
    )
    ((to_loss, *to_targets), count), *_ = ways.most_common(1)
    if count >= _MAJORITY * (len(first) - count):
        for step, (_, row, column) in first.items():
            own, *its = ((on, row + down, column + right) for on, down, right in (to_loss, *to_targets))
            if step not in at or all(map(holds_number, its)):  # the last of a series is typed, where others are copies
                at[step], targets[step] = own, its
    in_order = [target for step in sorted(at, key=first.__getitem__) for target in targets[step]]
    several = {*in_order}  # a sample in each row, or in each column
    is_straight = in_order in (sorted(several), sorted(several, key=itemgetter(0, 2, 1)))
    return at.keys() == first.keys() and is_straight and {*at.values()} <= {*behind}


def _away(one: Address, other: Address) -> tuple[str, int, int]:
    """On which worksheet another cell stands, how many rows down, and how many columns to the right."""
    return other[0], *offset_between(one, other)


def _of_step(reading: Reading, step: int) -> list[Address]:
    return [cell_of(outputs(reading)[step, unit]) for unit in range(reading.units)]


def _is_loss(
    cell: Address, loss: _Loss, results: Sequence[Address],
    targets: Sequence[Address], terms: CellTerms,
) -> bool:  # fmt: skip
    random = np.random.default_rng(7)
    for _ in range(_TRIALS):
        p, t = random.uniform(0.1, 0.9, (2, len(results)))
        known = dict(zip((*results, *targets), (*p.tolist(), *t.tolist()), strict=True))
        if not same(np.array(number_under(cell, known, terms)), np.array(loss(t, p))):
            return False
    return True


def _is_mean(cell: Address, losses: Collection[Address], terms: CellTerms) -> bool:
    """Whether a formula gives the mean of all losses."""
    if len(losses) < 2 or leaves_above(cell, terms, losses, len(losses)) != set(losses):
        return False
    numbers = np.random.default_rng(8).uniform(0.1, 0.9, len(losses)).tolist()
    known = dict(zip(sorted(losses), numbers, strict=True))
    return bool(same(np.array(number_under(cell, known, terms)), np.array(sum(numbers) / len(numbers))))


def is_one_neuron(reading: Reading, table: CellTable, read: Collection[Address]) -> bool:
    """Whether a layer of one weighted sum is a neuron for certain, for a single sample, as on many first sheets.

    No other unit or sample says what it should compute. The worksheet does where it leaves nothing out: values and
    weights stand in two full lines side by side, each read with the one beside it, and no number is left unread.

    Args:
        reading: the layer.
        table: the cells.
        read: the cells that formulas read.
    """
    layer = reading.layer
    if len(layer.by_atom) != 1 or reading.activations["activation"] == LINEAR:
        return False
    (row,), (step,) = layer.rows, layer.steps
    weights, inputs = layer.weights[row], layer.slots[step]
    pairs = sorted((cell_of(inputs[slot]), cell_of(weight)) for slot, weight in weights.items())
    away = {(w[0] == x[0], w[1] - x[1], w[2] - x[2]) for x, w in pairs}
    steps = {offset_between(a, b) for (a, _), (b, _) in pairwise(pairs)}
    if len(pairs) < 2 or len(away) != 1 or len(steps) != 1 or all(next(iter(steps))):
        return False
    sheet = pairs[0][0][0]
    given = all(table.is_number(cell) for pair in pairs for cell in pair)
    unread = {cell for cell in table.typed_numbers if cell[0] == sheet and cell not in read}
    return given and unread <= table.numbering(read)
