"""Which quantity of which training step each cell holds, found by its values."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise, product

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.estimates import estimated
from xlcheck.handmade.backward.kept import Kept
from xlcheck.handmade.backward.moves import Mover
from xlcheck.handmade.backward.network_cells import DenseNetwork, is_datum, is_unwritten
from xlcheck.handmade.backward.quantities import Library, Role, quantities
from xlcheck.handmade.backward.set_up import settings_held
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import (
    Form,
    Run,
    Step,
    rates_of,
    steps_under,
    usual_forms,
    without_strange_moves,
)
from xlcheck.handmade.reading.offsets import Offset, offset_between
from xlcheck.handmade.reading.reached import reached
from xlcheck.learning.dense_gradients import DenseGradients

MOST_QUANTITIES = 20_000
_MOST_STEPS, _SOME = 6, 3
_NUMBERS = re.compile(r"\(\d+\)|[\d,h]+")
_SAMPLE = re.compile(r"\(\d+\)(?=\[)")

Near = dict[Address, frozenset[int]]


@dataclass(frozen=True)
class Reading:
    """A sheet read as training steps under one loss.

    Attributes:
        sheet: the sheet.
        steps: its steps.
        libraries: the quantities of each step.
        roles: cell → number of the step, and what it holds of it.
        forward: cell → number of the step to whose forward part it belongs.
        ask: asks Keras.
    """

    sheet: Sheet
    steps: tuple[Step, ...]
    libraries: tuple[Library, ...]
    roles: Mapping[Address, tuple[int, Role]]
    forward: Mapping[Address, int]
    ask: DenseGradients

    def rates(self, number: int) -> Sequence[Array]:
        """The learning rates of a step, by which a cell may multiply its quantity; of the last one, those before it."""
        return self._rates[number]

    @cached_property
    def _rates(self) -> Sequence[Sequence[Array]]:
        return rates_of(self.steps, self.sheet, self.places, self.stride)

    def role(self, number: int, values: Array, *, shown: bool = True) -> Role | None:
        """What a cell with these values would hold of a step; those for the numbers shown may not count."""
        return self.libraries[number].role(values, self.rates(number), shown=shown)

    def held_gradients(self, number: int) -> int:
        """By how many weights of a step some cell holds the loss's gradient."""
        return len(self._held(number, "∂E/∂w", "∂E/∂b"))

    def is_about_weights(self, number: int) -> bool:
        """Whether some cell holds the gradient of a weight: that of the bias of a linear unit is a mere difference."""
        return bool(self._held(number, "∂E/∂w"))

    def _held(self, number: int, *starts: str) -> set[str]:
        """The names of the gradients that stand somewhere, as a whole or for each sample."""
        names = {role.quantity.name for n, role in self.roles.values() if n == number}
        parts = Counter(_SAMPLE.sub("", name) for name in names)
        samples = len(self.steps[number].truth.network.samples)
        whole = {name for name, count in parts.items() if name in names or count >= samples}
        return {name for name in whole if name.startswith(starts)}

    @cached_property
    def odd(self) -> frozenset[Address]:
        """The cells that count a gradient or a slope otherwise than those of its kind in their step: a sign, a factor.

        Who counts one in two ways has it in two cells.
        """
        kinds: dict[object, dict[Address, tuple[str, float]]] = defaultdict(dict)
        for cell, kind in self.kinds.items():
            role = self.roles[cell][1]
            kinds[kind][cell] = role.quantity.name, float(f"{float(role.factor):.9g}")
        return frozenset(cell for kin in kinds.values() for cell in _odd(kin))

    @cached_property
    def kinds(self) -> Mapping[Address, tuple[int, str]]:
        """The step of each cell that holds a gradient or a slope so many times, and what it is but for its place."""
        return {
            cell: (number, _NUMBERS.sub("", role.quantity.name).replace("∂E/∂b", "∂E/∂w"))
            for cell, (number, role) in self.roles.items()
            if role.quantity.name.startswith("∂") and np.ndim(role.factor) == 0
        }

    @cached_property
    def stride(self) -> Offset | None:
        """How far the next step is away in the sheet, by most of the updates that follow their gradients.

        None where no output of a next step is as far from that of the step before, as where a list goes on with it.
        """
        strides = Counter(
            offset_between(weight, update)
            for step in self.steps for update, move in step.moves.items()
            if move is not None and (weight := self.sheet.updates[update])[0] == update[0]
        )  # fmt: skip
        stride = max(strides, key=lambda stride: strides[stride]) if strides else None
        following = {offset_between(*pair) for pair in self._outputs_in_turn()} if stride else set()
        return None if following and stride not in following else stride

    def _outputs_in_turn(self) -> Iterator[tuple[Address, Address]]:
        """The output of each step and that of the next one, on the same worksheet; the first one of each."""
        first: dict[int, list[Address]] = defaultdict(list)
        for place, step in zip(self.places, self.steps, strict=True):
            first[place] += [own.outputs[-1][0] for own in step.truth.network.samples[:1] if own.outputs[-1]]
        for place, cells in first.items():
            for cell, following in product(cells, first.get(place + 1, ())):
                if cell[0] == following[0] and not (is_unwritten(cell) or is_unwritten(following)):
                    yield cell, following

    @cached_property
    def _usual(self) -> Mapping[Run, set[Form]]:
        return {run: usual_forms(self.steps, run) for run in {own.run for own in self.steps}}

    def usual(self, number: int) -> set[Form]:
        """The forms of most moves on the worksheet of a step, of its training."""
        return self._usual[self.steps[number].run]

    @cached_property
    def places(self) -> Sequence[int]:
        """How many steps come before each step: how often that one of its weights was updated that moves most often."""
        updates, moved = self.sheet.updates, dict[Address, int]()
        for start in updates:
            chain = [start]
            while chain[-1] in updates and chain[-1] not in moved:
                chain.append(updates[chain[-1]])
            for cell, before in zip(chain[-2::-1], chain[:0:-1], strict=True):
                moved[cell] = moved.get(before, 0) + 1
        return [max(moved.get(cell, 0) for cell in step.truth.network.weights) for step in self.steps]

    @cached_property
    def data(self) -> frozenset[Address]:
        """The inputs and targets of all steps."""
        samples = (sample for step in self.steps for sample in step.truth.network.samples)
        return frozenset(cell for sample in samples for cell in (*sample.inputs, *sample.targets))

    @cached_property
    def thresholds(self) -> frozenset[Address]:
        """The cells of all steps that are taken from sums."""
        layers = (layer for step in self.steps for layer in step.truth.network.layers)
        return frozenset().union(*(layer.thresholds for layer in layers))

    @cached_property
    def learnt(self) -> frozenset[Address]:
        """The weights that follow their gradients at some step."""
        moves = (item for step in self.steps for item in step.moves.items())
        return frozenset(self.sheet.updates[update] for update, move in moves if move is not None)

    def missing_gradients(self, number: int) -> int:
        """By how many weights no cell holds the gradient, in a step that updates none and holds those by most.

        Where other steps update weights, the last one holds as many as one of them does, in as many cells.
        """
        step, names = self.steps[number], self._held(number, "∂E/∂w")
        if not any(name.startswith("∂E/∂w1[") for name in names):  # inputs and weights may stand for one another
            names |= self._held(number, "∂E/∂z · w1[")
        held, wanted = len(names), sum(self._kernel_sizes(step))
        learning = [n for n, other in enumerate(self.steps) if other.moves][:_SOME]  # the first keeps copies of some
        if step.moves or step.truth.network.is_held_out:
            return 0
        if not learning:
            return wanted - held if 2 * held >= wanted else 0
        wanted = min(wanted, *(len(self._held(n, "∂E/∂w")) for n in learning))
        own = self._holders(number)
        return min((self._holders(n) - own).total() for n in learning) if wanted and 2 * held >= wanted else 0

    def _holders(self, number: int) -> Counter[str]:
        """How many cells hold each gradient of a weight."""
        names = (role.quantity.name for n, role in self.roles.values() if n == number)
        return Counter(name for name in names if name.startswith(("∂E/∂w", "∂E/∂b")) and not _SAMPLE.search(name))

    @staticmethod
    def _kernel_sizes(step: Step) -> Iterator[int]:
        return (len(layer.kernel) * len(layer.kernel[0]) for layer in step.truth.network.layers)


