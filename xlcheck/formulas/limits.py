"""The numbers that say from where on a formula is another one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, children, walk


def limits(formula: str, comparing: Collection[str], choosing: Collection[str]) -> list[float]:
    """The numbers in what a formula compares, and in that of which it takes the largest, say.

    Args:
        formula: its text; one that cannot be read has none.
        comparing: the operators that compare.
        choosing: the functions of whose arguments the numbers count.
    """
    try:
        nodes = walk(parse(formula.removeprefix("=")))
    except FormulaSyntaxError:
        return []
    found: list[float] = []
    for node in nodes:
        match node:
            case Operator(symbol=symbol, operands=parts) if symbol in comparing:
                found += _numbers_in(parts)
            case FunctionCall(name=name, arguments=parts) if name in choosing:
                found += _numbers_in(parts)
    return found


def _numbers_in(parts: Iterable[Node]) -> Iterator[float]:
    for part in parts:
        match part:
            case Literal(value=float() as number) | Operator(symbol="%", operands=(Literal(value=float() as number),)):
                yield number / 100 if isinstance(part, Operator) else number
            case _:
                yield from _numbers_in(children(part))
