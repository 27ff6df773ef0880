"""Formulas as functions of the results and typed numbers that they come from, through whatever cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from xlcheck.formulas.algebra import Address, Leaf, Term, number_of
from xlcheck.handmade.reading.cell_terms import CellTerms


def formulas_behind(cells: Collection[Address], terms: CellTerms, taken: Collection[Address]) -> Iterator[Address]:
    """The formulas that are computed from some cells and belong to no layer, in order of calculation."""
    known = set(cells)
    for cell in terms.in_order():
        if cell not in taken and known.intersection(terms.reads[cell]):
            known.add(cell)
            yield cell


def leaves_above(cell: Address, terms: CellTerms, stops: Collection[Address]) -> set[Address]:
    """The cells that a formula is computed from in the end, down to results and typed numbers."""
    found: set[Address] = set()
    stack, seen = [cell], set[Address]()
    while stack:
        for own in terms.reads.get(stack.pop(), ()):
            if own in stops or own not in terms:
                found.add(own)
            elif own not in seen:
                seen.add(own)
                stack.append(own)
    return found


def number_under(cell: Address, known: Mapping[Address, float], terms: CellTerms) -> float:
    """What a formula gives if some cells hold other numbers."""
    values = dict(known)

    def given(term: Term) -> float | None:
        if not isinstance(term, Leaf):
            return None
        if term.cell not in values:
            values[term.cell] = number_of(terms[term.cell], given) if term.cell in terms else terms.number(term.cell)
        return values[term.cell]

    return number_of(terms[cell], given)