def read_under(sheet: Sheet, loss: str, ask: DenseGradients) -> Reading:
    """Read a sheet as training steps that make a loss smaller."""
    steps = steps_under(sheet, loss, ask)
    libraries = tuple(_library(step) for step in steps)
    forward = dict(_forward(sheet, [step.truth.network for step in steps]))
    reading = Reading(sheet, tuple(steps), libraries, {}, forward, ask)
    kept, near = Kept(sheet, reading.steps, libraries), _near(sheet, reading.steps)
    roles = dict(_roles(reading, kept, near, {}))
    if begun := dict(kept.begun()):
        roles |= {cell: own for cell, own in begun.items() if cell not in roles}
        roles |= dict(_roles(reading, kept, near, roles))
    mover = Mover(sheet, kept)
    reading = replace(reading, roles=roles, steps=tuple(without_strange_moves(_moved(reading, mover))))
    roles |= dict(_on_the_way(reading, mover, near))
    found = estimated(sheet, reading.steps, roles, {c: n for c, n in near.items() if c not in forward}, ask)
    roles = {cell: own for cell, own in {**roles, **found}.items() if own is not None}
    if not any(step.moves or reading.held_gradients(number) for number, step in enumerate(reading.steps)):
        return replace(reading, roles=roles)  # where nothing learns there is no rate
    readers = {cell: number for cell, (number, _) in roles.items()}
    readers |= {update: number for number, step in enumerate(reading.steps) for update in step.moves}
    return replace(reading, roles={**roles, **dict(settings_held(sheet, readers))})


