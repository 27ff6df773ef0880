"""The tree of a formula: what was written, not what it computes.

`parser.py` makes it of a text, `terms.py` gives it a meaning, `unparse.py` writes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

from xlcheck.formulas.addresses import Range
from xlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text or logical value; None for an argument left out."""

    value: float | str | bool | None


@dataclass(frozen=True, slots=True)
class ErrorLiteral(Node):
    """An error written into the formula, `#REF!`."""

    code: str


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A cell or a range.

    Attributes:
        area: the range; its sheet's name is empty if none is written.
        fixed: which of its rows and columns have a `$`, as the scanner's bits; it does not change what is read.
    """

    area: Range
    fixed: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Elsewhere(Node):
    """What no range of one worksheet can say: a structured reference, another file, several worksheets."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A defined name, or a variable of LET or LAMBDA."""

    name: str


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """A prefix, infix or postfix operator with one or two operands.

    Of references they are `:` for the range between two, a space for the cells in both, `,` for the cells in either,
    and `#` for what an array formula fills.
    """

    symbol: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class FunctionCall(Node):
    """A function by its name without `_xlfn.` and in capitals, with its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Application(Node):
    """A computed function applied to arguments: `LAMBDA(x, x+1)(5)`."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ArrayLiteral(Node):
    """`{1,2;3,4}`."""

    rows: tuple[tuple[Node, ...], ...]


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from left to right."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node with something else in the place of each node directly below it; one of constants as it is."""
    if isinstance(node, Operator):
        return Operator(node.symbol, tuple([change(operand) for operand in node.operands]))
    if isinstance(node, FunctionCall):
        return FunctionCall(node.name, tuple([change(argument) for argument in node.arguments]))
    if isinstance(node, Application):
        return Application(change(node.function), tuple([change(argument) for argument in node.arguments]))
    return node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    if isinstance(node, Operator):
        return node.operands
    if isinstance(node, FunctionCall):
        return node.arguments
    if isinstance(node, Application):
        return (node.function, *node.arguments)
    if isinstance(node, ArrayLiteral):
        return tuple(item for row in node.rows for item in row)
    return ()


def single_cell(node: Node | None, sheet: str) -> tuple[str, int, int] | None:
    """The cell that a reference names in a formula of a worksheet; None for a range and for anything else."""
    if not isinstance(node, Reference) or node.area.size != 1:
        return None
    return node.area.sheet or sheet, node.area.top, node.area.left
