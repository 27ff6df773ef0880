"""Shares of a softmax whose sum leaves out a class: each share divides by the sum of all numerators of its sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import run_from

_LINES = ((0, 1), (1, 0))


def whole_softmaxes(terms: CellTerms) -> Iterator[Edit]:
    """The shares that divide by less than all numerators beside them, as with all: of all samples, or of one.

    Args:
        terms: what each formula computes.
    """
    shares = {cell: own for cell, term in terms.items() if (own := _share(term)) is not None}
    for by in _LINES:
        edits = []
        for cell in shares:
            before = (cell[0], cell[1] - by[0], cell[2] - by[1])
            if before not in shares:
                edit = dict(_with_all(run_from(cell, by, shares.__contains__), shares, terms))
                edits += [edit] if edit else []
        if len(edits) > 1:
            yield {cell: term for edit in edits for cell, term in edit.items()}
        yield from edits


def _share(term: Term) -> tuple[Term, frozenset[Term]] | None:
    """A numerator and the summands by which it is divided, if it is one of exponentials or of cells that hold them."""
    match term:
        case (
            Product(factors=((own, 1.0), (Sum(constant=0.0, parts=parts), -1.0)))
            | Product(factors=((Sum(constant=0.0, parts=parts), -1.0), (own, 1.0)))
        ):
            below = frozenset(part for part, factor in parts if factor == 1)
            return (own, below) if len(below) == len(parts) and all(map(_may_be_odds, (own, *below))) else None
    return None


def _may_be_odds(term: Term) -> bool:
    return isinstance(term, Leaf) or (isinstance(term, Function) and term.name == "EXP")


def _with_all(
    line: Sequence[Address], shares: dict[Address, tuple[Term, frozenset[Term]]], terms: CellTerms
) -> Iterator[tuple[Address, Term]]:
    """The shares of a line that leave out a numerator, as they are with all."""
    numerators = frozenset(shares[cell][0] for cell in line)
    if (
        len(numerators) < len(line)
        or len(line) < len(_LINES)
        or not all(shares[cell][1] <= numerators for cell in line)
    ):
        return
    whole: Expression = terms.algebra.sum([shares[cell][0] for cell in line])
    for cell in line:
        if shares[cell][1] != numerators and isinstance(whole, Term):
            share = terms.algebra.multiply(shares[cell][0], terms.algebra.power(whole, -1.0))
            if isinstance(share, Term):
                yield cell, share
