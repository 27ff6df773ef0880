"""What speaks against several layers together: results passed over, inputs of two kinds, units of two kinds."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.equations.behind import behind
from xlcheck.handmade.equations.gated_sums import GATE_KINDS
from xlcheck.handmade.equations.instances import LINEAR, followed
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.kinks import BY_TANH, STEPS
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.objections.units_beside import (
    are_beside,
    are_side_by_side,
    are_units_of_one,
    of_units_beside,
    weights_of,
)
from xlcheck.handmade.objections.unread_results import left_out
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.digits import COMPUTED, digits_of
from xlcheck.handmade.reading.offsets import distance

_LINE = 2
"""Samples in line with one that have other weights than it."""
_MORE = 2
"""Units more that have one activation than the other, before those with the other may be wrong."""
_NEARLY_THE_SAME = (GATE_KINDS, frozenset({"relu", "leaky_relu"}), frozenset({"gelu", BY_TANH}))
"""Activations that stand for one another: nobody gives two heads of a network two of them."""


def against_them_together(
    readings: Sequence[Reading], forms: Forms, table: CellTable, weighing: Sequence[Reading]
) -> Iterator[str]:
    """Why layers may be others, though all of their formulas agree.

    Args:
        readings: the layers of some worksheets.
        forms: what each cell computes.
        table: the cells.
        weighing: those of the layers whose weights are no values that are mixed.
    """
    yield from left_out(readings)
    yield from _reading_some(readings)
    yield from _at_other_steps(readings)
    yield from _reading_twice(readings)
    yield from _alone_in_line(readings)
    yield from _beginning_unevenly(readings)
    yield from _read_inside(readings, forms)
    yield from (why for reading in readings for why in _taking_turns(reading))
    yield from _sharing(readings)
    yield from _in_two_roles(readings, weighing)
    yield from (text for text, _ in _bent_otherwise(readings, table))
    yield from _deciding_alone(readings)
    yield from of_units_beside(readings)
    yield from _not_bent(readings, forms, table.typed_numbers)


def bent_evenly(readings: Sequence[Reading], table: CellTable) -> str | None:
    """Why nobody knows which of two activations is meant: about as many units beside each other have either.

    Args:
        readings: the layers of some worksheets.
        table: the cells.
    """
    return next((text for text, is_even in _bent_otherwise(readings, table) if is_even), None)


def _beginning_unevenly(readings: Sequence[Reading]) -> Iterator[str]:
    """Layers that begin with states of another one, of which one is that of another step than the others are."""
    made = {
        atom: (n, step) for n, own in enumerate(readings) for v in own.values.values() for (step, _), atom in v.items()
    }
    for reading in readings:
        begins: dict[int, set[Atom]] = defaultdict(set)
        for states in reading.given.values():
            for (step, _), atom in states.items():
                begins[step].add(atom)
        for atoms in begins.values():
            known = {made[atom]: atom for atom in sorted(atoms) if atom in made}
            if len(known) > len({maker for maker, _ in known}):
                one, other, *_ = (show(cell_of(atom)) for atom in known.values())
                yield f"{one} and {other} are states of two steps, and a layer begins with both"


def _reading_some(readings: Sequence[Reading]) -> Iterator[str]:
    """Layers that read some results of a step, though another one reads all of them."""
    for maker in readings:
        steps: dict[int, set[Atom]] = defaultdict(set)
        for (step, _), atom in outputs(maker).items():
            steps[step].add(atom)
        read = [reading.read for reading in readings if reading is not maker]
        for made in steps.values():
            parts = [made & own for own in read]
            some = [part for part in parts if part and part != made]
            if some and made in parts:
                yield f"{show(cell_of(min(made - some[0])))} is not read by a layer that reads others of its step"


def _at_other_steps(readings: Sequence[Reading]) -> Iterator[str]:
    """Units with their weights in one table that read the same results of a layer, each of another step."""
    made = {atom: (number, at) for number, own in enumerate(readings) for at, atom in outputs(own).items()}
    alone = [reading for reading in readings if reading.kind == "Dense" and len(reading.layer.steps) == 1]
    for one, other in itertools.combinations(alone, 2):
        both = [{*own.layer.slots[own.layer.steps[0]].values()} for own in (one, other)]
        if both[0] == both[1] or not all(atom in made for own in both for atom in own):
            continue
        units = [{(made[atom][0], made[atom][1][1]) for atom in own} for own in both]
        if units[0] == units[1] and are_side_by_side(one, other):
            first = show(cell_of(min(outputs(one).values())))
            yield f"{first} and the unit beside it read results of two steps or samples"


def _reading_twice(readings: Sequence[Reading]) -> Iterator[str]:
    """Layers that read the inputs of a step twice, where another one reads those of all steps in this order or back."""
    runs = [
        (number, [tuple(reading.layer.slots[step].get(slot) for slot in reading.features) for step in document])
        for number, reading in enumerate(readings) for document in reading.documents if reading.kind != "Dense"
    ]  # fmt: skip
    for (layer, one), (another, other) in itertools.permutations(runs, 2):  # of one layer a word may be said twice
        if layer != another and len({*one}) < len(one) == len(other) == len({*other}):
            for known in (other, other[::-1]):
                wrong = [(own, meant) for own, meant in zip(one, known, strict=True) if own != meant]
                if 2 * len(wrong) < len(one):
                    read, meant = (show(cell_of(next(filter(None, own)))) for own in wrong[0])
                    yield f"{read} is read twice by a layer that does not read {meant}, as another one does"


def _alone_in_line(readings: Sequence[Reading]) -> Iterator[str]:
    """Layers of one sample that stands, with all that it reads, in line with those of another layer of its kind."""

    def runs(reading: Reading) -> list[list[Address]]:
        """For each sample where its result stands and what it is computed from."""
        slots = reading.layer.slots
        made = [(cell_of(atom), slots[step]) for (step, _), atom in outputs(reading).items()]
        return [[cell, *sorted(cell_of(own[slot]) for slot in reading.features if slot in own)] for cell, own in made]

    dense = [own for own in readings if own.kind == "Dense" and own.units == 1]
    for one, other in itertools.permutations(dense, 2):
        if len(outputs(one)) == 1 and one.activations == other.activations:
            own, *_ = runs(one)
            along = [cells[0] for cells in runs(other) if _goes_along(own, cells)]
            if len(along) >= _LINE and _distance([own[0], *along]) <= _distance(along):  # one more table stands apart
                yield f"{show(own[0])} has other weights than {show(along[0])} and others that stand in line with it"


def _distance(cells: Sequence[Address]) -> int:
    """How far the first of some cells is from the next one."""
    return min(distance(cells[0], cell) for cell in cells[1:])


def _goes_along(one: Sequence[Address], other: Sequence[Address]) -> bool:
    """Whether some cells stand to others all in one way, in their rows or in their columns."""
    away = {(x[0] == y[0], x[1] - y[1], x[2] - y[2]) for x, y in zip(one, other, strict=False)}
    return len(one) == len(other) and len(away) == 1 and all(same and 0 in by for same, *by in away)


def _read_inside(readings: Sequence[Reading], forms: Forms) -> Iterator[str]:
    """What a layer reads of another one but no result, as the cell state of an LSTM or the sum before a tanh."""
    made = {atom for reading in readings for atom in outputs(reading).values()}
    reads = [reading.read for reading in readings]
    for reading, own in zip(readings, reads, strict=True):
        inside = {atom for values in reading.values.values() for atom in values.values()} - made
        inside |= followed((x.atom for x in reading.layer.instances if x.activation != LINEAR), forms)
        taken = inside & set().union(*(other for other in reads if other is not own))
        if taken:
            yield f"{show(cell_of(min(taken)))} is read by another layer, though it is no result of its own one"


def _sharing(readings: Sequence[Reading]) -> Iterator[str]:
    """Layers of which one has some weights of another one, and others in place of the rest.

    Only biases may differ, as in an autoencoder whose decoder has the kernels of its encoder transposed. What has all
    weights of a recurrent layer but its biases may be a step of it that lacks them.
    """
    for both in itertools.combinations(readings, 2):
        one, other = map(_all_weights, both)
        (rows, columns), across = (_kernel(own.layer) for own in both)
        common = one & other
        if common and common != one and common != other and across not in ((rows, columns), (columns, rows)):
            yield f"{show(min(common))} is a weight of two layers, which have other weights of their own"
        for whole, part in (both, both[::-1]):
            own, its = _all_weights(whole), _all_weights(part)
            biases = {cell_of(bias) for row in whole.layer.rows for bias in whole.layer.biases[row]}
            if whole.kind != "Dense" and part.kind == "Dense" and its < own and biases and biases.isdisjoint(its):
                yield f"{show(min(its))} is a weight of two layers, of which one lacks the biases of the other one"


def _in_two_roles(readings: Sequence[Reading], weighing: Sequence[Reading]) -> Iterator[str]:
    """Typed numbers that are a weight and an input, or one of these and a first state: somebody meant another cell."""
    made = {cell_of(atom) for reading in readings for atom in outputs(reading).values()}
    given = [{cell_of(a) for own in r.layer.slots.values() for s in r.features if (a := own.get(s))} for r in readings]
    states = [{cell_of(atom) for own in reading.given.values() for atom in own.values()} for reading in readings]
    roles = {
        "a weight": set().union(*map(_all_weights, weighing)),
        "an input": set().union(*given),
        "a first state": set().union(*states),
    }
    for (one, cells), (other, others) in itertools.combinations(roles.items(), 2):
        for cell in sorted((cells & others) - made)[:1]:
            yield f"{show(cell)} is read as {one} and as {other}"


def _kernel(layer: Layer) -> tuple[set[frozenset[Atom]], set[frozenset[Atom]]]:
    """The rows of a kernel, and its columns, each in any order."""
    columns: dict[int, set[Atom]] = defaultdict(set)
    for slot, weight in (item for row in layer.rows for item in layer.weights[row].items()):
        columns[slot].add(weight)
    return {frozenset(layer.weights[row].values()) for row in layer.rows}, {*map(frozenset, columns.values())}


def _all_weights(reading: Reading) -> set[Address]:
    own = reading.layer
    return {cell_of(a) for row in own.rows for a in (*own.weights[row].values(), *own.biases[row])}


def _taking_turns(reading: Reading) -> Iterator[str]:
    """Two weights that never meet and multiply what stands in one line: one of them may be the other one."""
    steps, rows = reading.layer.slots.values(), [row for gate in reading.gates for row in gate]
    at = {slot: [own[slot] for own in steps if slot in own] for slot in (*reading.features, *reading.states)}
    for one, other in itertools.combinations(at, 2):
        if one in reading.states or any(one in own and other in own for own in steps):
            continue
        lines = [{(atom[0], across, atom[1 + across]) for atom in at[one] + at[other]} for across in (0, 1)]
        pairs = ((reading.layer.weights[row].get(one), reading.layer.weights[row].get(other)) for row in rows)
        weights = next(((a, b) for a, b in pairs if a is not None and b is not None), None)
        if weights is not None and min(map(len, lines)) == 1:
            first, second = (show(cell_of(weight)) for weight in weights)
            yield f"{first} and {second} take turns as the weight of one input"


def _are_one_vector(cells: Sequence[Address], table: CellTable) -> bool:
    """Whether a formula takes some cells, and nothing else, as one range: as what should all be near to targets."""
    areas = ({(own.sheet, *place) for place in own.cells()}
             for cell, text in table.texts.items() for ref in cut(text).refs
             if (own := ref.area(cell[0])).size == len(cells))  # fmt: skip
    return len(cells) > 1 and any(own == {*cells} for own in areas)


def _bent_otherwise(readings: Sequence[Reading], table: CellTable) -> Iterator[tuple[str, bool]]:
    """Units that read the same, are read together, and have their weights in one table, with different activations.

    Of the last units, which nobody reads, one of several may be a head of its own, if more than one sample says so and
    the activations are not nearly the same, and if no formula compares all of them with targets at once.

    Yields:
        In words, and whether there are about as many of the one as of the other.
    """
    made = {atom: (r, at) for r in readings if r.kind == "Dense" for at, atom in outputs(r).items()}
    said = set[frozenset[str]]()
    read = [{*own.values()} for reading in readings for own in reading.layer.slots.values()]
    last = made.keys() - set[Atom]().union(*read)
    for own in (*read, last):
        groups: dict[frozenset[Atom], list[Atom]] = defaultdict(list)
        for atom in sorted(own & made.keys()):
            its, (step, _) = made[atom]
            groups[frozenset(its.layer.slots[step].values())].append(atom)
        for first, *others in groups.values():
            names = {atom: str(made[atom][0].activations["activation"]) for atom in (first, *others)}
            counts = sorted(Counter(names.values()).values(), reverse=True)
            nearly_the_same = any(kin.issuperset(names.values()) for kin in _NEARLY_THE_SAME)
            several = any(len(made[atom][0].layer.steps) > 1 for atom in names)
            may_be_a_head = own is last and not nearly_the_same and (several or counts[-1] > 1 or counts[0] < _MORE)
            if may_be_a_head and not _are_one_vector([cell_of(atom) for atom in names], table):
                continue
            for other in others:
                both = frozenset({names[first], names[other]})
                if len(both) > 1 and both not in said and are_side_by_side(made[first][0], made[other][0]):
                    said.add(both)
                    one, two = (f"{show(cell_of(atom))} has the activation {names[atom]}" for atom in (first, other))
                    yield f"{one}, but {two}, and both read the same", counts[0] - counts[-1] < _MORE


def _deciding_alone(readings: Sequence[Reading]) -> Iterator[str]:
    """Units that decide, as those of perceptrons do, beside others of their layer that do not."""
    for one, other in itertools.permutations((own for own in readings if own.kind == "Dense"), 2):
        names = [str(own.activations["activation"]) for own in (one, other)]
        if names[0] in STEPS and names[0] != names[1] and are_units_of_one(one, other):
            yield f"{show(cell_of(min(outputs(one).values())))} decides, and the units beside it do not"


def _not_bent(readings: Sequence[Reading], forms: Forms, typed: Mapping[Address, float]) -> Iterator[str]:
    """Sums beside others whose activations have cells of their own: where theirs would stand, something else does.

    Where the others are those of another layer, only a number as long as computed ones are is so that no layer has, or
    that one reads together with results.
    """
    made = {atom for reading in readings for atom in outputs(reading).values()}
    read = [{*own.values()} for reading in readings for own in reading.layer.slots.values()]
    given = set[Atom]().union(*(own for own in read if own.isdisjoint(made)))
    known = {cell_of(atom) for atom in made | given}.union(*map(_all_weights, readings))
    bent = [own for own in readings if own.activations.get("activation") != LINEAR]
    for reading in (own for own in readings if own.kind == "Dense" and own not in bent):
        near = [x for own in bent if are_units_of_one(reading, own) for x in own.layer.instances]
        for atom in sorted(outputs(reading).values()):
            for others in (near, [x for own in bent for x in own.layer.instances if x.atom[0] == atom[0]]):
                place = behind(atom, others, forms)
                if place is None or place in made or not forms.holds_something(place):
                    continue
                cell = cell_of(place)
                if others is near or (cell not in known and digits_of(typed.get(cell, 0.0)) >= COMPUTED):
                    yield f"{show(cell)} stands where the activation of {show(cell_of(atom))} would"
                    break


def may_be_a_branch(readings: Sequence[Reading], cell: Address) -> str | None:
    """Why a sum may be a layer of its own, without an activation, beside the units that it was taken for one of.

    Args:
        readings: the layers of some worksheets.
        cell: it holds the sum.
    """
    for layer in (reading.layer for reading in readings if reading.kind == "Dense"):
        for row in layer.rows if len(layer.rows) > 1 else ():
            others = (other for other in layer.rows if other != row)
            if all(
                cell_of(instance.atom) != cell for (own, _), at in layer.at.items() if own == row for instance in at
            ):
                continue
            if not are_beside(weights_of(layer, [row]), weights_of(layer, others)):
                return f"{show(cell)} may be a layer without an activation: its weights stand apart"
    return None
