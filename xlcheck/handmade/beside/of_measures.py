"""What people make of the errors and losses of networks: how much of the targets' spread is explained, what was gained.

Nobody reads these numbers, and so they hide nothing that a network computes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from xlcheck.formulas.algebra import Address, Term, number_at
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.forms.functions import leaves_above, number_under
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.reached import reached

Pairs = frozenset[tuple[Address, Address | None]]
"""Results, each with what it is compared with; None where a loss takes the logarithm of one result alone."""
_TRIALS, _CLOSE = 3, 1e-9
_TWO = 2
"""Measures that are compared, and samples of which there can be a spread."""


def of_measures(
    among: Collection[Address],
    measures: Mapping[Address, Pairs],
    results: Mapping[Address, Address],
    terms: CellTerms,
    table: CellTable,
) -> set[Address]:
    """The formulas that are made of measures alone, and those that lead to them.

    Args:
        among: formulas that no layer has, and that are no measures.
        measures: the formulas that are, each with what it compares.
        results: the cells that hold what layers give, each with the cell that it may be a copy of.
        terms: what each formula computes.
        table: the cells.
    """
    compared = {result: target for own in measures.values() for result, target in own if target is not None}
    found = set[Address]()
    for cell in among:
        if cell not in terms or terms.readers.get(cell):
            continue
        if _is_gain(terms[cell], measures, table) or _is_perplexity(cell, measures, results, terms):
            found.add(cell)
        elif _is_explained(cell, compared, results, terms):
            read = terms.reads.__getitem__
            found |= {cell, *reached([cell], read, among=lambda own: own in among and own in terms)}
    return found


def _is_gain(term: Term, measures: Mapping[Address, Pairs], table: CellTable) -> bool:
    """Whether two measures are compared that are computed alike, each of its own results; not added up."""
    read = sorted({*leaves(term)})
    if len(read) != _TWO or not measures.keys() >= {*read}:
        return False
    one, other = read
    apart = {result for result, _ in measures[one]}.isdisjoint(result for result, _ in measures[other])
    alike = skeleton(table.texts[one]) == skeleton(table.texts[other])
    before, after = (number_at(term, dict(zip(read, own, strict=True))) for own in ((0.3, 0.7), (0.7, 0.3)))
    return apart and alike and len(measures[one]) == len(measures[other]) and abs(before - after) > _CLOSE


def _is_perplexity(
    cell: Address, measures: Mapping[Address, Pairs], results: Mapping[Address, Address], terms: CellTerms
) -> bool:
    """Whether a formula is e to the mean of negative logarithms of results, whatever the base of these and of it."""
    if not measures.keys() >= {*terms.reads[cell]}:
        return False
    pairs = frozenset[tuple[Address, Address | None]]().union(*(measures[own] for own in terms.reads[cell]))
    if not pairs or any(target is not None for _, target in pairs):
        return False
    picked = sorted(leaves_above(cell, terms, results, len(pairs)))
    if {results.get(own) for own in picked} != {result for result, _ in pairs} or len(picked) != len(pairs):
        return False
    shares = np.random.default_rng(8).uniform(0.1, 0.9, len(picked))
    found = number_under(cell, dict(zip(picked, map(float, shares), strict=True)), terms)
    return bool(same(np.array(found), np.exp(-np.log(shares).mean())))


def _is_explained(
    cell: Address, compared: Mapping[Address, Address], results: Mapping[Address, Address], terms: CellTerms
) -> bool:
    """Whether a formula is the coefficient of determination, 1 − Σ(t − y)² / Σ(t − t̄)², whatever stands in y and t."""
    read = leaves_above(cell, terms, results, 2 * len(compared))
    outputs = sorted(read & results.keys())
    targets = [compared.get(results[own]) for own in outputs]
    if len(outputs) < _TWO or read != {*outputs, *targets}:
        return False
    random = np.random.default_rng(9)
    for _ in range(_TRIALS):
        y, t = random.uniform(0.1, 0.9, (2, len(outputs)))
        known = {own: float(number) for own, number in zip((*outputs, *targets), (*y, *t), strict=True) if own}
        wanted = 1.0 - ((t - y) ** 2).sum() / ((t - t.mean()) ** 2).sum()
        if not same(np.array(number_under(cell, known, terms)), np.array(wanted)):
            return False
    return True
