"""Between which numbers a part of a formula lies, whatever numbers stand in the cells that it reads.

The size of what is never negative changes nothing, as `ABS(1/(1+EXP(A1)))`, nor does the larger of two numbers of which
one always is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, walk

Bounds = tuple[float, float]
_ALL: Bounds = (-math.inf, math.inf)
_MOST = 700.0
"""Up to which EXP has a value."""


def changes_nothing(node: FunctionCall) -> bool:
    """Whether ABS, MAX or MIN gives one of its arguments as it is, always the same, wherever that is a number."""
    if not all(_is_single(part) for part in walk(node)):
        return False
    arguments = [_bounds(argument) for argument in node.arguments]
    others = [(own, arguments[:i] + arguments[i + 1 :]) for i, own in enumerate(arguments)]
    match node.name:
        case "ABS":
            return all(low >= 0 for low, _ in arguments)
        case "MAX":
            return any(all(low >= other[1] for other in rest) for (low, _), rest in others)
        case "MIN":
            return any(all(high <= other[0] for other in rest) for (_, high), rest in others)
    return False


def _is_single(node: Node) -> bool:
    """Whether it is no range, of which a function would make one number of many, and nothing that may stand for one."""
    if isinstance(node, Reference):
        return node.area.size == 1
    return isinstance(node, Literal | Operator | FunctionCall)


def _bounds(node: Node) -> Bounds:
    match node:
        case Literal(value=float() as number):
            return number, number
        case Operator(symbol=symbol, operands=operands):
            return _of_operator(symbol, [_bounds(operand) for operand in operands])
        case FunctionCall(name=name, arguments=arguments):
            return _of_function(name, [_bounds(argument) for argument in arguments])
    return _ALL


def _of_operator(symbol: str, parts: Sequence[Bounds]) -> Bounds:
    if len(parts) == 1:
        (low, high) = parts[0]
        return {"-": (-high, -low), "+": (low, high), "%": (low / 100, high / 100)}.get(symbol, _ALL)
    (a, b), (c, d) = parts
    match symbol:
        case "+":
            return a + c, b + d
        case "-":
            return a - d, b - c
        case "*":
            return _product((a, b), (c, d))
        case "/" if c > 0 or d < 0:
            return _product((a, b), (1 / d, 1 / c))
    return _ALL


def _product(one: Bounds, other: Bounds) -> Bounds:
    ends = [0.0 if 0 in (x, y) else x * y for x in one for y in other]
    return min(ends), max(ends)


def _of_function(name: str, parts: Sequence[Bounds]) -> Bounds:
    match name, list(parts):
        case "EXP", [(low, high)]:
            return 0.0 if low < -_MOST else math.exp(min(low, _MOST)), math.exp(high) if high < _MOST else math.inf
        case "TANH", [_]:
            return -1.0, 1.0
        case "SQRT", [_]:
            return 0.0, math.inf
        case "ABS", [(low, high)]:
            return (max(low, -high, 0.0) if low > 0 or high < 0 else 0.0), max(-low, high)
        case "IF", [_, (a, b), (c, d)]:
            return min(a, c), max(b, d)
    return _ALL
