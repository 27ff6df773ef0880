"""What an attention mixes by the shares of a softmax: the values of the steps whose scores these are the shares of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.reached import reached

_PAIR = 2
"""Factors of a product."""
_Values = Mapping[tuple[int, Address], Address]
"""The number of a sum, and a share → the value that this multiplies there."""
_Places = Mapping[Address, tuple[int, int]]
"""Cell → the step and the unit, or input, of the layer of which it is one."""


def mixes(reading: Reading, shares: Collection[Address]) -> bool:
    """Whether all that a layer multiplies with weights are shares of softmaxes.

    Args:
        reading: the layer.
        shares: all shares.
    """
    return bool(reading.read) and all(cell_of(atom) in shares for atom in reading.read)


def mixed_out_of_place(readings: Sequence[Reading], plain: Sequence[PlainCells]) -> Iterator[str]:
    """Why a share may multiply the value of another step than that of its score, or one of another unit.

    Typed values that no layer is given may be any.

    Args:
        readings: the layers of some worksheets that have sums of weights.
        plain: those that have none.
    """
    softmaxes = [own for own in plain if own.networks[0].spec.layers[-1].kind == "Softmax"]
    score_of = {y: x for own in softmaxes for xs, ys in _samples(own) for x, y in zip(xs, ys, strict=True)}
    above = {y: {*xs} for own in plain for xs, ys in _samples(own) for y in ys} | dict(_dense_above(readings))
    known = [_made(own) for own in readings] + [_given(own) for own in readings]
    given = [*map(_inputs_of, readings), *(dict[Address, set[Address]]() for _ in readings)]
    for cells, sums in _mixing(readings, score_of):
        if again := next((cell for cell, own in zip(cells, sums, strict=True) if sums.count(own) > 1), None):
            yield f"{show(again)} mixes what another sum mixes by the same shares"
        values = {(row, share): cell for row, own in enumerate(sums) for share, cell in own.items()}
        makers = [n for n, places in enumerate(known) if any(cell in places for cell in values.values())]
        wrong = [_out_of_place(values, known[n]) for n in makers]
        if None not in wrong:
            yield from (f"{show(cell)} is mixed with values of other steps or units" for cell in wrong[:1] if cell)
            continue
        maker = makers[wrong.index(None)]
        if maker >= len(readings) and (unmixed := _left_out(values, readings[maker - len(readings)])):
            yield f"{show(unmixed)} is not mixed, though inputs beside it are"
        for (_, share), value in values.items():
            score = score_of[share]
            made_of = {score} | reached([score], lambda cell: above.get(cell, ()))
            if score in above and value not in made_of and not given[maker].get(value, {value}) <= made_of:
                yield f"{show(share)} is the share of another step than that of {show(value)}, which it multiplies"
                break


def _mixing(
    readings: Sequence[Reading], shares: Collection[Address]
) -> Iterator[tuple[list[Address], list[dict[Address, Address]]]]:
    """The sums that mix values by the same shares: their cells, and what each share multiplies."""
    found: dict[frozenset[Address], dict[Address, dict[Address, Address]]] = defaultdict(dict)
    for instance in (own for reading in readings for own in reading.layer.instances):
        pairs = [sorted(map(cell_of, own), key=shares.__contains__) for own in instance.in_order]
        if all(len(own) == _PAIR and own[1] in shares and own[0] not in shares for own in pairs):
            mixed = {share: value for value, share in pairs}
            found[frozenset(mixed)][cell_of(instance.atom)] = mixed
    yield from (([*own], [*own.values()]) for own in found.values())


def _samples(layer: PlainCells) -> Iterator[tuple[list[Address], list[Address]]]:
    """For each sample of a layer without weights the cells that it is given, and those of its results."""
    for network in layer.networks:
        for sample, bound in zip(network.samples, network.bound, strict=True):
            yield [*_cells(sample.values())], [*_cells(bound.values())]


def _cells(places: Iterable[Sequence[Address | None]]) -> Iterator[Address]:
    yield from (cell for own in places for cell in own if cell is not None)


def _made(reading: Reading) -> dict[Address, tuple[int, int]]:
    return {cell_of(atom): at for at, atom in outputs(reading).items()}


def _given(reading: Reading) -> dict[Address, tuple[int, int]]:
    slots = reading.layer.slots
    return {cell_of(own[slot]): (step, slot) for step, own in slots.items() for slot in reading.features if slot in own}


def _inputs_of(reading: Reading) -> dict[Address, set[Address]]:
    """The results of a layer without memory → what they are computed from, weights aside."""
    if reading.kind != "Dense":
        return {}
    slots = reading.layer.slots
    return {cell_of(atom): {*map(cell_of, slots[step].values())} for (step, _), atom in outputs(reading).items()}


def _dense_above(readings: Iterable[Reading]) -> Iterator[tuple[Address, set[Address]]]:
    """The results of layers without memory, with what they are computed from."""
    for reading in readings:
        for cell, read in _inputs_of(reading).items():
            row = reading.gates[0][_made(reading)[cell][1]]
            yield cell, read | {*map(cell_of, reading.layer.weights[row].values())}


def _out_of_place(values: _Values, places: _Places) -> Address | None:
    """A value that is not that of one step for each share, and of one unit for each row of sums; None if all are.

    Args:
        values: the values.
        places: where the results, or the inputs, of a layer belong.
    """
    lines: tuple[dict[object, set[int]], dict[object, set[int]]] = defaultdict(set), defaultdict(set)
    for (row, share), cell in values.items():
        if cell not in places:
            return cell
        for line, key, own in zip(lines, (share, row), places[cell], strict=True):
            if line[key] and own not in line[key]:
                return cell
            line[key].add(own)
    both = any(len({min(own) for own in line.values()}) < len(line) for line in lines)
    return min(values.values()) if both else None


def _left_out(values: _Values, reading: Reading) -> Address | None:
    """A typed input that is not mixed, in a line beside one that is."""
    places, slots = _given(reading), reading.layer.slots
    mixed = {places[cell][1] for cell in values.values()}
    for other in (slot for slot in reading.features if slot not in mixed):
        pairs = [(own[min(mixed)], own[other]) for own in slots.values() if other in own and min(mixed) in own]
        if len(pairs) > 1 and len({offset_between(*map(cell_of, pair)) for pair in pairs}) == 1:
            return cell_of(pairs[0][1])
    return None
