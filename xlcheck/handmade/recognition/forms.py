"""Weighted sums in a workbook: which constants multiply what, and which of them are weights.

A *form* is a sum of products with constants, as it stands inside an activation: `x·w + h·u + b`.
Everything about a hand-made network follows from its forms, whatever the layout: a constant that
multiplies something computed is a weight; a constant that stands alone in the sum is a bias; of two
constants that are multiplied, the weight is the one that comes back with the same bias.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlcheck.formulas.algebra import Algebra, Expression, Function, Leaf, Product, Sum, Term, below


@dataclass(frozen=True)
class Form:
    """One weighted sum.

    Attributes:
        term: the sum.
        weights: weight → what it multiplies.
        biases: weights that stand alone.
        inside: whether it was found inside a function, and not just as the value of a cell.
        has_more: whether the sum has terms without any weight.
    """

    term: Term
    weights: Mapping[Leaf, Term]
    biases: tuple[Leaf, ...]
    inside: bool
    has_more: bool

    @property
    def leaves(self) -> frozenset[Leaf]:
        """All its weights, biases included."""
        return frozenset(self.weights) | frozenset(self.biases)


@dataclass(frozen=True)
class _Raw:
    """A form before it is known which of two constants is the weight."""

    term: Term
    pairs: tuple[tuple[Leaf, Leaf], ...]
    computed: Mapping[Leaf, Term]
    biases: tuple[Leaf, ...]
    inside: bool
    has_more: bool

    @property
    def monomials(self) -> frozenset[object]:
        return frozenset(self.pairs) | frozenset(self.computed.items()) | frozenset(self.biases)


@dataclass(frozen=True)
class Forms:
    """All forms of a workbook.

    Attributes:
        forms: in order of calculation.
        scaled: every term that is a number times a form, with the form's term and that number.
        undecided: whether inputs and weights could be exchanged, so that the other reading is as good.
    """

    forms: tuple[Form, ...]
    scaled: Mapping[Term, tuple[Term, float]]
    undecided: bool


def find_forms(algebra: Algebra, cells: Iterable[Expression | str | bool | None], *, flipped: bool = False) -> Forms:
    """Find the forms in the meaning of formula cells.

    Args:
        algebra: has made the terms.
        cells: the meaning of each formula cell.
        flipped: take the other reading where inputs and weights could be exchanged.
    """
    terms = reachable(cell for cell in cells if isinstance(cell, Term))
    arguments = {a for t in terms if isinstance(t, Function) for a in t.arguments if isinstance(a, Term)}
    raw: dict[Term, _Raw] = {}
    scaled: dict[Term, tuple[Term, float]] = {}
    for term in terms:
        found = _read(algebra, term, inside=term in arguments)
        if found is None:
            continue
        form, scale = found
        scaled[term] = (form.term, scale)
        if form.term not in raw or form.inside:
            raw[form.term] = form
    whole = _without_parts([raw[term] for term in sorted(raw, key=lambda t: t.number)])
    kept = {form.term for form in whole}
    weights, undecided = _weights_of(whole, flipped)
    forms = tuple(_decide(form, weights) for form in whole)
    return Forms(forms, {t: s for t, s in scaled.items() if s[0] in kept}, undecided)


def reachable(roots: Iterable[Term]) -> list[Term]:
    """All terms that the given ones are made of, in order of creation, so parts before wholes."""
    seen: set[Term] = set()
    stack = list(roots)
    while stack:
        term = stack.pop()
        if term not in seen:
            seen.add(term)
            stack.extend(below(term))
    return sorted(seen, key=lambda t: t.number)


def _read(algebra: Algebra, term: Term, *, inside: bool) -> tuple[_Raw, float] | None:
    """A term as a form times a number, or None."""
    if isinstance(term, Sum):
        scales = Counter(coefficient for _, coefficient in term.parts)
        scale = scales.most_common(1)[0][0]
        monomials = [part for part, _ in term.parts]
    elif isinstance(term, Product) and inside:
        scale, monomials = 1.0, [term]
    else:
        return None
    if len(monomials) == 1 and not inside:
        return None
    pairs, computed, biases, extra = [], {}, [], False
    for part in monomials:
        leaves, others = _split(part)
        if len(leaves) == 1 and others is not None:
            if _is_logarithm(others) or leaves[0] in computed:
                return None
            computed[leaves[0]] = others
        elif len(leaves) == 2 and others is None:
            pairs.append((leaves[0], leaves[1]))
        elif len(leaves) == 1:
            biases.append(leaves[0])
        else:
            extra = True
    if (not pairs and not computed) or (extra and not pairs and not biases):
        return None
    whole = algebra.scale(term, 1 / scale) if scale != 1 else term
    if not isinstance(whole, Term):
        return None
    return _Raw(whole, tuple(pairs), _multiplied(algebra, computed), tuple(biases), inside, extra), scale


def _multiplied(algebra: Algebra, computed: Mapping[Leaf, list[tuple[Term, float]]]) -> dict[Leaf, Term]:
    partners = {}
    for leaf, factors in computed.items():
        product: Expression = 1.0
        for factor, power in factors:
            product = algebra.multiply(product, algebra.power(factor, power))
        if isinstance(product, Term):
            partners[leaf] = product
    return partners


def _split(part: Term) -> tuple[list[Leaf], list[tuple[Term, float]] | None]:
    """Constants and other factors of a product."""
    if isinstance(part, Leaf):
        return [part], None
    if not isinstance(part, Product):
        return [], [(part, 1.0)]
    leaves = [factor for factor, power in part.factors if isinstance(factor, Leaf) and power == 1]
    others = [(factor, power) for factor, power in part.factors if not (isinstance(factor, Leaf) and power == 1)]
    return leaves, others or None


def _is_logarithm(factors: list[tuple[Term, float]]) -> bool:
    return any(isinstance(factor, Function) and factor.name == "LN" for factor, _ in factors)


def _without_parts(forms: list[_Raw]) -> list[_Raw]:
    """Leave out sums that are only a part of another one: partial results in cells of their own."""
    containing: dict[object, set[int]] = defaultdict(set)
    for number, form in enumerate(forms):
        for monomial in form.monomials:
            containing[monomial].add(number)
    kept = []
    for number, form in enumerate(forms):
        wholes = set.intersection(*(containing[monomial] for monomial in form.monomials)) - {number}
        if form.inside or not any(len(forms[w].monomials) > len(form.monomials) for w in wholes):
            kept.append(form)
    return kept


def _weights_of(forms: list[_Raw], flipped: bool) -> tuple[set[Leaf], bool]:
    """Which constants are weights; and whether the opposite reading is as good."""
    weights = {leaf for form in forms for leaf in (*form.computed, *form.biases)}
    friends: dict[Leaf, Counter[Leaf]] = defaultdict(Counter)
    degree: Counter[Leaf] = Counter()
    for form in forms:
        anchors = (*form.computed, *form.biases)
        for leaf in {leaf for pair in form.pairs for leaf in pair}:
            degree[leaf] += 1
            friends[leaf].update(anchors)

    def evidence(side: set[Leaf]) -> tuple[float, float]:
        loyal = [max(friends[leaf].values(), default=0) / degree[leaf] for leaf in side]
        return round(sum(loyal) / len(side), 6), round(sum(degree[leaf] for leaf in side) / len(side), 6)

    undecided = False
    for one, other in _sides(forms, weights):
        if one & weights or other & weights:
            chosen = one if len(one & weights) >= len(other & weights) else other
        elif evidence(one) != evidence(other):
            chosen = max(one, other, key=evidence)
        else:
            undecided = True
            chosen = max(one, other, key=lambda side: (len(side), -min(leaf.number for leaf in side)))
            if flipped:
                chosen = other if chosen is one else one
        weights |= chosen
    return weights, undecided


def _sides(forms: list[_Raw], weights: set[Leaf]) -> list[tuple[set[Leaf], set[Leaf]]]:
    """Constants that are multiplied with each other, in groups with two sides; surest groups first."""
    partners: dict[Leaf, set[Leaf]] = defaultdict(set)
    for form in forms:
        for a, b in form.pairs:
            partners[a].add(b)
            partners[b].add(a)
    groups = []
    seen: set[Leaf] = set()
    for start in partners:
        if start in seen:
            continue
        sides: tuple[set[Leaf], set[Leaf]] = ({start}, set())
        stack = [(start, 0)]
        seen.add(start)
        while stack:
            leaf, side = stack.pop()
            for partner in partners[leaf] - seen:
                seen.add(partner)
                sides[1 - side].add(partner)
                stack.append((partner, 1 - side))
        groups.append(sides)
    return sorted(groups, key=lambda g: not (g[0] | g[1]) & weights)


def _decide(form: _Raw, weights: set[Leaf]) -> Form:
    found = dict(form.computed)
    for a, b in form.pairs:
        weight, partner = (a, b) if a in weights else (b, a)
        found[weight] = partner
    return Form(form.term, found, form.biases, form.inside, form.has_more)
