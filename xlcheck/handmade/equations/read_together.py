"""Which weighted sums are units of one step, and which one unit at several steps, by what reads them together."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

from xlcheck.handmade.equations.forms import RATIO, SUM, Forms
from xlcheck.handmade.equations.polynomials import Atom, Monomial

Sums = Mapping[Atom, Collection[Monomial]]
"""Weighted sums and the products that they add."""


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
        yield from itertools.pairwise(atom for monomial in monomials for atom in monomial if atom in sums)


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
