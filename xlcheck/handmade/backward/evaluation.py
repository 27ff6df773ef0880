"""Terms under several settings of the given cells at once: two different functions never agree on all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term, below
from xlcheck.formulas.arrays import AT_ONCE

Array = NDArray[np.float64]


def value_of(expression: Expression, cells: Mapping[Address, Array]) -> Array:
    """The values of a term, `(settings,)`.

    Args:
        expression: the term.
        cells: the values of the cells that it reads; an absent cell makes NaN.
    """
    with np.errstate(all="ignore"):
        return np.asarray(_value(expression, cells, {}), dtype=np.float64)


def _value(expression: Expression, cells: Mapping[Address, Array], known: dict[Term, Any]) -> Any:
    if not isinstance(expression, Term):
        return expression
    stack: list[Term] = [expression]
    while stack:
        term = stack[-1]
        missing = [part for part in below(term) if part not in known]
        if missing:
            stack.extend(missing)
            continue
        known[stack.pop()] = _of(term, cells, known)
    return known[expression]


def _of(term: Term, cells: Mapping[Address, Array], known: Mapping[Term, Any]) -> Any:
    match term:
        case Leaf():
            return cells.get(term.cell, np.nan)
        case Sum():
            return term.constant + sum(coefficient * known[part] for part, coefficient in term.parts)
        case Product():
            return reduce(np.multiply, (_power(known[factor], power) for factor, power in term.factors))
        case Function():
            arguments = [known[a] if isinstance(a, Term) else a for a in term.arguments]
            return AT_ONCE[term.name](*arguments)
    raise TypeError(type(term).__name__)


def _power(base: Any, power: float) -> Any:
    return base if power == 1 else 1 / base if power == -1 else np.power(base, power)


def evaluate(
    order: Iterable[Address],
    terms: Mapping[Address, Term],
    given: Mapping[Address, Array],
    instead: Mapping[Address, Array] | None = None,
) -> dict[Address, Array]:
    """The values of cells, computed one after the other.

    Args:
        order: the cells to compute, in order of calculation.
        terms: of each of them.
        given: the values of all other cells.
        instead: values that stand in some cells whatever their terms say.
    """
    values = {**given, **(instead or {})}
    for cell in order:
        if instead is None or cell not in instead:
            values[cell] = value_of(terms[cell], values)
    return values


def same(a: Array, b: Array) -> bool:
    """Whether two functions agree under every setting."""
    return bool((np.abs(a - b) <= 1e-13 + 1e-9 * np.abs(b)).all())
