"""Layers of which one reads what another one computes, as one network: a Sequential of Keras.

A layer goes on where another one ends if at every step of its own it reads all units of one step of the other, in the
same order: every step of a document, or the last one alone. What is read elsewhere, too, is the end of a network. An
input that is 1 at every step is not meant as one: its weights are biases, as in `[x; h; 1]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.networks import Link, has_bias, networks_in_a_row, second_biases
from xlcheck.handmade.equations.reading import LossCells, Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.networks.network import Network


@dataclass(frozen=True)
class _Joint:
    """Where a layer reads another one.

    Attributes:
        before: the other one's number.
        features: for each of its units the slot that reads it.
        step: own step → the step that it reads.
    """

    before: int
    features: tuple[int, ...]
    step: Mapping[int, int]


def chained(
    layers: Sequence[tuple[Reading, str]], losses: Sequence[LossCells | None], typed: Mapping[Address, float]
) -> list[Network]:
    """The networks that layers make together.

    Args:
        layers: each layer and its name, behind those whose results it reads.
        losses: the loss of each layer, if it has one.
        typed: the numbers that no formula computes.
    """
    ones = [_ones(reading, typed) for reading, _ in layers]
    joints = [_joint(number, layers, ones[number]) for number in range(len(layers))]
    readers: dict[int, list[int]] = {}
    for number, (reading, _) in enumerate(layers):
        read = reading.read
        for before, (other, _) in enumerate(layers):
            if before != number and read & set(outputs(other).values()):
                readers.setdefault(before, []).append(number)
    done: set[int] = set()
    found: list[Network] = []
    for start in range(len(layers)):
        if start in done:
            continue
        chain, links = [start], [_first(*layers[start], ones[start])]
        while (after := readers.get(chain[-1], [])) and len(after) == 1:
            joint = joints[after[0]]
            last = None if joint is None or joint.before != chain[-1] else _behind(links[-1], *layers[after[0]], joint)
            if last is None:
                break
            chain.append(after[0])
            links = [*links[:-1], replace(links[-1], all_steps=last.is_timed), replace(last, ones=ones[after[0]])]
        done.update(chain)
        found += networks_in_a_row([*links[:-1], replace(links[-1], loss=losses[chain[-1]])])
    return found


def _ones(reading: Reading, typed: Mapping[Address, float]) -> int | None:
    """The slot of an input that is typed as 1 at every step, in a layer without biases."""
    slots = reading.layer.slots
    found = [
        slot for slot in reading.features
        if all(slot in slots[step] and typed.get(cell_of(slots[step][slot])) == 1 for step in reading.layer.steps)
    ]  # fmt: skip
    return found[0] if len(found) == 1 and not has_bias(reading) and len(reading.features) > 1 else None


def _first(reading: Reading, name: str, ones: int | None) -> Link:
    features = [slot for slot in reading.features if slot != ones]
    return Link(reading, name, features, reading.documents, is_timed=reading.kind != "Dense", ones=ones)


def _joint(number: int, layers: Sequence[tuple[Reading, str]], ones: int | None) -> _Joint | None:
    reading = layers[number][0]
    if second_biases(reading):
        return None  # the layer before does not compute the 1 that brings them
    made = {
        atom: (before, step, unit)
        for before, (other, _) in enumerate(layers) if before != number
        for (step, unit), atom in outputs(other).items()
    }  # fmt: skip
    units: dict[int, int] = {}
    steps: dict[int, int] = {}
    sources = set()
    for step in reading.layer.steps:
        for slot in (slot for slot in reading.features if slot != ones):
            atom = reading.layer.slots[step].get(slot)
            if atom not in made:
                return None
            before, at, unit = made[atom]
            sources.add(before)
            if units.setdefault(slot, unit) != unit or steps.setdefault(step, at) != at:
                return None
    if len(sources) != 1:
        return None
    (before,) = sources
    slots = {unit: slot for slot, unit in units.items()}
    if sorted(slots) != list(range(layers[before][0].units)) or len(slots) != len(units):
        return None
    return _Joint(before, tuple(slots[unit] for unit in sorted(slots)), steps)


def _behind(last: Link, reading: Reading, name: str, joint: _Joint) -> Link | None:
    """A layer as the next one of a chain; None if Keras has no such network."""
    own_step = {at: step for step, at in joint.step.items()}
    if len(own_step) != len(joint.step):
        return None
    reads_all = last.is_timed and all(step in own_step for document in last.documents for step in document)
    if reading.kind != "Dense":
        wanted = sorted(tuple(joint.step[step] for step in document) for document in reading.documents)
        if not reads_all or wanted != sorted(map(tuple, last.documents)):
            return None
    if reads_all and (reading.kind != "Dense" or any(len(document) > 1 for document in last.documents)):
        documents = [[own_step[step] for step in document] for document in last.documents]
        return Link(reading, name, joint.features, documents, is_timed=True)
    ends = [document[-1] for document in last.documents]
    if sorted(own_step) != sorted(ends) or (last.is_timed and last.reading.kind == "Dense"):
        return None  # a Dense layer gives all of its steps
    return Link(reading, name, joint.features, [[own_step[end]] for end in ends], is_timed=False)
