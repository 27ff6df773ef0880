"""The text of a formula → a typed tree. A lexer of one regular expression and a Pratt parser.

The tree knows what was written, not what it computes; `formula_values.py` gives it a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, column_index, parse_lines, unquote_sheet

MAX_DEPTH = 100
"""Parentheses and calls inside one another; Excel itself stops at 64."""


class FormulaSyntaxError(ValueError):
    """The text is not a formula that this parser knows."""


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
    """A cell or a range; the sheet's name is empty if none is written."""

    area: Range


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A defined name, or a variable of LET or LAMBDA."""

    name: str


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """A prefix, infix or postfix operator with one or two operands; a range operator is `:`."""

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


_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.!:]))
      | (?P<text>"(?:[^"]|"")*")
      | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!|GETTING_DATA))
      | (?P<area>(?:{_SHEET})?\$?[A-Za-z]{{1,3}}\$?\d{{1,7}}(?::\$?[A-Za-z]{{1,3}}\$?\d{{1,7}})?(?![\w.(!]))
      | (?P<lines>(?:{_SHEET})?(?:\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?\d{{1,7}}:\$?\d{{1,7}})(?![\w.(!]))
      | (?P<function>[^\W\d][\w.]*(?=\())
      | (?P<name>(?:{_SHEET})?[^\W\d][\w.\\?]*)
      | (?P<operator><=|>=|<>|[-+*/^&=<>%:@(){{}},;\#])
    """,
    re.VERBOSE,
)
_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_PREFIXES = ("_xlfn.", "_xlws.", "_xlpm.", "_xludf.", "_xleta.")
# How strongly an infix operator binds. A sign binds more strongly than ^ in Excel: -2^2 is 4.
_INFIX = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, ":": 9}
_SIGN = 7
_END = ("", "")


def parse(text: str) -> Node:
    """The tree of a formula, with or without its leading `=`.

    Raises:
        FormulaSyntaxError: it is not a formula, or uses notation that is not known here
            (structured references, references across several worksheets or other files).
    """
    return _Parser(text.removeprefix("=")).whole()


@lru_cache(maxsize=65_536)
def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaSyntaxError(f"cannot read {text[position : position + 20]!r} in the formula ={text[:80]}")
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
        position = match.end()
    return tuple(found)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression(0)
        if self._next != len(self._tokens):
            raise self._error()
        return node

    def _error(self) -> FormulaSyntaxError:
        return FormulaSyntaxError(f"cannot read {self._peek()[1] or 'the end'!r} in the formula ={self._text[:80]}")

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else _END

    def _take(self, symbol: str) -> bool:
        if self._peek() != ("operator", symbol):
            return False
        self._next += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise self._error()

    def _expression(self, strength: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaSyntaxError(f"the formula ={self._text[:80]} is nested too deeply")
        left = self._postfix(self._prefix())
        while True:
            kind, symbol = self._peek()
            own = _INFIX.get(symbol, 0) if kind == "operator" else 0
            if own <= strength:
                self._depth -= 1
                return left
            self._next += 1
            left = Operator(symbol, (left, self._expression(own)))

    def _prefix(self) -> Node:
        kind, text = self._peek()
        if kind == "operator" and text in {"-", "+", "@"}:
            self._next += 1
            operand = self._expression(_SIGN)
            return Operator(text, (operand,)) if text == "-" else operand
        if self._take("("):
            node = self._expression(0)
            self._expect(")")
            return node
        if self._take("{"):
            return self._array()
        self._next += 1
        return self._primary(kind, text)

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._take("%"):
                node = Operator("%", (node,))
            elif self._take("#"):
                node = Operator("#", (node,))
            elif isinstance(node, FunctionCall | Application) and self._take("("):
                node = Application(node, self._arguments())
            else:
                return node

    def _primary(self, kind: str, text: str) -> Node:
        if kind == "number":
            return Literal(float(text))
        if kind == "text":
            return Literal(text[1:-1].replace('""', '"'))
        if kind == "error":
            return ErrorLiteral(text)
        if kind in {"area", "lines"}:
            return Reference(_area(kind, text))
        if kind == "function":
            self._expect("(")
            return FunctionCall(_plain(text).upper(), self._arguments())
        if kind == "name":
            if text.upper() in {"TRUE", "FALSE"}:
                return Literal(text.upper() == "TRUE")
            return Name(_plain(text))
        self._next -= 1
        raise self._error()

    def _arguments(self) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        found = []
        while True:
            empty = self._peek() in {("operator", ","), ("operator", ")")}
            found.append(Literal(None) if empty else self._expression(0))
            if self._take(")"):
                return tuple(found)
            self._expect(",")

    def _array(self) -> Node:
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self._expression(0))
            if self._take("}"):
                break
            if self._take(";"):
                rows.append([])
            else:
                self._expect(",")
        if len({len(row) for row in rows}) != 1:
            raise FormulaSyntaxError(f"the rows of an array in ={self._text[:80]} have different lengths")
        return ArrayLiteral(tuple(map(tuple, rows)))


def _plain(name: str) -> str:
    """A name without the prefixes by which files mark newer functions and their variables."""
    for prefix in _PREFIXES:
        while name.lower().startswith(prefix):
            name = name[len(prefix) :]
    return name


def _area(kind: str, text: str) -> Range:
    if kind == "area":
        sheet, _, cells = text.rpartition("!")
        return Range(unquote_sheet(sheet), *area_of(cells))
    try:
        return parse_lines(text)
    except ValueError as error:
        raise FormulaSyntaxError(str(error)) from None


def area_of(text: str) -> tuple[int, int, int, int]:
    """`$B$2:C3` → top, left, rows, columns.

    Raises:
        FormulaSyntaxError: it lies outside the grid.
    """
    match = _AREA.fullmatch(text)
    if match is None:
        raise FormulaSyntaxError(f"{text!r} is not a cell or a range")
    left, top = column_index(match[1]), int(match[2]) - 1
    right, bottom = (column_index(match[3]), int(match[4]) - 1) if match[3] else (left, top)
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    if top < 0 or bottom >= MAX_ROWS or right >= MAX_COLUMNS:
        raise FormulaSyntaxError(f"{text!r} lies outside the grid")
    return top, left, bottom - top + 1, right - left + 1


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


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
