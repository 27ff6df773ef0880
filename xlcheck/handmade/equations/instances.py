"""Weighted sums: the cells in which one unit is computed for one step or sample.

An instance is an activation, or a sum that nobody adds further, in which every summand is a number, or a number times
something. Its atoms are coloured: one of two factors is the weight. They are told apart by consistency: what a row of
weights has in common, and what a step's inputs have in common, meet in one instance only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from xlcheck.handmade.equations.colours import Colours, is_rather_a_weight
from xlcheck.handmade.equations.forms import GIVEN, SUM, Form, Forms
from xlcheck.handmade.equations.gated import gated_sums, late_gate, with_states
from xlcheck.handmade.equations.polynomials import Atom, Monomial, Polynomial, negative_of
from xlcheck.handmade.equations.read_together import read_together, side_by_side

LINEAR = "linear"
_HANDED_ON = frozenset({"tanh", "relu", "leaky_relu"})


@dataclass(eq=False)
class Instance:
    """One unit at one step.

    Attributes:
        atom: the cell that holds it, or the part of one.
        activation: by Keras's name; `linear` for a sum.
        monomials: its summands: a bias alone, or two factors.
        pairs: (input, weight) of each product, and (None, bias).
        is_anchored: whether a computed input, a bias or the next layer says which factors are the weights.
        gate: what multiplies a part of the sum, as the reset gate of a GRU does; its weights are `gated`.
    """

    atom: Atom
    activation: str
    monomials: frozenset[Monomial]
    pairs: tuple[tuple[Atom | None, Atom], ...] = ()
    weights: frozenset[Atom] = field(default=frozenset())
    inputs: frozenset[Atom] = field(default=frozenset())
    is_anchored: bool = True
    gate: Atom | None = None
    gated: frozenset[Monomial] = frozenset()

    @property
    def sums_up(self) -> object:
        """All that is known of it without its colours."""
        return self.atom, self.activation, self.monomials, self.gate, self.gated


def find_instances(forms: Forms) -> dict[Atom, Instance]:
    """The instances among all atoms, coloured."""
    return coloured(weighted_sums(forms), forms)


def weighted_sums(forms: Forms) -> dict[Atom, Instance]:
    """The instances among all atoms, of which it is not known yet what they weight."""
    gated = dict(gated_sums(forms))
    biases = {monomial[0] for found in gated.values() for monomial in found[1] if len(monomial) == 1}
    inlined = {part for parts in forms.inlined.values() for part in parts}
    found = {}
    read = {atom for form in map(forms.of, forms) for part in (form.polynomial, form.below) for m in part for atom in m}
    for atom in list(forms):
        form = forms.of(atom)
        if form.kind == "exp" and atom not in read:
            continue  # the odds beside a sigmoid, or a step on the way to one
        if form.is_activation or (form.kind == SUM and atom not in inlined):
            summed = with_states(_with_thresholds(form, forms), forms)
            gate, under, summands = gated.get(atom) or late_gate(summed, biases, forms)
            instance = _instance(atom, form, summands, forms)
            if instance is not None:
                instance.gate, instance.gated = gate, frozenset(under)
                found[atom] = instance
    skipped = dict(_before_skips(found, forms))
    kept = {atom: own for atom, own in found.items() if atom not in skipped}
    return kept | {own.atom: own for own in skipped.values()} | _only_compared(found, forms, inlined)


def _with_thresholds(form: Form, forms: Forms) -> Polynomial:
    """What an activation is of, with each number that is subtracted as its negative, added."""
    if form.kind in {SUM, "exp"}:  # an error, or a softmax less its largest sum
        return form.polynomial
    return dict(
        ((negative_of(own[0]),), 1.0) if factor == -1 and len(own) == 1 and forms.is_given(own[0]) else (own, factor)
        for own, factor in form.polynomial.items()
    )


def _before_skips(found: Mapping[Atom, Instance], forms: Forms) -> Iterator[tuple[Atom, Instance]]:
    """Sums of a weighted sum and of what a layer skips → the weighted sum; what is skipped is no second bias.

    The weighted sum has a bias of its own, which other samples add, too; none of them adds what this one skips.
    """
    tried: dict[Atom, tuple[Instance, Atom]] = {}
    for atom in (own.atom for own in found.values() if own.activation == LINEAR and not own.gate):
        total = forms.of(atom).polynomial
        for part in forms.inlined.get(atom, ()):
            summands = forms.of(part).polynomial
            rest = [monomial for monomial in total if monomial not in summands]
            own = _instance(part, forms.of(part), summands, forms) if len(total) == len(summands) + 1 else None
            if own is not None and [*map(len, rest)] == [1]:
                tried[atom] = own, rest[0][0]
    alone = Counter(m[0] for own in found.values() for m in own.monomials if len(m) == 1)
    for atom, (own, added) in tried.items():
        biases = [m[0] for m in own.monomials if len(m) == 1]
        if len(biases) == 1 and alone[added] == 1 and alone[biases[0]] > 1:
            yield atom, own


def _only_compared(found: Mapping[Atom, Instance], forms: Forms, inlined: Collection[Atom]) -> dict[Atom, Instance]:
    """The weighted sums that are followed into others of which no activation is computed, as into an error."""
    below = followed((a for a in forms if a in found or forms.of(a).is_activation), forms)
    sums = ((atom, forms.of(atom)) for atom in set(inlined) - below)
    tried = ((atom, _instance(atom, form, form.polynomial, forms)) for atom, form in sums if form.kind == SUM)
    own = {atom: instance for atom, instance in tried if instance is not None}
    return {atom: own[atom] for atom in sorted(own.keys() - followed(own, forms))}


def followed(atoms: Iterable[Atom], forms: Forms) -> set[Atom]:
    """All sums that are followed into the polynomials of some atoms.

    Args:
        atoms: the atoms.
        forms: what each cell computes.
    """
    found, stack = set[Atom](), [*atoms]
    while stack:
        new = set(forms.inlined.get(stack.pop(), ())) - found
        found |= new
        stack += new
    return found


def coloured(found: Mapping[Atom, Instance], forms: Forms) -> dict[Atom, Instance]:
    """The same with what they weight, and their weights.

    Args:
        found: the instances, which are changed.
        forms: what each cell computes.
    """
    _colour(found, forms)
    return {atom: instance for atom, instance in found.items() if instance.inputs}


def _instance(atom: Atom, form: Form, summands: Polynomial, forms: Forms) -> Instance | None:
    products = 0
    if form.kind == "exp":  # a softmax stays the same if a number is taken off all logits, as the largest one is
        summands = {monomial: factor for monomial, factor in summands.items() if factor != -1 or len(monomial) != 1}
    for monomial, factor in summands.items():
        if factor != 1 or len(monomial) not in {1, 2}:
            return None
        if not any(map(forms.is_given, monomial)) or len(set(monomial)) < len(monomial):
            return None
        products += len(monomial) == 2
    if not products or (form.kind == SUM and len(summands) < 2 and not _is_an_output(form, forms)):
        return None
    activation = LINEAR if form.kind == SUM else form.kind
    return Instance(atom, activation, frozenset(summands))


def _is_an_output(form: Form, forms: Forms) -> bool:
    """Whether a product is that of a weight and of what an activation gives: a unit with one input and no bias."""
    ((monomial, factor), *more) = form.polynomial.items()
    kinds = [forms.of(atom).kind for atom in monomial]
    return factor == 1 and not more and len(kinds) == 2 and GIVEN in kinds and bool(_HANDED_ON & set(kinds))


_WEIGHT = "weight"
"""An atom that is a weight by definition."""


def _colour(instances: Mapping[Atom, Instance], forms: Forms) -> None:
    """Find out which of two numbers is the weight, and set the pairs of every instance."""
    colours = Colours()
    sums = {atom: instance.monomials for atom, instance in instances.items()}
    where: dict[Atom, list[Instance]] = defaultdict(list)
    # An input from which its weight was left out stands alone like a bias, but multiplies others.
    alone = Counter[Atom]()
    for monomial in (monomial for instance in instances.values() for monomial in instance.monomials):
        alone.update({atom: 1 if len(monomial) == 1 else -1 for atom in monomial})
    for instance in instances.values():
        for monomial in instance.monomials:
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
    for instance in instances.values():
        pairs = sorted(_pairs(instance, colours, sides, forms), key=lambda pair: (pair[0] is None, pair))
        instance.pairs = tuple(pairs)
        instance.weights = frozenset(weight for _, weight in pairs)
        instance.inputs = frozenset(x for x, _ in pairs if x is not None)
        instance.is_anchored = guessed.isdisjoint(colours.root(x)[0] for x in instance.inputs)


def _join_opposite(instances: Mapping[Atom, Instance], colours: Colours, forms: Forms | None) -> None:
    """The factors of a product have opposite colours; with forms only those of which one is computed."""
    votes = Counter(
        monomial for instance in instances.values() for monomial in instance.monomials
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
    # Where a mistake keeps two sets from being equal: most of them meet.
    for atom, own in where.items():
        if len(own) > 2:
            met = Counter(other for instance in own for monomial in instance.monomials for other in monomial)
            for other, count in met.items():
                if other != atom and count > 1 and 2 * count > max(len(own), len(where[other])):
                    colours.join(atom, other, opposite=False)


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
    of one instance alone, the weight is the one beside the other weights.
    """
    known, _ = colours.root(_WEIGHT)
    votes: dict[object, Counter[bool]] = defaultdict(Counter)

    def vote(pairs: Iterable[tuple[Instance, Instance, bool]]) -> None:
        for one, other, is_one_step in pairs:
            for atom in _atoms(one) & _atoms(other):
                root, opposite = colours.root(atom)
                votes[root][opposite == is_one_step] += 1

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


def most_common(items: Iterable[Atom]) -> tuple[Atom, int, int] | None:
    """The most common one, how often it occurs, and how often the next one; None if there is none."""
    ranked = Counter(items).most_common(2)
    if not ranked:
        return None
    return ranked[0][0], ranked[0][1], ranked[1][1] if len(ranked) > 1 else 0
