"""Results put back on the scale of the data, and the data that were put on the scale of the results.

A formula does so if it undoes what others do to numbers: with the same numbers of the scale, such as a mean and a
deviation, or, as the smallest and the largest one of the outputs are others than those of an input, with as many of its
own in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import permutations

import numpy as np

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Term, below, number_of, outline
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.reached import reached

_CLOSE = 1e-9
_TRIALS = 3
_ENDS = 2
_FORMS = 12
"""Ways in which inputs are scaled that are looked at; there are one or two."""


def scaled_back(
    among: Collection[Address],
    terms: CellTerms,
    results: Collection[Address],
    given: Collection[Address],
    weights: Collection[Address],
    *,
    is_known: bool = False,
) -> tuple[dict[Address, Address], set[Address]]:
    """The formulas that put a result back on a scale, with this, and those that put data on it or make its numbers.

    Of two that put the same result back on the same scale one means another result, and nobody knows which.

    Args:
        among: formulas that no layer has.
        terms: what each formula computes.
        results: the cells of results.
        given: the cells that layers read and do not compute.
        weights: those of them that are weights.
        is_known: whether it is what is given that the results should be, so that no other scale is meant.
    """
    behind = reached(results, lambda cell: terms.readers.get(cell, ()))
    made = {x: _parts(terms[x]) for x in given if x in terms}
    beside = {x: _parts(terms[x]) for x in among if x in terms and x not in behind and x not in made}
    forms = {outline(terms[x], lambda _: "number"): terms[x] for x in made}
    found, others, scales = dict[Address, Address](), set[Address](), set[Address]()
    again: Counter[object] = Counter()
    for cell, term in ((cell, terms[cell]) for cell in among if cell in terms):
        parts = _parts(term)
        read = [part for part in parts if isinstance(part, Leaf) and part.cell in results]
        scale = parts.difference(read)
        cells = {*leaves(*scale)}
        if len(read) != 1 or not scale or not cells.isdisjoint(weights) or not cells.isdisjoint(results):
            continue
        result = read[0]
        inputs = [x for x, own in made.items() if scale <= own]
        targets = [x for x, own in beside.items() if scale <= own and _gives_back(term, result, x, scale, terms)]
        if inputs:
            undoes = all(_gives_back(term, result, x, scale, terms) for x in inputs)
        else:
            like = [] if is_known else [*forms.values()][:_FORMS]
            undoes = bool(targets) or any(_undoes(term, result, _as_ends(scale, terms), x) for x in like)
        if undoes:
            found[cell] = result.cell
            again[result.cell, frozenset(scale)] += 1
            others |= {*targets}
            scales |= cells
    once = {cell: own for cell, own in found.items() if again[own, _scale(terms[cell], own)] == 1}
    made_of = reached((*others, *scales), lambda cell: terms.reads.get(cell, ()), among=beside.__contains__)
    return once, others | made_of | (scales & beside.keys())


def between_ends(cells: Collection[Address], terms: CellTerms) -> set[Address]:
    """The formulas that put a number on a scale by its two ends.

    Args:
        cells: formulas.
        terms: what each computes.
    """
    known: dict[object, bool] = {}  # formulas that were filled are asked about once
    for cell in cells:
        form = _form(terms[cell])
        if form not in known:
            known[form] = is_between_ends(terms[cell])
    return {cell for cell in cells if known[_form(terms[cell])]}


def _form(term: Term) -> object:
    """What a formula computes, from whatever cells."""
    places: dict[Address, int] = {}
    return outline(term, lambda cell: places.setdefault(cell, len(places)))


def is_between_ends(term: Term) -> bool:
    """Whether a formula puts a number on a scale by its two ends, in equal steps: each becomes a number, or one read.

    So do `2*(x-a)/(b-a)-1` and `(d-c)*(x-a)/(b-a)+c`, which multiply, and are no weighted sums.
    """
    parts = _in_order(_parts(term))
    if len(parts) not in (_ENDS + 1, 2 * _ENDS + 1):
        return False
    trials = [np.random.default_rng(trial).uniform(1.0, 9.0, len(parts)) for trial in range(_TRIALS)]
    numbers = [dict(zip(parts, own.tolist(), strict=True)) for own in trials]
    return any(
        _becomes(term, raw, ends, [part for part in parts if part not in (raw, *ends)], numbers)
        for raw in parts
        if isinstance(raw, Leaf)
        for ends in permutations([part for part in parts if part is not raw], _ENDS)
    )


def _becomes(
    term: Term, raw: Term, ends: Sequence[Term], others: Sequence[Term], numbers: Sequence[Mapping[Term, float]]
) -> bool:
    """Whether the first end becomes the first of the others, and the second one the second; constants without any."""
    at_ends = [[number_of(term, {**own, raw: own[end]}.get) for own in numbers] for end in ends]
    between = [number_of(term, {**own, raw: sum(own[end] for end in ends) / _ENDS}.get) for own in numbers]
    if others:
        wanted = [[own[other] for own in numbers] for other in others]
    else:
        wanted = [[found[0]] * _TRIALS for found in at_ends]
    return (
        np.allclose(at_ends, wanted, rtol=_CLOSE)
        and np.allclose(between, np.mean(at_ends, axis=0), rtol=_CLOSE)
        and not np.allclose(at_ends[0], at_ends[1])
    )


def _parts(term: Term) -> frozenset[Term]:
    """What a scale is made of: cells, and the smallest or largest of some cells."""
    if isinstance(term, Leaf) or _pools(term):
        return frozenset((term,))
    return frozenset(part for own in below(term) for part in _parts(own))


def _pools(term: Expression) -> bool:
    return (
        isinstance(term, Function)
        and term.name in ("MIN", "MAX")
        and all(isinstance(part, Leaf) or _pools(part) for part in term.arguments)
    )


def _scale(term: Term, result: Address) -> frozenset[Term]:
    return frozenset(part for part in _parts(term) if not (isinstance(part, Leaf) and part.cell == result))


def _gives_back(term: Term, result: Leaf, x: Address, scale: Collection[Term], terms: CellTerms) -> bool:
    """Whether a formula makes of a scaled number what it was."""

    def given(part: Term) -> float | None:
        return terms.number(x if part is result else part.cell) if isinstance(part, Leaf) else None

    raw = [number_of(part, given) for part in _parts(terms[x]) if part not in scale]
    return len(raw) == 1 and abs(number_of(term, given) - raw[0]) <= _CLOSE * max(1.0, abs(raw[0]))


def _as_ends(scale: Collection[Term], terms: CellTerms) -> list[list[Term]]:
    """The numbers of a scale in their order, and, of two typed ones, the larger one first, as MAX is before MIN."""
    sizes = {part: terms.number(part.cell) for part in scale if isinstance(part, Leaf)}
    by_size: list[Term] = [part for part, _ in sorted(sizes.items(), key=lambda own: -own[1])]
    return [_in_order(scale), by_size] if len(sizes) == len(scale) == _ENDS else [_in_order(scale)]


def _undoes(term: Term, result: Term, orders: Sequence[Sequence[Term]], other: Term) -> bool:
    """Whether a formula undoes another one for any numbers, where those of the scale stand in one order in both.

    The largest and the smallest one of some cells stand in no order: there the sizes of the numbers say which is which.
    """
    theirs = _in_order(_parts(other))
    pooled = {leaves(part) for part in theirs if _pools(part)}
    scale = orders[-1] if len(pooled) == 1 and sum(map(_pools, theirs)) == _ENDS else orders[0]
    raws = theirs if len(theirs) in (len(scale), len(scale) + 1) else []
    return any(_undoes_for(term, result, scale, other, raw) for raw in raws)


def _undoes_for(term: Term, result: Term, scale: Sequence[Term], other: Term, raw: Term) -> bool:
    theirs = _in_order(_parts(other))
    theirs = theirs if len(theirs) == len(scale) else [part for part in theirs if part is not raw]
    random = np.random.default_rng(5)
    for _ in range(_TRIALS):
        numbers = random.uniform(1.0, 9.0, len(scale)).tolist()
        there = {raw: float(random.uniform(1.0, 9.0)), **dict(zip(theirs, numbers, strict=True))}
        here = {**dict(zip(scale, numbers, strict=True)), result: number_of(other, there.get)}
        if not abs(number_of(term, here.get) - there[raw]) <= _CLOSE * 10:
            return False
    return True


def _in_order(parts: Collection[Term]) -> list[Term]:
    """Parts as they stand in the worksheet; those of the same cells by their name."""
    return sorted(parts, key=lambda part: (min(leaves(part)), part.name if isinstance(part, Function) else ""))
