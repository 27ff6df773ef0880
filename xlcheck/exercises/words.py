"""Expressions in plain words, for the second hint: one row for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlcheck.graph import expressions as ex

Labels = Mapping[str, str]
"""What each quantity is called."""


def in_words(expr: ex.Expr, labels: Labels) -> str:
    """What an expression computes, as somebody would say it who reads a formula aloud.

    Args:
        expr: how a quantity is computed.
        labels: for each quantity that it reads, what it is called.
    """
    rule = _RULES.get(type(expr))
    if rule is not None:
        return rule(expr, labels)
    inside = _and([in_words(operand, labels) for operand in ex.operands(expr)])
    return f"{_NAMES.get(type(expr), type(expr).__name__.lower())} of {inside}"


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _inner(expr: ex.Expr, labels: Labels) -> str:
    """In parentheses if it is more than one thing."""
    text = in_words(expr, labels)
    return text if isinstance(expr, ex.Ref | ex.Slice | ex.Const) else f"({text})"


def _slice(e: ex.Slice, labels: Labels) -> str:
    places = f"number {e.start + 1}" if e.stop - e.start == 1 else f"numbers {e.start + 1} to {e.stop}"
    row = "" if e.row is None else f" in row {e.row + 1}"
    return f"{labels[e.of.name]} ({places}{row})"


def _joined(word: str) -> Callable[[Any, Labels], str]:
    return lambda e, labels: f"{_inner(e.a, labels)} {word} {_inner(e.b, labels)}"


def _sum(e: ex.Add, labels: Labels) -> str:
    return f"{in_words(e.a, labels)} plus {in_words(e.b, labels)}"


def _items(word: str) -> Callable[[Any, Labels], str]:
    return lambda e, labels: f" {word} ".join(_inner(item, labels) for item in e.items)


def _of(text: str) -> Callable[[Any, Labels], str]:
    return lambda e, labels: text.format(_inner(e.x, labels))


def _product(e: ex.Dot | ex.DotTransposed, labels: Labels) -> str:
    return f"{_inner(e.x, labels)} times {_inner(e.matrix, labels)}, product by product, all of them added up"


def _outer(e: ex.OuterSum, labels: Labels) -> str:
    terms = [f"{_inner(x, labels)} times {_inner(d, labels)}" for x, d in zip(e.xs, e.ds, strict=True)]
    return f"for each pair of numbers {' plus '.join(terms)}"


def _where(e: ex.Where, labels: Labels) -> str:
    return f"{_inner(e.a, labels)} if {_inner(e.test, labels)}, else {_inner(e.b, labels)}"


def _binary_loss(e: ex.BinaryCrossentropy, labels: Labels) -> str:
    y, p = _inner(e.target, labels), _inner(e.p, labels)
    return f"minus {y} times the logarithm of {p}, minus (1 minus {y}) times the logarithm of (1 minus {p})"


def _class_loss(e: ex.CategoricalCrossentropy, labels: Labels) -> str:
    return f"minus the sum of {_inner(e.target, labels)} times the logarithm of {_inner(e.p, labels)}"


_NAMES: dict[type[ex.Expr], str] = {
    ex.Largest: "the largest", ex.FirstLargest: "the largest", ex.Maximum: "the larger", ex.Minimum: "the smaller",
    ex.Gather: "the row of a table: the number", ex.OneHot: "a 1 in the place, and zeros elsewhere,",
    ex.SparseCategoricalCrossentropy: "minus the logarithm of the probability of the right class, out",
}  # fmt: skip
_RULES: dict[type[ex.Expr], Callable[[Any, Labels], str]] = {
    ex.Ref: lambda e, labels: labels[e.name],
    ex.Const: lambda e, labels: f"{e.value:g}".replace("-", "−"),
    ex.Slice: _slice,
    ex.Add: _sum,
    ex.Sub: _joined("minus"),
    ex.Mul: _joined("times"),
    ex.Div: _joined("divided by"),
    ex.Power: _joined("to the power of"),
    ex.Greater: _joined("is greater than"),
    ex.NotEqual: _joined("differs from"),
    ex.Neg: _of("minus {}"),
    ex.Exp: _of("e to the power of {}"),
    ex.Log: _of("the natural logarithm of {}"),
    ex.Tanh: _of("the hyperbolic tangent of {}"),
    ex.Sigmoid: _of("1 divided by (1 plus e to the power of minus {})"),
    ex.Abs: _of("{} without its sign"),
    ex.Sign: _of("the sign of {}"),
    ex.Sqrt: _of("the square root of {}"),
    ex.Expm1: _of("e to the power of {}, minus 1"),
    ex.Relu: _of("{} if that is positive, else 0"),
    ex.Softplus: _of("the logarithm of (1 plus e to the power of {})"),
    ex.NormalCdf: _of("the probability that a standard normal number is below {}"),
    ex.Softmax: _of("e to the power of each of {}, divided by the sum of all these powers"),
    ex.LogSumExp: _of("the logarithm of the sum of e to the power of each of {}"),
    ex.Sum: _of("the sum of {}"),
    ex.BatchMean: _of("the mean of {} over all samples"),
    ex.BatchSum: _of("the sum of {} over all samples"),
    ex.Where: _where,
    ex.Dot: _product,
    ex.DotTransposed: _product,
    ex.OuterSum: _outer,
    ex.Total: _items("plus"),
    ex.Concat: _items("followed by"),
    ex.Stack: _items("above"),
    ex.BinaryCrossentropy: _binary_loss,
    ex.CategoricalCrossentropy: _class_loss,
}
