"""The training steps of a sheet: networks, what Keras says of them, and which cells hold the new weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import COMPARISONS, Address, Function, Leaf, Term, below
from xlcheck.handmade.backward.evaluation import evaluate, value_of
from xlcheck.handmade.backward.network import DenseNetwork, compared_pairs, find_networks
from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.truth import Truth, truths
from xlcheck.handmade.backward.updates import find_updates, source
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.learning.dense_gradients import DenseGradients

_NEAR = 1e-3
_SURE = 4
"""Updates with the usual learning rate for each one with another, before that one is thought to be wrong."""

SETTINGS = 8
"""Random settings; beside them each cell has a setting with the numbers shown."""


@dataclass(frozen=True)
class Rate:
    """How far an update goes along its gradient.

    Attributes:
        cell: what holds the learning rate; None if it is typed into the formula.
        factor: what it is multiplied with.
    """

    cell: Address | None
    factor: float

    @property
    def form(self) -> tuple[bool, float]:
        """The same for rows that have a cell each for the learning rate."""
        return self.cell is None, float(f"{self.factor:.9g}")


class Sheet:
    """A sheet whose formulas were evaluated under several settings.

    Args:
        terms: what the formulas compute.
        like: the same sheet under settings drawn at random; these ones are then drawn near the numbers shown, where
            formulas agree that differ elsewhere.

    Attributes:
        near: whether the settings are near the numbers shown.
        terms: of the formula cells.
        order: the formula cells in order of calculation, without updates.
        updates: updated cell → weight.
        cells: the values of all cells, `(settings + 1,)`; an update counts as given.
        after: what the formulas of the updates compute.
        networks: whose outputs are compared with targets.
    """

    def __init__(self, terms: CellTerms, like: Sheet | None = None) -> None:
        self.terms, self.near = terms, like is not None
        self._random = np.random.default_rng(0)
        order = in_order(terms.reads)
        self.updates: dict[Address, Address] = find_updates(terms, order, terms.reads) if like is None else like.updates
        self.order = [cell for cell in order if cell not in self.updates]
        self._kept = _compared(terms)
        self._given = self._drawn()
        self._evaluate()
        self.networks: list[DenseNetwork] = self._found() if like is None else like.networks
        self._given |= dict(self._shares())
        self._evaluate()

    def _found(self) -> list[DenseNetwork]:
        ones = frozenset(c for c in self._given if c not in self.updates and self.terms.number(c) == 1)
        neurons = Neurons(self.terms, self.order, self.cells, self.updates)
        return find_networks(neurons, self.terms, self.updates, ones)

    def _evaluate(self) -> None:
        self.cells: dict[Address, Array] = evaluate(self.order, self.terms, self._given)
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
        """Targets such as probabilities are, positive and with the sum 1 where there are several; each 1 as it is."""
        for sample in (sample for network in self.networks for sample in network.samples):
            yield from ((cell, np.ones(SETTINGS + 1)) for cell in sample.ones)
            values = np.array([self._given[cell] for cell in sample.targets])
            if self.near and not np.isclose(values[:, -1].sum(), 1):
                continue
            drawn = np.abs(values[:, :-1])
            drawn /= drawn.sum(axis=0) if len(drawn) > 1 else 2.0
            yield from ((c, np.append(d, v[-1])) for c, d, v in zip(sample.targets, drawn, values, strict=True))

    def recomputed(self, instead: Mapping[Address, Array], cells: Sequence[Address]) -> dict[Address, Array]:
        """The values of some cells, in order of calculation, when others hold something else; updates as computed."""
        values = evaluate([c for c in cells if c not in self.updates], self.terms, self.cells, instead)
        found = {cell: values[cell] for cell in cells if cell not in self.updates}
        return found | {
            c: instead[c] if c in instead else value_of(self.terms[c], values) for c in cells if c in self.updates
        }

    def rate(self, update: Address, after: Array, gradient: Array) -> Rate | None:
        """The learning rate with which a cell updates its weight by a gradient; None if it does not."""
        before = self.cells[self.updates[update]]
        with np.errstate(all="ignore"):
            step = (before - after) / gradient
        step = step[np.abs(gradient) > 1e-12]
        if not len(step) or not np.isfinite(step).all():
            return None
        if _is_constant(step):
            return Rate(None, float(step[0])) if step[0] > 0 else None
        for cell in self._rates(update):
            with np.errstate(all="ignore"):
                share = step / self.cells[cell][np.abs(gradient) > 1e-12]
            if np.isfinite(share).all() and _is_constant(share) and share[0] > 0:
                return Rate(cell, float(share[0]))
        return None

    def _rates(self, update: Address) -> Iterator[Address]:
        """The given cells that an update reads, directly or through one cell."""
        reads = self.terms.reads[update]
        further = (cell for read in reads for cell in self.terms.reads.get(read, ()))
        sources = (source(cell, self.terms) for cell in (*reads, *further))
        yield from dict.fromkeys(cell for cell in sources if cell not in self.terms)


@dataclass(frozen=True)
class Step:
    """One network, and the cells that hold its weights after the step.

    Attributes:
        truth: what Keras says.
        gradients: the loss by each weight.
        rates: of the updates that follow their gradient; None for those that do not.
    """

    truth: Truth
    gradients: Mapping[Address, Array]
    rates: Mapping[Address, Rate | None]


def steps_under(sheet: Sheet, loss: str, ask: DenseGradients) -> list[Step]:
    """Each network of a sheet as a step that makes a loss smaller."""
    steps = []
    for truth in truths(sheet.networks, sheet.cells, loss, ask):
        gradients = truth.weight_gradients()
        rates = {
            update: sheet.rate(update, sheet.after[update], gradients[weight])
            for update, weight in sheet.updates.items()
            if weight in gradients
        }
        steps.append(Step(truth, gradients, rates))
    return _without_strange_rates(steps)


def _without_strange_rates(steps: Sequence[Step]) -> list[Step]:
    """The steps, but an update does not follow its gradient if it alone goes so far along it."""
    forms = Counter(rate.form for step in steps for rate in step.rates.values() if rate is not None)
    usual = max(forms.values(), default=0)
    strange = {form for form, count in forms.items() if _SURE * count <= usual}
    return [
        replace(step, rates={u: None if r is not None and r.form in strange else r for u, r in step.rates.items()})
        for step in steps
    ]


def exact_updates(steps: Sequence[Step]) -> int:
    """How many updates follow their gradient."""
    return sum(rate is not None for step in steps for rate in step.rates.values())


def may_learn(terms: CellTerms) -> bool:
    """Whether a given number is compared with a computed one, as a target is with an output."""
    pairs = ((source(a, terms), source(b, terms)) for a, b in compared_pairs(terms))
    return any((a in terms) != (b in terms) for a, b in pairs)


def usual_rate(steps: Sequence[Step]) -> tuple[bool, float] | None:
    """The form of most learning rates; None where no update follows its gradient."""
    forms = Counter(rate.form for step in steps for rate in step.rates.values() if rate is not None)
    return max(forms, key=lambda form: forms[form]) if forms else None


def _is_constant(values: Array) -> bool:
    return bool(np.allclose(values, values[0], rtol=1e-8, atol=0))


def _compared(terms: CellTerms) -> frozenset[Address]:
    """Given cells that are compared for being equal to something: answers, marks, codes."""
    found: set[Address] = set()
    seen: set[Term] = set()
    for term in terms.values():
        stack = [term]
        while stack:
            item = stack.pop()
            if item in seen:
                continue
            seen.add(item)
            if isinstance(item, Function) and item.name in COMPARISONS & {"=", "<>"}:
                found.update(argument.cell for argument in item.arguments if isinstance(argument, Leaf))
            stack.extend(below(item))
    return frozenset(found)
