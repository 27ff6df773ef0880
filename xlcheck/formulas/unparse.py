"""A tree → the text of a formula, in A1 notation, with the fewest parentheses: the inverse of `tree.parse`."""

from __future__ import annotations

from typing import Final, TypeGuard

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, quote_sheet
from xlcheck.formulas.parser import INFIX, PERCENT, SIGN
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, Ref, number_text
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
)

_ATOM: Final = 11


def unparse(node: Node) -> str:
    """The formula of a tree, without `=`; parsed again it gives the same tree."""
    return Unparser().text(node)


class Unparser:
    """Writes trees; a subclass may spell the leaves in another way."""

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self._written(node)[0]

    def number(self, value: float) -> str:
        """A number that is not negative."""
        return number_text(value)

    def reference(self, node: Reference) -> str:
        """A cell or a range."""
        return str(ref_of(node.area, node.fixed))

    def name(self, name: str) -> str:
        """A defined name or a variable."""
        return name

    def _written(self, node: Node) -> tuple[str, int]:
        """The text, and how strongly its outermost operator binds."""
        match node:
            case Operator(",", (left, right)):
                return f"({self.text(left)},{self.text(right)})", _ATOM
            case Operator(_, (_, _)) as infix:
                return self._chain(infix)
            case Operator("-", (operand,)):
                return f"-{self._inside(operand, SIGN)}", SIGN
            case Operator("%", (operand,)):
                return f"{self._inside(operand, PERCENT)}%", PERCENT
            case Operator(symbol, (operand,)):
                return f"{self._inside(operand, _ATOM)}{symbol}", _ATOM
            case FunctionCall(name, arguments):
                return f"{name}({self._list(arguments)})", _ATOM
            case Application(function, arguments):
                return f"{self.text(function)}({self._list(arguments)})", _ATOM
            case ArrayLiteral(rows):
                return "{" + ";".join(map(self._list, rows)) + "}", _ATOM
            case Reference():
                return self.reference(node), _ATOM
            case Name(name):
                return self.name(name), _ATOM
            case ErrorLiteral(code=text) | Elsewhere(text=text):
                return text, _ATOM
            case Literal(value):
                return self._literal(value)
        raise TypeError(node)

    def _literal(self, value: float | str | bool | None) -> tuple[str, int]:
        if value is None:
            return "", _ATOM
        if isinstance(value, bool):
            return str(value).upper(), _ATOM
        if isinstance(value, str):
            return '"' + value.replace('"', '""') + '"', _ATOM
        return (self.number(value), _ATOM) if value >= 0 else (f"-{self.number(-value)}", SIGN)

    def _list(self, nodes: tuple[Node, ...]) -> str:
        return ",".join([self.text(node) for node in nodes])

    def _inside(self, node: Node, strength: int) -> str:
        text, own = self._written(node)
        return text if own >= strength else f"({text})"

    def _chain(self, node: Operator) -> tuple[str, int]:
        """An infix operator; a long sum leans to the left and is walked down in a loop."""
        strength = own = INFIX[node.symbol]
        parts = []
        while True:
            left, right = node.operands
            parts.append(node.symbol + self._inside(right, own + 1))
            if not (_is_infix(left) and INFIX[left.symbol] >= own):
                break
            node, own = left, INFIX[left.symbol]
        # -a^b would be read as it is meant, but not by people.
        is_power_of_negative = node.symbol == "^" and isinstance(left, Operator) and left.symbol == "-"
        parts.append(self._inside(left, _ATOM if is_power_of_negative else own))
        return "".join(reversed(parts)), strength


def _is_infix(node: Node) -> TypeGuard[Operator]:
    return isinstance(node, Operator) and len(node.operands) == 2 and node.symbol != ","


def ref_of(area: Range, fixed: int = 0) -> Ref:
    """A range as a formula writes it."""
    prefix = f"{quote_sheet(area.sheet)}!" if area.sheet else ""
    bottom, right = area.top + area.rows - 1, area.left + area.columns - 1
    kind = "range"
    if area.rows == MAX_ROWS:
        kind, fixed = "columns", fixed | TOP | BOTTOM
    elif area.columns == MAX_COLUMNS:
        kind, fixed = "rows", fixed | LEFT | RIGHT
    elif area.rows == area.columns == 1:
        kind = "cell"
    return Ref(prefix, kind, area.top, area.left, bottom, right, fixed)
