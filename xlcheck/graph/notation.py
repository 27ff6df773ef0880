"""Expressions in mathematical notation, with the labels that a reader sees on the worksheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUM, _PRODUCT, _ATOM = range(3)

Quantities = Graph | Mapping[str, Quantity]
"""Quantities by their names."""


def label_of(q: Quantity) -> str:
    """A quantity's label with its time step in place of t: hₜ → h₂."""
    return at_step(q.band.label or q.band.symbol, q.step)


def at_step(text: str, step: int | None) -> str:
    """A text with a time step, counted from 0, in place of t: xₜ·kernel + hₜ₋₁ → x₂·kernel + h₁."""
    if step is None:
        return text
    at, before, after = (str(number).translate(_SUBSCRIPTS) for number in (step + 1, step, step + 2))
    return text.replace("ₜ₋₁", before).replace("ₜ₊₁", after).replace("ₜ", at)


def notation(expr: ex.Expr, graph: Quantities) -> str:
    """One expression as a formula; what has no sign of its own stands as a function: Σ, √, tanh."""
    return _text(expr, graph, _SUM)


def _text(expr: ex.Expr, graph: Quantities, level: int) -> str:
    rule = _RULES.get(type(expr))
    if rule is None:
        inside = ", ".join(_text(operand, graph, _SUM) for operand in ex.operands(expr))
        return f"{type(expr).__name__.lower()}({inside})"
    text, own = rule(expr, graph)
    return f"({text})" if own < level else text


def _joined(sign: str, own: int, right: int) -> Callable[..., tuple[str, int]]:
    return lambda e, graph: (f"{_text(e.a, graph, own)}{sign}{_text(e.b, graph, right)}", own)


def _ref(e: ex.Ref, graph: Quantities) -> tuple[str, int]:
    return label_of(graph[e.name]), _ATOM


def _slice(e: ex.Slice, graph: Quantities) -> tuple[str, int]:
    size = e.stop - e.start
    whole = label_of(graph[e.of.name])
    if graph[e.of.name].shape[-1] == size:
        return whole, _ATOM
    return f"{whole}[{e.start + 1}]" if size == 1 else f"{whole}[{e.start + 1}…{e.stop}]", _ATOM


def _outer(e: ex.OuterSum, graph: Quantities) -> tuple[str, int]:
    terms = " + ".join(
        f"{_text(x, graph, _PRODUCT)}·{_text(d, graph, _PRODUCT)}" for x, d in zip(e.xs, e.ds, strict=True)
    )
    return f"Σ over documents ({terms})", _ATOM


def _items(sign: str, own: int) -> Callable[..., tuple[str, int]]:
    return lambda e, graph: (sign.join(_text(item, graph, own) for item in e.items), own)


def _number(e: ex.Const, graph: Quantities) -> tuple[str, int]:
    return f"{e.value:g}".replace("-", "−"), _ATOM if e.value >= 0 else _SUM


_RULES: dict[type[ex.Expr], Callable[[Any, Quantities], tuple[str, int]]] = {
    ex.Ref: _ref,
    ex.Slice: _slice,
    ex.Const: _number,
    ex.Add: _joined(" + ", _SUM, _SUM),
    ex.Sub: _joined(" − ", _SUM, _PRODUCT),
    ex.Mul: _joined("·", _PRODUCT, _PRODUCT),
    ex.Div: _joined("/", _PRODUCT, _ATOM),
    ex.Power: lambda e, graph: (f"{_text(e.a, graph, _ATOM)}^{_text(e.b, graph, _ATOM)}", _PRODUCT),
    ex.Neg: lambda e, graph: (f"−{_text(e.x, graph, _PRODUCT)}", _SUM),
    ex.Greater: lambda e, graph: (f"[{_text(e.a, graph, _SUM)} > {_text(e.b, graph, _SUM)}]", _ATOM),
    ex.NotEqual: lambda e, graph: (f"[{_text(e.a, graph, _SUM)} ≠ {_text(e.b, graph, _SUM)}]", _ATOM),
    ex.OneHot: lambda e, graph: (f"one-hot({_text(e.index, graph, _SUM)})", _ATOM),
    ex.Where: lambda e, graph: (
        f"({_text(e.a, graph, _SUM)} where {_text(e.test, graph, _PRODUCT)}, else {_text(e.b, graph, _SUM)})",
        _ATOM,
    ),
    ex.Sqrt: lambda e, graph: (f"√({_text(e.x, graph, _SUM)})", _ATOM),
    ex.Sum: lambda e, graph: (f"Σ({_text(e.x, graph, _SUM)})", _ATOM),
    ex.Dot: lambda e, graph: (f"{_text(e.x, graph, _PRODUCT)}·{_text(e.matrix, graph, _PRODUCT)}", _PRODUCT),
    ex.DotTransposed: lambda e, graph: (
        f"{_text(e.x, graph, _PRODUCT)}·{_text(e.matrix, graph, _PRODUCT)}ᵀ",
        _PRODUCT,
    ),
    ex.OuterSum: _outer,
    ex.BatchSum: lambda e, graph: (f"Σ over documents ({_text(e.x, graph, _SUM)})", _ATOM),
    ex.Total: _items(" + ", _SUM),
    ex.Concat: _items(" | ", _SUM),
    ex.Stack: _items(" ; ", _SUM),
}