def _on_the_way(reading: Reading, mover: Mover, near: Near) -> Iterator[tuple[Address, tuple[int, Role]]]:
    """The cells that hold a gradient times the rate, or a part of a movement."""
    sheet = reading.sheet
    held = defaultdict[int, set[float]](set)
    for number, role in reading.roles.values():
        held[number] |= {float(role.factor)} if role.quantity.name == "E" and np.ndim(role.factor) == 0 else set()
    libraries = [
        Library([*mover.movements(n, step.moves), *mover.penalties(n, step, held[n])], _counts(step))
        for n, step in enumerate(reading.steps)
    ]
    for cell in sheet.order:
        if cell in reading.roles or cell in reading.forward or cell in sheet.settings:
            continue
        for number in sorted(near[cell])[:_MOST_STEPS]:
            found = reading.role(number, sheet.cells[cell]) or libraries[number].role(sheet.cells[cell])
            if found is not None and (found.quantity.name != "penalty" or np.allclose(found.factor, 1)):
                role = found
                yield cell, (number, role)
                break


def _moved(reading: Reading, mover: Mover) -> Iterator[Step]:
    """The steps with the moves of their updates.

    A gradient may be 0 too often to say how far it goes, as that of a perceptron that was mostly right; then it may go
    as far as others of its step do, or of any.
    """
    found = [{update: mover.move(number, update) for update in step.moves} for number, step in enumerate(reading.steps)]
    plain = [dict.fromkeys(m for m in moves.values() if m and m.rule[:1] in {(), ("norm",)}) for moves in found]
    everywhere = {move.form: move for own in plain for move in own}.values()
    for number, (step, moves) in enumerate(zip(reading.steps, found, strict=True)):
        like = plain[number] or everywhere
        yield replace(step, moves={u: move or mover.like(number, u, like) for u, move in moves.items()})


