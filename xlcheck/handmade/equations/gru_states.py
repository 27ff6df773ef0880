"""The cells in which the state of a GRU is mixed of the last one and a candidate, in Keras's way or the other one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlcheck.handmade.equations.gated_sums import GATE_KINDS
from xlcheck.handmade.equations.instances import CANDIDATE_KINDS
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.forms import SUM, Forms
from xlcheck.handmade.forms.polynomials import Atom, Monomial, Polynomial, cell_of
from xlcheck.handmade.reading.cells import show

_FEW = 4


@dataclass(frozen=True)
class Update:
    """h = z·h₋₁ + (1 − z)·h̃ in one cell; without h₋₁ where the state before the first step is not written.

    As many texts define it, h = (1 − z)·h₋₁ + z·h̃: their gate is 1 − z of Keras.
    """

    atom: Atom
    gate: Atom
    candidate: Atom
    before: Atom | None
    turned: bool = False


def has_updates(forms: Forms) -> bool:
    """Whether any cell computes a state as a GRU does."""
    return next(_updates(forms), None) is not None


def updates_of(forms: Forms) -> list[Update]:
    """The cells that mix a last state and a candidate; (1 − z)·h̃ alone is none where another cell adds z·h₋₁ to it."""
    found = [*_updates(forms)]
    mixed = {(update.gate, update.candidate) for update in found if update.before is not None}
    return [own for own in found if own.before is not None or (own.gate, own.candidate) not in mixed]


def _updates(forms: Forms) -> Iterator[Update]:
    for atom in list(forms):
        form = forms.of(atom)
        if form.kind != SUM:
            continue
        polynomial = _opened(form.polynomial, forms)
        single = [monomial[0] for monomial, factor in polynomial.items() if len(monomial) == 1 and factor == 1]
        minus = [monomial for monomial, factor in polynomial.items() if len(monomial) == 2 and factor == -1]
        plus = [monomial for monomial, factor in polynomial.items() if len(monomial) == 2 and factor == 1]
        if len(single) != 1 or len(minus) != 1 or len(plus) != len(polynomial) - 2 or single[0] not in minus[0]:
            continue
        (gate,) = [part for part in minus[0] if part != single[0]] or [single[0]]
        if not plus:
            yield Update(atom, gate, single[0], None)
        elif len(plus) == 1 and gate in plus[0]:
            (other,) = [part for part in plus[0] if part != gate] or [gate]
            kinds = [forms.of(part).kind for part in (gate, single[0], other)]
            if kinds[0] in GATE_KINDS and kinds[1] not in CANDIDATE_KINDS and kinds[2] in CANDIDATE_KINDS:
                yield Update(atom, gate, other, single[0], turned=True)
            else:
                yield Update(atom, gate, single[0], other)


def first_turned(forms: Forms) -> Iterator[Update]:
    """States that are z·h̃ alone, as (1 − z)·h₋₁ + z·h̃ where no state before the first step is written."""
    for atom in list(forms):
        form = forms.of(atom)
        by_kind = {forms.of(part).kind: part for part in form.product}
        if form.kind == SUM and len(form.product) == 2 and by_kind.keys() == {"sigmoid", "tanh"}:
            yield Update(atom, by_kind["sigmoid"], by_kind["tanh"], None, turned=True)


def mixed_otherwise(forms: Forms, readings: Sequence[Reading]) -> Iterator[str]:
    """What is to be said of states that are (1 − z)·h₋₁ + z·h̃ and of no GRU that was recognised; of the first only.

    Args:
        forms: what each cell computes.
        readings: the layers.
    """
    known = {atom for reading in readings for atom in reading.values.get("h", {}).values()}
    for update in updates_of(forms):
        if update.turned and update.atom not in known:
            cell = show(cell_of(update.atom))
            yield f"{cell} seems to be the state of a GRU, (1 − z)·h + z·h̃, whose gates were not recognised"
            return


def _opened(polynomial: Polynomial, forms: Forms) -> Polynomial:
    """A polynomial in which cells that hold 1 − z, or h̃ − h₋₁, are opened."""
    found: dict[Monomial, float] = {}
    for monomial, factor in polynomial.items() if len(polynomial) <= _FEW else ():
        parts: dict[Monomial, float] = {monomial: factor}
        for number, atom in enumerate(monomial):
            form = forms.of(atom)
            is_short = form.kind == SUM and len(form.polynomial) == 2 and all(len(own) < 2 for own in form.polynomial)
            if is_short and sorted(form.polynomial.values()) == [-1, 1]:
                rest = (*monomial[:number], *monomial[number + 1 :])
                parts = {tuple(sorted((*rest, *own))): factor * f for own, f in form.polynomial.items()}
                break
        for own, more in parts.items():
            found[own] = found.get(own, 0.0) + more
    return {monomial: factor for monomial, factor in found.items() if factor}
