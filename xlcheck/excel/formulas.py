"""Expressions → Excel formulas: one row for each operation, and for each style the rows that differ.

A row is a template. `{x}` is the operand's text for the element being printed; after a colon
stands how tightly it must bind (`{x:mul}` adds parentheses around a sum), or what is wanted
instead of the element: `{x:array}` the whole vector as a range or array expression, which only
stands inside functions that take arrays without array entry (SUM, MAX, AVERAGE, SUMPRODUCT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex

_LEVELS = {"": 0, "add": 1, "mul": 2, "neg": 3, "atom": 4}
_ARRAY = "array"


class Style(StrEnum):
    """How formulas are written.

    TEACHING: as a textbook writes them. BOOK: the same with tanh written out in exponentials.
    ROBUST: no overflow for any finite input.
    """

    TEACHING = "teaching"
    BOOK = "book"
    ROBUST = "robust"


class Places(Protocol):
    """Where quantities stand, as seen from the cell whose formula is printed."""

    def size(self, name: str) -> int:
        """Number of elements along the last axis."""

    def element(self, name: str, index: int) -> str:
        """One element of a vector: `F5`, `Weights!$C$4`."""

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        """Elements of a vector as a range: `F5:F8`."""

    def column(self, name: str, index: int) -> str:
        """One column of a matrix as a range: `Weights!$C$4:$C$7`."""

    def samples(self, name: str) -> str:
        """A quantity of one element, over all samples, as a range."""


@dataclass(frozen=True)
class Row:
    """One row of the table: a template, and how tightly its text binds (`add`, `mul`, `neg`, `atom`)."""

    template: str
    level: str = "atom"


Rule = Row | Callable[["_Printer", Any, int | None], tuple[str, str]]
"""A template, or a function that returns the text and how tightly it binds."""


def formula(expr: ex.Expr, index: int, places: Places, style: Style = Style.TEACHING) -> str:
    """The formula of one element of a quantity, without the equals sign.

    Args:
        expr: the quantity's expression.
        index: the element, from 0.
        places: where the quantities it reads stand.
        style: which table to print from.

    Raises:
        NotSupportedError: the style has no row for an operation.
    """
    return _Printer(places, TABLES[style], style).text(expr, index)[0]


def number(value: float) -> str:
    """A number as a formula writes it; exact to the last bit, whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


@dataclass(frozen=True)
class _Operand:
    """An operand inside a template; the format spec says how it is wanted."""

    printer: _Printer
    expr: ex.Expr
    index: int | None

    def __format__(self, spec: str) -> str:
        if spec == _ARRAY:
            text, level = self.printer.text(self.expr, None)
            return f"({text})" if level == "add" else text
        text, level = self.printer.text(self.expr, self.index)
        return f"({text})" if _LEVELS[level] < _LEVELS[spec] else text


@dataclass(frozen=True)
class _Printer:
    places: Places
    table: Mapping[type[ex.Expr], Rule]
    style: Style

    def text(self, expr: ex.Expr, index: int | None) -> tuple[str, str]:
        """The text for one element, or with index None for the whole vector, and its level."""
        rule = self.table.get(type(expr))
        if rule is None:
            raise NotSupportedError(
                f"the operation {type(expr).__name__} has no formula in the style {self.style.value!r}"
            )
        return self.fill(rule, expr, index) if isinstance(rule, Row) else rule(self, expr, index)

    def fill(self, row: Row, expr: ex.Expr, index: int | None) -> tuple[str, str]:
        """A template with its operands put in."""
        operands = {
            name: _Operand(self, value, index)
            for name in expr.__dataclass_fields__
            if isinstance(value := getattr(expr, name), ex.Expr)
        }
        return row.template.format(**operands), row.level


def _ref(printer: _Printer, expr: ex.Ref, index: int | None) -> tuple[str, str]:
    if index is None:
        return printer.places.vector(expr.name), "atom"
    size = printer.places.size(expr.name)
    return printer.places.element(expr.name, 0 if size == 1 else index), "atom"


def _slice(printer: _Printer, expr: ex.Slice, index: int | None) -> tuple[str, str]:
    if index is None:
        return printer.places.vector(expr.of.name, expr.start, expr.stop), "atom"
    return printer.places.element(expr.of.name, expr.start + index), "atom"


def _const(printer: _Printer, expr: ex.Const, index: int | None) -> tuple[str, str]:
    return number(expr.value), "neg" if expr.value < 0 else "atom"


