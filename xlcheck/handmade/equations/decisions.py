"""Decisions that follow from results, as `=IF(y>0.5,1,0)`: no layer, and right if all follow in one way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.functions import Functions, Results
from xlcheck.handmade.reading.cell_terms import CellTerms

_WIDE, _POINTS, _HALVINGS = 4.0, 33, 40
"""How far from 0 a threshold is looked for, at how many points first, and how often what is between two is halved."""
_Key = tuple[float, float, float, float]


def decisions(results: Sequence[Results], terms: CellTerms, taken: Collection[Address]) -> set[Address]:
    """The formulas that say of each result of a layer on which side of one threshold it is.

    Args:
        results: those of all layers.
        terms: what each formula computes.
        taken: the cells of layers.
    """
    functions = Functions(terms, taken, {cell for own in results for cell in own.values()})
    found: set[Address] = set()
    for own in results:
        cells = {*own.values()}
        alike: dict[_Key, dict[Address, list[Address]]] = defaultdict(lambda: defaultdict(list))
        for cell, read, key in _steps(functions):
            if read in cells:
                alike[key][read].append(cell)
        for by_result in alike.values():
            # Whether a decision is right is one, too, for a known target; it reads the result through the first one.
            at_once = {read: [c for c in same if read in terms.reads[c]] or same for read, same in by_result.items()}
            if at_once.keys() == cells and all(len(same) == 1 for same in at_once.values()):
                found |= {same[0] for same in at_once.values()}
    return found


def _steps(functions: Functions) -> Iterator[tuple[Address, Address, _Key]]:
    """The formulas of one result that jump once, from one number to another: the formula, the result, and how."""
    grid = np.linspace(-_WIDE, _WIDE, _POINTS)
    for cell, read in functions.of.items():
        own = read & functions.known  # the threshold may be typed in a cell
        if len(own) != 1:
            continue
        (result,) = own
        values = functions.values(cell, [result], grid[:, None])
        jumps = np.flatnonzero(values[1:] != values[:-1])
        if len(jumps) != 1 or not np.isfinite(values).all():
            continue
        low, high = float(grid[jumps[0]]), float(grid[jumps[0] + 1])
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            is_low = functions.values(cell, [result], np.array([[middle]]))[0] == values[0]
            low, high = (middle, high) if is_low else (low, middle)
        at = round((low + high) / 2, 9)
        (there,) = functions.values(cell, [result], np.array([[at]]))
        yield cell, result, (float(values[0]), float(values[-1]), at, float(there))
