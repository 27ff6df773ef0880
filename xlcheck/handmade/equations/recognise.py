"""All layers that a worksheet shows, in order of calculation, each with how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlcheck.handmade.equations.colouring import find_instances
from xlcheck.handmade.equations.dense import read_dense
from xlcheck.handmade.equations.gru import read_grus
from xlcheck.handmade.equations.instances import LINEAR, Instance
from xlcheck.handmade.equations.layers import Layer, find_layers
from xlcheck.handmade.equations.lstm import read_lstm
from xlcheck.handmade.equations.networks import irregularity
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.runs import runs_apart
from xlcheck.handmade.equations.simple_rnn import read_simple_rnn
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, cell_of

FIT = 0.75
"""The share of weighted sums that a layer must explain: with one wrong cell in four a majority is no longer certain."""


@dataclass(frozen=True)
class Recognised:
    """What was found on some worksheets.

    Attributes:
        forms: what each cell computes.
        readings: the layers, each after those whose results it reads.
        doubtful: tables of weighted sums that are no layer for certain: first cell, and why.
        alone: layers of one weighted sum, which nothing says to be one as long as it is not known what they read.
        has_activations: whether any weighted sum has an activation.
        instances: the weighted sums.
    """

    forms: Forms
    readings: tuple[Reading, ...]
    doubtful: tuple[tuple[Atom, str], ...]
    alone: tuple[Reading, ...]
    has_activations: bool
    instances: tuple[Instance, ...]

    def reading_too(self, results: Sequence[Collection[Atom]]) -> Recognised:
        """The same with those single sums that read one of some vectors of results.

        Args:
            results: the vectors.
        """
        read = {id(r): r.read for r in self.alone}
        return self.with_those(lambda r: any(set(own) <= read[id(r)] for own in results))

    def with_those(self, is_one: Callable[[Reading], bool]) -> Recognised:
        """The same with those single sums of which something says that they are a layer.

        Args:
            is_one: says it.
        """
        more = [reading for reading in self.alone if is_one(reading)]
        left = tuple(reading for reading in self.alone if reading not in more)
        return replace(self, readings=tuple(_in_order([*self.readings, *more])), alone=left) if more else self


@dataclass(frozen=True)
class Tables:
    """Weighted sums, and the tables in which they stand.

    Attributes:
        instances: the weighted sums.
        layers: their tables.
    """

    instances: Mapping[Atom, Instance]
    layers: Sequence[Layer]

    @classmethod
    def of(cls, instances: Mapping[Atom, Instance]) -> Tables:
        """The tables of coloured instances."""
        return cls(instances, runs_apart(find_layers(instances)))


def recognise_layers(forms: Forms, tables: Tables | None = None) -> Recognised:
    """Find the layers that formulas compute.

    Args:
        forms: what each cell computes.
        tables: the tables of weighted sums, if they are known.
    """
    readings: list[Reading] = []
    doubtful = []
    tables = tables or Tables.of(find_instances(forms))
    instances, layers = tables.instances, tables.layers
    grus = list(read_grus(layers, forms))
    joined = [table for _, tables in grus for table in tables]
    found_layers = [(layer, _readings(layer, forms)) for layer in layers if layer not in joined]
    for layer, found in (*((reading.layer, [reading]) for reading, _ in grus), *found_layers):
        for reading in found:
            why = _why_not(reading)
            if why is None:
                readings.append(reading)
            else:
                doubtful.append((min(reading.layer.by_atom), why))
        if not found:
            doubtful.append((min(layer.by_atom), "no layer of Keras has these activations"))
    readings = [own for own in _with_branches(readings) if not _scales_a_vector(own, readings)]
    kept = [
        reading
        for reading in readings
        if not _stands_alone(reading) or _reads_a_layer(reading, readings) or _is_a_branch(reading, readings)
    ]
    alone = tuple(reading for reading in readings if reading not in kept)
    has_activations = any(instance.activation != LINEAR for instance in instances.values())
    return Recognised(
        forms, tuple(_in_order(kept)), tuple(doubtful), alone, has_activations, tuple(instances.values())
    )  # fmt: skip


def _readings(layer: Layer, forms: Forms) -> list[Reading]:
    recurrent = read_lstm(layer, forms) or read_simple_rnn(layer, forms)
    return [recurrent] if recurrent is not None else read_dense(layer, forms)


def _with_branches(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Readings, certain where rows with several activations are branches: a layer reads all of them, and nothing else.

    Of gates no weighted sum reads all.
    """
    made: dict[frozenset[Atom], set[Atom]] = defaultdict(set)
    for own in readings:
        for (step, _), atom in outputs(own).items():
            made[_inputs_at(own, step)].add(atom)
    joined = {_inputs_at(own, step) for own in readings for step in own.layer.steps}
    for own in readings:
        may_be = not own.is_certain and own.kind == "Dense" and all(x.is_anchored for x in own.layer.instances)
        is_branch = may_be and all(made[_inputs_at(own, step)] in joined for step in own.layer.steps)
        yield replace(own, is_certain=True) if is_branch else own


