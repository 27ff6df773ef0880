"""The values of a term for many settings of its cells at once: each row of `FUNCTIONS` for arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Expression, Function, Leaf, Product, Sum, Term, below

AT_ONCE: Final[dict[str, Callable[..., Any]]] = {
    "EXP": np.exp,
    "TANH": np.tanh,
    "LN": np.log,
    "SQRT": np.sqrt,
    "ABS": np.abs,
    "SIGN": np.sign,
    "INT": np.floor,
    "SINH": np.sinh,
    "COSH": np.cosh,
    "ATANH": np.arctanh,
    "SIN": np.sin,
    "COS": np.cos,
    "ERF": np.vectorize(math.erf, otypes=[float]),
    "MAX": lambda *items: _folded(np.maximum, items),
    "MIN": lambda *items: _folded(np.minimum, items),
    "ROUND": lambda x, digits: _rounded(x, digits, 0.5),
    "ROUNDUP": lambda x, digits: _rounded(x, digits, 1 - 1e-9),
    "ROUNDDOWN": lambda x, digits: _rounded(x, digits, 0.0),
    "POWER": np.power,
    "=": lambda a, b: np.equal(a, b) * 1.0,
    "<>": lambda a, b: np.not_equal(a, b) * 1.0,
    "<": lambda a, b: np.less(a, b) * 1.0,
    ">": lambda a, b: np.greater(a, b) * 1.0,
    "<=": lambda a, b: np.less_equal(a, b) * 1.0,
    ">=": lambda a, b: np.greater_equal(a, b) * 1.0,
    "IF": np.where,
}


def array_of(expression: Expression, given: Callable[[Leaf], Array]) -> Array:
    """The values of an expression, elementwise as in `number_of`; not a number where it is not defined.

    Args:
        expression: what to evaluate.
        given: the values of a cell; all of one shape, or of shapes that NumPy broadcasts.
    """
    if not isinstance(expression, Term):
        return np.asarray(expression, dtype=np.float64)
    known: dict[Term, Array] = {}
    with np.errstate(all="ignore"):
        for term, parts in _in_order(expression):
            if isinstance(term, Leaf):
                known[term] = given(term)
            else:
                known[term] = value_at_once(term, [known[own] if isinstance(own, Term) else own for own in parts])
    value = known[expression]
    return np.where(np.isfinite(value), value, np.nan)


@lru_cache(maxsize=2**15)  # the same term is evaluated again and again, under other settings
def _in_order(term: Term) -> Sequence[tuple[Term, Sequence[Expression]]]:
    """A term and all that it is made of, in order of calculation, each with what it is directly made of."""
    found: dict[Term, Sequence[Expression]] = {}
    stack = [term]
    while stack:
        own = stack[-1]
        parts = parts_of(own)
        if own not in found and (missing := [part for part in parts if isinstance(part, Term) and part not in found]):
            stack += missing
            continue
        found.setdefault(own, parts)
        stack.pop()
    return tuple(found.items())


def parts_of(term: Term) -> tuple[Expression, ...]:
    """What a term is directly made of, the numbers among the arguments of a function too."""
    return term.arguments if isinstance(term, Function) else below(term)


def value_at_once(term: Term, parts: Sequence[Array | float]) -> Array:
    """The values of a sum, a product or a function, given those of what it is directly made of."""
    if isinstance(term, Sum):
        total: Any = term.constant
        for part, (_, coefficient) in zip(parts, term.parts, strict=True):
            total = total + part * coefficient
        return np.asarray(total)
    if isinstance(term, Product):
        value: Any = 1.0
        for part, (_, power) in zip(parts, term.factors, strict=True):
            value = value * (part if power == 1 else np.power(part, power))
        return np.asarray(value)
    if isinstance(term, Function):
        return np.asarray(AT_ONCE[term.name](*parts))
    return np.asarray(np.nan)


_DIGITS = 300
"""Digits beyond which a number is not rounded at all, or to 0."""


def _rounded(x: Any, digits: float, up: float) -> Any:
    factor = 10.0 ** max(-_DIGITS, min(digits, _DIGITS))
    scaled = np.abs(x) * factor
    return np.where(np.isinf(scaled), x, np.copysign(np.floor(scaled + up) / factor, x))


def _folded(function: Callable[[Any, Any], Any], items: tuple[Any, ...]) -> Any:
    found = items[0]
    for item in items[1:]:
        found = function(found, item)
    return found
