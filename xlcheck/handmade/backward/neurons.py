"""The units of dense layers in a sheet: activations of sums of products, as pairs of a factor and another one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Expression,
    Function,
    Leaf,
    Product,
    Sum,
    Term,
    subterms,
)
from xlcheck.handmade.backward.coefficients import numbers_in
from xlcheck.handmade.backward.evaluation import alike, same, value_of
from xlcheck.handmade.forms.polynomials import times
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.layers.activations import activation_function
from xlcheck.learning.dense_gradients import leaky, negative_slope

_WITHIN = frozenset({"EXP", "TANH", "MAX", "MIN", "ABS", *COMPARISONS})
"""In what the argument of an activation stands: exponentials, sizes, and what chooses between two lines."""

MOST_PRODUCTS = 600
"""Products of one sum; a longer one is data, not a unit."""

_SMOOTH = ("softplus", "elu", "silu", "softsign", "mish")
ACTIVATIONS = {name: activation_function(name) for name in ("sigmoid", "tanh", "relu", "leaky_relu", *_SMOOTH)}
"""Those that people train networks with in a sheet, by Keras's names; softmax needs the numbers of all units."""

MINUS: Address = ("", 0, -1)
"""What a threshold is multiplied with, which is taken from the sum where a bias is added."""
Monomial = tuple[Address, ...]
Polynomial = Mapping[Monomial, float]


@dataclass(frozen=True)
class Neuron:
    """One unit for one sample.

    Attributes:
        cell: what it hands on.
        activation: Keras's name.
        total: the cell of the sum before the activation, if it has one.
        terms: the sum, products of two cells and single ones; a threshold times `MINUS`.
    """

    cell: Address
    activation: str
    total: Address | None
    terms: tuple[Monomial, ...]


