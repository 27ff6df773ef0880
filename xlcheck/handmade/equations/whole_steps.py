"""What a layer reads of another one: the same unit in one place at each step, and all units of a step together."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.functions import Results
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.reading.cells import show

_PAIR = 2
Places = Mapping[tuple[int, int], tuple[int, int, int]]
"""What a layer reads of others: (its own step, slot) → (layer, step, unit)."""


def mixed_up_steps(
    readings: Sequence[Reading], plain: Sequence[Results], either_way: Collection[int] = ()
) -> Iterator[str]:
    """Why a layer may read what belongs to another step or sample, though all of its sums agree.

    A weight multiplies one unit at all steps, and where one unit of a step is read, all are: so it is in Dense layers,
    in convolutions and behind Flatten. In a product of two results steps and units may change their roles. Of layers
    side by side that read the same, the same step is read.

    Args:
        readings: the layers of some worksheets that have sums of weights.
        plain: the results of those that have none.
        either_way: the numbers of those of them of which steps may be units, as of a normalisation without weights.
    """
    makers = [{at: cell_of(atom) for at, atom in outputs(reading).items()} for reading in readings]
    makers += [dict(results) for results in plain]
    made = {cell: (maker, *at) for maker, cells in enumerate(makers) for at, cell in cells.items()}
    branches = dict(_branches(readings))
    products = {number for number, reading in enumerate(readings) if _multiplies(reading, made)}
    turning = products | {len(readings) + number for number in either_way}
    read_at_all = {cell_of(atom) for reading in readings for atom in reading.read}
    for made_by in (plain[number] for number in either_way):
        if (missing := {*made_by.values()} - read_at_all) and not read_at_all.isdisjoint(made_by.values()):
            yield f"{show(min(missing))} is read by no layer, though one reads others of its kind"
    for number, reading in enumerate(readings):
        cells = {
            (step, slot): cell_of(own[slot])
            for step, own in reading.layer.slots.items() for slot in reading.features if slot in own
        }  # fmt: skip
        places = {at: made[cell] for at, cell in cells.items() if cell in made}
        if number in products and (crossed := _crossed(reading, made, readings, products)) is not None:
            yield f"{show(crossed)} is a product of features and of steps, which nobody adds up together"
        wrong = _apart(_turned(places, turning if number not in products else range(len(makers))))
        if wrong is not None:
            yield f"{show(cells[wrong])} is read where results of another unit, step or sample are read elsewhere"
        inputs: dict[tuple[int, object], dict[int, set[frozenset[Atom]]]] = defaultdict(lambda: defaultdict(set))
        for (step, _), (maker, of, _) in places.items():
            if maker in branches:
                group, read = branches[maker]
                inputs[step, group][maker].add(read[of])
        for (step, _), of_maker in inputs.items():
            if any(own != other for own, other in itertools.pairwise(of_maker.values())):
                first = min(cell for (own, _), cell in cells.items() if own == step)
                yield f"{show(first)} and what is read with it are results of two steps or samples"


def mixing_shares(readings: Sequence[Reading], vectors: Iterable[Collection[Address]]) -> Iterator[str]:
    """Why shares may be those of another dimension: a weighted sum mixes shares of several softmaxes, or some of one.

    Args:
        readings: the layers of some worksheets that have sums of weights.
        vectors: the results of softmaxes, those that are shares of one sum together.
    """
    vector_of = {cell: number for number, own in enumerate(vectors) for cell in own}
    sizes = Counter(vector_of.values())
    for instance in (own for reading in readings for own in reading.layer.instances):
        read = [vector_of[cell] for own in instance.monomials for x in own if (cell := cell_of(x)) in vector_of]
        if read and (len({*read}) > 1 or len(read) != sizes[read[0]]):
            yield f"{show(cell_of(instance.atom))} does not weigh what it mixes with all shares of one softmax"


def _turned(places: Places, makers: Container[int]) -> Places:
    """The same with units for steps of those of some layers where only that makes them whole."""
    of_maker: dict[int, dict[tuple[int, int], tuple[int, int, int]]] = defaultdict(dict)
    for at, place in places.items():
        of_maker[place[0]][at] = place
    turned = {maker for maker, own in of_maker.items() if maker in makers and _apart(own) is not None}
    return {at: (own, unit, step) if own in turned else (own, step, unit) for at, (own, step, unit) in places.items()}


def _apart(places: Places) -> tuple[int, int] | None:
    """Where a slot holds another unit than at other steps, or a unit of a step is read without the others."""
    unit_of: dict[int, tuple[int, int]] = {}
    units: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    first: dict[tuple[int, int, int], tuple[int, int]] = {}
    for (own, slot), (maker, step, unit) in places.items():
        if unit_of.setdefault(slot, (maker, unit)) != (maker, unit):
            return own, slot
        units[own, maker, step].add(unit)
        first.setdefault((own, maker, step), (own, slot))
    most: dict[int, set[int]] = {}
    for (_, maker, _), read in units.items():
        most[maker] = max(most.get(maker, set()), read, key=len)
    return next((first[at] for at, read in units.items() if read != most[at[1]]), None)


def _multiplies(reading: Reading, made: Container[Address]) -> bool:
    """Whether a layer has the results of another one for weights."""
    return any(cell_of(weight) in made for own in reading.layer.weights.values() for weight in own.values())


def _crossed(
    reading: Reading,
    made: Mapping[Address, tuple[int, int, int]],
    readings: Sequence[Reading],
    products: Container[int],
) -> Address | None:
    """A sum that multiplies the units of one step with a unit at all steps, as queries with keys not transposed.

    Both are results of layers that have weights and read the same: units of such are features, as steps are words.
    """
    for (step, _), atom in outputs(reading).items():
        for own in reading.layer.weights.values():
            pairs = [(reading.layer.slots[step].get(slot), weight) for slot, weight in own.items()]
            found = [[made.get(cell_of(x)) for x in pair if x is not None] for pair in pairs]
            both = [(a, b) for a, b in (pair for pair in found if len(pair) == _PAIR) if a and b]
            makers = {maker for pair in both for maker, *_ in pair}
            if not both or any(maker >= len(readings) or maker in products for maker in makers):
                continue
            inputs = {
                frozenset(atom for at in readings[m].layer.slots.values() for atom in at.values()) for m in makers
            }
            (steps, units), (of_steps, of_units) = (
                ({place[side][1] for place in both}, {place[side][2] for place in both}) for side in (0, 1)
            )
            if len(inputs) == len(steps) == len(of_units) == 1 < min(len(units), len(of_steps)):
                return cell_of(atom)
    return None


def _branches(readings: Sequence[Reading]) -> Iterator[tuple[int, tuple[object, Mapping[int, frozenset[Atom]]]]]:
    """The layers without memory by their place: all that they read, as others beside them may, and each step's part."""
    for number, reading in enumerate(readings):
        if reading.kind == "Dense":
            of_step = {
                step: frozenset(own[slot] for slot in reading.features if slot in own)
                for step, own in reading.layer.slots.items()
            }
            yield number, (frozenset(of_step.values()), of_step)
