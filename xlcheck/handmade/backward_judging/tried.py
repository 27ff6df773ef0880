"""What a network says of new inputs once it has learnt: forward passes with its last weights, and without a target.

One with other weights may have been meant to read the last ones, unless these are tried with the same inputs, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Cut, cut
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward.neurons import MINUS, Neuron, Neurons, partners
from xlcheck.handmade.backward.quantities import Quantity
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.truth import truths
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, offset_between
from xlcheck.handmade.reading.reached import reached

_TWO = 2
_MOST, _SOME = 200, 3
"""Samples that are tried, and of how many it is looked how their inputs are made."""

NEW = "of a new sample"
"""What is said of the results for such a sample."""

_Rows = Mapping[tuple[Address, ...], tuple[Sequence[Neuron], tuple[Address, ...]]]
"""The outputs of all units of a layer for a sample → these units, and what each reads in the order of its weights."""


@dataclass(frozen=True)
class _Try:
    """A sample without a target, and the weights with which its outputs are computed."""

    layers: tuple[LayerCells, ...]
    sample: SampleCells
    is_last: bool


def tried(
    table: CellTable, reading: Reading, accepted: Collection[int], unknown: Collection[Address]
) -> dict[Address, Quantity]:
    """The cells of forward passes on new inputs that do what Keras does, and what they hold.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
        unknown: formula cells of which nobody knows what they should compute.
    """
    sheet = reading.sheet
    order = [cell for cell in sheet.order if cell in unknown]
    if not order:
        return {}
    scaled = _scaled(table, reading, accepted, order)
    terms = sheet.terms.restricted([own for own in sheet.terms if own not in scaled], frozenset(scaled))
    order = [cell for cell in order if cell not in scaled]
    neurons = Neurons(terms, order, sheet.cells, sheet.updates)
    found: list[_Try] = []
    for layers, is_last in _moments(reading, accepted):
        found += [_Try(layers, sample, is_last) for sample in _samples(layers, neurons, order, reading, scaled)]
    ends = {own.sample.inputs for own in found if own.is_last}
    samples = [own.inputs for number in accepted for own in reading.steps[number].truth.network.samples]
    known = {*samples, *(own.sample.inputs for own in found)}
    kept = [
        own for own in found
        if (own.is_last or own.sample.inputs in ends) and not _takes_some(own.sample.inputs, known)
    ][:_MOST]  # fmt: skip
    held = dict(_compared(kept, reading, unknown)) if kept else {}
    return held | dict(_in_one_formula([c for c in order if c not in held], [*last_layers(reading, accepted)], reading))


def last_layers(reading: Reading, accepted: Collection[int]) -> Iterator[tuple[LayerCells, ...]]:
    """The layers with the weights after the last step.

    Args:
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
    """
    yield from (layers for layers, is_last in _moments(reading, accepted) if is_last)


def outputs_of_new(agree: Mapping[Address, str], network: DenseNetwork) -> dict[tuple[int, int], Address]:
    """What a network says of new inputs, by the numbers of these and its units.

    Args:
        agree: the cells that are right, and what they hold.
        network: the network.
    """
    last, width = len(network.layers), len(network.layers[-1].kernel[0])
    cells = ([c for c, name in agree.items() if name == f"o{last}[{u + 1}] {NEW}"] for u in range(width))
    return {(number, u): cell for u, own in enumerate(cells) for number, cell in enumerate(sorted(own))}


def _in_one_formula(
    cells: Sequence[Address], moments: Sequence[tuple[LayerCells, ...]], reading: Reading
) -> Iterator[tuple[Address, Quantity]]:
    """The formulas that give what Keras does for inputs that they read, with the last weights and no cell between.

    The inputs stand in the order in which the first layer has them. Weights that nobody reads are nobody's last ones.
    """
    sheet = reading.sheet
    asked: list[tuple[Address, DenseNetwork]] = []
    for cell in cells:
        for layers in (own for own in moments if not own[0].states):
            weights = DenseNetwork(layers, ()).weights
            if not weights <= sheet.cells.keys():
                continue
            inputs = sorted(own for own in {*sheet.terms.reads[cell]} if own not in weights)
            if len(inputs) == len(layers[0].kernel) and all(_is_given(own, reading) for own in inputs):
                asked.append((cell, _network_of(layers, SampleCells((*inputs,), (), ((cell,),), (), ()), reading)))
    asked = asked[:_MOST]
    networks = [network for _, network in asked]
    found = truths(networks, sheet.cells, reading.steps[0].truth.loss, reading.ask) if networks else []
    for (cell, _), truth in zip(asked, found, strict=True):
        for u, values in enumerate(np.moveaxis(truth.layers[-1].y[:, 0], -1, 0), 1):
            if cell in sheet.cells and same(sheet.cells[cell], values):
                yield cell, Quantity(f"o{len(truth.layers)}[{u}] {NEW}", values)


def _network_of(layers: tuple[LayerCells, ...], sample: SampleCells, reading: Reading) -> DenseNetwork:
    """The network of a sample; it has no targets, and what Keras says needs them."""
    some = reading.steps[0].truth.network.samples[0].targets[:1]
    return DenseNetwork(layers, (replace(sample, targets=some * len(layers[-1].kernel[0])),))


def _takes_some(inputs: Sequence[Address], known: Iterable[Sequence[Address]]) -> bool:
    """Whether a sample has inputs of another one and not all of them, so that it may be meant to read its own."""
    return any({*inputs} != {*other} and not {*inputs}.isdisjoint(other) for other in known)


def _moments(reading: Reading, accepted: Collection[int]) -> Iterator[tuple[tuple[LayerCells, ...], bool]]:
    """The weights before the first step and after the last one, and whether they are the last ones."""
    before = frozenset(reading.sheet.updates.values())
    found: dict[tuple[LayerCells, ...], bool] = {}
    steps = [reading.steps[number] for number in sorted(accepted)]
    for step in (own for own in steps if not own.truth.network.before):
        network = step.truth.network
        after = network.reading({reading.sheet.updates[update]: update for update in step.moves})
        if network.weights.isdisjoint(reading.sheet.updates):
            found.setdefault(network.layers, network.weights.isdisjoint(before))
        if after.weights.isdisjoint(before):
            found[after.layers] = True
    yield from found.items()


def _samples(
    layers: tuple[LayerCells, ...],
    neurons: Neurons,
    order: Sequence[Address],
    reading: Reading,
    scaled: Mapping[Address, tuple[int, Offset | None]],
) -> Iterator[SampleCells]:
    """The samples whose outputs are computed with some weights, throughout as the layers do it."""
    *hidden, last = _rows(layers, neurons, order)
    for units, read in last.values():
        groups, inputs = [units], read
        for rows in reversed(hidden):
            below, inputs = rows.get(inputs, ((), ()))
            groups.insert(0, below)
        made = {at: scaled[cell] for at, cell in enumerate(inputs) if cell in scaled}
        in_place = all(at == place for at, (place, _) in made.items()) and len({far for _, far in made.values()}) < _TWO
        given = all(_is_given(cell, reading) for at, cell in enumerate(inputs) if at not in made)
        if all(groups) and len({*inputs}) == len(inputs) and in_place and given:
            yield SampleCells(
                inputs,
                tuple(tuple(neuron.total for neuron in group) for group in groups),
                tuple(tuple(neuron.cell for neuron in group) for group in groups),
                (), (),
            )  # fmt: skip


def _is_given(cell: Address, reading: Reading) -> bool:
    """Whether a cell may be an input: a number that is there, and that nothing has learnt."""
    sheet = reading.sheet
    return cell not in sheet.terms and cell not in sheet.updates.values() and sheet.terms.holds_number(cell)


def _scaled(
    table: CellTable, reading: Reading, accepted: Collection[int], cells: Sequence[Address]
) -> dict[Address, tuple[int, Offset | None]]:
    """The formulas that make a number of a typed one as an input of samples is made, from the same other cells.

    Each with the place of that input among those of a sample, and how far that number is from the first sample's.
    """
    samples = [own for number in sorted(accepted) for own in reading.steps[number].truth.network.samples][:_SOME]
    found: dict[Address, tuple[int, Offset | None]] = {}
    for at, row in enumerate(zip(*(own.inputs for own in samples), strict=False)):
        made = {cell: cut(table.texts[cell]) for cell in row if cell in table.texts}
        for cell in cells if len(made) == len({*row}) > 1 else ():
            own = cut(table.texts.get(cell, ""))
            others = [_only_other(own, it, cell[0], sample[0]) for sample, it in made.items()]
            typed = {number for number, _ in filter(None, others)}
            if None not in others and len(typed) == 1 and typed <= table.typed_numbers.keys():
                found[cell] = at, next(offset_between(its, number) for number, its in filter(None, others))
    return found


def _only_other(own: Cut, other: Cut, sheet: str, its_sheet: str) -> tuple[Address, Address] | None:
    """The only cell that a formula reads and another one of the same kind does not, and what that one reads instead."""
    pairs = [(a.area(sheet), b.area(its_sheet)) for a, b in zip(own.refs, other.refs, strict=False)]
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if own.between != other.between or len(differing) != 1 or any(area.size > 1 for area in differing[0]):
        return None
    one, its = ((area.sheet, area.top, area.left) for area in differing[0])
    return one, its


def _rows(layers: tuple[LayerCells, ...], neurons: Neurons, order: Sequence[Address]) -> Iterator[_Rows]:
    """Of each layer, the cells that compute all its units of the same inputs, and of nothing else that was learnt."""
    places = {cell: (number, u) for (number, _, u), cell in DenseNetwork(layers, ()).weight_cells.items()}
    activated = {neuron.cell: neuron for neuron in neurons.activated_ones()}
    found = defaultdict[tuple[int, tuple[Address, ...]], dict[int, list[Neuron]]](lambda: defaultdict(list))
    for cell in order:
        neuron = activated.get(cell) or neurons.threshold(cell) or neurons.linear(cell)
        if neuron is None:
            continue
        for number, u in {places[c] for term in neuron.terms for c in term if c in places}:
            inputs = _inputs(neuron, layers[number], u)
            if inputs is not None and neuron.activation == layers[number].activation:
                found[number, inputs][u].append(neuron)
    for number, layer in enumerate(layers):
        units = range(len(layer.kernel[0]))
        rows = ((inputs, row) for (at, inputs), own in found.items() if at == number
                for row in product(*(own[u] for u in units)))  # fmt: skip
        yield {tuple(neuron.cell for neuron in row): (row, inputs) for inputs, row in rows}


def _inputs(neuron: Neuron, layer: LayerCells, unit: int) -> tuple[Address, ...] | None:
    """What a unit multiplies its weights with; None if it does not add up all of them."""
    found = partners(neuron.terms, [row[unit] for row in layer.kernel])
    bias = [] if layer.bias is None else [{layer.bias[unit], *((MINUS,) if layer.sign < 0 else ())}]
    return found[0] if found is not None and [{*term} for term in found[1]] == bias else None


def _compared(
    tries: Sequence[_Try], reading: Reading, unknown: Container[Address]
) -> Iterator[tuple[Address, Quantity]]:
    """What Keras says of some tries, where the cells hold it under all settings; and what leads to these cells."""
    sheet = reading.sheet
    networks = [_network_of(own.layers, own.sample, reading) for own in tries]
    for own, truth in zip(tries, truths(networks, sheet.cells, reading.steps[0].truth.loss, reading.ask), strict=True):
        held: dict[Address, Quantity] = {}
        for number, (layer, totals, outputs) in enumerate(
            zip(truth.layers, own.sample.totals, own.sample.outputs, strict=True), 1
        ):
            for u, (total, output) in enumerate(zip(totals, outputs, strict=True)):
                if total is not None:
                    held[total] = Quantity(f"z{number}[{u + 1}] {NEW}", layer.z[:, 0, u])
                held[output] = Quantity(f"o{number}[{u + 1}] {NEW}", layer.y[:, 0, u])
        if all(cell in sheet.cells and same(sheet.cells[cell], quantity.values) for cell, quantity in held.items()):
            behind = reached(held, lambda cell: sheet.terms.reads.get(cell, ()), among=unknown.__contains__)
            yield from ((cell, Quantity(f"part {NEW}", sheet.cells[cell])) for cell in behind)
            yield from held.items()