class Neurons:
    """Finds the units among the cells of a sheet.

    Args:
        terms: of the formula cells.
        order: in order of calculation.
        values: of all cells, under several settings.
        given: cells that count as given though a formula makes them: the updates.

    Attributes:
        activated: cell → the activation that it holds, by Keras's name, and of what.
    """

    def __init__(
        self,
        terms: CellTerms,
        order: Sequence[Address],
        values: Mapping[Address, Array],
        given: Mapping[Address, Address],
    ) -> None:
        self._terms, self._values, self._given = terms, values, given
        self._polynomials: dict[Address, Polynomial | None] = {}
        self._of_terms: dict[Term, tuple[Array, Array]] = {}
        self.activated: dict[Address, tuple[str, Expression]] = {}
        for cell in order:
            if cell not in given and (found := self._activation(cell)) is not None:
                self.activated[cell] = found

    def activated_ones(self) -> Iterator[Neuron]:
        """The units with an activation other than none."""
        for cell, (activation, argument) in self.activated.items():
            if (found := self._neuron(cell, activation, argument)) is not None:
                yield found

    def handing_on(self, sums: Iterable[Address]) -> Neurons:
        """The same where some formulas are units without an activation, on whose results others go on."""
        other = copy(self)
        other.activated = self.activated | {cell: ("linear", self._terms[cell]) for cell in sums}
        other._polynomials = {}
        return other

    def linear(self, cell: Address) -> Neuron | None:
        """The unit without an activation that a cell holds; None if it holds none."""
        return self._neuron(cell, "linear", self._terms.algebra.leaf(cell))

    def threshold(self, cell: Address) -> Neuron | None:
        """The perceptron that a cell holds, which says whether a sum reaches 0; None if it holds none."""
        match self._terms.get(cell):
            case Function(name="IF", arguments=(Function(name=">" | ">=" as sign, arguments=(a, b)), 1, 0 | -1 as low)):
                z = self._terms.algebra.subtract(a, b)
                return self._neuron(cell, f"{'sign' if low else 'step'} {'≥' if sign == '>=' else '>'} 0", z)
        return None

    def _neuron(self, cell: Address, activation: str, z: Expression) -> Neuron | None:
        """The unit that gives an activation of something, if that is a sum of products."""
        terms = _sum_of_products(self.polynomial(z))
        total = z.cell if isinstance(z, Leaf) else cell if activation == "linear" else None
        return None if terms is None else Neuron(cell, activation, total, terms)

    def _activation(self, cell: Address) -> tuple[str, Expression] | None:
        """The activation that a cell computes, and of what."""
        term, value = self._terms[cell], self._values[cell]
        if not np.isfinite(value).all() or np.ptp(value) == 0 or isinstance(term, Leaf) or self._mixes(term):
            return None  # nor does the copy of a unit compute one, as the state before a step
        made_of = term, *self._behind(term)
        known = self._terms.activations
        if made_of not in known:
            known[made_of] = self._activation_of(made_of, value)
        return known[made_of]

    def _mixes(self, term: Term) -> bool:
        """Whether a term adds or multiplies a unit and what that is no activation of: another unit, or a state."""
        cells = {*_outside_functions(term)}
        of = {self.activated[cell][1] for cell in cells & self.activated.keys()}
        below = {cell for argument in of if isinstance(argument, Term) for cell in leaves(argument)}
        others = (cell for cell in cells - below if cell in self._terms and cell not in self._given)
        return len(of) > 1 or (bool(of) and any(cell not in self.activated for cell in others))

    def _activation_of(self, made_of: Sequence[Term], value: Array) -> tuple[str, Expression] | None:
        arguments = list(dict.fromkeys(self._arguments(made_of)))
        for argument in arguments:
            for scaled in self._scaled(argument):
                z, bent = self._bent(scaled)
                if (fits := alike(bent, value)).any():
                    return [*ACTIVATIONS][fits.argmax()], scaled
                if (leaking := self._leaky(made_of, z, value)) is not None:
                    return leaking, scaled
        written = dict.fromkeys(self._arguments(made_of[:1], {"EXP"}))  # those of units below are none
        for group in (list(written), arguments):
            if len(group) > 1:
                with np.errstate(all="ignore"):
                    exponentials = np.exp(np.array([self._bent(argument)[0] for argument in group]))
                    shares = exponentials / exponentials.sum(axis=0)
                for argument, share in zip(group, shares, strict=True):
                    if same(share, value):
                        return "softmax", self._unshifted(argument, group)
        return None

    def _unshifted(self, argument: Term, group: Sequence[Term]) -> Expression:
        """The logit in an exponential, from which all of them may take off one number, as the largest of them."""
        sums = [dict(own.parts) if isinstance(own, Sum) else {} for own in group]
        shared = [part for part, factor in sums[0].items() if factor == -1 and all(x.get(part) == -1 for x in sums)]
        logit: Expression = argument
        for part in shared:
            logit = self._terms.algebra.subtract(logit, self._terms.algebra.scale(part, -1.0))
        return logit

    def _bent(self, argument: Term) -> tuple[Array, Array]:
        """The values of a term, and what each activation makes of them, `(activations, settings)`."""
        if argument not in self._of_terms:
            z = value_of(argument, self._values)
            self._of_terms[argument] = z, np.stack([function(z) for function in ACTIVATIONS.values()])
        return self._of_terms[argument]

    def _leaky(self, made_of: Sequence[Term], z: Array, value: Array) -> str | None:
        """The name of a leaky relu whose slope below 0 is typed, or is that of a given cell; None if it is none."""
        below_0 = z < 0
        if not 0 < below_0.sum() < len(z) or not same(z[~below_0], value[~below_0]):
            return None
        numbers = dict.fromkeys(number for term in made_of for number in numbers_in(term) if 0 < number < 1)
        given = dict.fromkeys(cell for term in made_of for cell in leaves(term) if cell not in self._terms)
        slopes = [np.full(len(z), number) for number in numbers]
        slopes += [self._values[cell] for cell in given if cell not in self._given]
        found = (own for own in slopes if same((own * z)[below_0], value[below_0]))
        return next((leaky(float(own[-1])) for own in found if 0 < own[-1] < 1), None)

    def slopes(self) -> Iterator[Address]:
        """The given cells that hold the slope of a leaky relu below 0."""
        for cell, (name, _) in self.activated.items():
            if (slope := negative_slope(name)) is not None:
                read = {leaf for term in (self._terms[cell], *self._behind(self._terms[cell])) for leaf in leaves(term)}
                yield from (own for own in read if own not in self._terms and self._values[own][-1] == slope)

    @staticmethod
    def _arguments(made_of: Sequence[Term], names: Collection[str] = _WITHIN) -> Iterator[Term]:
        """What stands in the exponentials, conditions and maxima of a term and of what it reads."""
        for item in made_of:
            for function in (part for part in subterms(item) if isinstance(part, Function)):
                if function.name in names:
                    yield from (argument for argument in function.arguments if isinstance(argument, Term))

    def _behind(self, term: Term) -> Iterator[Term]:
        """The terms of the cells that a term reads, and behind mere sums of cells those of their parts."""
        for cell in leaves(term):
            if cell in self._terms and cell not in self._given:
                read = self._terms[cell]
                yield read
                if isinstance(read, Sum) and all(isinstance(part, Leaf) for part, _ in read.parts):
                    yield from (self._terms[c] for c in leaves(read) if c in self._terms and c not in self._given)

    def _scaled(self, term: Term) -> Iterator[Term]:
        """A term, its negative, and half of either: in a sigmoid stands −z, in some spellings of tanh 2z."""
        for factor in (1.0, -1.0, 0.5, -0.5):
            found = self._terms.algebra.scale(term, factor)
            if isinstance(found, Term):
                yield found

    def polynomial_of(self, cell: Address) -> Polynomial | None:
        """A cell as a sum of products of given cells and activations."""
        if cell in self._given or cell in self.activated or cell not in self._terms:
            return {(cell,): 1.0}
        if cell not in self._polynomials:
            self._polynomials[cell] = None  # while it is found out: no cell is made of itself
            self._polynomials[cell] = self.polynomial(self._terms[cell])
        return self._polynomials[cell]

    def polynomial(self, expression: Expression) -> Polynomial | None:
        """A term as a sum of products of at most two given cells or activations; None if it is something else."""
        match expression:
            case float() | int():
                return {(): float(expression)}
            case Leaf():
                return self.polynomial_of(expression.cell)
            case Sum():
                total: dict[Monomial, float] = {(): expression.constant} if expression.constant else {}
                for part, coefficient in expression.parts:
                    found = self.polynomial(part)
                    if found is None:
                        return None
                    for monomial, factor in found.items():
                        total[monomial] = total.get(monomial, 0.0) + coefficient * factor
                return {m: c for m, c in total.items() if c} if len(total) <= MOST_PRODUCTS else None
            case Product():
                return self._product(expression)
        return None

    def _product(self, product: Product) -> Polynomial | None:
        total: Polynomial = {(): 1.0}
        for factor, power in product.factors:
            if power not in (1, 2):
                return None
            found = self.polynomial(factor)
            for _ in range(int(power)):
                if found is None or len(total) * len(found) > MOST_PRODUCTS:
                    return None
                total = times(total, found)
        return total if all(len(monomial) <= 2 for monomial in total) else None


