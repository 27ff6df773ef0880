"""Copies of a network in which a weight is moved a little, as where its gradient is estimated: no networks to learn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address, Leaf, Sum, Term, outline
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.reading.cell_terms import CellTerms, source

LONGEST = 0.5
"""How far a weight is moved at most."""


def computed_from_moved_weights(
    terms: CellTerms, order: Sequence[Address], updates: Collection[Address]
) -> set[Address]:
    """The moved copies of weights, and all that is computed from them up to the next weights.

    A weight is moved by a small typed number, and what reads it so computes the same as what reads it as it is. So
    would an input be moved, from which is learnt as from others; there is nothing then.

    Args:
        terms: of the formula cells.
        order: the formula cells in order of calculation, without updates.
        updates: the cells that hold weights after a step.
    """
    moved = [(cell, weight) for cell in order for weight in _moved(terms[cell], terms, updates)]
    ways = {weight: {*_computed(terms, weight)} for weight in {weight for _, weight in moved}}
    found = [cell for cell, weight in moved if not ways[weight].isdisjoint(_computed(terms, cell))]
    copies = behind(found, order, terms) if found else set()
    return copies if all(copies.isdisjoint(terms.reads[update]) for update in updates) else set()


def _moved(term: Term, terms: CellTerms, updates: Collection[Address] = ()) -> Iterator[Address]:
    """The weights to which a term may add a small number, or from which it may take one."""
    match term:
        case Sum(constant=constant, parts=((Leaf() as weight, 1.0),)):
            pairs = [(weight.cell, constant)]
        case Sum(constant=0.0, parts=((Leaf() as one, a), (Leaf() as other, b))):
            sizes = ((one.cell, a, other.cell, b), (other.cell, b, one.cell, a))
            pairs = [(own, by * terms.number(far)) for own, at, far, by in sizes if at == 1 and far not in terms]
        case _:
            return
    yield from (own for own, far in pairs if 0 < abs(far) < LONGEST and (own not in terms or own in updates))


def _computed(terms: CellTerms, cell: Address) -> Iterator[object]:
    """What formulas compute that read a cell, or copies of it, but for where the other numbers stand."""
    for reader in terms.readers.get(cell, ()):
        if isinstance(terms[reader], Leaf):
            yield from _computed(terms, reader)
        else:
            yield outline(terms[reader], lambda own: source(own, terms) == source(cell, terms))
