"""How an update follows from what was kept of its gradient: the steps of optimisers, found again by their values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.coefficients import (
    SETTINGS,
    Coefficient,
    are_alike_in_halves,
    coefficient,
    fitted,
    may_be_fitted,
    ratio,
)
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.kept import Kept
from xlcheck.handmade.backward.quantities import OF_CLASSES, Quantity, of_typed_classes
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.slots import PENALTIES, Pull, Slot
from xlcheck.handmade.backward.steps import Move, Step
from xlcheck.handmade.reading.cells import show
from xlcheck.learning.optimisers.textbook import Root, ahead, along, scaled

_NOISE, _NOTHING = 1e-13, 1e-15
"""How far weights near 1 are apart that were computed in another order, and what is left of sums that are 0."""


@dataclass(frozen=True)
class Mover:
    """Finds how the updates of a sheet move.

    Attributes:
        sheet: the sheet.
        kept: what is kept of gradients.
        bounds: what the norms of the gradients of steps are kept within, and how the gradients are counted there.
        shares: the weights after steps in which they shrink, how, and by how much, as it was found so far.
    """

    sheet: Sheet
    kept: Kept
    shares: dict[Address, tuple[str, Array]] = field(default_factory=dict)
    bounds: list[tuple[Array, float]] = field(default_factory=list)

    def movements(self, number: int, moves: Mapping[Address, Move | None]) -> Iterator[Quantity]:
        """What people compute on the way from what is kept to the weight after a step."""
        for update, move in moves.items():
            if move is None:
                continue
            weight = self.sheet.updates[update]
            name, moved = self.kept.pulls(number, weight)[0].name, move.after - self.sheet.cells[weight]
            yield Quantity(f"movement along {name}", moved)
            if move.divisor is None:
                continue
            yield Quantity(f"movement along {name}, before the rate", moved / move.rate.size)
            yield Quantity(f"usual size of {name}", move.divisor)
            yield Quantity(f"rate over the usual size of {name}", move.rate.size / move.divisor)
        for bound, factor in self.bounds[:1]:
            norm = self._norm(number, moves)
            cut = _cut(bound, factor * norm)
            yield from (Quantity("norm of the gradients", norm), Quantity("share of the gradients", cut))
            for weight in self.kept.gradients(number):
                raw = self.kept.pulls(number, weight)[0]
                yield Quantity(f"{raw.name}, cut off", raw.values * cut)
        for (step, _), slots in self.kept.slots.items():
            for slot in slots if step == number else ():
                yield Quantity(f"{slot.pull.name}, squared", slot.pull.values**2)
                if slot.power != 1:
                    yield Quantity(f"root of the {slot.kind} of {slot.pull.name}²", _root(slot.values))

    def penalties(self, number: int, step: Step, factors: Iterable[float]) -> Iterator[Quantity]:
        """What weights that shrink add to the loss that they make smaller, as much as their gradients say (L2).

        Args:
            number: of the step.
            step: it, with the moves of its updates.
            factors: how many times cells hold the loss without it.
        """
        sizes = added = np.zeros(SETTINGS + 1)
        shrinking = self._shrinking(number, step)
        for weight, (how, share) in shrinking.items():
            (what, slope, size), before = PENALTIES[how], self.sheet.cells[weight]
            sizes, added = sizes + size(before), added + share * size(before)
            for factor in factors:
                yield Quantity(f"what {show(weight)} adds to its gradient", factor * share * slope(before))
        if added.any():
            yield Quantity(f"sum of {what}", sizes)
            yield Quantity("E with its penalty", step.truth.losses.sum(axis=1) + added)
            typed = (own.values for own in of_typed_classes(step.truth) if own.name == OF_CLASSES)
            yield from (Quantity(f"{OF_CLASSES}, with its penalty", total + added) for total in typed)
            yield from (Quantity("penalty", factor * added) for factor in factors)

    def _shrinking(self, number: int, step: Step) -> dict[Address, tuple[str, Array]]:
        """The weights of a step that shrink, how, and by how much of its slope; at a last step as before it."""
        found: dict[Address, tuple[str, Array]] = {}
        for update, move in step.moves.items():
            weight = self.sheet.updates[update]
            raw, *made = self.kept.pulls(number, weight)
            pull = next((own for own in made if own.rule and own.rule[0] in PENALTIES), None)
            along, rule = None if pull is None else pull.values / pull.factor, pull and pull.rule
            if pull is None and move is not None and move.rule and move.rule[0] in PENALTIES:
                along, rule = (self.sheet.cells[weight] - move.after) / move.rate.size, move.rule
            if along is not None and rule:
                how = str(rule[0])
                share = ratio(along - raw.values, PENALTIES[how][1](self.sheet.cells[weight]))
                found[weight] = how, np.nan_to_num(share)  # of a weight that is 0 there is nothing
                self.shares[update] = found[weight]
        return found or {weight: self.shares[weight] for weight in step.gradients if weight in self.shares}

    def move(self, number: int, update: Address) -> Move | None:
        """How an update follows from its weight; None if it follows in no way that is known."""
        weight, actual = self.sheet.updates[update], self.sheet.after[update]
        found: list[Move] = []
        for ways in (self._candidates, self._decayed_by_root):
            for move in ways(number, update, weight) if not found else ():
                if move is None or not (move.rate.size > 0).all():
                    continue
                if same(move.after, actual, self._rounding(number, weight, move)):
                    slots = self.kept.slots.get((number, weight), [])
                    made = len(self.kept.pulls(number, weight)) > 1 or bool(slots)
                    is_bias = self.kept.is_bias(number, weight)
                    shares = tuple(slot.share.cell for slot in sorted(slots, key=attrgetter("power")))
                    found.append(replace(move, is_bias=is_bias, passes_over=made and not move.rule, shares=shares))
                    if move.divisor is None:
                        break
        # Where ε is small, the best of those that divide is the one that is meant; of equal ones the first.
        return min(found, key=lambda move: max(_NOISE, float(np.abs(move.after - actual).max())), default=None)

    def _rounding(self, number: int, weight: Address, move: Move) -> Array | float:
        """How far a weight may go along a gradient that is 0 but for rounding, over a root that is not more than ε."""
        if move.divisor is None:
            return 0.0
        is_nothing = np.abs(self.kept.pulls(number, weight)[0].values) <= _NOTHING
        return np.where(is_nothing, move.rate.size * _NOTHING / move.divisor, 0.0)

    def like(self, number: int, update: Address, moves: Iterable[Move]) -> Move | None:
        """The move along its gradient that others make, where that is 0, or cut to a length, too often to say."""
        weight = self.sheet.updates[update]
        gradient, norm = self.kept.pulls(number, weight)[0].values, self._norm(number, self.kept.updates(number))
        for move in moves:
            cuts = (_cut(bound, factor * norm) for bound, factor in self.bounds if move.rule == ("norm", factor))
            after = self.sheet.cells[weight] - move.rate.size * gradient * next(cuts, 1.0)
            if same(after, self.sheet.after[update]):
                return replace(move, after=after, is_bias=self.kept.is_bias(number, weight))
        return None

    def _rate(self, update: Address, values: Array, *, falls: bool = True) -> Coefficient | None:
        """How far an update goes; where a cell computes that, it is that cell, be its number always the same."""
        settings = self.sheet.settings_of(update)
        for cell in self.sheet.terms.reads[update]:
            if cell in settings and cell in self.sheet.terms:
                share = coefficient(ratio(values, settings[cell]), {})
                if share is not None:
                    return Coefficient(cell, share.factor, (), settings[cell] * share.factor)
        return coefficient(values, settings, falls=falls)

    def _candidates(self, number: int, update: Address, weight: Address) -> Iterator[Move | None]:
        before = self.sheet.cells[weight]
        moved = self.sheet.after[update] - before
        pulls, slots = self.kept.pulls(number, weight), self.kept.slots.get((number, weight), [])
        for slot in slots:
            if slot.before is None and slot.power == 1:  # of a first step, where it may be the gradient itself
                yield from self._by_momentum(update, moved, before, slot)
        for pull in reversed(pulls):
            if (rate := self._rate(update, ratio(-moved, pull.values))) is not None:
                yield Move(rate.times(pull.factor), pull.rule, before - rate.size * pull.values)
        for pull in reversed(pulls):
            yield from self._decayed(update, moved, before, pull)
        yield from self._within_norm(number, update, moved, before)
        for slot in slots:
            if slot.power == 1:
                yield from self._by_momentum(update, moved, before, slot)
        for slot in (own for own in slots if own.power != 1):
            yield from self._by_root(number, update, slot)

    def _norm(self, number: int, moves: Iterable[Address]) -> Array:
        """How long the gradient of all weights is that a step moves; of a last step, that of all."""
        gradients = self.kept.gradients(number)
        moved = [gradients[self.sheet.updates[update]] for update in moves] or [*gradients.values()]
        return np.asarray(np.sqrt(np.square(moved).sum(axis=0)))

    def _within_norm(self, number: int, update: Address, moved: Array, before: Array) -> Iterator[Move]:
        """The gradient, cut to a length (Keras's `global_clipnorm`): told where some are cut, and others not."""
        raw = self.kept.pulls(number, self.sheet.updates[update])[0]
        norm = self._norm(number, self.kept.updates(number))
        for bound in (own for own in self.sheet.settings_of(update).values() if (own > 0).all()):
            for factor in (1.0, 0.5, 2.0):
                cut = _cut(bound, factor * norm)
                if not 0 < (cut[:-1] < 1).sum() < SETTINGS:
                    continue
                if (rate := self._rate(update, ratio(-moved, raw.values * cut))) is not None:
                    move = Move(rate, ("norm", factor), before - rate.size * raw.values * cut)
                    if same(move.after, self.sheet.after[update]):
                        self.bounds.append((bound, factor))
                    yield move

    def _decayed(self, update: Address, moved: Array, before: Array, pull: Pull) -> Iterator[Move]:
        """The gradient, and a part of the weight beside it, or of its sign."""
        for name, (_, slope, _) in PENALTIES.items():
            parts = fitted(-moved, pull.values, lost := slope(before))
            rate = None if parts is None else self._rate(update, parts[0])
            for how in (name, "weight decay") if name == "L2" else (name,):
                if parts is not None and rate is not None and (part := self._part(update, parts, how)) is not None:
                    after = before - rate.size * pull.values - part.size * lost * (rate.size if how == name else 1.0)
                    part = part if how != name else part.times(1 / pull.factor)
                    yield Move(rate.times(pull.factor), (how, *part.form[:2], *pull.rule), after)

    def _part(self, update: Address, parts: tuple[Array, Array], how: str) -> Coefficient | None:
        """How much of a weight is lost beside what it moves by: of that, or of the weight itself."""
        share = parts[1] if how == "weight decay" else ratio(parts[1], parts[0])
        part = coefficient(share, self.sheet.settings_of(update))
        return part if part is not None and (part.size > 0).all() else None

    def _by_momentum(self, update: Address, moved: Array, before: Array, slot: Slot) -> Iterator[Move | None]:
        """What is kept, or in Nesterov's form a share of it and the gradient once more."""
        sign = -1.0 if slot.rate is not None and (slot.rate.size > 0).all() else 1.0
        gradient = slot.pull.values * slot.factor
        if slot.kind == "movement" and slot.rate is not None:
            rate = slot.rate.times(-sign)
            values = slot.values * sign
            form = rate.times(slot.pull.factor)
            yield Move(form, ("momentum", *slot.rule), along(slot.kind, before, values, rate.size))
            after = ahead(slot.kind, before, slot.pull.values, values, slot.share.size, rate.size)
            yield Move(form, ("Nesterov", *slot.rule), after)
            return
        if (found := self._rate(update, ratio(-moved, slot.values))) is not None:
            after = along(slot.kind, before, slot.values, found.size)
            yield Move(found.times(slot.factor * slot.pull.factor), ("momentum", *slot.rule), after)
        ones = np.ones(len(before))
        look = -ahead(slot.kind, 0 * before, gradient, slot.values, slot.share.size, ones)
        if (found := self._rate(update, ratio(-moved, look))) is not None:
            after = ahead(slot.kind, before, gradient, slot.values, slot.share.size, found.size)
            yield Move(found.times(slot.factor * slot.pull.factor), ("Nesterov", *slot.rule), after)

    def _by_root(self, number: int, update: Address, squares: Slot) -> Iterator[Move | None]:
        """The gradient, or an average of it, over the root of its squares."""
        before = self.sheet.cells[self.sheet.updates[update]]
        moved = self.sheet.after[update] - before
        for root, pull, shorter, form in self._over_roots(
            number, update, squares, lambda along: are_alike_in_halves(ratio(-moved, along))
        ):
            with np.errstate(all="ignore"):
                rate = self._rate(update, ratio(-moved * root.size, pull) / shorter, falls=False)
            if rate is not None:
                yield Move(rate, form, scaled(before, pull, root, rate.size * shorter), divisor=root.size)

    def _decayed_by_root(self, number: int, update: Address, weight: Address) -> Iterator[Move]:
        """The same, and a part of the weight beside it."""
        before = self.sheet.cells[weight]
        moved = self.sheet.after[update] - before
        for root, pull, shorter, form in chain.from_iterable(
            self._over_roots(number, update, own, lambda along: may_be_fitted(moved, along, before))
            for own in self.kept.slots.get((number, weight), []) if own.power != 1
        ):  # fmt: skip
            parts = fitted(-moved, shorter * ratio(pull, root.size), before)
            rate = None if parts is None else self._rate(update, parts[0], falls=False)
            for how in ("L2", "weight decay"):
                if parts is not None and rate is not None and (part := self._part(update, parts, how)) is not None:
                    lost = part.size * before * (rate.size if how == "L2" else 1.0)
                    after = scaled(before, pull, root, rate.size * shorter) - lost
                    yield Move(rate, (*form, how, *part.form[:2]), after, divisor=root.size)

    def _over_roots(
        self, number: int, update: Address, squares: Slot, may_be: Callable[[Array], Array]
    ) -> Iterator[tuple[Root, Array, Array, tuple[str | float, ...]]]:
        """What may be divided by a root: this, the gradient or what is made of it, how short it is made, and the rule.

        Args:
            number: of the step.
            update: the weight after it.
            squares: what is kept of the squares.
            may_be: which of several ways along which a weight moves it may have gone, but for the rate.
        """
        choices = self._averages(number, update, squares)
        pulls, kept, shorter = (np.stack([own[place] for own in choices]) for place in range(3))
        for cell, epsilon in self._epsilons(update):
            ways = [may_be(shorter * ratio(pulls, Root(kept, epsilon, inside).size)) for inside in (False, True)]
            for at, inside in ((at, inside) for at in range(len(choices)) for inside in (False, True)):
                if ways[inside][at]:
                    form = (*choices[at][3], *squares.rule, inside, cell)
                    yield Root(kept[at], epsilon, inside), pulls[at], shorter[at], form

    def _averages(
        self, number: int, update: Address, squares: Slot
    ) -> list[tuple[Array, Array, Array, tuple[str | float, ...]]]:
        """What is divided by the root of what, how short it is made, and the rule."""
        firsts = [s for s in self.kept.slots.get((number, self.sheet.updates[update]), []) if s.power == 1]
        choices: list[tuple[Array, Array, Array, tuple[str | float, ...]]] = []
        ones = np.ones(SETTINGS + 1)
        for first in firsts:
            for count in self.kept.counts(number, update) if "average" == first.kind == squares.kind else ():
                one, two = 1 - first.share.size**count, 1 - squares.share.size**count
                with np.errstate(all="ignore"):
                    pair = first.values / one, squares.values / two
                    shorter = np.sqrt(two) / one
                choices.append((*pair, ones, ("Adam", "corrected", *first.rule)))
                choices.append((first.values, squares.values, shorter, ("Adam", "shortened", *first.rule)))
            choices.append((first.values, squares.values, ones, ("Adam", *first.rule)))
        choices.append((squares.pull.values * np.sqrt(squares.factor), squares.values, ones, ("root",)))
        return choices

    def _epsilons(self, update: Address) -> Iterator[tuple[float, Array]]:
        """What may be ε: a number typed into the formulas, a setting, or nothing; with what tells one from another."""
        for cell, values in self.sheet.settings_of(update).items():
            yield -1.0 if cell[0] else float(values[0]), values
        yield 0.0, np.zeros(SETTINGS + 1)


def _cut(bound: Array, norm: Array) -> Array:
    """The share of gradients with a norm that keeps it within a bound."""
    with np.errstate(all="ignore"):
        return np.minimum(1.0, bound / norm)


def _root(values: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.sqrt(values)
