"""The numbers that a formula makes of the numbers in it: `2^9`, `EXP(2)`, `A1*2*B1*2`, `((A1^2)^2)^2`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NoReturn

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import evaluate
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scalars import OpaqueError
from xlcheck.formulas.tree import ArrayLiteral, FunctionCall, Literal, Name, Node, Operator, children
from xlcheck.formulas.unparse import unparse

Names = Mapping[str, Node]

_REFERENCE = re.compile(r"(?<![\w.$])\$?[A-Z]{1,3}\$?\d{1,7}(?![\w.(!])", re.IGNORECASE)


def made_numbers(formula: str) -> tuple[float, ...]:
    """The value of each part of a formula that reads no cell and is more than a number; NaN where nobody can say.

    The numbers of a sum or a product belong together, wherever they stand in it, and so do those of powers of powers.
    """
    return _made(_REFERENCE.sub("A1", formula.removeprefix("=")))


@lru_cache(maxsize=1024)
def _made(formula: str) -> tuple[float, ...]:
    try:
        return tuple(_of(parse(formula), {}))
    except FormulaSyntaxError:
        return (math.nan,)


def _of(node: Node, names: Names) -> Iterator[float]:
    if _is_constant(node, names):
        if not isinstance(node, Literal | ArrayLiteral | Name):
            yield _value(node, names)
        return
    if isinstance(node, FunctionCall) and node.name == "LET":
        *pairs, body = node.arguments
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            yield from _of(value, names)
            if isinstance(name, Name) and _is_constant(value, names):
                names = {**names, name.name.lower(): value}
        yield from _of(body, names)
        return
    kind = _kind(node)
    parts = list(_chain(node, kind)) if kind else [(part, 1) for part in children(node)]
    numbers = [(part, power) for part, power in parts if kind and _is_constant(part, names)]
    if len(numbers) > 1:
        yield _together(kind, [_value(part, names) for part, _ in numbers], [power for _, power in numbers])
        parts = [item for item in parts if item not in numbers]
    for part, _ in parts:
        yield from _of(part, names)


def _kind(node: Node) -> str:
    """The operators of a sum, a product or a power of powers; empty for any other node."""
    symbol = node.symbol if isinstance(node, Operator) else ""
    return next((kind for kind in ("+-", "*/", "^") if symbol and symbol in kind), "")


def _chain(node: Node, kind: str) -> Iterator[tuple[Node, int]]:
    """The parts that such operators join; with -1 for what is subtracted or divided by."""
    waiting = [(node, 1)]
    while waiting:
        part, power = waiting.pop()
        if isinstance(part, Operator) and part.symbol in kind:
            *first, last = part.operands
            waiting += [(item, power) for item in first]
            if kind == "^":
                yield last, 1
            else:
                waiting.append((last, -power if part.symbol in "-/" else power))
        elif isinstance(part, Operator) and part.symbol == "-" and len(part.operands) == 1:  # a sign in a product
            waiting.append((part.operands[0], power))
        else:
            yield part, power


def _together(kind: str, numbers: list[float], powers: list[int]) -> float:
    try:
        if kind == "+-":
            return math.fsum(number * power for number, power in zip(numbers, powers, strict=True))
        return math.prod(number**power for number, power in zip(numbers, powers, strict=True))
    except ArithmeticError:
        return math.nan


def _is_constant(node: Node, names: Names) -> bool:
    """Whether a part reads no cell; a name that LET gives to such a part does not."""
    if isinstance(node, Name):
        return node.name.lower() in names
    below = children(node)
    leaf = isinstance(node, Literal | FunctionCall | ArrayLiteral) or bool(below)
    return leaf and all(_is_constant(part, names) for part in below)


def _value(node: Node, names: Names) -> float:
    try:
        return evaluate(unparse(node), ("", 0, 0), _Nothing(), names)
    except (OpaqueError, ArithmeticError, ValueError):
        return math.nan


class _Nothing:
    """A workbook of which no cell is read."""

    def formula(self, cell: Address) -> NoReturn:
        """There is none."""
        raise OpaqueError(f"{cell} is read")

    constant = spill = formula
