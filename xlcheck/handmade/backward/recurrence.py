"""Recurrent layers in a sheet: rows of units, each of which reads the row before with the same weights.

Unrolled over its steps such a layer is a dense one whose samples are the steps, and whose inputs are those of the step
and the outputs of the step before (Werbos 1990: back-propagation through time).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward.neurons import MINUS, Neuron
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import reached

Row = frozenset[Address]
"""The units of a step."""


@dataclass(frozen=True)
class Recurrence:
    """A recurrent layer and its steps, each without targets."""

    layer: LayerCells
    steps: tuple[SampleCells, ...]


@dataclass(frozen=True)
class _Unit:
    """One unit through all steps.

    Attributes:
        partners: of each step, weight → what it is multiplied with.
        bias: added at all steps.
    """

    partners: Sequence[Mapping[Address, Address]]
    bias: Address | None


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
    cells = frozenset(unit.cell for row in rows for unit in row)
    units = [_unit(line, cells) for line in lines or ()]
    known = [unit for unit in units if unit is not None]
    if not known or len(known) < len(units) or len({unit.bias is None for unit in known}) > 1:
        return None
    outputs = [tuple(line[t].cell for line in lines or ()) for t in range(len(rows))]
    states = [_weights_of(unit, len(rows) - 1, outputs[-2]) for unit in known]
    inputs = sorted(cell for cell in known[0].partners[-1].values() if cell not in outputs[-2])
    features = [_weights_of(unit, len(rows) - 1, inputs) for unit in known]
    read = [_read(known, t, features, states) for t in range(len(rows))]
    if (
        not inputs
        or None in read
        or any(own is not None and own[1] != outputs[t - 1] for t, own in enumerate(read) if t)
    ):
        return None
    parts = [own for own in read if own is not None]
    data = [cell for own in parts for cell in own[0]] + [*parts[0][1]]
    if not {*data}.isdisjoint(updated) or len({*data}) < len(data) or not _goes_on([own[0] for own in parts]):
        return None
    kernel = tuple(zip(*([*a, *b] for a, b in zip(features, states, strict=True) if a and b), strict=True))
    bias = None if known[0].bias is None else tuple(unit.bias for unit in known if unit.bias is not None)
    steps = (
        SampleCells(own, (tuple(line[t].total for line in lines or ()),), (outputs[t],), (), (), before)
        for t, (own, before) in enumerate(parts)
    )
    return Recurrence(LayerCells(rows[0][0].activation, kernel, bias, states=len(known)), tuple(steps))


def _lines(rows: Sequence[list[Neuron]]) -> list[list[Neuron]] | None:
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


def _unit(line: Sequence[Neuron], cells: frozenset[Address]) -> _Unit | None:
    """A unit through all steps; None if its weights are not the same at each."""
    seen = Counter(cell for unit in line for cell in {*_factors(unit)})
    pairs = [[term for term in unit.terms if len(term) == 2] for unit in line]
    weights = {cell for cell, count in seen.items() if count > 1 and cell not in cells}
    weights |= {a if b in cells else b for own in pairs for a, b in own if (a in cells) != (b in cells)}
    partners: list[dict[Address, Address]] = []
    for own in pairs:
        if any(MINUS in pair or (pair[0] in weights) == (pair[1] in weights) for pair in own):
            return None
        found = {(a if a in weights else b): (b if a in weights else a) for a, b in own}
        if len(found) < len(own):
            return None
        partners.append(found)
    single = {term for unit in line for term in unit.terms if len(term) == 1}
    counts = {sum(len(term) == 1 for term in unit.terms) for unit in line}
    if len(single) > 1 or len(counts) > 1:
        return None
    return _Unit(partners, next((cell for (cell,) in single), None))


def _weights_of(unit: _Unit, step: int, inputs: Sequence[Address]) -> list[Address] | None:
    """The weight of each input; None if one has none."""
    of = {cell: weight for weight, cell in unit.partners[step].items()}
    return [of[cell] for cell in inputs] if {*inputs} <= of.keys() else None


def _read(
    units: Sequence[_Unit], step: int, features: Sequence[list[Address] | None], states: Sequence[list[Address] | None]
) -> tuple[tuple[Address, ...], tuple[Address, ...]] | None:
    """The inputs and the states that all units read at a step; None if they differ, or a weight has none.

    What the first states are multiplied with may be left out.
    """
    found = set()
    for unit, own, before in zip(units, features, states, strict=True):
        at = unit.partners[step]
        if own is None or before is None or not at.keys() <= {*own, *before} or not {*own} <= at.keys():
            return None
        if {*before} <= at.keys():
            found.add((tuple(at[cell] for cell in own), tuple(at[cell] for cell in before)))
        elif step or not at.keys().isdisjoint(before):
            return None
        else:
            found.add((tuple(at[cell] for cell in own), ()))
    return found.pop() if len(found) == 1 else None


def _goes_on(inputs: Sequence[tuple[Address, ...]]) -> bool:
    """Whether the inputs of each step stand further on than those before, so that no step reads those of another."""
    if len({cell[0] for own in inputs for cell in own}) > 1:
        return False
    ahead = [own[0] < other[0] for own, other in pairwise(inputs)]
    return all(ahead) or not any(ahead)
