"""Given cells that hold the same number whatever is drawn at random: slopes, bounds of sizes and ones among factors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from xlcheck.formulas.algebra import COMPARISONS, Address, Function, Leaf, Product, Term, outline, subterms
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import offset, offset_between

_PAIR = 2


def slopes_of_maxima(terms: CellTerms) -> Iterator[Address]:
    """The given cells a in MAX(a·z, z), which is a leaky relu for numbers between 0 and 1 alone."""
    for part in subterms(*terms.values()):
        if isinstance(part, Function) and part.name == "MAX" and len(part.arguments) == _PAIR:
            for scaled, z in (part.arguments, part.arguments[::-1]):
                factors = scaled.factors if isinstance(scaled, Product) else ()
                cells = [factor for factor, _ in factors if isinstance(factor, Leaf) and factor.cell not in terms]
                yield from (own.cell for own in cells if terms.algebra.multiply(own, z) == scaled)


def bounds_of_sizes(terms: CellTerms) -> Iterator[Leaf | float]:
    """The typed numbers and given cells with which formulas compare sizes of numbers, as in IF(ABS(r)<=δ, …)."""
    for part in subterms(*terms.values()):
        if isinstance(part, Function) and part.name in COMPARISONS and len(part.arguments) == _PAIR:
            for own, other in (part.arguments, part.arguments[::-1]):
                size = terms.get(other.cell) if isinstance(other, Leaf) else other
                is_size = isinstance(size, Function) and size.name == "ABS"
                if isinstance(own, Leaf) and own.cell not in terms and is_size:
                    yield own
                elif not isinstance(own, Term) and is_size:
                    yield float(own)


def ones_among_factors(terms: CellTerms) -> Iterator[Address]:
    """The typed ones that a single product reads each, where others that do the same read a formula in their place.

    So stands ∂z/∂b beside ∂z/∂w; a rate of 1 is read by the updates of all weights.
    """
    typed = {
        cell: own[0]
        for cell, own in terms.readers.items()
        if cell not in terms and terms.number(cell) == 1 and len(own) == 1
    }
    kinds: dict[object, list[Address]] = defaultdict(list)
    for reader in {*typed.values()}:
        kinds[outline(terms[reader], partial(offset_between, reader))] = []
    for cell, term in terms.items() if kinds else ():
        kind = outline(term, partial(offset_between, cell)) if isinstance(term, Product) else None
        if kind in kinds:
            kinds[kind].append(cell)
    for cell, reader in typed.items():
        away = offset_between(reader, cell)
        alike = kinds[outline(terms[reader], partial(offset_between, reader))]
        if cell[0] == reader[0] and any(offset(other, away) in terms for other in alike):
            yield cell
