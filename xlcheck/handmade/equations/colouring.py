"""Which factor of each product is the weight: the colours of atoms, told by consistency over all weighted sums.

What a row of weights has in common, and what a step's inputs have in common, meet in one weighted sum only.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set

from xlcheck.handmade.equations.instances import Instance, weighted_sums
from xlcheck.handmade.forms.colours import Colours, is_rather_a_weight
from xlcheck.handmade.forms.forms import RATIO, SUM, Forms
from xlcheck.handmade.forms.polynomials import Atom, Monomial

Sums = Mapping[Atom, Collection[Monomial]]
"""Weighted sums and the products that they add."""


def find_instances(forms: Forms) -> dict[Atom, Instance]:
    """The instances among all atoms, coloured."""
    return coloured(weighted_sums(forms), forms)


def coloured(found: Mapping[Atom, Instance], forms: Forms) -> dict[Atom, Instance]:
    """The same with what they weight, and their weights.

    Args:
        found: the instances, which are changed.
        forms: what each cell computes.
    """
    _colour(found, forms)
    return {atom: instance for atom, instance in found.items() if instance.inputs}


_WEIGHT = "weight"
"""An atom that is a weight by definition."""


def _colour(instances: Mapping[Atom, Instance], forms: Forms) -> None:
    """Find out which of two numbers is the weight, and set the pairs of every instance."""
    colours, every = Colours(), instances
    instances = {atom: own for atom, own in instances.items() if not _mixes(own, forms)}
    sums = {atom: instance.monomials for atom, instance in instances.items()}
    where: dict[Atom, list[Instance]] = defaultdict(list)
    # An input from which its weight was left out stands alone like a bias, but multiplies others.
    alone = Counter[Atom]()
    for monomial in (monomial for instance in instances.values() for monomial in instance.in_order):
        alone.update({atom: 1 if len(monomial) == 1 else -1 for atom in monomial})
    for instance in instances.values():
        for monomial in instance.in_order:
            if len(monomial) == 1 and alone[monomial[0]] >= 0:
                colours.join(monomial[0], _WEIGHT, opposite=False)
            for atom in monomial:
                where[atom].append(instance)
                if not forms.is_given(atom):
                    colours.join(atom, _WEIGHT, opposite=True)
    _join_opposite(instances, colours, forms)
    _join_same(where, colours, {atom for atom, count in alone.items() if count >= 0}, {*side_by_side(sums)})
    _join_opposite(instances, colours, None)
    read = [(instances[one], instances[other], is_one_step) for one, other, is_one_step in read_together(sums, forms)]
    sides, guessed = _sides(instances, where, colours, read)
    for instance in every.values():
        pairs = sorted(_pairs(instance, colours, sides, forms), key=lambda pair: (pair[0] is None, pair))
        instance.pairs = tuple(pairs)
        instance.weights = frozenset(weight for _, weight in pairs)
        instance.inputs = frozenset(x for x, _ in pairs if x is not None)
        instance.is_anchored = guessed.isdisjoint(colours.root(x)[0] for x in instance.inputs)


def _mixes(instance: Instance, forms: Forms) -> bool:
    """Whether shares of exponentials mix numbers, as an attention does: these may be inputs, and are no weights."""
    return all(len(own) > 1 and any(_is_share(x, forms) for x in own) for own in instance.monomials)


def _is_share(atom: Atom, forms: Forms) -> bool:
    form = forms.of(atom)
    return form.kind == RATIO and any(forms.of(own).kind == "exp" for product in form.below for own in product)


def _join_opposite(instances: Mapping[Atom, Instance], colours: Colours, forms: Forms | None) -> None:
    """The factors of a product have opposite colours; with forms only those of which one is computed."""
    votes = Counter(
        monomial for instance in instances.values() for monomial in instance.in_order
        if len(monomial) == 2 and (forms is None or not all(map(forms.is_given, monomial)))
    )  # fmt: skip
    for monomial, _ in votes.most_common():
        colours.join(*monomial, opposite=True)


def _join_same(
    where: Mapping[Atom, list[Instance]], colours: Colours, biases: Set[Atom], beside: Set[tuple[Atom, Atom]]
) -> None:
    """Atoms that meet in two or more instances are weights of one row, or inputs of one step.

    Not so a bias with the inputs of units that the next layer reads side by side: all of a layer may have one bias.
    """
    together: dict[frozenset[Atom], list[Atom]] = defaultdict(list)
    for atom, own in where.items():
        sums = frozenset(instance.atom for instance in own)
        if len(own) > 1 and not (atom in biases and any(sums.issuperset(pair) for pair in beside)):
            together[sums].append(atom)
    for atoms in together.values():
        for other in atoms[1:]:
            colours.join(atoms[0], other, opposite=False)
    # Where a mistake keeps two sets from being equal: most of them meet. So does the middle of a picture with a filter.
    factors = {atom: [*_factors(atom, own)] for atom, own in where.items()}
    for atom, own in where.items():
        if len(own) > 2:
            met = Counter(other for instance in own for monomial in instance.in_order for other in monomial)
            for other, count in met.items():
                is_most = other != atom and count > 1 and 2 * count > max(len(own), len(where[other]))
                is_known = is_most and colours.root(atom)[0] == colours.root(other)[0]
                if is_most and not is_known and not _are_factors(atom, other, where, factors, colours):
                    colours.join(atom, other, opposite=False)


def _factors(atom: Atom, own: Iterable[Instance]) -> Iterator[Atom]:
    """What some weighted sums multiply an atom with."""
    products = (monomial for instance in own for monomial in instance.in_order if len(monomial) == 2)
    yield from (b if a == atom else a for a, b in products if atom in (a, b))


def _are_factors(
    one: Atom,
    other: Atom,
    where: Mapping[Atom, list[Instance]],
    factors: Mapping[Atom, Collection[Atom]],
    colours: Colours,
) -> bool:
    """Whether most weighted sums that have one of two atoms multiply it with what has the colour of the other."""

    def is_factor(own: Atom, of: Atom) -> bool:
        colour = colours.root(of)
        return 2 * sum(colours.root(factor) == colour for factor in factors[own]) > len(where[own])

    return is_factor(one, other) or is_factor(other, one)


def _sides(
    instances: Mapping[Atom, Instance],
    where: Mapping[Atom, list[Instance]],
    colours: Colours,
    read: Iterable[tuple[Instance, Instance, bool]],
) -> tuple[dict[object, bool], set[object]]:
    """For each class without a computed number or a bias: whether its first atom is a weight; and what was guessed.

    What the next layer reads side by side belongs to one step, so what these instances share are inputs. What a step
    has in common with the one before, which it reads, are weights. Failing that, what several instances share are the
    inputs, if the other side stands in one of them each; else the weights are what more of them share. Of two numbers
    of one instance alone, the weight is the one beside the other weights. Two that share numbers of both colours are
    windows of one filter that overlap, and say nothing.
    """
    known, _ = colours.root(_WEIGHT)
    votes: dict[object, Counter[bool]] = defaultdict(Counter)

    def vote(pairs: Iterable[tuple[Instance, Instance, bool]]) -> None:
        for one, other, is_one_step in pairs:
            shared = Counter(map(colours.root, _atoms(one) & _atoms(other)))
            for (root, opposite), count in shared.items():
                if (root, not opposite) not in shared:  # else they are windows of one filter, side by side
                    votes[root][opposite == is_one_step] += count

    vote(read)
    for instance in instances.values():
        states = [a for monomial in instance.monomials for a in monomial if a in instances]
        vote((instance, instances[before], False) for before in states)
    sides: dict[object, bool] = {}
    guessed: set[object] = set()
    for instance in instances.values():
        for root in dict.fromkeys(colours.root(atom)[0] for atom in sorted(_atoms(instance))):
            if root != known and root not in sides:
                own = votes.get(root) or Counter()
                if not own:
                    guessed.add(root)
                    shared = Counter(_shared(root, where, colours))
                    both = shared[True] and shared[False]  # then there are more samples than units, rather
                    own = Counter({True: shared[False], False: shared[True]}) if both else shared
                    own = own or Counter(_by_place(root, instance, colours))
                sides[root] = own[True] > own[False]
    return sides, guessed


def _shared(root: object, where: Mapping[Atom, list[Instance]], colours: Colours) -> Iterator[bool]:
    """A vote for each time that an atom of a class stands in a further instance."""
    for atom, own in where.items():
        above, opposite = colours.root(atom)
        if above == root:
            yield from [opposite] * (len(own) - 1)


def _by_place(root: object, instance: Instance, colours: Colours) -> Iterator[bool]:
    """A vote for each product of a class of which one factor stands nearer to weights that are known, or to inputs."""
    known, turned = colours.root(_WEIGHT)
    kinds: dict[bool, list[Atom]] = {True: [], False: []}
    for atom in _atoms(instance):
        above, opposite = colours.root(atom)
        if above == known:
            kinds[opposite == turned].append(atom)
    for one, other in (m for m in instance.monomials if len(m) == 2 and colours.root(m[0])[0] == root):
        rather = is_rather_a_weight(one, other, kinds[True], kinds[False])
        if rather is not None:
            yield colours.root(other if rather else one)[1]


def _atoms(instance: Instance) -> set[Atom]:
    return {atom for monomial in instance.monomials for atom in monomial}


def _pairs(
    instance: Instance, colours: Colours, sides: Mapping[object, bool], forms: Forms
) -> Iterator[tuple[Atom | None, Atom]]:
    pairs: list[tuple[Atom | None, Atom]] = [(None, m[0]) for m in instance.monomials if len(m) == 1]
    undecided = []
    for one, other in sorted(m for m in instance.monomials if len(m) == 2):
        found = _is_weight(one, other, colours, sides, forms)
        if found is None:
            undecided.append((one, other))
        else:
            pairs.append((other, one) if found else (one, other))
    yield from pairs
    weights, inputs = [weight for _, weight in pairs], [x for x, _ in pairs if x is not None]
    for one, other in undecided:
        yield (one, other) if is_rather_a_weight(one, other, weights, inputs) is False else (other, one)


def _is_weight(one: Atom, other: Atom, colours: Colours, sides: Mapping[object, bool], forms: Forms) -> bool | None:
    """Whether the first of two factors is the weight; None where all that is known says it of both, or of neither."""
    if not forms.is_given(one) or not forms.is_given(other):
        return forms.is_given(one)
    known, turned = colours.root(_WEIGHT)

    def colour(atom: Atom) -> bool:
        root, opposite = colours.root(atom)
        return opposite == turned if root == known else sides.get(root, True) != opposite

    a, b = colour(one), colour(other)
    return a if a != b else None


def read_together(sums: Sums, forms: Forms) -> Iterator[tuple[Atom, Atom, bool]]:
    """Pairs of weighted sums that a formula reads together, and whether they are those of one step.

    Args:
        sums: the weighted sums.
        forms: what each cell computes.
    """
    yield from ((one, other, True) for one, other in side_by_side(sums))
    for atom in forms:
        form = forms.of(atom)
        if form.kind == RATIO:
            yield from ((one, other, True) for one, other in itertools.pairwise(_in_a_softmax(form.below, sums, forms)))
        elif form.kind == SUM and not any(len(m) != 2 or any(map(forms.is_given, m)) for m in form.polynomial):
            yield from _in_attention(sorted(form.polynomial), sums, forms)


def side_by_side(sums: Sums) -> Iterator[tuple[Atom, Atom]]:
    """Results that a weighted sum reads, each with the next one.

    Args:
        sums: the weighted sums.
    """
    for monomials in sums.values():
        yield from itertools.pairwise(atom for monomial in sorted(monomials) for atom in monomial if atom in sums)


def _in_a_softmax(below: Collection[Monomial], sums: Sums, forms: Forms) -> list[Atom]:
    """The exponentials by whose sum a share is divided."""
    return [atom for monomial in sorted(below) for atom in monomial if atom in sums and forms.of(atom).kind == "exp"]


def _in_attention(products: Collection[Monomial], sums: Sums, forms: Forms) -> Iterator[tuple[Atom, Atom, bool]]:
    """Results that a sum of products of results reads.

    The scores of an attention multiply all units of one step with those of another; what it mixes by the shares of a
    softmax is one unit at several steps.
    """
    for side, other in ((0, 1), (1, 0)):
        read = [(m[side], forms.of(m[other]).kind != RATIO) for m in products if m[side] in sums]
        for (one, is_one_step), (another, too) in itertools.pairwise(read):
            if is_one_step == too:
                yield one, another, is_one_step