def _library(step: Step) -> Library:
    return Library(list(islice(quantities(step.truth), MOST_QUANTITIES)), _counts(step))


def _counts(step: Step) -> tuple[int, ...]:
    """By what sums of a step are divided: how many samples there are, how many outputs, and both."""
    network = step.truth.network
    samples, outputs = network.with_targets, len(network.samples[-1].targets)
    return samples, outputs, samples * outputs


def _forward(sheet: Sheet, networks: Sequence[DenseNetwork]) -> Iterator[tuple[Address, int]]:
    """The formula cells between a network's inputs and weights and its outputs, with the number of the network."""
    made = {cell for cell in sheet.terms if cell not in sheet.updates and not is_datum(cell)}
    for number, network in sorted(enumerate(networks), key=lambda own: not own[1].is_held_out):  # those that learn last
        outputs = made & {cell for sample in network.samples for cell in sample.outputs[-1]}
        found = outputs | reached(outputs, sheet.terms.reads.__getitem__, among=made.__contains__)
        yield from ((cell, number) for cell in sorted(found))


def _near(sheet: Sheet, steps: Sequence[Step]) -> Near:
    """Cell of the networks → the numbers of the steps in which it is used."""
    near: Near = {}
    for number, step in enumerate(steps):
        network = step.truth.network
        rows = (row for s in network.samples for row in (s.inputs, s.states, s.targets, *s.outputs))
        for cell in network.weights.union(*rows):
            near[cell] = near.get(cell, frozenset()) | {number}
    return near


def _roles(
    reading: Reading, kept: Kept, near: Near, known: Collection[Address]
) -> Iterator[tuple[Address, tuple[int, Role]]]:
    """A role for each formula cell behind the forward parts that has one; and to which steps each of them is near."""
    sheet, wholes = reading.sheet, _wholes(reading.steps)
    for cell in sheet.order:
        if cell in known:
            continue
        if is_unwritten(cell):
            near[cell] = near.get(cell, frozenset()) if cell in reading.forward else frozenset()
            continue
        own = (reading.forward[cell],) if cell in reading.forward else ()
        among = frozenset(wholes.get(number, number) for number in own) & near.get(cell, frozenset())
        near[cell] = (
            frozenset(own) | among or near.get(cell) or _nearest(near.get(read) for read in sheet.terms.reads[cell])
        )
        for number in sorted(near[cell])[:_MOST_STEPS]:
            role = None if own else kept.cut_off(cell, number)
            role = role or reading.role(number, sheet.cells[cell]) or (None if own else kept.role(cell, number))
            if role is not None:
                near[cell] = frozenset({number, wholes.get(number, number)}) & near[cell]
                kept.note(cell, number, role)
                yield cell, (number, role)
                break


def _wholes(steps: Sequence[Step]) -> dict[int, int]:
    """The step that learns from a batch → that of all samples with the same weights, right behind it."""
    networks = [step.truth.network for step in steps]
    return {
        number: number + 1 for number, (own, other) in enumerate(pairwise(networks))
        if other.is_held_out and not own.is_held_out and {*own.samples} < {*other.samples}
    }  # fmt: skip


def _odd(kin: Mapping[Address, tuple[str, float]]) -> Iterator[Address]:
    """The cells whose factor few others of their kind have, if no other cell holds the same with the usual one."""
    factors = Counter(factor for _, factor in set(kin.values()))
    usual, count = factors.most_common(1)[0]
    if len(factors) < 2 or list(factors.values()).count(count) > 1:
        return
    known = {name for name, factor in kin.values() if factor == usual}
    yield from (cell for cell, (name, factor) in kin.items() if factor != usual and name not in known)


def _nearest(groups: Iterable[frozenset[int] | None]) -> frozenset[int]:
    """The steps that most of the groups share: what is copied from step to step is near to one of them only."""
    cast = Counter(number for group in groups for number in group or ())
    most = max(cast.values(), default=0)
    return frozenset(number for number, count in cast.items() if count == most)
