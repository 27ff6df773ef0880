"""What people make of a gradient before a weight moves by it, and what an optimiser keeps of it from step to step.

A cell has such a role if its values follow from the gradient by numbers that are made of hyperparameters alone: the
gradient with a part of its weight (L2), cut off, added to a share of what was kept before, and that share made up for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Expression, Function, Term
from xlcheck.formulas.arrays import array_of
from xlcheck.handmade.backward.coefficients import (
    SETTINGS,
    Coefficient,
    agree_as_known,
    coefficient,
    fitted,
    is_set,
    ratio,
)
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.evaluation import line_of, same
from xlcheck.handmade.backward.quantities import Library, Quantity, Role
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.slots import PENALTIES, Pull, Slot
from xlcheck.handmade.backward.steps import Step
from xlcheck.handmade.reading.cell_terms import source

_WHOLE = Coefficient(None, 1.0).form
_MOST = 40
"""Weights of a step among which the one is looked for of which a cell keeps something."""


_Rule = Callable[[Address, int, Address], Quantity | None]


class Kept:
    """Finds the cells of a sheet that hold something of a gradient besides the gradient itself.

    Args:
        sheet: the sheet.
        steps: its steps.
        libraries: the quantities of each step.

    Attributes:
        slots: step and weight → what is kept.
    """

    def __init__(self, sheet: Sheet, steps: tuple[Step, ...], libraries: tuple[Library, ...]) -> None:
        self._sheet, self._steps, self._libraries = sheet, steps, libraries
        self._names = [step.gradient_names for step in steps]
        self._pulls: dict[tuple[int, Address], list[Pull]] = {}
        self.slots: dict[tuple[int, Address], list[Slot]] = {}
        self._of: dict[Address, Address] = {}
        self._ending: dict[Address, list[int]] = {}
        for number, step in enumerate(steps):
            for update in step.moves:
                self._ending.setdefault(update, []).append(number)
        moving = {*sheet.updates, *sheet.updates.values()}
        samples = (sample for step in steps for sample in step.truth.network.samples)
        data = (cell for sample in samples for cell in (*sample.inputs, *sample.targets))
        self._never_kept = moving.union(data, *(step.truth.network.weights for step in steps))
        self._after_outputs: dict[int, set[Address]] = {}
        self._shares_in: dict[Address, list[tuple[Address, Coefficient, Array]]] = {}
        self._step_of: dict[Address, int] = {}
        self._ways: dict[str, bool] = {}

    def pulls(self, number: int, weight: Address) -> list[Pull]:
        """The gradient of a weight, and what was made of it."""
        key = number, weight
        if key not in self._pulls:
            name = self._names[number].get(weight, "∂E/∂w")
            self._pulls[key] = [Pull(name, self._steps[number].gradients[weight])]
        return self._pulls[key]

    def gradients(self, number: int) -> Mapping[Address, Array]:
        """The loss of a step by each weight."""
        return self._steps[number].gradients

    def updates(self, number: int) -> Iterable[Address]:
        """The cells that hold the weights after a step."""
        return self._steps[number].moves

    def counts(self, number: int, cell: Address) -> Iterator[Array]:
        """What may be the number of a step: what a cell is computed from, or a typed number."""
        for values in self._sheet.settings_of(cell).values():
            if values[-1] >= 1 and float(values[-1]).is_integer():
                yield values
        place, weight = 1, next(iter(self._steps[number].gradients))
        while (weight := self._sheet.updates.get(weight, ("", -1, -1)))[1] >= 0:
            place += 1
        yield np.full(SETTINGS + 1, float(place))

    def is_bias(self, number: int, weight: Address) -> bool:
        """Whether a weight is a bias."""
        return weight in self._steps[number].truth.network.biases

    def cut_off(self, cell: Address, number: int) -> Role | None:
        """The gradient that a cell holds no further than to a bound, be it so small that the bound does not matter."""
        is_one = isinstance(term := self._sheet.terms[cell], Function) and term.name in {"MAX", "MIN"}
        return self._by(cell, number, (self._cut_off,)) if is_one else None

    def role(self, cell: Address, number: int) -> Role | None:
        """What a cell holds of a step."""
        return self._by(cell, number, (self._shrunk, self._slot, self._made_up))

    def _by(self, cell: Address, number: int, rules: Sequence[_Rule]) -> Role | None:
        if cell in self._sheet.settings or not np.isfinite(self._sheet.cells[cell]).all():
            return None
        for weight in self._weights(cell, number):
            for rule in rules:
                quantity = rule(cell, number, weight)
                if quantity is not None and same(quantity.values, self._sheet.cells[cell]):
                    self._of[cell], self._step_of[cell] = weight, number
                    return Role(quantity)
        return None

    def note(self, cell: Address, number: int, role: Role) -> None:
        """Remember of which weight a cell holds the gradient."""
        for weight, name in self._names[number].items():
            if name == role.quantity.name and np.ndim(role.factor) == 0 and role.factor > 0:
                self._of[cell], self._step_of[cell] = weight, number

    def _weights(self, cell: Address, number: int) -> Iterable[Address]:
        """The weights of which a cell may keep something: those of what it reads first."""
        gradients = self._steps[number].gradients
        own = {self._sheet.updates.get(w, w): w for w in gradients}
        reads = self._sheet.terms.reads[cell]
        places = [self._of[read] for read in reads if read in self._of]
        found = [w for w in (*places, *(own[place] for place in places if place in own), *reads) if w in gradients]
        return dict.fromkeys((*found, *list(gradients)[:_MOST]))

    def _shrunk(self, cell: Address, number: int, weight: Address) -> Quantity | None:
        """The gradient and a part of the weight, or of its sign."""
        reads = self._sheet.terms.reads
        parts_of = (
            own for read in (*reads[cell], cell) for own in reads.get(read, ())
        )  # λw may have a cell of its own
        if weight not in map(self._source, parts_of):
            return None
        values, (raw, *_) = self._sheet.cells[cell], self.pulls(number, weight)
        settings = self._sheet.settings_of(cell)
        for how, (_, slope, _) in PENALTIES.items():
            lost = slope(self._sheet.cells[weight])
            found = [coefficient(part, settings) for part in fitted(values, raw.values, lost) or ()]
            if len(found) < 2 or found[0] is None or found[1] is None or found[0].cell or not (found[1].size > 0).all():
                continue
            if self._libraries[number].is_usual(factor := found[0].factor):
                pull, name = (
                    factor * raw.values + found[1].size * lost,
                    f"{raw.name} + λ{'w' if how == 'L2' else ' sign w'}",
                )
                self.pulls(number, weight).append(Pull(name, pull, factor, (how, *found[1].times(1 / factor).form[:2])))
                return Quantity(name, pull)
        return None

    def _cut_off(self, cell: Address, number: int, weight: Address) -> Quantity | None:
        """The gradient, no larger than a bound."""
        parts = _bounded(self._sheet.terms[cell], lambda part: is_set(self._value(part)))
        if parts is None:
            return None
        inner = self._value(parts[0])
        low, high = (coefficient(self._value(part), self._sheet.settings_of(cell)) for part in parts[1:])
        if low is None or high is None or not same(low.size, -high.size) or not (high.size > 0).all():
            return None
        for pull in self.pulls(number, weight):
            share = ratio(inner, pull.values)
            if (usual := coefficient(share, {})) is not None and self._libraries[number].is_usual(usual.factor):
                values = np.clip(pull.values * usual.factor, low.size, high.size)
                factor = pull.factor * usual.factor
                rule = (*pull.rule, "cut off", *high.times(1 / factor).form[:2])
                found = Pull(f"{pull.name}, cut off", values, factor, rule)
                self.pulls(number, weight).append(found)
                return Quantity(found.name, values)
        return None

    def _slot(self, cell: Address, number: int, weight: Address) -> Quantity | None:
        """A share of what was kept before, and something of the gradient."""
        latest = self._kept_before(number, weight)
        for before, share, zero in self._shares(cell):
            if weight not in self._steps[self._step_of.get(before, number)].moves and before in self._step_of:
                continue  # the gradient of this step, or of a later one
            if (latest and self._source(before) not in latest) or before in self._behind(number):
                continue
            if not latest and before in self._step_of and not self._sheet.terms.readers.get(cell):
                continue  # a sum of gradients of two steps, which nothing goes on with
            for pull in reversed(self.pulls(number, weight)):
                for power in (1, 2):
                    slot = self._kind(cell, share, ratio(zero, pull.values**power), power, pull, before, number)
                    if slot is not None:
                        self.slots.setdefault((number, weight), []).append(slot)
                        return slot.quantity
        return None

    def _behind(self, number: int) -> set[Address]:
        """The cells that are computed from the outputs of a step: nothing of it was kept before."""
        if number not in self._after_outputs:
            samples = self._steps[number].truth.network.samples
            outputs = [cell for sample in samples for cell in sample.outputs[-1]]
            self._after_outputs[number] = behind(outputs, self._sheet.order, self._sheet.terms)
        return self._after_outputs[number]

    def begun(self) -> Iterator[tuple[Address, tuple[int, Role]]]:
        """The cells of first steps from which others go on, and that keep what these do if nothing was kept before."""
        for (number, weight), slots in list(self.slots.items()):
            if (earlier := self._sheet.updates.get(weight)) is None or earlier in self._sheet.updates:
                continue
            ends = [n for n in self._ending.get(weight, ()) if n != number]
            for slot in slots:
                cell = ("", 0, 0) if slot.before is None else self._source(slot.before)
                for n in ends if cell in self._sheet.terms and cell not in self._sheet.settings else ():
                    if (first := self._first(slot, cell, n, earlier)) is not None:
                        self.slots.setdefault((n, earlier), []).append(first)
                        self._of[cell], self._step_of[cell] = earlier, n
                        yield cell, (n, Role(first.quantity))

    def _first(self, slot: Slot, cell: Address, number: int, weight: Address) -> Slot | None:
        """What a cell keeps of a first step, if it is of the kind that a later step keeps."""
        if any(own.cell == cell for own in self.slots.get((number, weight), [])):
            return None
        for pull in reversed(self.pulls(number, weight)):
            scale = ratio(self._sheet.cells[cell], pull.values**slot.power)
            found = self._kind(cell, slot.share, scale, slot.power, pull, None, number)
            if found is not None and found.kind == slot.kind and same(found.values, self._sheet.cells[cell]):
                return found
            if slot.kind == "sum" and (found := self._begins_with_a_number(slot, cell, pull)) is not None:
                return found
        return None

    def _begins_with_a_number(self, slot: Slot, cell: Address, pull: Pull) -> Slot | None:
        """A sum that began with a small number, as Keras's Adagrad does (`initial_accumulator_value`)."""
        added = slot.factor * pull.values**slot.power
        start = coefficient(self._sheet.cells[cell] - added, self._sheet.settings_of(cell))
        if start is None or not (start.size > 0).all():
            return None
        return replace(slot, cell=cell, pull=pull, values=start.size + added, before=None)

    def _kept_before(self, number: int, weight: Address) -> set[Address]:
        """What is kept of a weight in the step that ends with it; empty if nothing is, or at the first step."""
        if (earlier := self._sheet.updates.get(weight)) is None:
            return set()
        ends = (n for n in self._ending.get(weight, ()) if n != number)
        return {slot.cell for n in ends for slot in self.slots.get((n, earlier), [])}

    def _shares(self, cell: Address) -> list[tuple[Address, Coefficient, Array]]:
        """What a cell may keep a share of: the cell that holds it, the share, and what is added to that."""
        if cell not in self._shares_in:
            sheet, settings, found = self._sheet, self._sheet.settings_of(cell), []
            term = sheet.terms[cell]
            for before in sheet.terms.reads[cell]:
                if before in self._never_kept or (before in sheet.terms and before in sheet.settings):
                    continue
                line = self._line(term, before)
                share = None if line is None else coefficient(line[1], settings)
                is_share = share is not None and (share.size > 0).all() and (share.cell is None or share.form[1] == 1)
                found += [(before, share, line[0])] if line is not None and share is not None and is_share else []
            self._shares_in[cell] = found
        return self._shares_in[cell]

    def _kind(
        self,
        cell: Address,
        share: Coefficient,
        scale: Array,
        power: int,
        pull: Pull,
        before: Address | None,
        number: int,
    ) -> Slot | None:
        """What a cell keeps if it adds the gradient so many times to a share of what was kept."""
        if not is_set(scale) or not np.nan_to_num(scale).any():
            return None
        library, is_whole = self._libraries[number], share.form == _WHOLE
        size, factor, rate = scale, 1.0, None
        usual, rest = coefficient(scale, {}), coefficient(ratio(scale, 1 - share.size), {})
        if (
            usual is not None
            and usual.factor > 0
            and library.is_usual(usual.factor, power)
            and (power == 1) != is_whole
        ):
            kind, factor, size = "sum", usual.factor, usual.size
        elif rest is not None and rest.factor > 0 and library.is_usual(rest.factor, power):
            kind, factor, size = "average", rest.factor, rest.size * (1 - share.size)
        elif power == 1 and (rate := coefficient(scale, self._sheet.settings_of(cell))) is not None:
            kind, size = "movement", rate.size
            # The last row adds its movements to nothing: they go the same way as all others.
            if self._ways.setdefault(cell[0], bool(size[-1] > 0)) is not bool(size[-1] > 0):
                return None
        else:
            return None
        kept = 0.0 if before is None else share.size * self._sheet.cells[before]
        values = kept + size * pull.values**power
        rule = (kind, float(power), *share.form[:2], *pull.rule)
        return Slot(cell, kind, power, share, factor, rate, pull, values, rule, before)

    def _made_up(self, cell: Address, number: int, weight: Address) -> Quantity | None:
        """A kept average over what is missing from its shares, as it began at 0."""
        for slot in self.slots.get((number, weight), []):
            missing = ratio(slot.values, self._sheet.cells[cell])
            if slot.kind != "average" or not is_set(missing):
                continue
            for count in self.counts(number, cell):
                made_up = 1 - slot.share.size**count
                if agree_as_known(missing, made_up):  # a gradient may be 0, as that of a bias between even classes
                    values = slot.values / made_up
                    name = f"average of {slot.pull.name}{'²' if slot.power == 2 else ''}"
                    return Quantity(f"{name}, corrected", values)
        return None

    def _source(self, cell: Address) -> Address:
        return source(cell, self._sheet.terms)

    def _line(self, term: Term, cell: Address) -> tuple[Array, Array] | None:
        """A term as it depends on one of the cells that it reads: its value where that is 0, and the slope."""
        return line_of(lambda values: self._value(term, {cell: values}), SETTINGS + 1)

    def _value(self, expression: Expression, instead: Mapping[Address, Array] | None = None) -> Array:
        cells, size = self._sheet.cells, np.ones(SETTINGS + 1)
        known = instead or {}
        return size * array_of(expression, lambda leaf: known[leaf.cell] if leaf.cell in known else cells[leaf.cell])


def _bounded(term: Term, is_bound: Callable[[Expression], bool]) -> tuple[Expression, Expression, Expression] | None:
    """What a term keeps between two bounds, the lower one and the upper one."""
    inner: Expression = term
    bounds: dict[str, Expression] = {}
    while isinstance(inner, Function) and inner.name in {"MAX", "MIN"} and len(inner.arguments) == 2:
        limits = [argument for argument in inner.arguments if is_bound(argument)]
        if len(limits) != 1:
            return None
        bounds[inner.name] = limits[0]
        inner = next(argument for argument in inner.arguments if argument is not limits[0])
    return (inner, bounds["MAX"], bounds["MIN"]) if len(bounds) > 1 else None
