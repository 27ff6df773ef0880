"""Decisions that follow from results, as `=IF(y>0.5,1,0)`: no layer, and right if all follow in one way.

So does whether a decision is right, as `=IF(ROUND(y,0)=t,1,0)`: in one way for each of two targets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Term, subterms
from xlcheck.handmade.forms.functions import Functions, Results, formulas_behind
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.reached import reached

_WIDE, _POINTS, _HALVINGS = 4.0, 33, 40
"""How far from 0 a threshold is looked for, at how many points first, and how often what is between two is halved."""


_SMOOTH = frozenset({"EXP", "LN", "TANH", "SINH", "COSH", "SIN", "COS", "ERF", "SQRT", "ABS", "MAX", "MIN", "POWER"})
"""Functions that never jump."""


@dataclass(frozen=True)
class _Step:
    """A formula of one result that jumps once.

    Attributes:
        cell: the formula.
        result: the result.
        ends: what it gives below and above.
        at: where it jumps.
        is_above: whether it gives there what it gives above.
    """

    cell: Address
    result: Address
    ends: tuple[float, float]
    at: float
    is_above: bool

    @property
    def way(self) -> object:
        """The same for formulas that jump alike."""
        return self.ends, self.at, self.is_above


def decisions(results: Sequence[Results], terms: CellTerms, taken: Collection[Address]) -> set[Address]:
    """The formulas that say of each result of a layer on which side of one threshold it is, or whether it is right.

    Args:
        results: those of all layers.
        terms: what each formula computes.
        taken: the cells of layers.
    """
    known = {cell for own in results for cell in own.values()}
    terms = terms.rounding(formulas_behind(known, terms, taken))
    functions = Functions(terms, taken, known)
    between = (own.values() for own in results if all(0 <= functions.number(cell) <= 1 for cell in own.values()))
    shares = {cell for own in between for cell in own}
    steps = [*_steps(functions, shares, terms)]
    found: set[Address] = set()
    for own in results:
        cells = {*own.values()}
        alike: dict[object, dict[Address, list[_Step]]] = defaultdict(lambda: defaultdict(list))
        either: dict[object, dict[Address, list[_Step]]] = defaultdict(lambda: defaultdict(list))
        for step in (step for step in steps if step.result in cells):
            alike[step.way][step.result].append(step)
            either[min(step.ends), max(step.ends), step.at][step.result].append(step)
        for by_result in alike.values():
            # Whether a decision is right is one, too, for a known target; it reads the result through the first one.
            same = {read: [s for s in own if _reads(s.cell, read, terms)] or own for read, own in by_result.items()}
            if same.keys() == cells and all(len(own) == 1 for own in same.values()):
                found |= {own[0].cell for own in same.values()}
        for by_result in either.values():
            left = {read: [s for s in own if s.cell not in found] for read, own in by_result.items()}
            if left.keys() == cells and all(len(own) == 1 for own in left.values()):
                found |= _marks([own[0] for own in left.values()], functions)
    return found


def _reads(cell: Address, result: Address, terms: CellTerms) -> bool:
    """Whether a formula reads a result, or a copy of it."""
    return any(source(own, terms) == result for own in terms.reads[cell])


def _marks(steps: Sequence[_Step], functions: Functions) -> set[Address]:
    """The formulas that say of each result whether it is on the side of its own target; none if one does otherwise."""
    given = [functions.of[step.cell] - functions.known for step in steps]
    shared = frozenset.intersection(*given)
    targets = [own - shared for own in given]
    if any(len(own) != 1 for own in targets):
        return set()
    away = {
        (c[0] == step.cell[0], c[1] - step.cell[1], c[2] - step.cell[2])
        for step, own in zip(steps, targets, strict=True) for c in (*own, step.result)
    }  # fmt: skip
    ways = {(functions.number(next(iter(own))), step.way) for step, own in zip(steps, targets, strict=True)}
    return {step.cell for step in steps} if len(ways) == len({way for _, way in ways}) == 2 == len(away) else set()


def _steps(functions: Functions, shares: Collection[Address], terms: CellTerms) -> Iterator[_Step]:
    """The formulas of one result that jump once, from one number to another."""
    jumping = {cell for cell in functions.of if _has_jumps(terms[cell])}
    jumping |= reached(jumping, lambda cell: terms.readers.get(cell, ())) if jumping else set()
    for cell, read in functions.of.items():
        own = read & functions.known  # the threshold may be typed in a cell
        if len(own) != 1 or cell not in jumping:
            continue
        (result,) = own
        for low, high in ((-_WIDE, _WIDE), (0.0, 1.0)) if result in shares else ((-_WIDE, _WIDE),):
            if (step := _step(cell, result, functions, np.linspace(low, high, _POINTS))) is not None:
                yield step
                break


def _step(cell: Address, result: Address, functions: Functions, grid: Array) -> _Step | None:
    """How a formula jumps, if it does so once."""
    values = functions.values(cell, [result], grid[:, None])
    jumps = np.flatnonzero(values[1:] != values[:-1])
    if len(jumps) != 1 or not np.isfinite(values).all():
        return None
    low, high = float(grid[jumps[0]]), float(grid[jumps[0] + 1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_low = functions.values(cell, [result], np.array([[middle]]))[0] == values[0]
        low, high = (middle, high) if is_low else (low, middle)
    at = round((low + high) / 2, 9)
    (there,) = functions.values(cell, [result], np.array([[at]]))
    return _Step(cell, result, (float(values[0]), float(values[-1])), at, bool(there == values[-1]))


@lru_cache(maxsize=16_384)
def _has_jumps(term: Term) -> bool:
    """Whether a term has a function that may jump: one that compares, chooses or rounds."""
    return any(isinstance(own, Function) and own.name not in _SMOOTH for own in subterms(term))
