"""What a network learns from: inputs and targets, typed or computed from other numbers, but never from its weights."""

from __future__ import annotations

from collections.abc import Collection

from xlcheck.formulas.algebra import Address, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.backward.network import compared_pairs
from xlcheck.handmade.backward.network_cells import is_datum
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order, leaves, source
from xlcheck.handmade.reading.reached import reached


def may_learn(terms: CellTerms, updates: Collection[Address] = ()) -> bool:
    """Whether a number is compared, as a target is with an output: a given one, or one in which no weight is.

    Args:
        terms: what the formulas compute.
        updates: the weights that were moved, if they are known.
    """
    learnt = {*updates, *behind(updates, in_order(terms.reads), terms)}
    made = {cell for cell in terms if not is_datum(cell)}
    return any((a in made) != (b in made) or (a in learnt) != (b in learnt) for a, b in compared_pairs(terms))


def multiplies_errors(terms: CellTerms) -> bool:
    """Whether something that follows from a target and an output is multiplied by anything else, as in each gradient.

    A loss only adds it up, or multiplies it by itself; a target times a logarithm is no product of it.
    """
    typed = {cell for pair in compared_pairs(terms) for cell in pair if cell not in terms}
    targets = typed | {cell for cell in terms if source(cell, terms) in typed}
    errors = behind(typed, in_order(terms.reads), terms) - targets

    def is_wrong_by(factor: Term) -> bool:
        own = {*leaves(factor)}
        return not own.isdisjoint(errors) or not (own <= targets or own.isdisjoint(targets))

    for product in (own for own in subterms(*terms.values()) if isinstance(own, Product)):
        kinds = {is_wrong_by(factor) for factor, _ in product.factors if not targets.issuperset(leaves(factor))}
        if len(kinds) > 1:
            return True
    return False


def moves_factors(terms: CellTerms) -> bool:
    """Whether a factor of sums that are compared with given numbers is another one and something added.

    That is how weights move, also by gradients that were typed, which depend on no weight.
    """
    factors = set[Address]()
    for one, other in compared_pairs(terms):
        output = one if one in terms else other
        parts = term.parts if (one in terms) != (other in terms) and isinstance(term := terms[output], Sum) else ()
        products = [part for part, _ in parts if isinstance(part, Product)]
        if products and len(parts) > 1:
            factors |= {source(f.cell, terms) for part in products for f, _ in part.factors if isinstance(f, Leaf)}
    moved = (terms[cell] for cell in factors if cell in terms)
    return any(
        source(part.cell, terms) in factors
        for term in moved if isinstance(term, Sum)
        for part, coefficient in term.parts if isinstance(part, Leaf) and coefficient == 1
    )  # fmt: skip


def data_cells(terms: CellTerms) -> frozenset[Address]:
    """The formulas whose results are inputs or targets: read by what is computed from weights, and not from them."""
    order = in_order(terms.reads)
    updates = find_updates(terms, order, terms.reads)
    learnt = behind({*updates, *updates.values()}, order, terms)
    found, outputs = set[Address](), set[Address]()
    for pair in compared_pairs(terms):
        for output, target in (pair, pair[::-1]):
            if output in learnt and target not in learnt:
                found.add(target)
                outputs.add(output)
    start = outputs - updates.keys()
    between = reached(start, lambda c: terms.reads.get(c, ()), among=lambda c: c in learnt and c not in updates)
    for cell in start | between:
        found |= {source(read, terms) for read in terms.reads.get(cell, ()) if read not in learnt}
    return frozenset(c for c in found if c in terms and not (is_datum(c) or isinstance(terms[c], Leaf)))


def behind(starts: Collection[Address], order: Collection[Address], terms: CellTerms) -> set[Address]:
    """Cells, and the formulas that are computed from them."""
    found = set(starts)
    for cell in order:
        if not found.isdisjoint(terms.reads[cell]):
            found.add(cell)
    return found
