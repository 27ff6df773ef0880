"""Sums of which a gate multiplies a part, or each state, as the reset gate of a GRU does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xlcheck.handmade.forms.colours import is_rather_a_weight
from xlcheck.handmade.forms.forms import SUM, Form, Forms
from xlcheck.handmade.forms.polynomials import Atom, Monomial, Polynomial
from xlcheck.model.layer_options import HARD_SIGMOID_KERAS2

GATE_KINDS = frozenset({"sigmoid", "hard_sigmoid", HARD_SIGMOID_KERAS2})
"""Activations of the gates of recurrent layers."""
_PRODUCT = 3
"""Factors of a gate, a state and its weight."""

_Gated = tuple[Atom | None, Collection[Monomial], Polynomial]
"""What multiplies a part of a sum, the summands of this part, and all summands without it."""


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
