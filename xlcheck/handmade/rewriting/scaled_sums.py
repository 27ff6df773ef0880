"""Weighted sums that formulas give on another scale, as in `=200+20*(B2*E1+B3*E2+E3)` or `=40*TANH(B2*E1+B3*E2+E3)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeGuard

from xlcheck.formulas.algebra import Algebra, Expression, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.forms.activations import activation_of
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable

SEVERAL = 2
"""Products in a sum so that it is one of weights and inputs."""


def scaled_sums(term: Term, terms: CellTerms, table: CellTable) -> Iterator[Term]:
    """The weighted sum, or unit, that a formula gives on another scale, by numbers in it or in cells that are typed.

    Args:
        term: what the formula computes.
        terms: what all of them do.
        table: the cells.
    """

    def is_layer(item: Expression) -> TypeGuard[Sum]:
        return isinstance(item, Sum) and is_weighted(item.parts, table, fewest=1) and all(
            any(isinstance(factor, Leaf) and table.is_number(factor.cell) for factor, _ in part.factors)
            for part, _ in item.parts if isinstance(part, Product)
        )  # fmt: skip

    own = on_a_scale(term, terms.algebra)
    if own is not None and is_layer(own[0]):
        yield own[0]
    match term:
        case Sum(parts=((part, scale),)) if abs(scale) != 1 and activation_of(term, _itself) is None:
            found = activation_of(part, _itself)
            sums = (own for own in (subterms(part) if found is None else (found[1],)) if is_layer(own))
            yield from (part,) if any({*leaves(own)} == {*leaves(part)} for own in sums) else ()
    parts = term.parts if isinstance(term, Sum) else ((term, 1.0),)
    products = [part for part, _ in parts if isinstance(part, Product)]
    others = [part for part, _ in parts if part not in products]
    factors = [factor for product in products for factor, _ in product.factors]
    layers = [factor for factor in factors if is_layer(factor)]
    others += [factor for factor in factors if factor not in layers]
    if len(products) == len(layers) == 1 and all(isinstance(o, Leaf) and table.is_number(o.cell) for o in others):
        yield from layers


def on_a_scale(term: Expression, algebra: Algebra) -> tuple[Sum, float] | None:
    """What a sum is several times, and how many; None if it is once, or uneven.

    Args:
        term: the sum.
        algebra: makes terms.
    """
    if not isinstance(term, Sum) or len(scales := {factor for _, factor in term.parts}) != 1:
        return None
    (scale,) = scales
    inner = algebra.sum([part for part, _ in term.parts]) if abs(scale) != 1 and len(term.parts) > 1 else None
    return (inner, scale) if isinstance(inner, Sum) else None


def is_weighted(parts: Sequence[tuple[Term, float]], table: CellTable, fewest: int = SEVERAL) -> bool:
    """Whether some summands are products of two cells each, and perhaps a bias, which is typed.

    Args:
        parts: the summands, each with how many times it is there.
        table: the cells.
        fewest: how many products there are at least.
    """
    products = [part for part, factor in parts if isinstance(part, Product) and factor == 1]
    biases = [part for part, factor in parts if isinstance(part, Leaf) and factor == 1 and table.is_number(part.cell)]
    pairs = all([power for _, power in own.factors] == [1, 1] for own in products)
    return len(products) >= fewest and pairs and len(biases) <= 1 and len(products) + len(biases) == len(parts)


def _itself(term: Expression) -> Expression:
    return term