def _dot(printer: _Printer, expr: ex.Dot, index: int | None) -> tuple[str, str]:
    """One product for a vector of one element, else SUMPRODUCT of the vector and a column of the matrix."""
    if index is None:
        raise NotSupportedError("a vector-matrix product inside another array operation needs its own quantity")
    matrix, start = (expr.matrix, 0) if isinstance(expr.matrix, ex.Ref) else (expr.matrix.of, expr.matrix.start)
    column = printer.places.column(matrix.name, start + index)
    if isinstance(expr.x, ex.Ref) and printer.places.size(expr.x.name) == 1:
        return f"{printer.places.element(expr.x.name, 0)}*{column}", "mul"
    return f"SUMPRODUCT({printer.text(expr.x, None)[0]},{column})", "atom"


def _batch_mean(printer: _Printer, expr: ex.BatchMean, index: int | None) -> tuple[str, str]:
    if not isinstance(expr.x, ex.Ref):
        raise NotSupportedError("the mean over all samples needs a quantity of its own to average")
    return f"AVERAGE({printer.places.samples(expr.x.name)})", "atom"


def _softmax_written_out(printer: _Printer, expr: ex.Softmax, index: int | None) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    if not isinstance(expr.x, ex.Ref) or index is None or printer.places.size(expr.x.name) > _WRITTEN_OUT:
        return printer.fill(_STABLE_SOFTMAX, expr, index)
    terms = [f"EXP({printer.places.element(expr.x.name, k)})" for k in range(printer.places.size(expr.x.name))]
    return f"{terms[index]}/({'+'.join(terms)})", "mul"


def _crossentropy_written_out(
    printer: _Printer, expr: ex.CategoricalCrossentropy, index: int | None
) -> tuple[str, str]:
    """With the sum written term by term, as a textbook does, as long as it is short."""
    y, p, places = expr.target, expr.p, printer.places
    if not isinstance(y, ex.Ref) or not isinstance(p, ex.Ref) or places.size(p.name) > _WRITTEN_OUT:
        return printer.fill(_STABLE_CROSSENTROPY, expr, index)
    terms = [f"{places.element(y.name, k)}*LN({places.element(p.name, k)})" for k in range(places.size(p.name))]
    return f"-({'+'.join(terms)})", "neg"


_WRITTEN_OUT = 8
# Inside SUMPRODUCT a function is never given a bare range: some engines would take one cell of it.
_STABLE_SOFTMAX = Row("EXP({x:add}-MAX({x:array}))/SUMPRODUCT(EXP({x:array}-MAX({x:array})))", "mul")
_STABLE_CROSSENTROPY = Row(
    "-SUMPRODUCT({target:array},{logit:array}-MAX({logit:array})"
    "-LN(SUMPRODUCT(EXP({logit:array}-MAX({logit:array})))))",
    "neg",
)

_TEACHING: dict[type[ex.Expr], Rule] = {
    ex.Ref: _ref,
    ex.Slice: _slice,
    ex.Const: _const,
    ex.Dot: _dot,
    ex.BatchMean: _batch_mean,
    ex.Neg: Row("-{x:neg}", "neg"),
    ex.Add: Row("{a:add}+{b:add}", "add"),
    ex.Sub: Row("{a:add}-{b:mul}", "add"),
    ex.Mul: Row("{a:mul}*{b:mul}", "mul"),
    ex.Div: Row("{a:mul}/{b:neg}", "mul"),
    ex.Exp: Row("EXP({x})"),
    ex.Log: Row("LN({x})"),
    ex.Tanh: Row("TANH({x})"),
    ex.Sigmoid: Row("1/(1+EXP(-{x:neg}))", "mul"),
    ex.Softmax: _softmax_written_out,
    ex.Sum: Row("SUMPRODUCT({x:array})"),
    ex.BinaryCrossentropy: Row("-({target:mul}*LN({p})+(1-{target:mul})*LN(1-{p:mul}))", "neg"),
    ex.CategoricalCrossentropy: _crossentropy_written_out,
}

_BOOK: dict[type[ex.Expr], Rule] = {
    ex.Tanh: Row("(EXP({x})-EXP(-{x:neg}))/(EXP({x})+EXP(-{x:neg}))", "mul"),
}

_ROBUST: dict[type[ex.Expr], Rule] = {
    ex.Sigmoid: Row("IF({x}>=0,1/(1+EXP(-ABS({x}))),EXP(-ABS({x}))/(1+EXP(-ABS({x}))))"),
    ex.Softmax: _STABLE_SOFTMAX,
    ex.BinaryCrossentropy: Row("MAX({logit},0)-{logit:mul}*{target:mul}+LN(1+EXP(-ABS({logit})))", "add"),
    ex.CategoricalCrossentropy: _STABLE_CROSSENTROPY,
}

TABLES: dict[Style, Mapping[type[ex.Expr], Rule]] = {
    Style.TEACHING: _TEACHING,
    Style.BOOK: _TEACHING | _BOOK,
    Style.ROBUST: _TEACHING | _ROBUST,
}
