"""Activations however they are written: with TANH, with EXP in one or in several cells, with IF or MAX."""

from __future__ import annotations

from collections.abc import Callable

from xlcheck.formulas.algebra import Expression, Function, Product, Sum, Term
from xlcheck.handmade.forms.kinks import leaking, stepped

Found = tuple[str, Expression]
"""An activation's name in Keras, or `exp`, and what it is applied to."""
Inside = Callable[[Expression], Expression]
"""The term that a cell holds; any other term as it is."""

_GREATER, _SMALLER = frozenset({">", ">="}), frozenset({"<", "<="})


def activation_of(term: Term, inside: Inside) -> Found | None:
    """The activation that a term is, or None.

    Args:
        term: what a formula computes.
        inside: opens cells that hold a part of it.
    """
    if isinstance(term, Function):
        return _function(term)
    if isinstance(term, Product):
        return _sigmoid(term, inside) or _tanh(term, inside)
    if isinstance(term, Sum) and len(term.parts) == 1:
        ((part, factor),) = term.parts
        if (term.constant, factor) in {(-1, 2), (1, -2)}:
            return _twice_a_sigmoid(part, inside, is_less=factor < 0)
        if (term.constant, factor) == (1, -1):
            return _one_less_a_sigmoid(part, inside)
        if (term.constant, factor) == (0.5, 0.5):
            return _half_a_tanh(inside(part))
    return None


def _half_a_tanh(part: Expression) -> Found | None:
    """`(1+tanh(z/2))/2`, which is the sigmoid of z."""
    if not isinstance(part, Function) or part.name != "TANH":
        return None
    double = _times(part.arguments[0], 2)
    return None if double is None else ("sigmoid", double)


def _one_less_a_sigmoid(part: Term, inside: Inside) -> Found | None:
    """`1 − 1/(1+exp(z))`, which is the sigmoid of z; with −z there it is what the sigmoid of z leaves."""
    total = inside(part.factors[0][0]) if isinstance(part, Product) and [p for _, p in part.factors] == [-1] else None
    if not isinstance(total, Sum) or total.constant != 1 or [factor for _, factor in total.parts] != [1]:
        return None
    z = _exponent(total.parts[0][0], inside)
    return ("sigmoid", z) if z is not None and _negative(z, inside) is None else None


def _twice_a_sigmoid(part: Term, inside: Inside, *, is_less: bool) -> Found | None:
    """`2/(1+exp(−2z)) − 1`, which is tanh(z); so is `1 − 2/(exp(2z)+1)`, less what it would give of −z."""
    found = _sigmoid(part, inside) if isinstance(part, Product) else None
    double = None if found is None else _minus(found[1]) if is_less else found[1]
    half = None if double is None else _half(double)
    return None if half is None else ("tanh", half)


def _half(term: Expression) -> Expression | None:
    """Half of a sum; None for what is no double of anything that a cell would hold."""
    return _times(term, 0.5)


def _times(term: Expression, by: float) -> Expression | None:
    """So many times a sum; None for what is no multiple of anything that a cell would hold."""
    if not isinstance(term, Sum):
        return None
    if not term.constant and len(term.parts) == 1:
        part, factor = term.parts[0]
        return part if factor * by == 1 else None
    return Sum(-term.number - 1, term.constant * by, tuple((part, factor * by) for part, factor in term.parts))


def _function(term: Function) -> Found | None:
    arguments = term.arguments
    if term.name in {"TANH", "EXP"} and isinstance(arguments[0], Term):
        return term.name.lower(), arguments[0]
    if term.name == "MAX" and len(arguments) == 2:
        return _rectified(arguments[0], *arguments) or _rectified(arguments[1], arguments[1], arguments[0])
    if term.name == "SIGN" and isinstance(arguments[0], Term):
        return "sign", arguments[0]
    if term.name == "IF" and len(arguments) == 3 and isinstance(arguments[0], Function):
        return _chosen(arguments[0], *arguments[1:])
    return None


