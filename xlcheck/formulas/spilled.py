"""Expressions → one formula for a whole vector, which spills down its column.

Excel 365 and 2021, Google Sheets and LibreOffice from 24.8 on calculate with whole ranges like this. An
operation without a row here is printed element by element instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.printer import MANY, Operand, Places, Printer, Row, Rule, Style
from xlcheck.formulas.printing import ARRAYS, TABLES
from xlcheck.formulas.printing_rules import one_hot_row
from xlcheck.graph import expressions as ex

NEEDS = "Excel 365 or 2021, Google Sheets, or LibreOffice 24.8"
"""What opens a workbook with spilled formulas."""


def spilled_formula(expr: ex.Expr, places: Places) -> str | None:
    """The formula of a quantity of several elements, without the equals sign; None if there is no single one."""
    try:
        return Printer(places, _SPILLED, Style.COMPACT, {}).text(expr, None)[0]
    except NotSupportedError:
        return None


def _ref(printer: Printer, expr: ex.Ref, index: int | None) -> tuple[str, str]:
    places = printer.places
    if places.shape(expr.name)[-1] == 1:
        return places.element(expr.name, 0), "atom"
    text = places.vector(expr.name)
    return f"TRANSPOSE({text})" if places.is_across(expr.name) else text, "atom"


def _slice(printer: Printer, expr: ex.Slice, index: int | None) -> tuple[str, str]:
    places = printer.places
    if expr.stop - expr.start == 1:
        return places.element(expr.of.name, expr.start, expr.row), "atom"
    if expr.row is None and not places.is_across(expr.of.name):
        return places.vector(expr.of.name, expr.start, expr.stop), "atom"
    return f"TRANSPOSE({places.block(expr.of.name, expr.start, expr.stop, expr.row or 0, 1)})", "atom"


def _dot(printer: Printer, expr: ex.Dot, index: int | None) -> tuple[str, str]:
    """Units run down, and so does the input: the transposed kernel times the input."""
    places = printer.places
    if isinstance(expr.matrix, ex.Slice):
        if expr.matrix.row is not None:
            raise NotSupportedError("one matrix of several is multiplied element by element")
        matrix = places.block(expr.matrix.of.name, expr.matrix.start, expr.matrix.stop)
    else:
        matrix = places.block(expr.matrix.name, 0, places.shape(expr.matrix.name)[-1])
    row = one_hot_row(printer, expr.x, index)
    if row is not None:
        place, may_be_none = row
        if may_be_none:
            return f"({place}>0)*TRANSPOSE(INDEX({matrix},MAX({place},1),0))", "mul"
        return f"TRANSPOSE(INDEX({matrix},{place},0))", "atom"
    x = printer.text(expr.x, None)[0]
    if printer.size(expr.x) == 1:
        return f"{Operand(printer, expr.x, None):mul}*TRANSPOSE({matrix})", "mul"
    return f"MMULT(TRANSPOSE({matrix}),{x})", "atom"


def _dot_transposed(printer: Printer, expr: ex.DotTransposed, index: int | None) -> tuple[str, str]:
    """Units run down, and so does what flows back: the kernel, not transposed, times it."""
    places = printer.places
    matrix = expr.matrix if isinstance(expr.matrix, ex.Slice) else ex.Slice(expr.matrix, 0, printer.size(expr.x))
    if matrix.row is not None:
        raise NotSupportedError("one matrix of several is multiplied element by element")
    block = places.block(matrix.of.name, matrix.start, matrix.stop)
    if printer.size(expr.x) == 1:
        return f"{Operand(printer, expr.x, None):mul}*{block}", "mul"
    return f"MMULT({block},{printer.text(expr.x, None)[0]})", "atom"


def _gather(printer: Printer, expr: ex.Gather, index: int | None) -> tuple[str, str]:
    places = printer.places
    matrix = places.block(expr.matrix.name, 0, places.shape(expr.matrix.name)[-1])
    return f"TRANSPOSE(INDEX({matrix},{Operand(printer, expr.index, 0):add}+1,0))", "atom"


def _compare(printer: Printer, expr: ex.Binary, index: int | None) -> tuple[str, str]:
    return f"IF({printer.test(expr, None)},1,0)", "atom"


def _where(printer: Printer, expr: ex.Where, index: int | None) -> tuple[str, str]:
    """IF of a single test gives what the chosen branch is, so both must be whole vectors."""
    if printer.size(expr.test) == 1 and printer.size(expr.a) != printer.size(expr.b):
        raise NotSupportedError("a choice between a vector and a number is made element by element")
    a, b = (f"{Operand(printer, branch, None)}" for branch in (expr.a, expr.b))
    return f"IF({printer.test(expr.test, None)},{a},{b})", "atom"


def _total(printer: Printer, expr: ex.Total, index: int | None) -> tuple[str, str]:
    if len(expr.items) > MANY:
        raise NotSupportedError("many vectors are added element by element, in ranges")
    return "+".join(f"{Operand(printer, item, None):add}" for item in expr.items), "add"


_WHOLE = (
    ex.Const, ex.Neg, ex.Add, ex.Sub, ex.Mul, ex.Div, ex.Power, ex.Exp, ex.Log, ex.Abs, ex.Sqrt, ex.Tanh,
    ex.LogSumExp,
)  # fmt: skip

_SPILLED: Mapping[type[ex.Expr], Rule] = {
    **{kind: TABLES[Style.ROBUST][kind] for kind in _WHOLE},
    ex.Ref: _ref,
    ex.Slice: _slice,
    ex.Dot: _dot,
    ex.DotTransposed: _dot_transposed,
    ex.Gather: _gather,
    ex.Greater: _compare,
    ex.NotEqual: _compare,
    ex.Sign: ARRAYS[ex.Sign],
    ex.Expm1: Row("2*EXP(IF({x}>-80,{x},-80)/2)*SINH(IF({x}>-80,{x},-80)/2)", "mul"),
    ex.Sum: Row("SUMPRODUCT({x:array})"),
    ex.Total: _total,
    ex.Where: _where,
    ex.Relu: Row("IF({x}>0,{x},0)"),
    ex.Maximum: Row("IF({a}>{b},{a},{b})"),
    ex.Minimum: Row("IF({a}<{b},{a},{b})"),
    ex.Sigmoid: Row("IF({x}>=0,1,EXP(-ABS({x})))/(1+EXP(-ABS({x})))", "mul"),
    ex.Softplus: Row("IF({x}>0,{x},0)+2*ATANH(EXP(-ABS({x}))/(2+EXP(-ABS({x}))))", "add"),
    ex.Softmax: Row("EXP({x:add}-MAX({x}))/SUM(EXP({x:add}-MAX({x})))", "mul"),
}
