"""Where a training step ends: cells that hold a weight after it, made from the weight and from what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from xlcheck.formulas.algebra import COMPARISONS, Address, Expression, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.reading.cell_terms import leaves, source


def find_updates(
    terms: Mapping[Address, Term], order: Sequence[Address], reads: Mapping[Address, tuple[Address, ...]]
) -> dict[Address, Address]:
    """Cell that may be an update → the cell of the weight before it.

    An update is a sum of a weight and of something that depends on that weight through an error (a difference, or a
    comparison), or a choice between such sums and the weight as it is, as of a perceptron that learns from mistakes
    alone. The sum of a recurrent unit has a bias and a state that depends on it, too, and no error is in between. The
    search goes in order of calculation and cuts at each update, so that dependence never reaches beyond one step.

    Args:
        terms: of the formula cells.
        order: the formula cells in order of calculation.
        reads: what each of them reads.
    """
    others: set[Address] = set()
    sources = {cell: source(cell, terms) for cell in {*terms, *chain.from_iterable(reads.values())}}
    while True:
        updates, is_made = _updates(terms, order, reads, sources, others)
        made = {cell for cell, weight in updates.items() if is_made(weight)}
        if not made:
            return updates
        others |= made  # what is computed from weights is none: an output less its target, and what flows back to it


def first_weights(updates: Mapping[Address, Address]) -> dict[Address, Address]:
    """Updated cell → the weight with which its training begins.

    Args:
        updates: updated cell → weight, in order of calculation.
    """
    first: dict[Address, Address] = {}
    for update, weight in updates.items():
        first[update] = first.get(weight, weight)
    return first


def _updates(
    terms: Mapping[Address, Term],
    order: Sequence[Address],
    reads: Mapping[Address, tuple[Address, ...]],
    sources: Mapping[Address, Address],
    others: Collection[Address],
) -> tuple[dict[Address, Address], Callable[[Address], bool]]:
    """The updates but for some cells, and whether a cell is computed from weights of the same step."""
    bits: dict[Address, int] = {}
    reach = _Reach(sources)
    updates: dict[Address, Address] = {}
    for cell in order:
        own = [sources[other] for other in reads[cell]]
        for other in own:
            bits.setdefault(other, 1 << len(bits))
        weight = None if cell in others else _weight(terms[cell], bits, reach)
        if weight is not None:
            updates[cell] = weight
            continue
        for other in own:
            reach.above[cell] = reach.above.get(cell, 0) | bits[other] | reach.above.get(other, 0)
        reach.through[cell] = reach.through_errors(terms[cell], bits)
    weights = 0
    for weight in updates.values():
        weights |= bits[weight]
    return updates, lambda cell: bool(reach.above.get(cell, 0) & weights)


class _Reach:
    """From which cells a term is computed, a bit for each.

    Attributes:
        above: of each cell, all of them.
        through: those of which an error is made on the way.
        sources: what copies repeat in the end.
    """

    def __init__(self, sources: Mapping[Address, Address]) -> None:
        self.sources = sources
        self.above: dict[Address, int] = {}
        self.through: dict[Address, int] = {}

    def through_errors(self, term: Term, bits: Mapping[Address, int] | None = None) -> int:
        """Those of which an error is made, in this term or before it; with bits, also those that it reads itself."""
        reach = 0
        for cell in leaves(term):
            reach |= self.through.get(self.sources[cell], 0)
        for cells, is_distance in _errors_in(term):
            itself = {} if is_distance else bits or {}
            for cell in cells:
                own = self.sources[cell]
                reach |= self.above.get(own, 0) | itself.get(own, 0)
        return reach


@lru_cache(maxsize=2**15)
def _errors_in(term: Term) -> Sequence[tuple[Sequence[Address], bool]]:
    """The cells of each error in a term, and whether it is a mere distance."""
    return [(leaves(part), _is_distance(part)) for part in subterms(term) if _is_error(part)]


@lru_cache(maxsize=2**15)
def _summed_up(term: Term) -> frozenset[Address]:
    """The cells that are added as often as others are taken off, each once: the bias in a sum of several errors."""
    found = set[Address]()
    for own in (part for part in subterms(term) if isinstance(part, Sum)):
        single = {part.cell: c for part, c in own.parts if isinstance(part, Leaf)}
        for cell, c in single.items():
            others = [-d for d in single.values() if d * c < 0]
            found |= {cell} if len(others) > 1 and len({*others}) == 1 and c == sum(others) else set()
    return frozenset(found)


def _is_error(term: Term) -> bool:
    """Whether a term is a difference, or compares."""
    if isinstance(term, Sum):
        numbers = [term.constant, *(coefficient for _, coefficient in term.parts)]
        return min(numbers) < 0 < max(numbers)
    return isinstance(term, Function) and term.name in COMPARISONS


def _is_distance(term: Term) -> bool:
    """Whether a term is the difference of two cells: no error of these, as none of them is multiplied with an input.

    Else what is put back on its scale, `y·(max − min) + min`, would be an update of the least number.
    """
    return isinstance(term, Sum) and not term.constant and [type(part) for part, _ in term.parts] == [Leaf, Leaf]


def _weight(term: Term, bits: Mapping[Address, int], reach: _Reach) -> Address | None:
    """The weight of an update, if the term is one: a part of each sum, on which other parts or the choice depend."""
    ways = list(_ways(term))
    if not any(len(way) > 1 for way in ways):
        return None
    weights = [part for part, c in ways[0] if isinstance(part, Leaf) and c == 1 and all((part, c) in w for w in ways)]
    beside = {part for way in ways for part, _ in way}.union(_conditions(term)) if weights else set()
    reached = {part: reach.through_errors(part) for part in beside}
    for part in weights:
        weight = reach.sources[part.cell]
        others = [other for other in beside if other is not part]
        if any(reached[other] & bits[weight] or part.cell in _summed_up(other) for other in others):
            return weight
    return None


def _ways(expression: Expression) -> Iterator[tuple[tuple[Term, float], ...]]:
    """The parts of each sum between which a term chooses; none of what is no sum without a constant."""
    match expression:
        case Sum(constant=0.0, parts=parts):
            yield tuple(chain.from_iterable(map(_with_what_shrinks, parts)))
        case Leaf():
            yield ((expression, 1.0),)
        case Function(name="IF", arguments=(_, one, other)):
            yield from (*_ways(one), *_ways(other))
        case _:
            yield ()


def _with_what_shrinks(part: tuple[Term, float]) -> Iterator[tuple[Term, float]]:
    """A part of a sum; of a weight that loses a share of itself, `w·(1 − η·λ)`, also the weight."""
    if isinstance(part[0], Product):
        one, *others = sorted(part[0].factors, key=lambda factor: not isinstance(factor[0], Leaf))
        is_share = [isinstance(item, Sum) and item.constant == power == 1 for item, power in others] == [True]
        if isinstance(one[0], Leaf) and one[1] == 1 and is_share:
            yield one[0], part[1]
    yield part


def _conditions(expression: Expression) -> Iterator[Term]:
    """By what a term chooses between sums."""
    match expression:
        case Function(name="IF", arguments=(Term() as condition, *branches)):
            yield condition
            for branch in branches:
                yield from _conditions(branch)
