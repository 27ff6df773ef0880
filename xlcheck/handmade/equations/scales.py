"""Results put back on the scale of the data, and the data that were put on the scale of the results.

A formula does so if it undoes what others do to numbers: with the same numbers of the scale, such as a mean and a
deviation, or, as the smallest and the largest one of the outputs are others than those of an input, with as many of its
own in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from xlcheck.formulas.algebra import Address, Leaf, Term, number_at, number_of, outline
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.reached import reached

_CLOSE = 1e-9
_TRIALS = 3
_ENDS, _DIGITS = 2, 9
_FORMS = 12
"""Ways in which inputs are scaled that are looked at; there are one or two."""


def scaled_back(
    among: Collection[Address],
    terms: CellTerms,
    results: Collection[Address],
    given: Collection[Address],
    weights: Collection[Address],
) -> tuple[dict[Address, Address], set[Address]]:
    """The formulas that put a result back on a scale, with this, and those that put data on it or make its numbers.

    Of two that put the same result back on the same scale one means another result, and nobody knows which.

    Args:
        among: formulas that no layer has.
        terms: what each formula computes.
        results: the cells of results.
        given: the cells that layers read and do not compute.
        weights: those of them that are weights.
    """
    behind = reached(results, lambda cell: terms.readers.get(cell, ()))
    made = {x: frozenset(leaves(terms[x])) for x in given if x in terms}
    beside = {x: frozenset(leaves(terms[x])) for x in among if x in terms and x not in behind and x not in made}
    forms = {outline(terms[x], lambda _: "number"): terms[x] for x in made}
    found, others, scales = dict[Address, Address](), set[Address](), set[Address]()
    again: Counter[object] = Counter()
    for cell in among:
        term = terms.get(cell)
        own = dict.fromkeys(leaves(term) if term is not None else ())
        read = [other for other in own if other in results]
        scale = own.keys() - {*read}
        if term is None or len(read) != 1 or not scale or not scale.isdisjoint(weights):
            continue
        inputs = [x for x, cells in made.items() if scale <= cells]
        targets = [x for x, cells in beside.items() if scale <= cells and _gives_back(term, read[0], x, scale, terms)]
        if inputs:
            undoes = all(_gives_back(term, read[0], x, scale, terms) for x in inputs)
        else:
            undoes = bool(targets) or any(_undoes(term, read[0], sorted(scale), x) for x in [*forms.values()][:_FORMS])
        if undoes:
            found[cell] = read[0]
            again[read[0], frozenset(scale)] += 1
            others |= {*targets}
            scales |= scale
    once = {cell: own for cell, own in found.items() if again[own, frozenset({*leaves(terms[cell])} - {own})] == 1}
    made_of = reached((*others, *scales), lambda cell: terms.reads.get(cell, ()), among=beside.__contains__)
    return once, others | made_of | (scales & beside.keys())


def is_between_ends(term: Term) -> bool:
    """Whether a formula puts a number on a scale by its two ends: what each end becomes depends on no number.

    So does `2*(x-a)/(b-a)-1`, which multiplies, and is no weighted sum.
    """
    cells = sorted({*leaves(term)})
    for raw in cells if len(cells) == _ENDS + 1 else ():
        ends = [cell for cell in cells if cell != raw]
        become = [{_at_an_end(term, raw, cells, end, trial) for trial in range(_TRIALS)} for end in ends]
        if all(len(own) == 1 for own in become) and become[0] != become[1]:
            return True
    return False


def _at_an_end(term: Term, raw: Address, cells: Sequence[Address], end: Address, trial: int) -> float:
    numbers = dict(zip(cells, np.random.default_rng(trial).uniform(1.0, 9.0, len(cells)).tolist(), strict=True))
    return round(number_at(term, numbers | {raw: numbers[end]}), _DIGITS)


def _gives_back(term: Term, result: Address, x: Address, scale: Collection[Address], terms: CellTerms) -> bool:
    """Whether a formula makes of a scaled number what it was."""

    def given(part: Term) -> float | None:
        return terms.number(x if part.cell == result else part.cell) if isinstance(part, Leaf) else None

    raw = [terms.number(cell) for cell in leaves(terms[x]) if cell not in scale]
    return len(raw) == 1 and abs(number_of(term, given) - raw[0]) <= _CLOSE * max(1.0, abs(raw[0]))


def _undoes(term: Term, result: Address, scale: Sequence[Address], other: Term) -> bool:
    """Whether a formula undoes another one for any numbers, where those of the scale stand in one order in both."""
    theirs = sorted({*leaves(other)})
    raws = theirs if len(theirs) == len(scale) else theirs if len(theirs) == len(scale) + 1 else []
    return any(_undoes_for(term, result, scale, other, raw) for raw in raws)


def _undoes_for(term: Term, result: Address, scale: Sequence[Address], other: Term, raw: Address) -> bool:
    theirs = sorted({*leaves(other)})
    theirs = theirs if len(theirs) == len(scale) else [cell for cell in theirs if cell != raw]
    random = np.random.default_rng(5)
    for _ in range(_TRIALS):
        numbers = random.uniform(1.0, 9.0, len(scale)).tolist()
        there = {raw: float(random.uniform(1.0, 9.0)), **dict(zip(theirs, numbers, strict=True))}
        here = {**dict(zip(scale, numbers, strict=True)), result: number_at(other, there)}
        if not abs(number_at(term, here) - there[raw]) <= _CLOSE * 10:
            return False
    return True
