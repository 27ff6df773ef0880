"""Layers whose weights stand beside each other, as those of one layer do: one may read, or weigh, something else."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import beside, show
from xlcheck.handmade.reading.offsets import offset_on_sheet

_FEW = 2
"""Inputs of which two are two layers' own; of more, all but one are the same by chance only."""


def of_units_beside(readings: Sequence[Reading]) -> Iterator[str]:
    """Why units of layers beside each other may be those of one, of which one has a mistake.

    Args:
        readings: the layers of some worksheets.
    """
    yield from _reading_one_other(readings)
    yield from _crossing(readings)


def _reading_one_other(readings: Sequence[Reading]) -> Iterator[str]:
    """Fewer units with their weights beside those of more, of all whose inputs they read but one: it is another one."""
    dense = [own for own in readings if own.kind == "Dense" and len(own.features) > _FEW]
    for one, other in itertools.permutations(dense, 2):
        alike = one.units < other.units and one.activations == other.activations
        if not alike or len(one.features) != len(other.features) or not are_side_by_side(one, other):
            continue
        usual = [{*own.values()} for own in other.layer.slots.values()]
        for (step, _), atom in sorted(outputs(one).items()):
            read = {*one.layer.slots[step].values()}
            instead = next(((read - its, its - read) for its in usual if len(read - its) == len(its - read) == 1), None)
            if read not in usual and instead is not None:
                (own,), (its,) = ({show(cell_of(x)) for x in cells} for cells in instead)
                yield f"{show(cell_of(atom))} reads {own}, where the units beside it read {its}"
                break


def _crossing(readings: Sequence[Reading]) -> Iterator[str]:
    """Two single units: the weight of each stands in line with the bias of the other one."""
    layers = [own.layer for own in readings if own.kind == "Dense" and own.units == len(own.features) == 1]
    pairs = {
        (cell_of(x), cell_of(b))
        for own in layers
        for row in own.rows
        for x in own.weights[row].values()
        for b in own.biases[row]
    }
    for (weight, bias), (other, its) in itertools.combinations(sorted(pairs), 2):
        away = offset_on_sheet(weight, its)
        is_line = away is not None and 0 in away and any(away)
        if weight != other and is_line and away == offset_on_sheet(bias, other):
            yield f"{show(other)}, a weight, stands in line with a bias, and {show(its)}, its bias, with a weight"


def are_side_by_side(one: Reading, other: Reading) -> bool:
    """Whether weights of two layers stand right beside each other, as those of one layer do; branches stand apart."""
    return are_beside(*(weights_of(reading.layer, reading.layer.rows) for reading in (one, other)))


def are_units_of_one(one: Reading, other: Reading) -> bool:
    """Whether the weights of two layers do, and both read the same, as units of one layer."""
    inputs = [{frozenset(own.values()) for own in reading.layer.slots.values()} for reading in (one, other)]
    return bool(inputs[0] & inputs[1]) and are_side_by_side(one, other)


def weights_of(layer: Layer, rows: Iterable[int]) -> set[Address]:
    """The cells of the weights of some rows of a layer, biases aside."""
    return {cell_of(weight) for row in rows for weight in layer.weights[row].values()}


def are_beside(cells: Iterable[Address], others: Container[Address]) -> bool:
    """Whether one of some cells stands right beside another one."""
    return any(other in others for cell in cells for other in beside(cell))
