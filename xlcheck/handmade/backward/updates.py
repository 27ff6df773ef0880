"""Where a training step ends: cells that hold a weight after it, made from the weight and from what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.algebra import Address, Leaf, Sum, Term
from xlcheck.handmade.reading.cell_terms import leaves


def source(cell: Address, terms: Mapping[Address, Term]) -> Address:
    """The cell that a chain of copies begins with."""
    while isinstance(term := terms.get(cell), Leaf):
        cell = term.cell
    return cell


def find_updates(
    terms: Mapping[Address, Term], order: Sequence[Address], reads: Mapping[Address, tuple[Address, ...]]
) -> dict[Address, Address]:
    """Cell that may be an update → the cell of the weight before it.

    An update is a sum of a weight and of something that depends on that weight. The search goes in order of
    calculation and cuts at each update, so that dependence never reaches beyond one training step.

    Args:
        terms: of the formula cells.
        order: the formula cells in order of calculation.
        reads: what each of them reads.
    """
    bits: dict[Address, int] = {}
    above: dict[Address, int] = {}
    updates: dict[Address, Address] = {}
    for cell in order:
        own = [source(other, terms) for other in reads[cell]]
        for other in own:
            bits.setdefault(other, 1 << len(bits))
        weight = _weight(terms[cell], terms, bits, above)
        if weight is not None:
            updates[cell] = weight
            continue
        reach = 0
        for other in own:
            reach |= bits[other] | above.get(other, 0)
        above[cell] = reach
    return updates


def _weight(
    term: Term, terms: Mapping[Address, Term], bits: Mapping[Address, int], above: Mapping[Address, int]
) -> Address | None:
    """The weight of an update, if the term is one: the part on which the other parts depend."""
    if not isinstance(term, Sum) or term.constant or len(term.parts) < 2:
        return None
    reach = {part: _reach(part, terms, above) for part, _ in term.parts}
    for part, coefficient in term.parts:
        if isinstance(part, Leaf) and coefficient == 1:
            weight = source(part.cell, terms)
            if any(reach[other] & bits[weight] for other, _ in term.parts if other is not part):
                return weight
    return None


def _reach(term: Term, terms: Mapping[Address, Term], above: Mapping[Address, int]) -> int:
    reach = 0
    for cell in leaves(term):
        reach |= above.get(source(cell, terms), 0)
    return reach
