"""Recurrent layers in a sheet: rows of units, each of which reads the row before with the same weights.

Unrolled over its steps such a layer is a dense one whose samples are the steps, and whose inputs are those of the step
and the outputs of the step before (Werbos 1990: back-propagation through time).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward.neurons import MINUS, Monomial, Neuron, partners
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import reached

Row = frozenset[Address]
"""The units of a step."""


@dataclass(frozen=True)
class Recurrence:
    """A recurrent layer and its steps, each without targets."""

    layer: LayerCells
    steps: tuple[SampleCells, ...]


def recurrences(
    units: Mapping[Address, Neuron], updated: Collection[Address], is_computed: Callable[[Address], bool]
) -> Iterator[Recurrence]:
    """The recurrent layers.

    Args:
        units: all units, by their cells.
        updated: the weights that are updated, before and after.
        is_computed: whether a formula makes a cell; first states are given, as what makes one may be a step.
    """
    below = {cell: frozenset(c for c in _factors(unit) if c in units) for cell, unit in units.items()}
    again = [cell for cell, row in below.items() if row and all(_shares(units[cell], units[b], units) for b in row)]
    after: dict[Row, list[Address]] = {}
    for cell in again:
        after.setdefault(below[cell], []).append(cell)
    rows = {row: frozenset(cells) for row, cells in after.items() if len(cells) == len(row)}
    later = {*rows.values()}
    for start in (row for row in rows if row not in later):
        line = [start]
        while line[-1] in rows and len(line) <= len(rows):
            line.append(rows[line[-1]])
        branches = any(row in after and row not in rows for row in line)
        if not branches and not any(below[cell] for cell in start):
            found = _layer([[units[cell] for cell in sorted(row)] for row in line], updated)
            if found is not None and not any(map(is_computed, found.steps[0].states)):
                yield found


def zeros_left_out(networks: Iterable[DenseNetwork], terms: CellTerms) -> frozenset[Address]:
    """The zeros that are typed as first states and that only sums read: gradients leave out what they would add."""
    found = set[Address]()
    for network in (own for own in networks if own.first_states):
        outputs = [cell for own in network.samples for cell in own.outputs[0]]
        forward = {*outputs, *reached(outputs, lambda cell: terms.reads.get(cell, ()))}
        found |= {cell for cell in network.first_states if forward.issuperset(terms.readers.get(cell, ()))}
    return frozenset(cell for cell in found if cell not in terms and terms.number(cell) == 0)


def _factors(unit: Neuron) -> Iterator[Address]:
    """The cells in the products of a unit."""
    yield from (cell for term in unit.terms if len(term) == 2 and MINUS not in term for cell in term)


def _shares(one: Neuron, other: Neuron, units: Collection[Address]) -> bool:
    """Whether two units multiply with the same weight."""
    return any(cell not in units for cell in {*_factors(one)} & {*_factors(other)})


def _layer(rows: Sequence[list[Neuron]], updated: Collection[Address]) -> Recurrence | None:
    """The layer that makes rows of units, step by step; None if these do not all do the same."""
    if len({unit.activation for row in rows for unit in row}) > 1 or rows[0][0].activation == "softmax":
        return None
    lines = _lines(rows)
    outputs = [tuple(unit.cell for unit in units) for units in zip(*lines, strict=True)]
    cells = frozenset(cell for own in outputs for cell in own)
    of = [_weights(line, cells) for line in lines]
    inputs = sorted(of[0].keys() - {*outputs[-2]})
    signal = (*inputs, *outputs[-2])
    if not inputs or any(own.keys() != {*signal} for own in of):
        return None
    kernel = tuple(tuple(own[cell] for own in of) for cell in signal)
    steps, biases = list[SampleCells](), set[tuple[Monomial, ...]]()
    for t, units in enumerate(zip(*lines, strict=True)):
        found = [
            _read(unit, weights, len(inputs), is_first=not t) for unit, *weights in zip(units, *kernel, strict=True)
        ]
        biases.add(tuple(own[1] for own in found))
        own, before = found[0][0][: len(inputs)], found[0][0][len(inputs) :]
        if len({read for read, _ in found}) > 1 or not own or (t and before != outputs[t - 1]):
            return None
        steps.append(SampleCells(own, (tuple(unit.total for unit in units),), (outputs[t],), (), (), before))
    data = [cell for step in steps for cell in step.inputs] + [*steps[0].states]
    bias = biases.pop()
    if biases or len({*map(len, bias)}) > 1 or not {*data}.isdisjoint(updated) or len({*data}) < len(data):
        return None
    if not _goes_on([step.inputs for step in steps]):
        return None
    layer = LayerCells(
        rows[0][0].activation, kernel, tuple(cell for own in bias for cell in own) or None, states=len(lines)
    )
    return Recurrence(layer, tuple(steps))


def _lines(rows: Sequence[list[Neuron]]) -> list[list[Neuron]]:
    """Each unit through all steps, told by the weights that it has in common with itself at the step before."""
    lines = [[unit] for unit in rows[0]]
    for row in rows[1:]:
        left = list(row)
        for line in lines:
            own = {*_factors(line[-1])}
            best = max(left, key=lambda unit: len(own & {*_factors(unit)}))
            line.append(best)
            left.remove(best)
    return lines


def _weights(line: Sequence[Neuron], cells: frozenset[Address]) -> dict[Address, Address]:
    """What a unit multiplies at its last step → the weight: a cell that the step before has, too, or a state's.

    Args:
        line: the unit through all steps.
        cells: all units.
    """
    shared = {*_factors(line[-1])} & {*_factors(line[-2])} - cells
    pairs = (term for term in line[-1].terms if len(term) == 2)
    return {b: a for pair in pairs for a, b in (pair, pair[::-1]) if a in shared or b in cells}


def _read(
    unit: Neuron, weights: Sequence[Address], features: int, *, is_first: bool
) -> tuple[tuple[Address, ...], Monomial]:
    """What a unit multiplies its weights with, and its bias; nothing if it adds anything else.

    At the first step what states are multiplied with may be left out.
    """
    for own in (weights, weights[:features]) if is_first else (weights,):
        found = partners(unit.terms, own)
        if found is not None and sum(len(term) for term in found[1]) < 2:
            return found[0], next(iter(found[1]), ())
    return (), ()


def _goes_on(inputs: Sequence[tuple[Address, ...]]) -> bool:
    """Whether the inputs of each step stand further on than those before, so that no step reads those of another."""
    if len({cell[0] for own in inputs for cell in own}) > 1:
        return False
    ahead = [own[0] < other[0] for own, other in pairwise(inputs)]
    return all(ahead) or not any(ahead)