def _chosen(condition: Function, then: Expression, other: Expression) -> Found | None:
    """What a comparison with 0 chooses: a sum or a part of it, or one of two numbers."""
    if condition.name not in _GREATER | _SMALLER:
        return None
    if isinstance(then, float) and isinstance(other, float):
        return stepped(condition, then, other)
    left, right = condition.arguments
    is_greater = condition.name in _GREATER
    if left == 0.0:
        left, right, is_greater = right, left, not is_greater
    if right != 0.0:
        return None
    return _rectified(left, then, other) if is_greater else _rectified(left, other, then)


def _rectified(x: Expression, positive: Expression, negative: Expression) -> Found | None:
    if positive is not x:
        return None
    if negative == 0.0:
        return "relu", x
    name = leaking(negative, x)
    return None if name is None else (name, x)


def _sigmoid(term: Product, inside: Inside) -> Found | None:
    """`1/(1+exp(−z))`, `1/(1+1/exp(z))` or `exp(z)/(1+exp(z))`."""
    below = [factor for factor, power in term.factors if power == -1]
    above = [factor for factor, power in term.factors if power == 1]
    if len(below) != 1 or len(below) + len(above) != len(term.factors):
        return None
    total = inside(below[0])
    if not isinstance(total, Sum) or total.constant != 1 or len(total.parts) != 1 or total.parts[0][1] != 1:
        return None
    part = total.parts[0][0]
    exponent = _exponent(part, inside)
    if not above:
        z = _inverted(inside(part), inside) if exponent is None else _negative(exponent, inside)
        return None if z is None else ("sigmoid", z)
    if exponent is not None and len(above) == 1 and _same(_exponent(above[0], inside), exponent):
        return "sigmoid", exponent
    return None


def _inverted(term: Expression, inside: Inside) -> Expression | None:
    """The exponent of `1/exp(z)`."""
    if not isinstance(term, Product) or [power for _, power in term.factors] != [-1]:
        return None
    return _exponent(term.factors[0][0], inside)


def _exponent(term: Expression, inside: Inside) -> Expression | None:
    term = inside(term)
    return term.arguments[0] if isinstance(term, Function) and term.name == "EXP" else None


def _negative(term: Expression, inside: Inside) -> Expression | None:
    """What a term is the negative of; `−z` may stand in a cell of its own."""
    found = _minus(term)
    return found if found is not None else _minus(inside(term))


def _minus(term: Expression) -> Expression | None:
    if isinstance(term, Sum):
        if not term.constant and len(term.parts) == 1 and term.parts[0][1] == -1:
            return term.parts[0][0]
        return Sum(-term.number - 1, -term.constant, tuple((part, -factor) for part, factor in term.parts))
    return None


def _tanh(term: Product, inside: Inside) -> Found | None:
    """`(exp(z) − exp(−z))/(exp(z) + exp(−z))`, `(exp(2z) − 1)/(exp(2z) + 1)` and `(1 − exp(−2z))/(1 + exp(−2z))`."""
    if len(term.factors) != 2 or sorted(power for _, power in term.factors) != [-1, 1]:
        return None
    (above,) = [inside(factor) for factor, power in term.factors if power == 1]
    (below,) = [inside(factor) for factor, power in term.factors if power == -1]
    if not isinstance(above, Sum) or not isinstance(below, Sum):
        return None
    signs, ones = _exponentials(above, inside), _exponentials(below, inside)
    if signs is None or ones is None or len(signs) != len(ones):
        return None
    if above.constant == below.constant == 0 and len(signs) == 2:
        (plus, _), (_, sign) = sorted(signs, key=lambda item: -item[1])
        return ("tanh", plus) if sign == -1 and {factor for _, factor in ones} == {1.0} else None
    if len(signs) == 1 and abs(above.constant) == below.constant == 1 and ones[0][1] == 1:
        exponent, sign = signs[0]
        double = exponent if sign == 1 else _minus(exponent)
        half = None if double is None or sign != -above.constant else _half(double)
        return None if half is None else ("tanh", half)
    return None


def _exponentials(total: Sum, inside: Inside) -> list[tuple[Expression, float]] | None:
    found = [(_exponent(part, inside), factor) for part, factor in total.parts]
    return None if any(exponent is None for exponent, _ in found) else found  # type: ignore[return-value]


def _same(one: Expression | None, other: Expression) -> bool:
    return one is other or (isinstance(one, float) and one == other)
