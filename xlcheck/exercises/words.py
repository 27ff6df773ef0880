"""Expressions in plain words, for the second hint: one row for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlcheck.graph import expressions as ex
from xlcheck.texts import say

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
    inside = listed([in_words(operand, labels) for operand in ex.operands(expr)])
    return say(_name(expr), operands=inside)


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else say("common.and", others=", ".join(items[:-1]), last=items[-1])


def _inner(expr: ex.Expr, labels: Labels) -> str:
    """In parentheses if it is more than one thing."""
    text = in_words(expr, labels)
    return text if isinstance(expr, ex.Ref | ex.Slice | ex.Const) else f"({text})"


def _slice(e: ex.Slice, labels: Labels) -> str:
    one = e.stop - e.start == 1
    places = say("formula.number" if one else "formula.numbers", first=e.start + 1, last=e.stop)
    row = "" if e.row is None else say("formula.in_row", row=e.row + 1)
    return f"{labels[e.of.name]} ({places}{row})"


def _said(*parts: str) -> Callable[[Any, Labels], str]:
    """The text that has the operation's name, with these parts of it in its braces."""
    return lambda e, labels: say(_name(e), **{part: _inner(getattr(e, part), labels) for part in parts})


def _sum(e: ex.Add, labels: Labels) -> str:
    return say("formula.add", a=in_words(e.a, labels), b=in_words(e.b, labels))


def _items(e: Any, labels: Labels) -> str:
    return say(_name(e)).join(_inner(item, labels) for item in e.items)


def _outer(e: ex.OuterSum, labels: Labels) -> str:
    pairs = zip(e.xs, e.ds, strict=True)
    terms = [say("formula.mul", a=_inner(x, labels), b=_inner(d, labels)) for x, d in pairs]
    return say("formula.outersum", terms=say("formula.total").join(terms))


def _name(e: ex.Expr) -> str:
    kind = {ex.DotTransposed: ex.Dot, ex.FirstLargest: ex.Largest}.get(type(e), type(e))
    return f"formula.{kind.__name__.lower()}"


_OF_ONE = (
    ex.Neg, ex.Exp, ex.Log, ex.Tanh, ex.Sigmoid, ex.Abs, ex.Sign, ex.Sqrt, ex.Expm1, ex.Relu, ex.Softplus, ex.NormalCdf,
    ex.Softmax, ex.LogSumExp, ex.Sum, ex.BatchMean, ex.BatchSum,
)  # fmt: skip
_OF_TWO = (ex.Sub, ex.Mul, ex.Div, ex.Power, ex.Greater, ex.NotEqual)
_RULES: dict[type[ex.Expr], Callable[[Any, Labels], str]] = {
    ex.Ref: lambda e, labels: labels[e.name],
    ex.Const: lambda e, labels: f"{e.value:g}".replace("-", "−"),
    ex.Slice: _slice,
    ex.Add: _sum,
    ex.Where: _said("test", "a", "b"),
    ex.Dot: _said("x", "matrix"),
    ex.DotTransposed: _said("x", "matrix"),
    ex.OuterSum: _outer,
    ex.BinaryCrossentropy: _said("target", "p"),
    ex.CategoricalCrossentropy: _said("target", "p"),
    **dict.fromkeys((ex.Total, ex.Concat, ex.Stack), _items),
    **dict.fromkeys(_OF_ONE, _said("x")),
    **dict.fromkeys(_OF_TWO, _said("a", "b")),
}
