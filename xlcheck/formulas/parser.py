"""The text of a formula → a typed tree, by a Pratt parser over the scanner's tokens.

Cells that were filled from one another differ in their references only: such a formula is parsed once, with holes
for the references, and the holes are filled for each cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from xlcheck.formulas.addresses import hull
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, Ref, cut, plain_name, tokens_between
from xlcheck.formulas.tree import (
    Application,
    ArrayLiteral,
    Elsewhere,
    ErrorLiteral,
    FunctionCall,
    Literal,
    Name,
    Node,
    Operator,
    Reference,
    rebuilt,
)
from xlcheck.frozen import dataclass

MAX_DEPTH = 100
"""Parentheses and calls inside one another; Excel itself stops at 64."""


class FormulaSyntaxError(ValueError):
    """The text is not a formula that this parser knows.

    Attributes:
        what: why, as what is said of it: `has ')' where it does not belong`.
    """

    def __init__(self, text: str, what: str) -> None:
        super().__init__(f"the formula ={text[:80]} {what}")
        self.what = what


@dataclass(frozen=True, slots=True)
class _Hole(Node):
    """The place of a reference, by its number in the text."""

    number: int


# How strongly an infix operator binds. A sign binds more strongly than ^ in Excel: -2^2 is 4.
INFIX = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
INFIX |= {" ": 9, ":": 10}
SIGN, PERCENT = 7, 8
_Token = tuple[str, str | int]
"""Kind and text; for the hole of a reference its number."""

_END = ("", "")
_NAMES = {"reference", "name", "elsewhere"}


def parse(text: str) -> Node:
    """The tree of a formula, with or without its leading `=`.

    Raises:
        FormulaSyntaxError: it is not a formula.
    """
    text = text.removeprefix("=")
    between, refs = cut(text)
    try:
        tree = _with_holes(between)
    except _UnreadableError as error:
        shown = str(refs[error.token[1]]) if isinstance(error.token[1], int) else error.token[1]
        unread = f"has {shown!r} where it does not belong" if shown else "ends before it is whole"
        what = unread if error.reason is None else error.reason
        raise FormulaSyntaxError(text, what) from None
    return _filled(tree, refs) if refs else tree


def parsed(text: str) -> Node | None:
    """The tree of a formula, as `parse` gives it; None if it is not a formula."""
    try:
        return parse(text)
    except FormulaSyntaxError:
        return None


def _filled(node: Node, refs: Sequence[Ref]) -> Node:
    """A tree with references in its holes; a long sum leans to the left and is walked down in a loop."""
    if isinstance(node, Operator):
        spine = []
        while isinstance(node, Operator):
            spine.append(node)
            node = node.operands[0]
        node = _filled(node, refs)
        for above in reversed(spine):
            node = Operator(above.symbol, (node, *[_filled(operand, refs) for operand in above.operands[1:]]))
            node = _joined(node) if above.symbol == ":" else node
        return node
    if isinstance(node, _Hole):
        return _reference(refs[node.number])
    return rebuilt(node, lambda below: _filled(below, refs))


def _joined(node: Operator) -> Node:
    """`Sheet1!A1:Sheet1!B2` or `A1:B2:C3` as the one range that it is."""
    first, last = node.operands
    if not isinstance(first, Reference) or not isinstance(last, Reference):
        return node
    a, b = first.area, last.area
    if b.sheet.casefold() not in ("", a.sheet.casefold()):
        return node
    return Reference(hull(a, b), first.fixed & last.fixed)


def _reference(ref: Ref) -> Node:
    if ref.is_elsewhere:
        return Elsewhere(str(ref))
    fixed = ref.fixed
    if ref.top > ref.bottom and bool(fixed & TOP) != bool(fixed & BOTTOM):
        fixed ^= TOP | BOTTOM
    if ref.left > ref.right and bool(fixed & LEFT) != bool(fixed & RIGHT):
        fixed ^= LEFT | RIGHT
    return Reference(ref.area(), fixed)


class _UnreadableError(Exception):
    """A token does not fit."""

    def __init__(self, token: _Token, reason: str | None = None) -> None:
        super().__init__()
        self.token = token
        self.reason = reason


@lru_cache(maxsize=16_384)
def _with_holes(between: tuple[str, ...]) -> Node:
    """The tree of a formula with holes for its references, from the texts between them."""
    return _Parser(_meaningful(between)).whole()


def _meaningful(between: tuple[str, ...]) -> list[_Token]:
    """The tokens without spaces, but for those between two references: the cells in both."""
    parts: list[_Token] = []
    for number, text in enumerate(between):
        parts += tokens_between(text)
        parts.append(("reference", number))
    found: list[_Token] = []
    gap = False
    for kind, part in parts[:-1]:
        if kind == "space":
            gap = True
            continue
        last_kind, last = found[-1] if found else _END
        if gap and (last_kind in _NAMES or last in (")", "#")) and kind in {*_NAMES, "function"}:
            found.append(("operator", " "))
        found.append((kind, part))
        gap = False
    return found


class _Parser:
    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression(0)
        if self._next != len(self._tokens):
            raise _UnreadableError(self._peek())
        return node

    def _peek(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else _END

    def _take(self, symbol: str) -> bool:
        if self._peek() != ("operator", symbol):
            return False
        self._next += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise _UnreadableError(self._peek())

    def _expression(self, strength: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _UnreadableError(_END, "is nested too deeply")
        left = self._postfix(self._prefix())
        signs = 0
        while self._strength() > strength:
            kind, symbol = self._peek()
            self._next += 1
            if symbol == "%":
                left = Operator("%", (left,))
                signs += 1
                if signs > MAX_DEPTH:
                    raise _UnreadableError((kind, symbol))
                continue
            right = self._expression(INFIX[str(symbol)])
            if symbol in (":", " ") and isinstance(left, Literal) | isinstance(right, Literal):
                raise _UnreadableError((kind, symbol))
            left = Operator(str(symbol), (left, right))
        self._depth -= 1
        return left

    def _strength(self) -> int:
        """How strongly the next token binds what stands before it."""
        kind, symbol = self._peek()
        return (PERCENT if symbol == "%" else INFIX.get(str(symbol), 0)) if kind == "operator" else 0

    def _prefix(self) -> Node:
        kind, text = self._peek()
        if kind == "operator" and text in {"-", "+", "@"}:
            self._next += 1
            operand = self._expression(SIGN)
            return Operator("-", (operand,)) if text == "-" else operand
        if self._take("("):
            node = self._expression(0)
            while self._take(","):
                node = Operator(",", (node, self._expression(0)))
            self._expect(")")
            return node
        if self._take("{"):
            return self._array()
        return self._primary(kind, text)

    def _postfix(self, node: Node) -> Node:
        for _ in range(MAX_DEPTH):
            if self._take("#"):
                node = Operator("#", (node,))
            elif isinstance(node, FunctionCall | Application) and self._take("("):
                node = Application(node, self._arguments())
            else:
                return node
        raise _UnreadableError(self._peek())

    def _primary(self, kind: str, text: str | int) -> Node:
        self._next += 1
        if isinstance(text, int):
            return _Hole(text)
        if kind == "number" and math.isfinite(float(text)):
            return Literal(float(text))
        if kind == "text":
            return Literal(text[1:-1].replace('""', '"'))
        if kind == "error":
            return ErrorLiteral(text)
        if kind == "elsewhere":
            return Elsewhere(text)
        if kind == "function":
            self._expect("(")
            name, arguments = plain_name(text).upper(), self._arguments()
            is_logical = name in {"TRUE", "FALSE"} and not arguments
            return Literal(name == "TRUE") if is_logical else FunctionCall(name, arguments)
        if kind == "name":
            return Literal(text.upper() == "TRUE") if text.upper() in {"TRUE", "FALSE"} else Name(plain_name(text))
        raise _UnreadableError((kind, text))

    def _arguments(self) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        found: list[Node] = []
        while True:
            empty = self._peek() in {("operator", ","), ("operator", ")")}
            found.append(Literal(None) if empty else self._expression(0))
            if self._take(")"):
                return tuple(found)
            self._expect(",")

    def _array(self) -> Node:
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self._constant())
            if self._take("}"):
                break
            if self._take(";"):
                rows.append([])
            else:
                self._expect(",")
        if len({len(row) for row in rows}) != 1:
            raise _UnreadableError(_END, "has an array whose rows differ in length")
        return ArrayLiteral(tuple(map(tuple, rows)))

    def _constant(self) -> Node:
        negative = self._take("-") or (self._take("+") and False)
        kind, text = self._peek()
        if kind not in {"number", "text", "error", "name"}:
            raise _UnreadableError((kind, text))
        node = self._primary(kind, text)
        return Operator("-", (node,)) if negative else node
