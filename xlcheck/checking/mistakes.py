"""The mistakes that people make in a backward pass, each as a change of a right expression.

A cell that is wrong in itself is explained by the first change that gives exactly what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from xlcheck.checking.diagnose import Diagnosis
from xlcheck.checking.placement import Array
from xlcheck.checking.tolerance import Tolerance
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Quantity

Changes = Iterator[ex.Expr]


def explain(q: Quantity, values: Mapping[str, Array], actual: float, tolerance: Tolerance) -> Diagnosis | None:
    """The mistake that leads to the number in a cell, or None.

    Args:
        q: what should stand there.
        values: the numbers in the sheet by quantity, `(1, 1)`.
        actual: the number that stands there.
        tolerance: how exactly a mistake must give it.
    """
    if q.expr is None or not np.isfinite(actual):
        return None
    right = float(value_of(q.expr, values)[..., 0].reshape(-1)[0])
    limit = tolerance.local_limit(max(abs(actual), abs(right)))
    for name, sentence, changes in _MISTAKES:
        for changed in changes(q.expr):
            try:
                value = float(value_of(changed, values).reshape(-1)[0])
            except KeyError:  # a transposed matrix that has no such element
                continue
            if abs(value - actual) <= limit < abs(value - right):
                return Diagnosis(name, f"{q.band.label or q.band.symbol} of {q.band.layer}: {sentence}.")
    return None


def _missing_factor(expr: ex.Expr) -> Changes:
    """One factor of a product is left out."""
    yield from _everywhere(expr, lambda e: (e.a, e.b) if isinstance(e, ex.Mul) else ())


def _wrong_sign(expr: ex.Expr) -> Changes:
    """The whole, or one term, has the other sign."""
    yield ex.Neg(expr)

    def swapped(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Add):
            return (ex.Sub(e.a, e.b), ex.Sub(e.b, e.a))
        if isinstance(e, ex.Sub):
            return (ex.Add(e.a, e.b), ex.Sub(e.b, e.a))
        return ()

    yield from _everywhere(expr, swapped)


def _forgotten_term(expr: ex.Expr) -> Changes:
    """One term of a sum is left out: a step, or a document."""
    yield from _everywhere(expr, lambda e: (e.a, e.b) if isinstance(e, ex.Add) else ())


def _transposed(expr: ex.Expr) -> Changes:
    """The elements of a matrix are taken with row and column exchanged."""
    matrices = {m[1] for name in ex.refs(expr) if (m := _ELEMENT.fullmatch(name))}
    for matrix in sorted(matrices):
        yield _renamed(expr, partial(_exchanged, matrix))


def _epsilon_inside(expr: ex.Expr) -> Changes:
    """√v + ε becomes √(v + ε), or the other way round."""

    def moved(e: ex.Expr) -> tuple[ex.Expr, ...]:
        if isinstance(e, ex.Add) and isinstance(e.a, ex.Sqrt):
            return (ex.Sqrt(ex.Add(e.a.x, e.b)),)
        if isinstance(e, ex.Sqrt) and isinstance(e.x, ex.Add):
            return (ex.Add(ex.Sqrt(e.x.a), e.x.b),)
        return ()

    yield from _everywhere(expr, moved)


_MISTAKES: tuple[tuple[str, str, Callable[[ex.Expr], Changes]], ...] = (
    ("transposed-kernel", "a matrix is used with its rows and columns exchanged", _transposed),
    ("epsilon-misplaced", "the small number ε stands on the wrong side of the root", _epsilon_inside),
    ("wrong-sign", "a sign is the wrong way round", _wrong_sign),
    ("forgotten-term", "a term of the sum is missing: each step and each document adds one", _forgotten_term),
    ("missing-chain-factor", "a factor of the chain rule is missing", _missing_factor),
)

_ELEMENT = re.compile(r"(.*kernel)\[(\d+)\]\[(\d+)\]")


def _exchanged(matrix: str, name: str) -> str:
    match = _ELEMENT.fullmatch(name)
    return f"{matrix}[{match[3]}][{match[2]}]" if match and match[1] == matrix else name


def _everywhere(expr: ex.Expr, change: Callable[[ex.Expr], tuple[ex.Expr, ...]]) -> Changes:
    """The expression with one of its nodes changed, for each node and each change of it."""
    yield from change(expr)
    for name in expr.__dataclass_fields__:
        value = getattr(expr, name)
        if isinstance(value, ex.Expr):
            for changed in _everywhere(value, change):
                yield replace(expr, **{name: changed})


def _renamed(expr: ex.Expr, rename: Callable[[str], str]) -> ex.Expr:
    if isinstance(expr, ex.Ref):
        return ex.Ref(rename(expr.name))
    fields: dict[str, Any] = {}
    for name in expr.__dataclass_fields__:
        value = getattr(expr, name)
        if isinstance(value, ex.Expr):
            fields[name] = _renamed(value, rename)
        elif isinstance(value, tuple):
            fields[name] = tuple(_renamed(item, rename) for item in value)
    return replace(expr, **fields) if fields else expr
