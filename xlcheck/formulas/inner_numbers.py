"""The numbers that a formula holds or makes, whatever stands in the cells that it reads.

It makes some of the numbers in it: `2^9`, `EXP(2)`, `A1*2*B1*2`, `((A1^2)^2)^2`; and some of no number: `A1/A1`,
`EXP(B1-B1)`. Which parts of it stay the same is tried with drawn numbers. Others say from where on it is another one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.alike import with_same_cells
from xlcheck.formulas.bounds import changes_nothing
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import cut, tokens
from xlcheck.formulas.tree import ArrayLiteral, FunctionCall, Literal, Name, Node, Operator, Reference, children, walk
from xlcheck.formulas.unparse import unparse

if TYPE_CHECKING:
    from xlcheck.formulas.algebra import Address
    from xlcheck.formulas.scalars import Scalar

Names = Mapping[str, Node]

_ENOUGH, _MOST = 4, 16
_DIGITS = 1e-12


def limits(formula: str, comparing: Collection[str], choosing: Collection[str]) -> list[tuple[float, str]]:
    """The numbers in what a formula compares, and in that of which it takes the largest, say.

    Each is said with the function or the operator for which it is only a part of a number, as in `ABS(1/A1)`.

    Args:
        formula: its text; one that cannot be read has none.
        comparing: the operators that compare.
        choosing: the functions of whose arguments the numbers count, unless they change nothing.
    """
    tree = parsed(formula)
    found: list[tuple[float, str]] = []
    for node in () if tree is None else walk(tree):
        match node:
            case Operator(symbol=name, operands=parts) if name in comparing:
                found += _numbers_in(parts, name)
            case FunctionCall(name=name, arguments=parts) if name in choosing and not changes_nothing(node):
                found += _numbers_in(parts, name)
    return found


def _numbers_in(parts: Iterable[Node], name: str, part_for: str = "") -> Iterator[tuple[float, str]]:
    for part in parts:
        match part:
            case Literal(value=float() as number) | Operator(symbol="%", operands=(Literal(value=float() as number),)):
                yield number / 100 if isinstance(part, Operator) else number, part_for
            case Operator(symbol="-" | "+", operands=own):
                yield from _numbers_in(own, name, part_for)
            case _:
                yield from _numbers_in(children(part), name, name)


def made_numbers(formula: str) -> tuple[float, ...]:
    """The value of each part of a formula that reads no cell and is more than a number; NaN where nobody can say.

    The numbers of a sum or a product belong together, wherever they stand in it, and so do those of powers of powers.
    """
    return _made(with_same_cells(formula.removeprefix("=")))


@lru_cache(maxsize=1024)
def _made(formula: str) -> tuple[float, ...]:
    tree = parsed(formula)
    if tree is None:  # it may make a number of several
        return (math.nan,) if sum(kind in {"number", "function"} for kind, _ in tokens(formula)) > 1 else ()
    return tuple(_made_in(tree, {}))


def _made_in(node: Node, names: Names) -> Iterator[float]:
    if _is_constant(node, names):
        if not isinstance(node, Literal | ArrayLiteral | Name):
            yield _value(node, names)
        return
    if isinstance(node, FunctionCall) and node.name == "LET":
        for part, own in _named(node, names, _is_constant):
            yield from _made_in(part, own)
        return
    kind = _kind(node)
    parts = list(_chain(node, kind)) if kind else [(part, 1) for part in children(node)]
    numbers = [(part, power) for part, power in parts if kind and _is_constant(part, names)]
    if len(numbers) > 1:
        yield _together(kind, [_value(part, names) for part, _ in numbers], [power for _, power in numbers])
        parts = [item for item in parts if item not in numbers]
    for part, _ in parts:
        yield from _made_in(part, names)


def _named(node: FunctionCall, names: Names, counts: Callable[[Node, Names], bool]) -> Iterator[tuple[Node, Names]]:
    """What LET gives names to, and what it calculates with them, each with the names that stand for something there.

    Args:
        node: the call of LET.
        names: those from outside.
        counts: whether a name for such a part is one of them.
    """
    *pairs, body = node.arguments
    for name, value in zip(pairs[::2], pairs[1::2], strict=False):
        yield value, names
        if isinstance(name, Name) and counts(value, names):
            names = {**names, name.name.lower(): value}
    yield body, names


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


def cancelled(formula: str) -> tuple[float, ...]:
    """The number that each part of a formula is that reads cells and does not depend on them."""
    between, refs = cut(formula.removeprefix("="))
    corners: dict[str, tuple[int, int]] = {}
    for ref in refs:
        top, left = corners.get(ref.prefix, (ref.top, ref.left))
        corners[ref.prefix] = min(top, ref.top), min(left, ref.left)
    texts = []
    for ref in refs:  # so that formulas of one form are asked once
        top, left = corners[ref.prefix]
        texts.append(str(ref.shifted((-top, -left), (-top, -left)) or ref))
    return _cancelled("".join(chain.from_iterable(zip_longest(between, texts, fillvalue=""))))


@lru_cache(maxsize=1024)
def _cancelled(formula: str) -> tuple[float, ...]:
    tree = parsed(formula)
    return () if tree is None else tuple(_cancelled_in(tree, {}))


def _cancelled_in(node: Node, names: Names) -> Iterator[float]:
    if isinstance(node, FunctionCall) and node.name == "LET" and node.arguments:
        for part, own in _named(node, names, lambda part, own: True):
            yield from _cancelled_in(part, own)
    elif isinstance(node, FunctionCall | Operator) and _reads(node, names):
        number = _steady(unparse(node), names)
        if number is not None:
            yield number
        for part in children(node):
            yield from _cancelled_in(part, names)


def _reads(node: Node, names: Names) -> bool:
    return (
        isinstance(node, Reference)
        or (isinstance(node, Name) and node.name.lower() in names)
        or any(_reads(part, names) for part in children(node))
    )


def steady(formula: str) -> float | None:
    """The one number that a formula gives, whatever stands in the cells that it reads; None if it follows them."""
    return _steady(formula.removeprefix("="), {})


def _steady(text: str, names: Names) -> float | None:
    """The one number that a part gives for many that are drawn; None if it gives several, or nobody knows."""
    found: list[float] = []
    for draw in range(_MOST):
        value = _evaluated(text, names, partial(_drawn, draw))
        if value is None:
            return None
        if math.isfinite(value):
            if found and abs(value - found[0]) > _DIGITS * max(1.0, abs(found[0])):
                return None
            found.append(value)
            if len(found) == _ENOUGH:
                return value
    return None


def _drawn(seed: int, cell: Address) -> float:
    return random.Random(f"{seed} {cell}").uniform(-2.0, 2.0)  # noqa: S311 - no secret


def _value(node: Node, names: Names) -> float:
    """What a part gives that reads no cell; NaN where nobody can say."""
    value = _evaluated(unparse(node), names)
    return math.nan if value is None else value


def _evaluated(text: str, names: Names, drawn: Callable[[Address], float | None] = lambda cell: None) -> float | None:
    """What a part gives; None where nobody can say."""
    from xlcheck.formulas.evaluate import evaluate
    from xlcheck.formulas.scalars import OpaqueError

    try:
        return evaluate(text, ("", 0, 0), _NOTHING, names, drawn)
    except (OpaqueError, ArithmeticError, ValueError):
        return None


class _Nothing:
    """A workbook in which nothing stands."""

    def formula(self, cell: Address) -> str | None:
        """There is none."""

    def constant(self, cell: Address) -> Scalar:
        """There is none."""

    def spill(self, cell: Address) -> Range:
        """A cell alone."""
        return Range(*cell)


_NOTHING = _Nothing()
