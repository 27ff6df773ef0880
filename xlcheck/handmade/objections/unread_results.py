"""Results that no layer reads although one reads the others of their kind, and what is read in their place."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence

from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.reading.cells import beside, show

_SEVERAL = 2


def left_out(readings: Sequence[Reading]) -> Iterator[str]:
    """Results that no layer reads although one reads the others of their kind, and what is read in their place."""
    made = {atom: (reading, step) for reading in readings for (step, _), atom in outputs(reading).items()}
    fed = {(id(reading), slot) for reading in readings for slot in reading.features if _fed_back(reading, slot, made)}
    reads = [
        {own[slot] for own in reading.layer.slots.values() for slot in own if (id(reading), slot) not in fed}
        | {weight for own in reading.layer.weights.values() for weight in own.values() if weight in made}
        for reading in readings
    ]
    for reading, own in zip(readings, reads, strict=True):
        used = set().union(*(other for other in reads if other is not own))
        ends = {document[-1] for document in reading.documents}
        steps = {step for (step, _), atom in outputs(reading).items() if atom in used}
        ends_only = steps <= ends and len(ends) < len(reading.layer.steps)
        wanted = steps if ends_only or _evenly(reading, steps) else set(reading.layer.steps)
        if ends_only and any(_reads_one_twice(other, made) for other in readings if other is not reading):
            wanted = ends
        missing = [atom for (step, _), atom in outputs(reading).items() if step in wanted and atom not in used]
        if steps and missing:
            yield f"{show(cell_of(min(missing)))} is read by no layer, though one reads others of its kind"
    for reading in readings:
        apart = _given_apart(reading, made)
        for slot in reading.features:
            at = [own[slot] for step, own in reading.layer.slots.items() if slot in own and step not in apart]
            typed = [atom for atom in at if atom not in made]
            if typed and len(typed) < len(at) and (id(reading), slot) not in fed:
                yield f"{show(cell_of(min(typed)))} is read where other steps read what a layer computes"


def _reads_one_twice(reading: Reading, made: Container[Atom]) -> bool:
    """Whether two samples of a layer read the very same result in one place."""
    slots = reading.layer.slots.values()
    read = ([own[slot] for own in slots if own.get(slot) in made] for slot in reading.features)
    return reading.kind == "Dense" and any(len({*own}) < len(own) for own in read)


def _evenly(reading: Reading, steps: Collection[int]) -> bool:
    """Whether of each sample every second step is read, every third and so on, the last one among them."""
    places = [[n for n, step in enumerate(document, 1) if step in steps] for document in reading.documents]
    every = places[0][0] if places[0] else 1
    return every > 1 and all(
        own == [*range(every, len(document) + 1, every)] and len(document) % every == 0
        for own, document in zip(places, reading.documents, strict=True)
    )


def _given_apart(reading: Reading, made: Container[Atom]) -> set[int]:
    """The steps that read given numbers alone, in cells beside which no result of another step is read.

    Such are the real samples of a discriminator, which judges computed ones as well. They may stand right before or
    behind these if they are several, of several numbers each: nobody types over so many results.
    """
    slots = reading.layer.slots
    near = {other for own in slots.values() for atom in own.values() if atom in made for other in beside(cell_of(atom))}
    given = {step for step, own in slots.items() if not any(atom in made for atom in own.values())}
    others = slots.keys() - given
    is_block = bool(others) and (max(given, default=0) < min(others) or min(given, default=0) > max(others))
    if is_block and min(len(given), len(reading.features)) >= _SEVERAL and len(reading.documents) == len(slots):
        return given
    return {step for step in given if near.isdisjoint(cell_of(atom) for atom in slots[step].values())}


def _fed_back(reading: Reading, slot: int, made: Mapping[Atom, tuple[Reading, int]]) -> bool:
    """Whether an input is typed at the first steps and then, to the end, what a layer makes of the step before.

    Where the first steps read one number twice, the second of them may be meant to read what the layer makes.
    """
    states, found = outputs(reading), False
    for document in reading.documents if reading.kind != "Dense" else [reading.layer.steps]:
        computed = [at for at, step in enumerate(document) if reading.layer.slots[step].get(slot) in made]
        if not computed:
            continue
        typed = [reading.layer.slots[step].get(slot) for step in document[: computed[0]]]
        if computed != [*range(max(1, computed[0]), len(document))] or len({*typed}) < len(typed):
            return False
        for at in computed:
            other, step = made[reading.layer.slots[document[at]][slot]]
            before = {states.get((document[at - 1], unit)) for unit in range(reading.units)}
            if not before <= {*other.layer.slots[step].values()}:
                return False
        found = True
    return found