def partners(terms: Sequence[Monomial], cells: Sequence[Address]) -> tuple[tuple[Address, ...], list[Monomial]] | None:
    """What a sum multiplies some cells with, and what is left of it; None if one of these is in no product, or in two.

    Args:
        terms: the products of two cells, and cells alone.
        cells: all inputs, or all weights.
    """
    found: dict[Address, Address] = {}
    left: list[Monomial] = []
    for term in terms:
        places = [cell for cell in term if cell in cells]
        if len(term) == 2 and len(places) == 1:
            if places[0] in found:
                return None
            found[places[0]] = term[0] if term[1] == places[0] else term[1]
        elif places:
            return None
        else:
            left.append(term)
    return (tuple(found[cell] for cell in cells), left) if found.keys() == set(cells) else None


def _sum_of_products(polynomial: Polynomial | None) -> tuple[Monomial, ...] | None:
    """The products of a sum such as a unit computes: of two different cells, each once, and at most one cell alone."""
    if not polynomial or any(abs(c - (1 if len(m) > 1 or c > 0 else -1)) > 1e-12 for m, c in polynomial.items()):
        return None
    single = [monomial for monomial in polynomial if len(monomial) == 1]
    pairs = [monomial for monomial in polynomial if len(monomial) == 2 and monomial[0] != monomial[1]]
    if not pairs or len(single) > 1 or len(single) + len(pairs) < len(polynomial):
        return None
    return tuple(monomial if c > 0 else (*monomial, MINUS) for monomial, c in polynomial.items())


def _outside_functions(term: Term) -> Iterator[Address]:
    """The cells that a term adds and multiplies, without those within functions."""
    match term:
        case Leaf():
            yield term.cell
        case Sum():
            for part, _ in term.parts:
                yield from _outside_functions(part)
        case Product():
            for factor, _ in term.factors:
                yield from _outside_functions(factor)
