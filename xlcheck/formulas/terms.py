"""What a formula computes, as a term over the constants: the meaning of the tree of `tree.py`.

References are followed through a callback, LET and LAMBDA are applied, a condition on known values
chooses its branch. Nothing here decides whether a cell is right; engines do the arithmetic of verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas import tree as ast
from xlcheck.formulas.addresses import Range, hull, parse_range
from xlcheck.formulas.algebra import COMPARISONS, Address, Expression, Term
from xlcheck.formulas.functions import Functions
from xlcheck.formulas.scalars import (
    COMPUTED,
    Argument,
    OpaqueError,
    Scalar,
    Words,
    chosen,
    compared_words,
    computed,
    elementwise,
    is_logical,
    number,
    simple,
    two_dimensional,
)
from xlcheck.formulas.surroundings import Surroundings

MAX_RANGE = 100_000
MAX_STEPS = 200_000
"""Nodes visited for one formula: recursive lambdas and huge arrays stop here."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A LAMBDA with the variables that were visible where it stands."""

    parameters: tuple[str, ...]
    body: ast.Node
    scope: Mapping[str, Value]


Value = Argument | Closure
Scope = Mapping[str, Value]


class FormulaValues:
    """Evaluates formulas of one workbook."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._functions = Functions(surroundings.algebra, surroundings.number_of)
        self._sheet = ""
        self._cell: Address = ("", 0, 0)
        self._steps = 0
        self._special: Mapping[str, Callable[[tuple[ast.Node, ...], Scope], Value]] = {
            "IF": self._if,
            "IFERROR": lambda a, s: self._value(a[0], s),
            "IFNA": lambda a, s: self._value(a[0], s),
            "LET": self._let,
            "LAMBDA": self._lambda,
            "SINGLE": lambda a, s: self._value(a[0], s),
            "ANCHORARRAY": lambda a, s: self._reference(self._spill(a[0], s)),
            "OFFSET": lambda a, s: self._reference(self._offset(a, s)),
            "INDIRECT": lambda a, s: self._reference(self._indirect(a, s)),
            "ROW": lambda a, s: self._place(a, s, 1),
            "COLUMN": lambda a, s: self._place(a, s, 2),
            "MAP": self._map,
            "REDUCE": lambda a, s: self._fold(a, s)[-1],
            "SCAN": self._scan,
            "BYROW": lambda a, s: self._by(a, s, 0),
            "BYCOL": lambda a, s: self._by(a, s, 1),
            "MAKEARRAY": self._makearray,
        }

    def evaluate(self, node: ast.Node, cell: Address) -> Argument:
        """The value of a formula that stands in a cell.

        Raises:
            OpaqueError: its meaning could not be found out.
        """
        self._cell, self._sheet, self._steps = cell, cell[0], 0
        try:
            value = self._value(node, {})
        except RecursionError:
            raise OpaqueError("the formula is nested too deeply") from None
        except IndexError:  # of those that a function takes as they are written
            raise OpaqueError("a function has too few arguments") from None
        if isinstance(value, Closure):
            raise OpaqueError("the formula gives a function")
        return value

    def _value(self, node: ast.Node, scope: Scope) -> Value:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise OpaqueError("the formula takes too many steps")
        match node:
            case ast.Literal():
                return node.value
            case ast.Reference():
                return self._reference(node.area)
            case ast.Name():
                return self._name(node, scope)
            case ast.Elsewhere():
                raise OpaqueError(f"{node.text} is not followed")
            case ast.Operator():
                return self._operator(node, scope)
            case ast.FunctionCall():
                return self._call(node, scope)
            case ast.Application():
                return self._apply(self._value(node.function, scope), [self._value(a, scope) for a in node.arguments])
            case ast.ArrayLiteral():
                return np.array([[self._argument(item, scope) for item in row] for row in node.rows], dtype=object)
        raise OpaqueError(f"{type(node).__name__} is not followed")

    def _argument(self, node: ast.Node, scope: Scope) -> Argument:
        value = self._value(node, scope)
        if isinstance(value, Closure):
            raise OpaqueError("a function stands where a value is needed")
        return value

    def _whole(self, node: ast.Node, scope: Scope) -> int:
        value = simple(self._argument(node, scope))
        if isinstance(value, np.ndarray) or not math.isfinite(found := self._around.number_of(value)):
            raise OpaqueError("a range or an error stands where a number is needed")
        return int(found)

    def _reference(self, area: Range) -> Argument:
        area = self._around.clip(
            area if area.sheet else Range(self._sheet, area.top, area.left, area.rows, area.columns)
        )
        if area.size > MAX_RANGE:
            raise OpaqueError("a range is too large")
        self._steps += area.size
        out = np.empty((area.rows, area.columns), dtype=object)
        for row, column in area.cells():
            out[row - area.top, column - area.left] = self._around.scalar((area.sheet, row, column))
        return simple(out)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        key = node.name.lower()
        if key in scope:
            return scope[key]
        meaning = self._around.names.get(key)
        if meaning is None:
            raise OpaqueError(f"the name {node.name} is not known")
        return self._value(meaning, {})

    def _operator(self, node: ast.Operator, scope: Scope) -> Value:
        if node.symbol in {":", "#"}:
            return self._reference(self._area(node, scope))
        operands = [self._argument(operand, scope) for operand in node.operands]
        algebra = self._around.algebra
        match node.symbol, len(operands):
            case "-" | "%" as sign, 1:
                factor = -1.0 if sign == "-" else 0.01
                return elementwise(lambda a: algebra.scale(self._as_number(a), factor), *operands)
            case sign, 2 if sign in COMPUTED:
                return elementwise(lambda a, b: computed(algebra, sign, a, b), *operands)
            case "&", 2:
                return elementwise(lambda a, b: _text(a) + _text(b), *operands)
            case symbol, 2 if symbol in COMPARISONS:
                return elementwise(lambda a, b: self._compare(symbol, a, b), *operands)
        raise OpaqueError(f"the operator {node.symbol} is not followed")

    def _as_number(self, value: Scalar) -> Expression:
        """A number, where TRUE is 1: `--(B2>0)` is one for functions that count no TRUE."""
        own, algebra = number(value), self._around.algebra
        return algebra.function("IF", own, 1.0, 0.0) if own is value and is_logical(value) else own

    def _compare(self, symbol: str, a: Scalar, b: Scalar) -> Scalar:
        if isinstance(a, Words) or isinstance(b, Words):
            return compared_words(self._around.algebra, symbol, a, b)
        if isinstance(a, str) or isinstance(b, str):
            if symbol not in {"=", "<>"}:
                raise OpaqueError("texts are compared by order")
            same = str(a or "").lower() == str(b or "").lower() and not isinstance(a, Term) and not isinstance(b, Term)
            return same if symbol == "=" else not same
        result = self._around.algebra.function(symbol, number(a), number(b))
        return result if isinstance(result, Term) else bool(result)

    def _call(self, node: ast.FunctionCall, scope: Scope) -> Value:
        special = self._special.get(node.name)
        if special is not None:
            return special(node.arguments, scope)
        own = scope.get(node.name.lower())
        if own is None and (meaning := self._around.names.get(node.name.lower())) is not None:
            own = self._value(meaning, {})
        if isinstance(own, Closure):
            return self._apply(own, [self._value(a, scope) for a in node.arguments])
        return self._functions.call(node.name, [self._argument(a, scope) for a in node.arguments])

    def _apply(self, function: Value, arguments: list[Value]) -> Value:
        if not isinstance(function, Closure) or len(arguments) > len(function.parameters):
            raise OpaqueError("something is called that is no function of so many arguments")
        arguments = arguments + [None] * (len(function.parameters) - len(arguments))
        scope = {**function.scope, **dict(zip(function.parameters, arguments, strict=True))}
        return self._value(function.body, scope)

    def _if(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        condition = self._argument(arguments[0], scope)
        one, other = arguments[1], (*arguments[2:], ast.Literal(False))[0]
        if not isinstance(condition, np.ndarray | Term):
            return self._value(one if self._around.number_of(condition) else other, scope)
        return elementwise(self._choose, condition, *(self._argument(branch, scope) for branch in (one, other)))

    def _choose(self, condition: Scalar, a: Scalar, b: Scalar) -> Scalar:
        if not isinstance(condition, Term):
            return a if condition else b
        if a is b:
            return a
        return chosen(self._around.algebra, condition, a, b)

    def _let(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        local = dict(scope)
        if len(arguments) % 2 == 0:
            raise OpaqueError("LET needs a value for each name, and something to calculate")
        for name, value in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
            if not isinstance(name, ast.Name):
                raise OpaqueError("LET needs names")
            local[name.name.lower()] = self._value(value, local)
        return self._value(arguments[-1], local)

    def _lambda(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        names = [a.name.lower() for a in arguments[:-1] if isinstance(a, ast.Name)]
        if len(names) != len(arguments) - 1:
            raise OpaqueError("LAMBDA needs names")
        return Closure(tuple(names), arguments[-1], dict(scope))

    def _scalar_result(self, function: Value, arguments: list[Value]) -> Scalar:
        value = self._apply(function, arguments)
        value = value if isinstance(value, Closure) else simple(value)
        if isinstance(value, Closure | np.ndarray):
            raise OpaqueError("a function gives an array where a single value is needed")
        return value

    def _map(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        *arrays, function = (self._value(a, scope) for a in arguments)
        return elementwise(lambda *items: self._scalar_result(function, list(items)), *arrays)  # type: ignore[arg-type]

    def _fold(self, arguments: tuple[ast.Node, ...], scope: Scope) -> list[Value]:
        state = self._value(arguments[0], scope)
        function = self._value(arguments[2], scope)
        states = [state]
        for item in two_dimensional(self._argument(arguments[1], scope)).reshape(-1):
            states.append(self._apply(function, [states[-1], item]))
        return states

    def _scan(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        shape = two_dimensional(self._argument(arguments[1], scope)).shape
        states = self._fold(arguments, scope)[1:]
        out = np.empty(len(states), dtype=object)
        for i, state in enumerate(states):
            out[i] = self._scalar_result(Closure(("x",), ast.Name("x"), {}), [state])
        return simple(out.reshape(shape))

    def _by(self, arguments: tuple[ast.Node, ...], scope: Scope, axis: int) -> Value:
        array = two_dimensional(self._argument(arguments[0], scope))
        function = self._value(arguments[1], scope)
        lines = array if axis == 0 else array.T
        out = np.empty(len(lines), dtype=object)
        for i, line in enumerate(lines):
            out[i] = self._scalar_result(function, [simple(line[None, :] if axis == 0 else line[:, None])])
        return simple(out[:, None] if axis == 0 else out[None, :])

    def _makearray(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Value:
        rows, columns = self._whole(arguments[0], scope), self._whole(arguments[1], scope)
        if min(rows, columns) < 1 or rows * columns > MAX_RANGE:
            raise OpaqueError("an array is empty or too large")
        function = self._value(arguments[2], scope)
        out = np.empty((rows, columns), dtype=object)
        for i, j in np.ndindex(rows, columns):
            out[i, j] = self._scalar_result(function, [float(i + 1), float(j + 1)])
        return simple(out)

    def _place(self, arguments: tuple[ast.Node, ...], scope: Scope, axis: int) -> Value:
        if not arguments:
            _, row, column = self._cell
            return float((row if axis == 1 else column) + 1)
        area = self._area(arguments[0], scope)
        first, count = (area.top, area.rows) if axis == 1 else (area.left, area.columns)
        numbers = np.arange(first + 1, first + count + 1, dtype=float).astype(object)
        return simple(numbers[:, None] if axis == 1 else numbers[None, :])

    def _area(self, node: ast.Node, scope: Scope) -> Range:
        """The range that a node refers to, for functions that need a reference."""
        match node:
            case ast.Reference():
                area = node.area
                return area if area.sheet else Range(self._sheet, area.top, area.left, area.rows, area.columns)
            case ast.Name() if (meaning := self._around.names.get(node.name.lower())) is not None:
                return self._area(meaning, {})
            case ast.Operator(symbol=":"):
                first, last = (self._area(operand, scope) for operand in node.operands)
                return hull(first, last)
            case ast.Operator(symbol="#"):
                return self._spill(node.operands[0], scope)
            case ast.FunctionCall(name="ANCHORARRAY"):
                return self._spill(node.arguments[0], scope)
            case ast.FunctionCall(name="OFFSET"):
                return self._offset(node.arguments, scope)
            case ast.FunctionCall(name="INDIRECT"):
                return self._indirect(node.arguments, scope)
            case ast.FunctionCall(name="INDEX"):
                return self._indexed(node.arguments, scope)
        raise OpaqueError("a reference is computed in a way that is not followed")

    def _spill(self, node: ast.Node, scope: Scope) -> Range:
        anchor = self._area(node, scope)
        return self._around.spill((anchor.sheet, anchor.top, anchor.left))

    def _indexed(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Range:
        area = self._area(arguments[0], scope)
        places = [self._whole(a, scope) for a in arguments[1:3]]
        row, column = places if len(places) == 2 else (1, places[0]) if area.rows == 1 else (places[0], 1)
        return area.cell(row - 1, column - 1)

    def _offset(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Range:
        area = self._area(arguments[0], scope)
        down, right = self._whole(arguments[1], scope), self._whole(arguments[2], scope)
        sizes = [a for a in arguments[3:] if a != ast.Literal(None)]
        rows = self._whole(arguments[3], scope) if len(arguments) > 3 and arguments[3] in sizes else area.rows
        columns = self._whole(arguments[4], scope) if len(arguments) > 4 and arguments[4] in sizes else area.columns
        if area.top + down < 0 or area.left + right < 0 or rows < 1 or columns < 1:
            raise OpaqueError("OFFSET points outside of the worksheet")
        return area.part(rows, columns, down=down, right=right)

    def _indirect(self, arguments: tuple[ast.Node, ...], scope: Scope) -> Range:
        text = simple(self._argument(arguments[0], scope))
        try:
            return parse_range(str(text), self._sheet)
        except ValueError as error:
            raise OpaqueError(f"INDIRECT: {error}") from None


def _text(value: Scalar) -> str:
    """A value as it is joined to a text."""
    if isinstance(value, Term | Words):
        raise OpaqueError("what is computed becomes a text")
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else value
