"""Losses that count one side only: t·ln(o) of outputs that are no shares, to which (1 − t)·ln(1 − o) belongs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, subterms
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import reached

_ROUNDED = 1e-3
"""How far the sum of shares may be from 1 where they are rounded."""


def one_sided(
    cells: Collection[Address], terms: CellTerms, results: Mapping[Address, Address], layers: Mapping[Address, int]
) -> set[Address]:
    """The formulas that measure independent outputs as if they were shares, and those that add these up.

    A categorical cross-entropy needs no second part, as a share that is too small makes another one too large.

    Args:
        cells: formulas that measure results.
        terms: what they compute.
        results: cell → the result that it holds.
        layers: which layer's result stands in a cell.
    """
    taken: dict[Address, set[Address]] = defaultdict(set)
    completed, among = set[Address](), {*cells}
    for cell in cells:
        for logarithm, times in _logarithms(terms[cell]):
            match logarithm:
                case Leaf() if times and logarithm.cell in results:
                    taken[results[logarithm.cell]].add(cell)
                case Sum(constant=1.0, parts=((Leaf() as own, -1.0),)) if own.cell in results:
                    completed.add(results[own.cell])
    alone = taken.keys() - completed - _shares(terms, layers)
    first = set[Address]().union(*(taken[result] for result in alone))
    return first | reached(first, lambda cell: terms.readers.get(cell, ()), among=among.__contains__)


def _logarithms(term: Expression) -> Iterator[tuple[Expression, bool]]:
    """What is taken the logarithm of, and whether that is multiplied with something."""
    for part in subterms(term) if not isinstance(term, float | int) else ():
        factors = [own for own, _ in part.factors] if isinstance(part, Product) else [part]
        for own in factors:
            if isinstance(own, Function) and own.name == "LN":
                yield own.arguments[0], len(factors) > 1


def _shares(terms: CellTerms, layers: Mapping[Address, int]) -> set[Address]:
    """The results of layers of which each sample's are 1 in all."""
    by_layer: dict[int, list[Address]] = defaultdict(list)
    for cell, number in layers.items():
        by_layer[number].append(cell)
    found = set[Address]()
    for cells in by_layer.values():
        for axis in (0, 1):
            lines: dict[tuple[str, int], list[float]] = defaultdict(list)
            for cell in cells:
                lines[cell[0], cell[1:][axis]].append(terms.number(cell))
            if all(len(own) > 1 and math.isclose(sum(own), 1, abs_tol=_ROUNDED) for own in lines.values()):
                found.update(cells)
    return found
