"""Weighted sums: the cells in which one unit is computed for one step or sample.

An instance is an activation, or a sum that nobody adds further, in which every summand is a number, or a number times
something. A gate may multiply a part of it, or each state, as the reset gate of a GRU does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.handmade.equations.gated_sums import GATE_KINDS, gated_sums, late_gate, with_states
from xlcheck.handmade.equations.over_steps import shared_over_steps
from xlcheck.handmade.forms.forms import COPY, SUM, Form, Forms
from xlcheck.handmade.forms.kinks import STEPS
from xlcheck.handmade.forms.polynomials import Atom, Monomial, Polynomial, is_several_times, negative_of
from xlcheck.handmade.reading.reached import reached

LINEAR = "linear"
CANDIDATE_KINDS = frozenset({"tanh", "relu", "softsign"})
"""Activations of what may become of a state of a layer with gates."""
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


_Skip = tuple[Atom, Instance, set[Atom]]
"""Where a sum of a weighted sum and of what a layer skips stands, the weighted sum, and what is added to it."""


def weighted_sums(forms: Forms) -> dict[Atom, Instance]:
    """The instances among all atoms, of which it is not known yet what they weight."""
    gated = dict(gated_sums(forms))
    biases = {monomial[0] for found in gated.values() for monomial in found[1] if len(monomial) == 1}
    # An exponential of several times a sum is that of a softmax with a temperature; the sum is a layer's by itself.
    scaled = {atom for atom in forms if forms.of(atom).kind == "exp" and is_several_times(forms.of(atom).polynomial)}
    of_steps = shared_over_steps(forms)
    inlined = {part for atom, parts in forms.inlined.items() if atom not in scaled | of_steps for part in parts}
    found = {}
    deciding = _deciding(forms)
    single = _single_outputs(forms)
    read = {atom for form in map(forms.of, forms) for part in (form.polynomial, form.below) for m in part for atom in m}
    for atom in list(forms):
        form = forms.of(atom)
        if (form.kind == "exp" and atom not in read) or atom in deciding or atom in of_steps:
            continue  # the odds beside a sigmoid, or a step on the way to one, or to shares of several steps
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
) -> Iterator[_Skip]:
    """Sums of a weighted sum and of what a layer skips; what is skipped is no second bias.

    None of the others with its weights adds what this one skips. Either they add a bias of their own, or each is
    computed from what it skips; of a single sample, all units together add just what is multiplied before.

    Yields:
        Where such a sum stands, the weighted sum, and what is added to it.
    """
    alone = Counter(m[0] for own in found.values() for m in own.monomials if len(m) == 1)
    alike: dict[frozenset[Atom], list[_Skip]] = defaultdict(list)
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
    once = [own for several in alike.values() if len(several) == 1 for own in several]
    yield from _around_layers(once, [*found.values(), *(own for _, own, _ in once)])


def _around_layers(skips: Sequence[_Skip], sums: Iterable[Instance]) -> Iterator[_Skip]:
    """Those that go around layers: units that read the same add what a weighted sum reads, each another part of it."""
    often = Counter(x for _, own, _ in skips for x in _multiplied(own))
    units: dict[frozenset[Atom], list[_Skip]] = defaultdict(list)
    for skip in skips:
        units[frozenset(x for x in _multiplied(skip[1]) if often[x] > 1)].append(skip)
    read = [[{*own} for own in each.monomials if len(own) > 1] for each in sums]
    for several in units.values():
        added = {x for *_, own in several for x in own}
        is_each_once = len(added) == len(several) > 1
        if is_each_once and any(len(own) == len(added) and all(len(x & added) == 1 for x in own) for own in read):
            yield from several


def _multiplied(instance: Instance) -> Iterator[Atom]:
    """The factors of all products of a weighted sum."""
    yield from (x for own in instance.monomials if len(own) > 1 for x in own)


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
