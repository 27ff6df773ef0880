"""Weighted sums: the cells in which one unit is computed for one step or sample.

An instance is an activation, or a sum that nobody adds further, in which every summand is a number, or a number times
something. A gate may multiply a part of it, or each state, as the reset gate of a GRU does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.handmade.forms.colours import is_rather_a_weight
from xlcheck.handmade.forms.forms import COPY, SUM, Form, Forms
from xlcheck.handmade.forms.kinks import STEPS
from xlcheck.handmade.forms.polynomials import Atom, Monomial, Polynomial, is_several_times, negative_of
from xlcheck.handmade.reading.reached import reached
from xlcheck.model.layer_options import HARD_SIGMOID_KERAS2

LINEAR = "linear"
GATE_KINDS = frozenset({"sigmoid", "hard_sigmoid", HARD_SIGMOID_KERAS2})
"""Activations of the gates of recurrent layers."""
CANDIDATE_KINDS = frozenset({"tanh", "relu", "softsign"})
"""Activations of what may become of a state of a layer with gates."""
_HANDED_ON = frozenset({"tanh", "relu", "leaky_relu"})
_PRODUCT = 3
"""Factors of a gate, a state and its weight."""

_Gated = tuple[Atom | None, Collection[Monomial], Polynomial]
"""What multiplies a part of a sum, the summands of this part, and all summands without it."""


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
        named: its factors, with the copies by which formulas name them.
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
    named: frozenset[tuple[Atom, Atom]] = frozenset()

    @cached_property
    def in_order(self) -> Sequence[Monomial]:
        """Its summands in an order that is the same each time."""
        return sorted(self.monomials)

    @property
    def copies(self) -> frozenset[Atom]:
        """The copies by which formulas name its inputs."""
        return frozenset(copy for x, copy in self.named if x in self.inputs)

    @property
    def sums_up(self) -> object:
        """All that is known of it without its colours."""
        return self.atom, self.activation, self.monomials, self.gate, self.gated, self.named


def weighted_sums(forms: Forms) -> dict[Atom, Instance]:
    """The instances among all atoms, of which it is not known yet what they weight."""
    gated = dict(gated_sums(forms))
    biases = {monomial[0] for found in gated.values() for monomial in found[1] if len(monomial) == 1}
    # An exponential of several times a sum is that of a softmax with a temperature; the sum is a layer's by itself.
    scaled = {atom for atom in forms if forms.of(atom).kind == "exp" and is_several_times(forms.of(atom).polynomial)}
    inlined = {part for atom, parts in forms.inlined.items() if atom not in scaled for part in parts}
    found = {}
    deciding = _deciding(forms)
    single = _single_outputs(forms)
    read = {atom for form in map(forms.of, forms) for part in (form.polynomial, form.below) for m in part for atom in m}
    for atom in list(forms):
        form = forms.of(atom)
        if (form.kind == "exp" and atom not in read) or atom in deciding:
            continue  # the odds beside a sigmoid, or a step on the way to one
        if form.is_activation or (form.kind == SUM and atom not in inlined):
            summed = with_states(_with_thresholds(form, forms), forms)
            gate, under, summands = gated.get(atom) or late_gate(summed, biases, forms)
            instance = _instance(atom, form, summands, forms, single)
            if instance is not None:
                instance.gate, instance.gated = gate, frozenset(under)
                instance.named = frozenset(_copies_named(atom, forms))
                found[atom] = instance
    found |= _only_compared(found, forms, inlined, single, deciding)
    computed = [x for x in forms if x not in found and x not in inlined and _adds_computed(forms.of(x), forms)]
    while skipped := {atom: (own, added) for atom, own, added in _before_skips(found, computed, forms, single)}:
        found = {atom: own for atom, own in found.items() if atom not in skipped}
        computed = [atom for atom in computed if atom not in skipped]
        sums = ((x, forms.of(x)) for _, added in skipped.values() for x in added)
        more = [_instance(x, form, form.polynomial, forms, single) for x, form in sums if form.kind == SUM]
        found |= {own.atom: own for own in (*(own for own, _ in skipped.values()), *more) if own is not None}
    return found


def _deciding(forms: Forms) -> set[Atom]:
    """Steps that decide by a sum that others read or bend, too: such a step is no activation of it."""
    steps = {atom for atom in forms if forms.of(atom).kind in STEPS}
    others = [atom for atom in forms if atom not in steps and forms.of(atom).kind != COPY] if steps else []
    read = {own for atom in others for own in (*forms.inlined.get(atom, ()), *forms.named.get(atom, ()))}
    bent = {frozenset(forms.of(atom).polynomial.items()) for atom in others if forms.of(atom).is_activation}
    return {
        atom for atom in steps
        if frozenset(forms.of(atom).polynomial.items()) in bent or not read.isdisjoint(forms.inlined.get(atom, ()))
    }  # fmt: skip


def _with_thresholds(form: Form, forms: Forms) -> Polynomial:
    """What an activation is of, with each number that is subtracted as its negative, added."""
    if form.kind in {SUM, "exp"}:  # an error, or a softmax less its largest sum
        return form.polynomial
    return dict(
        ((negative_of(own[0]),), 1.0) if factor == -1 and len(own) == 1 and forms.is_given(own[0]) else (own, factor)
        for own, factor in form.polynomial.items()
    )


def _adds_computed(form: Form, forms: Forms) -> bool:
    """Whether something adds products and a number that is computed, each once, or is an activation of such a sum."""
    is_sum = (form.kind == SUM or form.is_activation) and {*form.polynomial.values()} == {1.0}
    lengths = {len(m) for m in form.polynomial} if is_sum else set[int]()
    return {1, 2} <= lengths and any(len(m) == 1 and not forms.is_given(m[0]) for m in form.polynomial)


def _before_skips(
    found: Mapping[Atom, Instance], computed: Iterable[Atom], forms: Forms, single: Collection[Atom]
) -> Iterator[tuple[Atom, Instance, set[Atom]]]:
    """Sums of a weighted sum and of what a layer skips; what is skipped is no second bias.

    None of the others with its weights adds what this one skips. Either they add a bias of their own, or each is
    computed from what it skips.

    Yields:
        Where such a sum stands, the weighted sum, and what is added to it.
    """
    alone = Counter(m[0] for own in found.values() for m in own.monomials if len(m) == 1)
    alike: dict[frozenset[Atom], list[tuple[Atom, Instance, set[Atom]]]] = defaultdict(list)
    for atom in (*(own.atom for own in found.values() if not own.gate), *computed):
        for own, added in _in_two(atom, forms, single):
            biases = [m[0] for m in own.monomials if len(m) == 1]
            if any(alone[x] > 1 for x in added):
                continue
            if added <= reached([own.atom], lambda x: _read(x, forms)):
                alike[_weights_of(own, forms)].append((atom, own, added))
            elif len(biases) == len(added) == 1 and alone[biases[0]] > 1 and added.isdisjoint(followed([atom], forms)):
                yield atom, own, added
    for several in alike.values():  # a weight that two share is none of what they skip
        yield from several if len(several) > 1 else ()


def _in_two(atom: Atom, forms: Forms, single: Collection[Atom]) -> Iterator[tuple[Instance, set[Atom]]]:
    """A sum as a weighted sum that has a cell, and what is added to it: numbers, or another sum that has a cell."""
    total = forms.of(atom).polynomial
    parts = {part: forms.of(part).polynomial for part in followed([atom], forms)}
    for part, summands in parts.items():
        own = _instance(part, forms.of(part), summands, forms, single) if len(summands) < len(total) else None
        rest = {monomial: factor for monomial, factor in total.items() if monomial not in summands}
        if own is not None and {*map(len, rest)} == {1}:
            yield own, {monomial[0] for monomial in rest}
        elif own is not None:
            yield from ((own, {other}) for other, its in parts.items() if its == rest)


def _read(atom: Atom, forms: Forms) -> Iterator[Atom]:
    """What an atom is computed from."""
    form = forms.of(atom)
    yield from (own for part in (form.polynomial, form.below) for monomial in part for own in monomial)
    yield from forms.inlined.get(atom, ())


def _copies_named(atom: Atom, forms: Forms) -> Iterator[tuple[Atom, Atom]]:
    """What an atom and the sums that are followed into it read by copies, with these."""
    for own in (atom, *followed([atom], forms)):
        for operand, cells in forms.named[own].items() if own in forms.named else ():
            yield from ((operand, cell) for cell in cells if cell != operand)


def _weights_of(instance: Instance, forms: Forms) -> frozenset[Atom]:
    """The given factors of a weighted sum, of products with computed ones if any: a 1 is no weight."""
    computed = [own for own in instance.monomials if not all(map(forms.is_given, own))]
    return frozenset(atom for own in computed or instance.monomials for atom in own if forms.is_given(atom))


def _only_compared(
    found: Mapping[Atom, Instance],
    forms: Forms,
    inlined: Collection[Atom],
    single: Collection[Atom],
    deciding: Collection[Atom],
) -> dict[Atom, Instance]:
    """The weighted sums that are followed into others of which no activation is computed, as into an error.

    A difference that is bent is no weighted sum, as where two shares of a softmax are sigmoids of their distance.
    """
    bending = (atom for atom in forms if forms.of(atom).is_activation and atom not in deciding)
    below = followed((*found, *(atom for atom in bending if not _subtracts(forms.of(atom)))), forms)
    sums = ((atom, forms.of(atom)) for atom in set(inlined) - below)
    tried = ((atom, _instance(atom, form, form.polynomial, forms, single)) for atom, form in sums if form.kind == SUM)
    own = {atom: instance for atom, instance in tried if instance is not None}
    return {atom: own[atom] for atom in sorted(own.keys() - followed(own, forms))}


def _subtracts(form: Form) -> bool:
    """Whether something adds products, and subtracts as many."""
    signs = Counter(factor for monomial, factor in form.polynomial.items() if len(monomial) > 1)
    return signs.keys() == {1.0, -1.0} and signs[1.0] == signs[-1.0]


def followed(atoms: Iterable[Atom], forms: Forms) -> set[Atom]:
    """All sums that are followed into the polynomials of some atoms."""
    return reached(atoms, lambda atom: forms.inlined.get(atom, ()))


def _instance(atom: Atom, form: Form, summands: Polynomial, forms: Forms, single: Collection[Atom]) -> Instance | None:
    products = 0
    if form.kind == "exp":  # a softmax stays the same if a number is taken off all logits, as the largest one is
        summands = {monomial: factor for monomial, factor in summands.items() if factor != -1 or len(monomial) != 1}
    for monomial, factor in summands.items():
        if factor != 1 or len(monomial) not in {1, 2}:
            return None
        if not any(map(forms.is_given, monomial)) or len(set(monomial)) < len(monomial):
            return None
        products += len(monomial) == 2
    if not products or (form.kind == SUM and len(summands) < 2 and atom not in single):
        return None
    activation = LINEAR if form.kind == SUM else form.kind
    return Instance(atom, activation, frozenset(summands))


def _single_outputs(forms: Forms) -> set[Atom]:
    """The products of a weight and of what an activation gives: units with one input and no bias.

    What multiplies a sigmoid may be a state, which a gate lets through, if it is not a weight of several products; and
    it is one if the gate reads it, too.
    """
    found: dict[Atom, tuple[Atom, str]] = {}
    for atom in forms:
        form = forms.of(atom)
        factors = [own for own, factor in form.polynomial.items() if factor == 1 and form.kind == SUM]
        given = [x for own in factors for x in own if forms.is_given(x)]
        if len(form.polynomial) == len(factors) == len(given) == 1 and len(factors[0]) == 2:
            other = forms.of(next(x for x in factors[0] if x != given[0]))
            if other.kind not in GATE_KINDS or all(given[0] not in monomial for monomial in other.polynomial):
                found[atom] = given[0], other.kind
    often = Counter(weight for weight, kind in found.values() if kind in GATE_KINDS)
    return {
        a for a, (weight, kind) in found.items() if kind in _HANDED_ON or (kind in GATE_KINDS and often[weight] > 1)
    }


def gated_sums(forms: Forms) -> Iterator[tuple[Atom, _Gated]]:
    """The sums in which a sigmoid multiplies a weighted sum of computed numbers, in one cell or in several."""
    followed: dict[Atom, tuple[Atom, ...]] = {}
    found: dict[Atom, _Gated] = {}
    for atom in list(forms):
        form, through = forms.of(atom), set[Atom]()
        around: tuple[Atom, ...] = ()
        polynomial = form.polynomial
        if form.is_activation and len(form.product) == 1 and forms.of(form.product[0]).kind == SUM:
            around = form.product
            polynomial = forms.of(form.product[0]).polynomial
        if form.is_activation or form.kind == SUM:
            parts = _without_gate(polynomial, forms, through)
            if parts is not None:
                found[atom], followed[atom] = parts, (*around, *through)
    inner = {part for through in followed.values() for part in through}
    forms.follow_further({atom: through for atom, through in followed.items() if atom not in inner})
    yield from ((atom, parts) for atom, parts in found.items() if atom not in inner)


def _without_gate(polynomial: Polynomial, forms: Forms, through: set[Atom]) -> _Gated | None:
    # A given state, before the first step, makes the product of gate, weight and state no product of computed numbers.
    several = [m for m in polynomial if len(m) > 2 or sum(not forms.is_given(atom) for atom in m) > 1]
    gates = [{atom for atom in m if forms.of(atom).kind in GATE_KINDS} for m in several]
    common = set.intersection(*gates) if gates else set()
    if len(common) != 1:
        return None
    (gate,) = common
    summands: dict[Monomial, float] = {}
    under: set[Monomial] = set()
    for monomial, factor in polynomial.items():
        if gate not in monomial:
            summands[monomial] = summands.get(monomial, 0.0) + factor
            continue
        rest = list(monomial)
        rest.remove(gate)
        inner = forms.of(rest[0]) if len(rest) == 1 else None
        is_sum = inner is not None and inner.kind == SUM and not _is_state(inner, gate, forms)
        if is_sum and inner is not None:
            through.add(rest[0])
        for own, more in inner.polynomial.items() if is_sum and inner is not None else ((tuple(rest), 1.0),):
            summands[own] = summands.get(own, 0.0) + factor * more
            under.add(own)
    return (gate, under, summands) if through or any(len(monomial) == 2 for monomial in under) else None


def _is_state(form: Form, gate: Atom, forms: Forms) -> bool:
    """Whether a gate multiplies no weighted sum, but what has gone through gates itself."""
    return not all(any(map(forms.is_given, monomial)) for monomial in form.polynomial if monomial)


def with_states(polynomial: Polynomial, forms: Forms) -> Polynomial:
    """A sum in which each state that a gate of its own multiplies, as in `(r1*h1)*u1+(r2*h2)*u2`, is one number."""
    if not any(len(monomial) == _PRODUCT for monomial in polynomial):
        return polynomial
    found: dict[Monomial, float] = {}
    gates = set[Atom]()
    for monomial, factor in polynomial.items():
        own = [atom for atom in monomial if forms.of(atom).kind in GATE_KINDS]
        others = [atom for atom in monomial if atom not in own]
        weights = [atom for atom in others if forms.is_given(atom)]
        if len({*monomial}) != _PRODUCT or len(monomial) != _PRODUCT or len(own) != 1 or not weights:
            found[monomial] = factor
            continue
        gates.add(own[0])
        # A given state, before the first step, stands where the others do, and so does its weight.
        weight = weights[0] if len(weights) == 1 else _rather_the_weight(weights, polynomial)
        (state,) = (atom for atom in others if atom != weight)
        found[tuple(sorted((weight, forms.products.of(own[0], state))))] = factor
    return found if len(gates) > 1 else polynomial


def _rather_the_weight(pair: Sequence[Atom], polynomial: Polynomial) -> Atom:
    """Of a weight and a state that are both typed, the one nearer to the biases and weights of the sum."""
    alone = [monomial[0] for monomial in polynomial if len(monomial) == 1]
    return pair[0] if is_rather_a_weight(pair[0], pair[1], alone, ()) is not False else pair[1]


def late_gate(polynomial: Polynomial, biases: Collection[Atom], forms: Forms) -> _Gated:
    """A sum as it is; where only a bias is left of the gated part, because the state is not written yet, without it."""
    for one, other in (m for m in polynomial if len(m) == 2) if biases else ():
        for gate, bias in ((one, other), (other, one)):
            if bias in biases and forms.of(gate).kind in GATE_KINDS:
                rest = {m: f for m, f in polynomial.items() if m not in {(one, other)}}
                return gate, ((bias,),), {**rest, (bias,): polynomial[one, other]}
    return None, (), polynomial
