"""A step of gradient descent through layers of any kind: the slopes of a loss, and the weights that follow them.

The slopes are those of the formulas that compute the results, which are held against Keras by themselves. They are
taken from the loss at four points beside each weight, under several settings of all given numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from zlib import crc32

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import COMPARISONS, Address, Function, Leaf, Sum, subterms
from xlcheck.handmade.backward.evaluation import answers_in, evaluate
from xlcheck.handmade.backward.network import compared_pairs
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.reached import reached

_SETTINGS, _FEWEST_SETTINGS = 12, 4
_FEWEST, _MOST = 2, 200
"""Weights that move."""
_STEP = 1e-3
_BESIDE = (-2, -1, 1, 2)
_SHARES = np.array([1, -8, 8, -1]) / 12
"""What four points beside a number give for the slope of a function there (error of the fourth order)."""
_CLOSE, _SMOOTH = 1e-6, 1e-3
_NOTHING = 1e-9


class StepOfDescent:
    """A step of descent, as it is looked at.

    Args:
        terms: what the formulas compute.
        known: slopes that were computed before, for steps that differ on the way back alone.
        still: given cells that stay what they are, as a first state of 0 that gradients leave out.

    Attributes:
        terms, known, still: the same.
        updates: updated cell → weight.
        forward: the formulas that compute the results.
        back: those between the results and the updates, and the updates.
    """

    def __init__(
        self, terms: CellTerms, known: dict[object, Mapping[str, Array]], still: frozenset[Address] = frozenset()
    ) -> None:
        self.terms, self.known, self.still, self._order = terms, known, still, terms.in_order()
        self.updates = find_updates(terms, self._order, terms.reads)
        learnt = {*self.updates.values(), *self._behind(self.updates.values())} - {*self._behind(self.updates)}
        pairs = [(o, t) for pair in compared_pairs(terms) for o, t in (pair, pair[::-1])]
        self._learnt = learnt
        self._targets = {o: t for o, t in pairs if o in terms and o in learnt and t not in learnt}
        self._ends = [] if self._targets else [cell for cell in self._order if self._is_end(cell)]
        self.forward = self.leading_to(self._targets or self._ends) - {*self._ends}
        leading = self.leading_to(self.updates) | self.forward
        self._way = [cell for cell in self._order if cell in leading]
        behind = {*self.updates, *self._behind(self.forward)}
        self.back = frozenset((leading - self.forward) & behind)

    @property
    def is_likely(self) -> bool:
        """Whether some typed weights move, each once, and results are compared with what they should be."""
        weights = {*self.updates.values()}
        is_one = _FEWEST <= len(weights) == len(self.updates) <= _MOST and weights.isdisjoint(self.terms)
        return is_one and bool(self._targets or self._ends) and self.forward.isdisjoint(self.updates)

    def _is_end(self, cell: Address) -> bool:
        """Whether a formula is computed from all weights, and nobody reads it: perhaps the loss of the step."""
        if cell in self.updates or cell not in self._learnt or self.terms.readers.get(cell):
            return False
        return self.read_by(self.leading_to([cell])) >= {*self.updates.values()}

    @cached_property
    def typed(self) -> frozenset[Address]:
        """The typed numbers that only the way back reads: rates, and what may stand in the places of formulas."""
        given = self.read_by(self.back) - self.terms.keys()
        return frozenset(given - self.read_by(self.forward) - {*self._targets.values(), *self.updates.values()})

    def read_by(self, cells: Collection[Address]) -> set[Address]:
        """What some formulas read.

        Args:
            cells: the formulas.
        """
        return {read for cell in cells for read in self.terms.reads[cell]}

    def found(self, loss: str) -> tuple[float, Array] | None:
        """How many times its slope each weight moves, and which weights do: `(weights,)`; None if nobody knows.

        Args:
            loss: the name of the loss whose slopes they may follow.
        """
        slopes = self.slopes.get(loss)
        rate = None if slopes is None else _rate(self._moved, slopes)
        return None if slopes is None or rate is None else (rate, _follows(self._moved, slopes, rate))

    def has_other_rates(self, loss: str) -> bool:
        """Whether all weights move down their slopes, and some another number of times than others: that may be meant.

        Args:
            loss: the name of the loss whose slopes the weights follow.
        """
        known = self.found(loss)
        times, even = _times(self._moved, self.slopes[loss])
        wrong = None if known is None else np.logical_not(known[1])
        return wrong is not None and bool(wrong.any() and np.logical_and(even, times > 0)[wrong].all())

    def needed(self, cell: Address, loss: str) -> float | None:
        """What a cell should hold for the numbers shown, so that all weights move as most do; None if no number does.

        Args:
            cell: one on the way back, or a number that is read there.
            loss: the name of the loss whose slopes the weights follow.
        """
        known = self.found(loss)
        if known is None:
            return None
        wanted, right = known[0] * self.slopes[loss], known[1]
        own = self._values[cell]
        values = evaluate(self._way, self.terms, self._given, {cell: own + 1.0})
        effect = np.array([values[weight] - values[update] for update, weight in self.updates.items()]) - self._moved
        told = np.isfinite(wanted).all(axis=0) & np.isfinite(effect).all(axis=0)
        wrong = np.flatnonzero(np.logical_not(right))
        if np.abs(effect[np.flatnonzero(right)][:, told]).max(initial=0.0) > _NOTHING:
            return None  # what is right would not be
        missing, effect = (wanted - self._moved)[wrong], effect[wrong]
        with np.errstate(all="ignore"):
            change = (missing * effect).sum(axis=0) / (effect**2).sum(axis=0)
            is_one = np.abs(missing - change * effect) <= _CLOSE * np.abs(wanted).max(axis=0)
        if told.sum() < _FEWEST_SETTINGS or not is_one[:, told].all():
            return None
        needed = own + change
        varies = np.ptp(needed[told]) > _SMOOTH * (np.abs(own) + np.abs(change))[told].max()
        is_setting = cell in self.typed and not varies  # another rate, or no penalty, may be as good
        return None if is_setting else float(needed[-1])

    def shown(self, cell: Address) -> float:
        """What a formula gives for the numbers shown."""
        return float(self._values[cell][-1])

    def answers(self, cell: Address) -> list[set[bool]]:
        """The answers for which a formula was looked at, to each question that it asks.

        Args:
            cell: one on the way back, or one of a loss.
        """
        return answers_in(self.terms[cell], self._values)

    @cached_property
    def loss_cells(self) -> Mapping[str, Address]:
        """The formulas that may be the loss, by their names."""
        return {show(cell): cell for cell in self._losses()}

    @property
    def settings(self) -> list[float]:
        """The numbers that the first update reads, each in its place, and that are no weights or gradients."""
        used = self.read_by(self.forward) | {*self.updates.values()} | self.forward | self.back
        return [self.terms.number(cell) for cell in self.terms.reads[next(iter(self.updates))] if cell not in used]

    def told(self, loss: str, unknown: Collection[Address] = ()) -> frozenset[Address]:
        """The formulas between what layers compute and a loss, all of which its slopes tell.

        There are none if no rate stands beside the weights by which they move, or if the slopes do not tell of some:
        what is added to a loss and depends on no weight changes no slope. Nor is told what layers compute from that.

        Args:
            loss: the name of the loss.
            unknown: formulas of which nobody else knows what they compute.
        """
        cell, found = self.loss_cells.get(loss), self.found(loss)
        if cell is None or found is None or not np.isclose(self.settings, found[0], rtol=_CLOSE, atol=0).any():
            return frozenset()
        known = self.forward - {*unknown}
        between = (self.leading_to([cell]) - known) & self._learnt
        for own in between:
            term = self.terms[own]
            parts = [part for part, _ in term.parts] if isinstance(term, Sum) else [term]
            if (isinstance(term, Sum) and term.constant) or any(
                self._learnt.isdisjoint(leaves(part)) for part in parts
            ):
                return frozenset()
        return between if self._behind(between).isdisjoint(known) else frozenset()

    @cached_property
    def _values(self) -> Mapping[Address, Array]:
        return evaluate(self._way, self.terms, self._given)

    @cached_property
    def _moved(self) -> Array:
        """By how much each weight becomes less, `(weights, settings)`."""
        return np.array([self._values[weight] - self._values[update] for update, weight in self.updates.items()])

    def _behind(self, cells: Collection[Address]) -> set[Address]:
        return reached(cells, lambda cell: self.terms.readers.get(cell, ()))

    def leading_to(self, cells: Collection[Address]) -> frozenset[Address]:
        """The formulas from which some cells are computed, and those of them.

        Args:
            cells: the cells.
        """
        below = reached(cells, lambda cell: self.terms.reads.get(cell, ()), among=self.terms.__contains__)
        return frozenset(below | {cell for cell in cells if cell in self.terms})

    @cached_property
    def _given(self) -> dict[Address, Array]:
        """The given cells: half of the settings near the numbers shown, which come last; what no layer reads stays."""
        half = _SETTINGS // 2
        used = self.read_by(self.forward) | {*self._targets.values()}
        asked = {
            own.cell
            for part in subterms(*self.terms.values()) if isinstance(part, Function) and part.name in COMPARISONS
            for own in part.arguments if isinstance(own, Leaf)
        }  # fmt: skip
        given: dict[Address, Array] = {}
        for cell in self.read_by(self.terms) - self.terms.keys():
            shown, random = self.terms.number(cell), np.random.default_rng((crc32(cell[0].encode()), *cell[1:]))
            far = random.uniform(0.2, 1.2, half) * random.choice((-1.0, 1.0), half)
            drawn = np.concatenate([shown * random.uniform(0.7, 1.3, half) if shown else far / 2, far])
            stays = cell not in used or cell in asked or cell in self.still
            given[cell] = np.append(np.full(_SETTINGS, shown) if stays else drawn, shown)
        targets = [*dict.fromkeys(target for target in self._targets.values() if target in given)]
        shares = np.array([self.terms.number(target) for target in targets])
        if len(targets) > 1 and (shares >= 0).all() and shares.sum() % 1 == 0:  # shares of classes stay shares
            sizes = {cell: np.abs(given[cell]) for cell in targets}
            given |= {cell: own / np.sum([*sizes.values()], axis=0) * shares.sum() for cell, own in sizes.items()}
        return given

    @cached_property
    def slopes(self) -> Mapping[str, Array]:
        """Each loss that may be meant, and its slopes `(weights, settings)`, NaN for settings with a kink."""
        weights, losses = [*self.updates.values()], [*self.loss_cells.values()]
        key = self.forward, *weights, *losses
        if key not in self.known:
            self.known[key] = dict(self._computed_slopes(weights, losses))
        return self.known[key]

    def _computed_slopes(self, weights: Sequence[Address], losses: Sequence[Address]) -> Iterator[tuple[str, Array]]:
        steps = {weight: _STEP * np.maximum(1.0, np.abs(self._given[weight])) for weight in weights}
        places, size = len(weights) * len(_BESIDE), _SETTINGS + 1
        beside = {cell: np.tile(own, places) for cell, own in self._given.items()}
        for number, weight in enumerate(weights):
            for k, share in enumerate(_BESIDE):
                start = (number * len(_BESIDE) + k) * size
                beside[weight][start : start + size] += share * steps[weight]
        needed = self.forward | {cell for cell in self.leading_to(losses) if cell not in self.updates}
        values = evaluate([cell for cell in self._order if cell in needed], self.terms, beside)
        sizes = np.stack([steps[weight] for weight in weights])
        found = [(show(cell), values[cell]) for cell in losses if cell in values]
        for name, own in (*found, *self._usual(values)):
            table = np.broadcast_to(own, (places * size,)).reshape(len(weights), len(_BESIDE), size)
            with np.errstate(all="ignore"):
                slopes = np.einsum("k,wks->ws", _SHARES, table) / sizes
                plain = (table[:, 2] - table[:, 1]) / (2 * sizes)
                is_smooth = np.abs(slopes - plain) <= _SMOOTH * np.abs(slopes).max(axis=0)
            yield name, np.where(is_smooth.all(axis=0), slopes, np.nan)

    def _losses(self) -> Iterator[Address]:
        """The formulas that may be the loss: they are computed from all results, and no update reads them."""
        yield from self._ends
        behind = self._behind(self._targets) - self.forward - self.back - self._behind(self.updates)
        for cell in (own for own in self._order if own in behind and own not in self.updates):
            if self._targets.keys() <= self.leading_to([cell]):
                yield cell

    def _usual(self, values: Mapping[Address, Array]) -> Iterator[tuple[str, Array]]:
        """The losses that are usual, where none is written."""
        if not self._targets or not values.keys() >= {*self._targets.values()}:
            return
        results = np.array([values[output] for output in self._targets])
        targets = np.array([values[target] for target in self._targets.values()])
        with np.errstate(all="ignore"):
            shares = targets * np.log(results)
            yield "the squared error", ((results - targets) ** 2).sum(axis=0)
            yield "the binary cross-entropy", -(shares + (1 - targets) * np.log(1 - results)).sum(axis=0)
            yield "the categorical cross-entropy", -shares.sum(axis=0)


def _times(moved: Array, slopes: Array) -> tuple[Array, Array]:
    """How many times its slope each weight moves, and which do so evenly under all settings that tell: `(weights,)`."""
    told = np.isfinite(slopes).all(axis=0) & np.isfinite(moved).all(axis=0)
    with np.errstate(all="ignore"):
        times = (moved[:, told] * slopes[:, told]).sum(axis=1) / (slopes[:, told] ** 2).sum(axis=1)
    apart = np.abs(moved - times[:, None] * slopes)[:, told]
    return times, (apart <= _CLOSE * np.abs(moved[:, told]).max(axis=0)).all(axis=1)


def _rate(moved: Array, slopes: Array) -> float | None:
    """How many times their slopes most weights move that do so evenly; None if too few settings tell, or none does."""
    told = np.isfinite(slopes).all(axis=0) & np.isfinite(moved).all(axis=0)
    if told.sum() < _FEWEST_SETTINGS or (np.abs(slopes[:, told]).max(axis=1) < _NOTHING).any():
        return None
    times, even = _times(moved, slopes)
    rates = Counter(f"{own:.6g}" for own in times[even] if own > 0)
    usual = max(rates, key=lambda own: rates[own], default=None)
    return next((float(own) for own in times[even] if f"{own:.6g}" == usual), None)


def _follows(moved: Array, slopes: Array, rate: float) -> Array:
    """Which weights move so many times their slopes, under all settings that tell: `(weights,)`."""
    told = np.isfinite(slopes).all(axis=0) & np.isfinite(moved).all(axis=0)
    moved, wanted = moved[:, told], rate * slopes[:, told]
    return np.asarray((np.abs(moved - wanted) <= _CLOSE * np.abs(wanted).max(axis=0)).all(axis=1))
