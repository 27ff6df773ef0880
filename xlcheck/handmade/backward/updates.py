"""Where a training step ends: cells that hold a weight after it, made from the weight and from what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Sum, Term
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

    An update is a sum of a weight and of something that depends on that weight, or a choice between such sums and the
    weight as it is, as where a perceptron learns from mistakes alone. The search goes in order of calculation and cuts
    at each update, so that dependence never reaches beyond one training step.

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
    """The weight of an update, if the term is one: a part of each sum, on which other parts or the choice depend."""
    ways = list(_ways(term))
    if not any(len(way) > 1 for way in ways):
        return None
    beside = {part for way in ways for part, _ in way}.union(_conditions(term))
    reach = {part: _reach(part, terms, above) for part in beside}
    for part, coefficient in ways[0]:
        if isinstance(part, Leaf) and coefficient == 1 and all((part, 1.0) in way for way in ways):
            weight = source(part.cell, terms)
            if any(reach[other] & bits[weight] for other in beside if other is not part):
                return weight
    return None


def _ways(expression: Expression) -> Iterator[tuple[tuple[Term, float], ...]]:
    """The parts of each sum between which a term chooses; none of what is no sum without a constant."""
    match expression:
        case Sum(constant=0.0, parts=parts):
            yield parts
        case Leaf():
            yield ((expression, 1.0),)
        case Function(name="IF", arguments=(_, one, other)):
            yield from (*_ways(one), *_ways(other))
        case _:
            yield ()


def _conditions(expression: Expression) -> Iterator[Term]:
    """By what a term chooses between sums."""
    match expression:
        case Function(name="IF", arguments=(Term() as condition, *branches)):
            yield condition
            for branch in branches:
                yield from _conditions(branch)


def _reach(term: Term, terms: Mapping[Address, Term], above: Mapping[Address, int]) -> int:
    reach = 0
    for cell in leaves(term):
        reach |= above.get(source(cell, terms), 0)
    return reach
