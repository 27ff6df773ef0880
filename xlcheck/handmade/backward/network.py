"""Dense networks in a sheet: units → layers of cells, sample by sample, from the outputs down to the inputs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.backward.biases import with_bias
from xlcheck.handmade.backward.held_out import with_held_out_apart
from xlcheck.handmade.backward.linear_states import with_linear_states
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward.neurons import MINUS, Monomial, Neuron, Neurons, partners
from xlcheck.handmade.backward.recurrence import Recurrence, recurrences
from xlcheck.handmade.backward.updates import first_weights
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves, source

_PAIR = 2


@dataclass(frozen=True)
class _Group:
    """The units of one layer for one sample.

    Attributes:
        layer: their weights.
        units: in the order of the layer above.
        inputs: what each of them reads.
        one: the cell with a 1, times which biases are taken, if there is one; `MINUS` for thresholds.
    """

    layer: LayerCells
    units: tuple[Neuron, ...]
    inputs: tuple[Address, ...]
    one: Address | None


@dataclass(frozen=True)
class _Known:
    """What is known of a sheet before its networks.

    Attributes:
        units: all of them, by their cells.
        targets: output → what it is compared with.
        updated: the weights that are updated, before and after.
        ones: given cells that hold a 1.
        recurrent: the recurrent layers.
        rows: the units of each of their steps → the number of the layer, and of the step.
    """

    units: Mapping[Address, Neuron]
    targets: Mapping[Address, Address]
    updated: frozenset[Address]
    ones: frozenset[Address]
    recurrent: Sequence[Recurrence]
    rows: Mapping[frozenset[Address], tuple[int, int]]

    def in_order(self, cells: Sequence[Address]) -> tuple[Address, ...]:
        """Units as the weights above are for them: those of a recurrent layer in the same order at each step."""
        place = self.rows.get(frozenset(cells))
        return tuple(sorted(cells)) if place is None else self.recurrent[place[0]].steps[place[1]].outputs[0]


def find_networks(
    neurons: Neurons, terms: CellTerms, updates: Mapping[Address, Address], ones: frozenset[Address]
) -> list[DenseNetwork]:
    """The networks whose outputs are compared with targets, each with all its samples.

    Args:
        neurons: the units.
        terms: of the formula cells.
        updates: updated cell → weight.
        ones: given cells that hold a 1, which may be multiplied with a bias.
    """
    weights = frozenset(updates) | frozenset(updates.values())
    neurons = with_linear_states(neurons, terms, chain.from_iterable(compared_pairs(terms)), weights)
    units = {neuron.cell: neuron for neuron in neurons.activated_ones()}
    targets = _targets(neurons, terms, updates, units)
    recurrent = list(recurrences(units, weights, terms.is_computed))
    rows = {frozenset(own.outputs[0]): (n, t) for n, line in enumerate(recurrent) for t, own in enumerate(line.steps)}
    known = _Known(units, targets, weights, ones, recurrent, rows)
    chains: dict[tuple[LayerCells, ...], list[SampleCells]] = {}
    unrolled: dict[int, dict[int, _Chain]] = defaultdict(dict)
    for outputs in _together(targets, units, updates):
        found = _chain(outputs, known)
        if found is not None and found.start is not None:
            unrolled[found.start[0]][found.start[1]] = found
        elif found is not None:
            chains.setdefault(found.layers, []).append(found.sample)
    for number, ends in unrolled.items():
        if len({found.layers for found in ends.values()}) == 1:  # else one step has another output than others
            layers = (recurrent[number].layer, *next(iter(ends.values())).layers)
            chains.setdefault(layers, []).extend(_steps(recurrent[number], ends))
    networks = [DenseNetwork(layers, tuple(samples)) for layers, samples in chains.items()]
    first, kin = first_weights(updates), defaultdict[object, list[DenseNetwork]](list)
    begins = [(first.get(w := own.layers[0].kernel[0][0], w), len(own.layers[0].kernel)) for own in networks]
    for begin, network in zip(begins, networks, strict=True):
        kin[begin].append(network)
    networks = [with_bias(own, kin[begin], ones, updates, terms) for begin, own in zip(begins, networks, strict=True)]
    mixed = [*_with_targets_of_others(networks, terms), *_with_weights_of_others(networks, updates)]
    proper = [network for network in networks if _is_proper(network) and network not in mixed]
    return _in_order([*with_held_out_apart(proper, terms, updates)], updates)


def _in_order(networks: Sequence[DenseNetwork], updates: Mapping[Address, Address]) -> list[DenseNetwork]:
    """Networks by how often their weights were moved, those of each training together."""
    first, moves = first_weights(updates), dict[Address, int]()
    for update, weight in updates.items():
        moves[update] = moves.get(weight, 0) + 1
    begins = [min(first.get(weight, weight) for weight in network.weights) for network in networks]
    place = {cell: number for number, cell in reversed([*enumerate(begins)])}
    keys = [
        (place[cell], max(moves.get(weight, 0) for weight in network.weights))
        for cell, network in zip(begins, networks, strict=True)
    ]
    return [networks[number] for number in sorted(range(len(networks)), key=keys.__getitem__)]


def _steps(recurrent: Recurrence, ends: Mapping[int, _Chain]) -> Iterator[SampleCells]:
    """The steps of a recurrent layer, with what stands above those that have an output; up to the last of these."""
    for t, own in enumerate(recurrent.steps[: max(ends) + 1]):
        top = ends[t].sample if t in ends else SampleCells((), (), (), (), ())
        totals, outputs = own.totals + top.totals, own.outputs + top.outputs
        yield replace(own, totals=totals, outputs=outputs, targets=top.targets, ones=top.ones)


def _with_weights_of_others(
    networks: Sequence[DenseNetwork], updates: Mapping[Address, Address]
) -> Iterator[DenseNetwork]:
    """The networks that read a weight of an earlier step, which has been updated since."""
    uses = Counter(cell for network in networks for cell in network.weights & frozenset(updates.values()))
    for network in networks:
        latest = max(_times_updated(cell, updates) for cell in network.weights)
        if any(uses[cell] > 1 and _times_updated(cell, updates) < latest for cell in network.weights):
            yield network


def _with_targets_of_others(networks: Sequence[DenseNetwork], terms: CellTerms) -> list[DenseNetwork]:
    """The networks of which a sample has other inputs than those that some other one has with its targets."""
    inputs: dict[tuple[Address, ...], set[tuple[Address, ...]]] = {}
    for sample in (sample for network in networks for sample in network.samples):
        if sample.targets:
            own = tuple(terms.fetched(source(cell, terms)) for cell in sample.inputs)
            inputs.setdefault(sample.targets, set()).add(own)
    if len(inputs) == 1:  # what is wanted is said once for all
        return []
    return [n for n in networks if any(len(inputs[own.targets]) > 1 for own in n.samples if own.targets)]


def _targets(
    neurons: Neurons, terms: Mapping[Address, Term], updates: Mapping[Address, Address], units: dict[Address, Neuron]
) -> dict[Address, Address]:
    """Output → target, from differences of both and from products with a logarithm; units without activation join."""
    targets: dict[Address, Address] = {}
    for pair in compared_pairs(terms):
        for output, target in (pair, pair[::-1]):
            if target in terms or target in updates or output in targets or output in updates:
                continue
            if output in terms and any(targets.get(read) == target for read in leaves(terms[output])):
                continue  # a class that is told by an output, and whether it is right
            if output not in units and output in terms:
                found = neurons.threshold(output) or neurons.linear(output)
                units |= {} if found is None else {output: found}
            if output in units:
                targets[output] = target
    return targets


def compared_pairs(terms: Mapping[Address, Term]) -> Iterator[tuple[Address, Address]]:
    """Pairs of cells of which the difference is taken, or the one times the logarithm of the other, be they copied.

    Last come those of which it is asked whether they are equal, or what both are, as a perceptron does that learns from
    mistakes alone.
    """
    found, equal = list[tuple[Address, Address]](), list[tuple[Address, Address]]()
    for part in subterms(*terms.values()):
        found += _of_the_right_class(part)
        match part:
            case Function(name="=" | "<>", arguments=(Leaf() as a, Leaf() as b)):
                equal.append((a.cell, b.cell))
            case Function(name="IF", arguments=(Term() as condition, _, _)):
                asked = [own.arguments for own in subterms(condition) if isinstance(own, Function) and own.name == "="]
                cells = [own.cell for own, number in asked if isinstance(own, Leaf) and not isinstance(number, Term)]
                if len(cells) == _PAIR:
                    equal.append((cells[0], cells[1]))
            case Sum(constant=0.0, parts=((Leaf() as a, x), (Leaf() as b, y))) if x == -y:
                found.append((a.cell, b.cell))
            case Product(factors=factors):
                cells = [factor.cell for factor, power in factors if isinstance(factor, Leaf) and power == 1]
                logs = [f.arguments[0] for f, _ in factors if isinstance(f, Function) and f.name == "LN"]
                found += [(log.cell, cell) for log in logs if isinstance(log, Leaf) for cell in cells]
    yield from ((source(one, terms), source(other, terms)) for one, other in found + equal)


def _of_the_right_class(term: Term) -> Iterator[tuple[Address, Address]]:
    """The output and the target of `IF(t=1,o,1-o)`, the share of the right class, or of both logarithms."""
    match term:
        case Function(name="IF", arguments=(Function(name="=", arguments=(Leaf() as target, 0.0 | 1.0)), *answers)):
            inner = [_without_logarithm(own) for own in answers]
            match inner if any(isinstance(own, Leaf) for own in inner) else ():
                case (Leaf() as one, Sum(constant=1.0, parts=((other, -1.0),))) if one is other:
                    yield one.cell, target.cell
                case (Sum(constant=1.0, parts=((other, -1.0),)), Leaf() as one) if one is other:
                    yield one.cell, target.cell


def _without_logarithm(term: Expression) -> Expression:
    """What a formula takes the logarithm of, be it with a minus."""
    match term:
        case Sum(constant=0.0, parts=((Function(name="LN", arguments=(own,)), -1.0 | 1.0),)):
            return own
        case Function(name="LN", arguments=(own,)):
            return own
    return term


def _together(
    targets: Mapping[Address, Address], units: Mapping[Address, Neuron], updates: Mapping[Address, Address]
) -> Iterator[tuple[Address, ...]]:
    """The outputs of one sample: those that read the same units below, and have targets of their own.

    If there are none, those of a worksheet that read any input in common, and are of the same step: with weights that
    were updated as often, and not with just the same. The weights themselves are read by all samples of a batch.
    """
    groups: list[tuple[frozenset[Address], int, list[Address], frozenset[Address]]] = []
    weights = frozenset(updates) | frozenset(updates.values())
    for output in targets:
        cells = frozenset(cell for monomial in units[output].terms for cell in monomial if cell != MINUS)
        below_it, step = cells & units.keys(), max(_times_updated(cell, updates) for cell in cells)
        for key, at, members, learnt in groups:
            if targets[output] in map(targets.get, members):
                continue
            slides = bool(learnt) and learnt == cells & weights  # a window over a series, which is another sample
            beside = not below_it and members[0][0] == output[0] and cells & key and step == at and not slides
            if beside or (below_it and below_it == key & units.keys()):
                members.append(output)
                break
        else:
            groups.append((cells - weights, step, [output], cells & weights))
    for _, _, members, _ in groups:
        yield tuple(sorted(members))


def _times_updated(cell: Address, updates: Mapping[Address, Address]) -> int:
    count = 0
    while cell in updates:
        cell, count = updates[cell], count + 1
    return count


@dataclass(frozen=True)
class _Chain:
    """The layers of one sample.

    Attributes:
        layers: from its inputs, or from a recurrent layer, to its outputs.
        sample: its cells.
        start: the number of the recurrent layer that it goes on from, and of the step; None if it begins with inputs.
    """

    layers: tuple[LayerCells, ...]
    sample: SampleCells
    start: tuple[int, int] | None


def _chain(outputs: tuple[Address, ...], known: _Known) -> _Chain | None:
    """The layers of one sample, from its outputs down; None if they are no chain of dense layers."""
    groups: list[_Group] = []
    cells = known.in_order(outputs)
    outputs = cells
    while frozenset(cells) not in known.rows:
        group = _group([known.units[cell] for cell in cells], known)
        if group is None or len(groups) > 20:
            return None
        groups.insert(0, group)
        if not known.units.keys() & set(group.inputs):
            break
        cells = group.inputs
    sample = SampleCells(
        groups[0].inputs if groups else (),
        tuple(tuple(unit.total for unit in g.units) for g in groups),
        tuple(tuple(unit.cell for unit in g.units) for g in groups),
        tuple(known.targets[cell] for cell in outputs),
        tuple(g.one for g in groups if g.one not in {None, MINUS}),
    )
    return _Chain(tuple(g.layer for g in groups), sample, known.rows.get(frozenset(cells)))


def _group(members: Sequence[Neuron], known: _Known) -> _Group | None:
    """The units of one layer, if all read the same inputs and have one activation."""
    activations = {unit.activation for unit in members}
    if len(activations) > 1 or (activations == {"softmax"} and len(members) == 1):
        return None
    inputs = _inputs(members, known)
    if inputs is None:
        return None
    found = [partners(unit.terms, inputs) for unit in members]
    rest = [item[1] for item in found if item is not None]
    if len(rest) < len(found) or len({len(left) for left in rest}) > 1 or len(rest[0]) > 1:
        return None
    left = [terms[0] for terms in rest if terms]
    one = _shared_one(left, known.ones | {MINUS})
    biases = [[cell for cell in term if cell != one] for term in left]
    if any(len(cells) != 1 for cells in biases):
        return None
    kernel = tuple(zip(*(item[0] for item in found if item is not None), strict=True))
    bias, sign = tuple(cells[0] for cells in biases) or None, -1.0 if one == MINUS else 1.0
    return _Group(LayerCells(members[0].activation, kernel, bias, sign), tuple(members), inputs, one)


def _shared_one(left: Sequence[Monomial], ones: frozenset[Address]) -> Address | None:
    """The cell with a 1 with which all biases are multiplied, or what thresholds are."""
    return min(set.intersection(*map(set, left)) & ones, default=None) if left and len(left[0]) == 2 else None


def _inputs(members: Sequence[Neuron], known: _Known) -> tuple[Address, ...] | None:
    """What all units read: the units below, or what stands beside the weights.

    Of two given cells, the weight is the one that is updated, or the one that another unit of the layer does not read.
    """
    pairs = [[m for m in unit.terms if len(m) == 2 and MINUS not in m] for unit in members]
    read = [{cell for pair in own for cell in pair} for own in pairs]
    if below_it := read[0] & known.units.keys():
        return known.in_order([*below_it])
    found: list[Address] = []
    for pair in pairs[0]:
        candidates = [
            cell for cell, other in (pair, pair[::-1]) if other in known.updated and cell not in known.updated
        ]
        if not candidates and len(members) > 1:
            candidates = [cell for cell in pair if all(cell in other for other in read)]
        candidates = candidates or [cell for cell in pair if cell in known.ones] or [pair[1]]
        if len(candidates) > 1 or candidates[0] in found:
            return None
        found.append(candidates[0])
    return tuple(found)


def _is_proper(network: DenseNetwork) -> bool:
    """Whether each output has one target, no weight or target two places, none is an input, too, and samples differ."""
    kernels = [cell for layer in network.layers for row in layer.kernel for cell in row]
    signals = {cell for s in network.samples for row in (s.inputs, s.states, *s.outputs) for cell in row}
    outputs = [cell for sample in network.samples for cell in sample.outputs[-1]]
    with_targets = [sample for sample in network.samples if sample.targets]
    places = (kernels, outputs, *(sample.targets for sample in network.samples))
    once = all(len(cells) == len(set(cells)) for cells in places)
    once = once and all(len(sample.targets) == len(sample.outputs[-1]) for sample in with_targets)
    return once and network.weights.isdisjoint(signals) and network.biases.isdisjoint(kernels)
