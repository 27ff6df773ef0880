"""Expressions in mathematical notation, with the labels that a reader sees on the worksheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlcheck.frozen import dataclass
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_JOINED, _SUM, _PRODUCT, _ATOM = range(4)
_READABLE = 600
"""Characters of a sum that somebody may still read; of a longer one the beginning and the end say how it goes on."""

Quantities = Graph | Mapping[str, Quantity]
"""Quantities by their names."""

Gates = Mapping[str, Sequence[str]]
"""For each layer that has gates, their keys in the order in which its weights have their columns."""


@dataclass(frozen=True)
class _Seen:
    """What the rules look up."""

    graph: Quantities
    gates: Gates


def label_of(q: Quantity) -> str:
    """A quantity's label with its time step in place of t: hₜ → h₂."""
    return at_step(q.band.label or q.band.symbol, q.step)


def at_step(text: str, step: int | None) -> str:
    """A text with a time step, counted from 0, in place of t: xₜ·kernel + hₜ₋₁ → x₂·kernel + h₁."""
    if step is None:
        return text
    at, before, after = (str(number).translate(_SUBSCRIPTS) for number in (step + 1, step, step + 2))
    return text.replace("ₜ₋₁", before).replace("ₜ₊₁", after).replace("ₜ", at)


def notation(expr: ex.Expr, graph: Quantities, gates: Gates | None = None) -> str:
    """One expression as a formula; what has no sign of its own stands as a function: Σ, √, tanh.

    Args:
        expr: the expression.
        graph: the quantities that it reads.
        gates: what the parts of a layer's weights are called: recurrent_kernel[o], and not recurrent_kernel[4].
    """
    return _text(expr, _Seen(graph, gates or {}), _JOINED)


def _text(expr: ex.Expr, seen: _Seen, level: int) -> str:
    rule = _RULES.get(type(expr))
    if rule is None:
        inside = ", ".join(_text(operand, seen, _JOINED) for operand in ex.operands(expr))
        return f"{type(expr).__name__.lower()}({inside})"
    text, own = rule(expr, seen)
    return f"({text})" if own < level else text


def _joined(sign: str, own: int, right: int) -> Callable[..., tuple[str, int]]:
    return lambda e, seen: (f"{_text(e.a, seen, own)}{sign}{_text(e.b, seen, right)}", own)


def _ref(e: ex.Ref, seen: _Seen) -> tuple[str, int]:
    return label_of(seen.graph[e.name]), _ATOM


def _slice(e: ex.Slice, seen: _Seen) -> tuple[str, int]:
    of, size = seen.graph[e.of.name], e.stop - e.start
    whole = label_of(of)
    if of.shape[-1] == size:
        return whole, _ATOM
    gates = seen.gates.get(of.band.layer, ()) if of.is_weight else ()
    if of.shape[-1] == len(gates) * size and e.start % size == 0:
        return f"{whole}[{gates[e.start // size]}]", _ATOM
    return f"{whole}[{e.start + 1}]" if size == 1 else f"{whole}[{e.start + 1}…{e.stop}]", _ATOM


def _outer(e: ex.OuterSum, seen: _Seen) -> tuple[str, int]:
    terms = [f"{_text(x, seen, _PRODUCT)} · {_text(d, seen, _PRODUCT)}" for x, d in zip(e.xs, e.ds, strict=True)]
    return f"Σ over documents ({_together(terms, ' + ')})", _ATOM


def _items(sign: str, own: int) -> Callable[..., tuple[str, int]]:
    return lambda e, seen: (_together([_text(item, seen, own) for item in e.items], sign), own)


def _together(terms: Sequence[str], sign: str) -> str:
    """All terms; of many the first two and the last."""
    text = sign.join(terms)
    return text if len(text) <= _READABLE or len(terms) < 5 else sign.join([*terms[:2], "…", terms[-1]])


def _number(e: ex.Const, seen: _Seen) -> tuple[str, int]:
    return f"{e.value:g}".replace("-", "−"), _ATOM if e.value >= 0 else _SUM


_RULES: dict[type[ex.Expr], Callable[[Any, _Seen], tuple[str, int]]] = {
    ex.Ref: _ref,
    ex.Slice: _slice,
    ex.Const: _number,
    ex.Add: _joined(" + ", _SUM, _SUM),
    ex.Sub: _joined(" − ", _SUM, _PRODUCT),
    ex.Mul: _joined(" · ", _PRODUCT, _PRODUCT),
    ex.Div: _joined("/", _PRODUCT, _ATOM),
    ex.Power: lambda e, seen: (f"{_text(e.a, seen, _ATOM)}^{_text(e.b, seen, _ATOM)}", _PRODUCT),
    ex.Neg: lambda e, seen: (f"−{_text(e.x, seen, _PRODUCT)}", _SUM),
    ex.Greater: lambda e, seen: (f"[{_text(e.a, seen, _SUM)} > {_text(e.b, seen, _SUM)}]", _ATOM),
    ex.NotEqual: lambda e, seen: (f"[{_text(e.a, seen, _SUM)} ≠ {_text(e.b, seen, _SUM)}]", _ATOM),
    ex.OneHot: lambda e, seen: (f"one-hot({_text(e.index, seen, _JOINED)})", _ATOM),
    ex.Where: lambda e, seen: (
        f"({_text(e.a, seen, _SUM)} where {_text(e.test, seen, _PRODUCT)}, else {_text(e.b, seen, _SUM)})",
        _ATOM,
    ),
    ex.Sqrt: lambda e, seen: (f"√({_text(e.x, seen, _JOINED)})", _ATOM),
    ex.Sum: lambda e, seen: (f"Σ({_text(e.x, seen, _JOINED)})", _ATOM),
    ex.Dot: lambda e, seen: (f"{_text(e.x, seen, _PRODUCT)} · {_text(e.matrix, seen, _PRODUCT)}", _PRODUCT),
    ex.DotTransposed: lambda e, seen: (f"{_text(e.x, seen, _PRODUCT)} · {_text(e.matrix, seen, _PRODUCT)}ᵀ", _PRODUCT),
    ex.OuterSum: _outer,
    ex.BatchSum: lambda e, seen: (f"Σ over documents ({_text(e.x, seen, _JOINED)})", _ATOM),
    ex.Total: _items(" + ", _SUM),
    ex.Concat: _items(" | ", _JOINED),
    ex.Stack: _items(" ; ", _JOINED),
}
