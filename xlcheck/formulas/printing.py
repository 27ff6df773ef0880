"""Expressions → Excel formulas: one row for each operation, and for each style the rows that differ.

A row is a template (`printer.py` says how it is read) or a function (`printing_rules.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from xlcheck.choices import StyleName, require_known
from xlcheck.formulas import printing_rules as rules
from xlcheck.formulas.printer import Entry, Places, Printer, Row, Rule, Style
from xlcheck.graph import expressions as ex

__all__ = ["ARRAYS", "TABLES", "Entry", "Style", "formula", "style_named"]

# CHIDIST(x²,1) is the probability of both tails; ERF and NORMSDIST are off by 1e-11 in some engines.
_BOTH_TAILS = "CHIDIST(MIN(ABS({x}),40)^2,1)"

_TEACHING: dict[type[ex.Expr], Rule] = {
    ex.Ref: rules.print_ref,
    ex.Slice: rules.print_slice,
    ex.Const: rules.print_const,
    ex.Dot: rules.print_dot,
    ex.BatchMean: rules.print_batch_mean,
    ex.Neg: Row("-{x:neg}", "neg"),
    ex.Add: Row("{a:add}+{b:add}", "add"),
    ex.Sub: rules.print_sub,
    ex.Mul: Row("{a:mul}*{b:mul}", "mul"),
    ex.Div: Row("{a:mul}/{b:neg}", "mul"),
    ex.Power: Row("{a:atom}^{b:atom}", "mul"),
    ex.Exp: Row("EXP({x})"),
    ex.Log: Row("LN({x})"),
    ex.Abs: Row("ABS({x})"),
    ex.Sign: Row("SIGN({x})"),
    ex.Sqrt: Row("SQRT({x})"),
    ex.Expm1: Row("EXP({x})-1", "add"),
    ex.Relu: Row("MAX({x},0)", single=True),
    ex.Softplus: Row("LN(1+EXP({x}))"),
    ex.NormalCdf: Row(f"IF({{x}}<0,{_BOTH_TAILS}/2,1-{_BOTH_TAILS}/2)", single=True),
    ex.Maximum: Row("MAX({a},{b})", single=True),
    ex.Minimum: Row("MIN({a},{b})", single=True),
    ex.Greater: rules.print_compare,
    ex.NotEqual: rules.print_compare,
    ex.Where: Row("IF({test:test},{a},{b})", single=True),
    ex.Gather: rules.print_gather,
    ex.OneHot: rules.print_one_hot,
    ex.Concat: rules.print_concat,
    ex.Total: rules.print_total,
    ex.Largest: rules.print_largest,
    ex.FirstLargest: rules.print_largest,
    ex.Tanh: Row("TANH({x})"),
    ex.Sigmoid: Row("1/(1+EXP(-{x:neg}))", "mul"),
    ex.Softmax: rules.print_softmax_written_out,
    ex.LogSumExp: rules.print_log_sum_exp,
    ex.Sum: rules.print_sum,
    ex.BinaryCrossentropy: rules.print_binary_written_out,
    ex.CategoricalCrossentropy: rules.print_crossentropy_written_out,
    ex.SparseCategoricalCrossentropy: rules.print_sparse_written_out,
    ex.DotTransposed: rules.print_dot_transposed,
    ex.OuterSum: rules.print_outer_sum,
    ex.BatchSum: rules.print_batch_sum,
    ex.Stack: rules.print_stack,
}

_BOOK: dict[type[ex.Expr], Rule] = {ex.Tanh: Row("(EXP({x})-EXP(-{x:neg}))/(EXP({x})+EXP(-{x:neg}))", "mul")}

_ROBUST: dict[type[ex.Expr], Rule] = {
    ex.Sigmoid: Row("IF({x}>=0,1/(1+EXP(-ABS({x}))),EXP(-ABS({x}))/(1+EXP(-ABS({x}))))", single=True),
    # Below −80 it is −1 to the last bit, and further down SINH would overflow.
    ex.Expm1: Row("2*EXP(MAX({x},-80)/2)*SINH(MAX({x},-80)/2)", "mul", single=True),
    ex.Softplus: Row("MAX({x},0)+2*ATANH(EXP(-ABS({x}))/(2+EXP(-ABS({x}))))", "add", single=True),
    ex.Softmax: rules.print_softmax_stable,
    ex.BinaryCrossentropy: rules.BINARY_OF_LOGIT,
    ex.CategoricalCrossentropy: rules.STABLE_CROSSENTROPY,
    ex.SparseCategoricalCrossentropy: rules.print_sparse_crossentropy,
}

# Where a range stands for many numbers at once, inside SUMPRODUCT: what IF, MAX and MIN say, in products.
ARRAYS: dict[type[ex.Expr], Rule] = {
    ex.Relu: Row("({x}>0)*{x:mul}", "mul"),
    ex.Maximum: Row("({a}>{b})*{a:mul}+({a}<={b})*{b:mul}", "add"),
    ex.Minimum: Row("({a}<{b})*{a:mul}+({a}>={b})*{b:mul}", "add"),
    ex.Where: Row("({test}<>0)*{a:mul}+({test}=0)*{b:mul}", "add"),
    ex.Greater: Row("--({a}>{b})", "neg"),
    ex.NotEqual: Row("--({a}<>{b})", "neg"),
    ex.Sign: Row("SIGN({x:add}-0)"),  # some engines know no SIGN of a bare range
    ex.OneHot: rules.print_one_hot_of_range,
    ex.Expm1: Row("EXP({x})-1", "add"),
    ex.Sigmoid: Row("(1+TANH({x:mul}/2))/2", "mul"),
    ex.Softplus: Row("({x}>0)*{x:mul}+2*ATANH(EXP(-ABS({x}))/(2+EXP(-ABS({x}))))", "add"),
}

TABLES: dict[Style, Mapping[type[ex.Expr], Rule]] = {
    Style.TEACHING: _TEACHING,
    Style.BOOK: _TEACHING | _BOOK,
    Style.ROBUST: _TEACHING | _ROBUST,
    Style.COMPACT: _TEACHING | _ROBUST,
}


def formula(expr: ex.Expr, index: int | Entry, places: Places, style: Style = Style.TEACHING) -> str:
    """The formula of one element of a quantity, without the equals sign.

    Args:
        expr: the quantity's expression.
        index: the element, from 0; for a matrix its entry.
        places: where the quantities it reads stand.
        style: which table to print from.

    Raises:
        NotSupportedError: the style has no row for an operation.
    """
    return Printer(places, TABLES[style], style, ARRAYS).text(expr, index)[0]


def style_named(name: str) -> Style:
    """The style of that name.

    Raises:
        UsageError: there is none.
    """
    require_known(name, get_args(StyleName), "style")
    return Style(name)