def _inputs_at(reading: Reading, step: int) -> frozenset[Atom]:
    return frozenset(reading.layer.slots[step].values())


def _why_not(reading: Reading) -> str | None:
    if reading.layer.fit < FIT:
        return "its weighted sums read too many different things to be those of one layer"
    return irregularity(reading)


def _stands_alone(reading: Reading) -> bool:
    """Whether there is only one weighted sum: nothing says what it should be."""
    return len(reading.layer.by_atom) == 1


def _reads_a_layer(reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a single unit reads every unit of another layer at one step."""
    read = {atom for step in reading.layer.steps for atom in reading.layer.slots[step].values()}
    for other in others:
        steps: dict[int, set[Atom]] = {}
        for (step, _), atom in outputs(other).items():
            steps.setdefault(step, set()).add(atom)
        if other is not reading and any(len(own) == other.units and own <= read for own in steps.values()):
            return True
    # Each sample of a layer with one unit is a number of its own.
    one = {atom for other in others if other is not reading and other.units == 1 for atom in outputs(other).values()}
    return len(read & one) > 1


def _scales_a_vector(reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a linear unit reads one unit of a layer after the other: no layer does, but who scales results back."""
    slots = reading.layer.slots
    read = [slots[step].get(slot) for step in reading.layer.steps for slot in reading.features]
    if reading.units > 1 or len(reading.features) > 1 or reading.activations.get("activation") != LINEAR:
        return False
    for other in others:
        steps = {atom: step for (step, _), atom in outputs(other).items()}
        if other is not reading and steps.keys() >= {*read} and len({steps[x] for x in read if x}) < len({*read}):
            return True
    return False


def _is_a_branch(reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a single unit reads all that a layer reads at a step, and a third layer reads the results of both."""

    def inputs(own: Reading, step: int) -> set[Atom]:
        return {*own.layer.slots[step].values()}

    (step,), (result,) = reading.layer.steps, reading.layer.by_atom
    for other in (other for other in others if other is not reading and not _stands_alone(other)):
        for beside in (at for at in other.layer.steps if inputs(other, at) == inputs(reading, step)):
            made = {result, *(atom for (at, _), atom in outputs(other).items() if at == beside)}
            if any(made <= inputs(third, at) for third in others for at in third.layer.steps):
                return True
    return False


def _in_order(readings: Sequence[Reading]) -> list[Reading]:
    made = {cell_of(atom): reading for reading in readings for atom in outputs(reading).values()}
    found: list[Reading] = []
    open_readings: list[Reading] = []

    def add(reading: Reading) -> None:
        if reading in found or reading in open_readings:
            return
        open_readings.append(reading)
        for step in reading.layer.steps:
            for atom in reading.layer.slots[step].values():
                before = made.get(cell_of(atom))
                if before is not None and before is not reading:
                    add(before)
        open_readings.pop()
        found.append(reading)

    for reading in readings:
        add(reading)
    return found
