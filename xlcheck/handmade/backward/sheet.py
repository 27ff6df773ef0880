"""A sheet that may be a training: its formulas under random settings, its networks, updates and hyperparameters."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import COMPARISONS, Address, Function, Leaf, Product, Sum, below, subterms
from xlcheck.handmade.backward.coefficients import HALF, SETTINGS, numbers_in
from xlcheck.handmade.backward.evaluation import answers_in, are_both, evaluate, value_of
from xlcheck.handmade.backward.held_numbers import bounds_of_sizes, ones_among_factors, slopes_of_maxima
from xlcheck.handmade.backward.moved_copies import computed_from_moved_weights
from xlcheck.handmade.backward.network import find_networks
from xlcheck.handmade.backward.network_cells import DenseNetwork, is_datum
from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order, source
from xlcheck.learning.dense_gradients import THRESHOLDS

_NEAR, _NOTHING = 1e-3, 1e-12
_CHOICES = 2


class Sheet:
    """A sheet whose formulas were evaluated under several settings.

    Args:
        terms: what the formulas compute.
        like: the same sheet under settings drawn at random; these ones are then drawn near the numbers shown, where
            formulas agree that differ elsewhere.
        still: given cells that hold the same number under all settings.

    Attributes:
        near: whether the settings are near the numbers shown.
        terms: of the formula cells.
        order: the formula cells in order of calculation, without updates.
        updates: updated cell → weight.
        cells: the values of all cells, `(settings + 1,)`; an update counts as given.
        after: what the formulas of the updates compute.
        activated: cells that are an activation of something.
        networks: whose outputs are compared with targets.
        settings: the hyperparameters, given and computed from others.
        asked: given cells of which formulas ask whether they are something, as of classes.
    """

    def __init__(self, terms: CellTerms, like: Sheet | None = None, still: frozenset[Address] = frozenset()) -> None:
        self.terms, self.near = terms, like is not None
        self._random = np.random.default_rng(0)
        order = in_order(terms.reads)
        self.updates: dict[Address, Address] = find_updates(terms, order, terms.reads) if like is None else like.updates
        self.order = [cell for cell in order if cell not in self.updates]
        self.asked: frozenset[Address] = _compared(terms) if like is None else like.asked
        bounds = (own.cell for own in bounds_of_sizes(terms) if isinstance(own, Leaf))
        kept = self.asked.union(still, slopes_of_maxima(terms), ones_among_factors(terms), bounds)
        self._kept: frozenset[Address] = kept if like is None else like._kept
        self._given = self._drawn()
        self._evaluate()
        self.activated: frozenset[Address] = frozenset() if like is None else like.activated
        self._slopes: frozenset[Address] = frozenset() if like is None else like._slopes
        self.networks: list[DenseNetwork] = self._found() if like is None else like.networks
        self._given |= dict(self._shares())
        self._given |= {cell: np.full(SETTINGS + 1, self._given[cell][-1]) for cell in self._slopes}
        self._set_up()
        self._evaluate()

    def _found(self) -> list[DenseNetwork]:
        terms, order = self.terms, [cell for cell in self.order if not is_datum(cell)]
        if len(order) < len(self.order):
            terms = terms.restricted([cell for cell in terms if not is_datum(cell)], {*self.order}.difference(order))
        if copies := computed_from_moved_weights(terms, order, self.updates):
            terms = terms.restricted([cell for cell in terms if cell not in copies], ())
            order = [cell for cell in order if cell not in copies]
        neurons = Neurons(terms, order, self.cells, self.updates)
        self.activated, self._slopes = frozenset(neurons.activated), frozenset(neurons.slopes())
        return [own for own in find_networks(neurons, terms, self.updates, self.ones) if self._holds(own)]

    def _holds(self, network: DenseNetwork) -> bool:
        """Whether all that a network is given is known: what nothing but its own update would give is not."""
        given = (cell for own in network.samples for cell in (*own.inputs, *own.targets, *own.states))
        return network.weights <= self.cells.keys() and all(cell in self.cells for cell in given)

    @cached_property
    def ones(self) -> frozenset[Address]:
        """The typed cells that show a 1 and are not learnt."""
        return frozenset(c for c in self._given if c not in self.updates and self.terms.number(c) == 1)

    def _evaluate(self) -> None:
        self._settings_of: dict[Address, dict[Address, Array]] = {}
        self._typed: dict[Address, tuple[float, ...]] = {}
        values, size = evaluate(self.order, self.terms, self._given), np.ones(SETTINGS + 1)
        self.cells: dict[Address, Array] = {cell: size * value for cell, value in values.items()}
        self.after = {cell: value_of(self.terms[cell], self.cells) for cell in self.updates}

    def _drawn(self) -> dict[Address, Array]:
        """The given cells at random, and the numbers shown."""
        given: dict[Address, Array] = {}
        for reads in self.terms.reads.values():
            for cell in reads:
                if cell not in given and (cell not in self.terms or cell in self.updates):
                    shown = self.terms.number(cell)
                    drawn = np.full(SETTINGS, shown) if cell in self._kept else self._around(shown)
                    given[cell] = np.append(drawn, shown)
        return given

    def _around(self, shown: float) -> Array:
        """Numbers of either sign, away from 0; or so near to the one shown that no line of a ReLU is left."""
        drawn = self._random.uniform(0.2, 1.2, SETTINGS) * self._random.choice((-1.0, 1.0), SETTINGS)
        return np.asarray(shown + _NEAR * drawn * max(abs(shown), 0.1) if self.near else drawn)

    def _shares(self) -> Iterator[tuple[Address, Array]]:
        """Targets such as probabilities are, positive and with the sum 1 where there are several; each 1 as it is.

        Those of a perceptron are what it can answer; and what formulas ask for being 0 or 1 is either.
        """
        for network, sample in ((own, sample) for own in self.networks for sample in own.samples):
            yield from ((cell, np.ones(SETTINGS + 1)) for cell in sample.ones)
            if not self._given.keys() >= {*sample.targets} or not sample.targets:
                continue
            values = np.array([self._given[cell] for cell in sample.targets])
            answers = _answers(network.layers[-1].activation)
            if answers.size:
                if self.near or not np.isin(values[:, -1], answers).all():
                    continue
                drawn = self._random.choice(answers, values[:, :-1].shape)
            elif self._are_asked(sample.targets) and np.isin(values[:, -1], (0.0, 1.0)).all():
                if self.near:
                    continue
                drawn = self._classes(len(values))
            elif self.near and not np.isclose(values[:, -1].sum(), 1):
                continue
            else:
                drawn = np.abs(values[:, :-1])
                drawn /= drawn.sum(axis=0) if len(drawn) > 1 else 2.0
            yield from ((c, np.append(d, v[-1])) for c, d, v in zip(sample.targets, drawn, values, strict=True))

    def _are_asked(self, targets: Sequence[Address]) -> bool:
        """Whether formulas ask for each of some targets, or for any where one of these alone is a 1: that tells all."""
        if self.asked.isdisjoint(targets):
            return False
        shown = sorted(float(self._given[cell][-1]) for cell in targets)
        return self.asked.issuperset(targets) or (shown[-1] == 1 and not any(shown[:-1]))

    def _classes(self, count: int) -> Array:
        """Codes of classes at random: 0 or 1 for a single target, 1 for one of several, `(targets, settings)`."""
        if count == 1:
            return self._random.choice((0.0, 1.0), (1, SETTINGS))
        return np.eye(count)[self._random.integers(count, size=SETTINGS)].T

    def recomputed(self, instead: Mapping[Address, Array], cells: Sequence[Address]) -> dict[Address, Array]:
        """The values of some cells, in order of calculation, when others hold something else; updates as computed."""
        values = evaluate([c for c in cells if c not in self.updates], self.terms, self.cells, instead)
        size = np.ones(SETTINGS + 1)  # what reads no number is the same under all settings
        found = {cell: size * values[cell] for cell in cells if cell not in self.updates}
        return found | {
            c: instead[c] if c in instead else value_of(self.terms[c], values) for c in cells if c in self.updates
        }

    def choices(self) -> dict[Address, tuple[float, ...]]:
        """The cells that hold one of two numbers, as the answers of a perceptron, each of which was compared.

        Of hyperparameters any two were taken.
        """
        found = {cell: np.unique(values[:-1]) for cell, values in self.cells.items() if cell not in self.settings}
        return {cell: (*own.tolist(),) for cell, own in found.items() if own.size == _CHOICES}

    def both_ways(self, cells: Iterable[Address]) -> frozenset[Address]:
        """Those of some formulas that choose, and were compared for both answers to each of their questions.

        Args:
            cells: the formulas.
        """
        own = (cell for cell in cells if cell in self.terms)
        return frozenset(cell for cell in own if are_both(answers_in(self.terms[cell], self.cells)))

    def settings_of(self, cell: Address) -> dict[Address, Array]:
        """The hyperparameters from which a cell is computed, those nearest first; and numbers typed into formulas.

        These have no worksheet.
        """
        if cell not in self._settings_of:
            cone = self.cone((cell,))
            found = {c: self.cells[c] for c in cone if c in self.settings}
            own = (c for c in (cell, *cone) if c in self.terms and c not in self._forward)
            typed = dict.fromkeys(number for c in own for number in self._typed_in(c))
            found |= {("", 0, k): np.full(SETTINGS + 1, number) for k, number in enumerate(typed) if number}
            self._settings_of[cell] = found
        return self._settings_of[cell]

    def _typed_in(self, cell: Address) -> tuple[float, ...]:
        """The sizes of the numbers that are typed into a formula."""
        if cell not in self._typed:
            self._typed[cell] = (*dict.fromkeys(map(abs, numbers_in(self.terms[cell]))),)
        return self._typed[cell]

    def cone(self, starts: Iterable[Address]) -> list[Address]:
        """What some cells are computed from within their step, those nearest first."""
        found: dict[Address, None] = {}
        queue = deque(starts)
        while queue:
            for read in self.terms.reads[queue.popleft()]:
                if read not in found:
                    found[read] = None
                    if read in self.terms and read not in self.updates and read not in self._forward:
                        queue.append(read)
        return list(found)

    def _set_up(self) -> None:
        """Give the hyperparameters values as they may have, the same in each half of the settings."""
        samples = [sample for network in self.networks for sample in network.samples]
        rows = [row for s in samples for row in (s.inputs, s.states, s.targets, s.ones, *s.outputs, *s.totals)]
        self._forward = {cell for row in rows for cell in row if cell is not None}
        known = self._forward | {cell for network in self.networks for cell in network.weights}
        known |= {*self.updates, *self.updates.values(), *self._kept, *self._slopes}
        known |= {*self.cone(filter(is_datum, known))}
        behind = [*self.updates, *(cell for cell in self.order if cell not in self._forward)]
        settings = [cell for cell in self.cone(behind) if cell in self._given and cell not in known]
        counts = {float(len(network.samples)) for network in self.networks} - {1.0}
        for cell in settings:
            shown = float(self._given[cell][-1])
            is_meant = self._is_only_added(cell) if shown == 0 else shown in counts and self._only_divides(cell)
            self._given[cell] = np.full(SETTINGS + 1, shown) if is_meant else self._around_setting(shown)
        self.settings, beside = set(settings), known.union(self.terms)
        for cell in self.order:
            reads = self.terms.reads[cell]
            if reads and cell not in self._forward:
                more = [read for read in reads if read not in self.settings and read not in beside]
                if self.settings.union(more).issuperset(reads):  # as of the last step, after which nothing is learnt
                    self._given |= {read: self._around_setting(float(self._given[read][-1])) for read in more}
                    self.settings |= {*more, cell}

    def _only_divides(self, cell: Address) -> bool:
        """Whether all that read a cell divide by it, as by the number of samples; others may count the next sample."""
        leaf = self.terms.algebra.leaf(cell)
        powers = list[float]()
        counting = set().union(*self.terms.looked_at.values())
        readers = [reader for reader in self.terms.readers.get(cell, ()) if reader not in counting]
        for own in subterms(*(self.terms[reader] for reader in readers)):
            if isinstance(own, Product):
                powers += [power for factor, power in own.factors if factor is leaf]
            elif leaf in below(own):
                return False
        return bool(powers) and max(powers) < 0

    def _is_only_added(self, cell: Address) -> bool:
        """Whether all that read a cell add it as it is, as a 0 that stands for what no later step hands back."""
        leaf = self.terms.algebra.leaf(cell)
        read = [self.terms[reader] for reader in self.terms.readers.get(cell, ())]
        parts = [own for own in subterms(*read) if leaf in below(own)]
        return bool(parts) and all(isinstance(own, Sum) and (leaf, 1.0) in own.parts for own in parts)

    def _around_setting(self, shown: float) -> Array:
        """Two numbers, one for each half: shares stay shares, counts grow a little, and all keep their sign."""
        drawn = self._random.permutation([self._random.uniform(0.2, 0.5), self._random.uniform(0.6, 0.9)])
        if self.near:
            drawn = abs(shown) + _NEAR * drawn * max(abs(shown), 0.1)
        elif abs(shown) >= 1:
            drawn = abs(shown) + drawn
        return np.append(np.repeat(np.copysign(drawn, shown), HALF), shown)


def _answers(activation: str) -> Array:
    """The two values that a perceptron answers with; empty for other activations."""
    return THRESHOLDS[activation](np.array([-1.0, 1.0])) if activation in THRESHOLDS else np.array([])


def _compared(terms: CellTerms) -> frozenset[Address]:
    """Given cells that are compared for being equal to something, be it as copies: answers, marks, codes."""
    return frozenset(
        source(argument.cell, terms)
        for part in subterms(*terms.values())
        if isinstance(part, Function) and part.name in COMPARISONS & {"=", "<>"}
        for argument in part.arguments
        if isinstance(argument, Leaf)
    )
