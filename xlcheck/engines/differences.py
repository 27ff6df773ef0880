"""Where an engine computes something else than Excel without saying so.

The rule: a formula that an engine may compute otherwise is never judged by that engine alone. Each difference was
measured, with the example that stands beside it; a test holds that it is still there, so that none is kept for longer
than it lasts. What an engine says it cannot compute is no difference: that comes as `NotEvaluated` or as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xlcheck.formulas import tree as ast
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.workbook.formula_facts import SWALLOWS
from xlcheck.workbook.values import CellError, Value

_OF_SINGLE_NUMBERS = {"EXP", "LN", "TANH", "SQRT", "ABS", "SIGN", "POWER", "SUMXMY2", "ROUND"}
# Only a formula that looks so needs to be parsed.
_OVER_A_RANGE = re.compile(rf"\b(?:{'|'.join(sorted(_OF_SINGLE_NUMBERS))})\([^()]*:", re.IGNORECASE)
_COMPARES = re.compile(r"[<>=]|\b(?:MATCH|COUNTIFS?|SUMIFS?|[XVH]?LOOKUP|SIGN|AND|OR|NOT|IF)\(", re.IGNORECASE)
_MAY_OVERFLOW = re.compile(r"\bEXP\(|\bPOWER\(|\bSINH\(|\bCOSH\(|\^", re.IGNORECASE)
_OF_ERRORS = re.compile(SWALLOWS, re.IGNORECASE)
_ERROR_FUNCTION = re.compile(r"\bERFC?(?:\.PRECISE)?\(", re.IGNORECASE)
# What takes many numbers and, outside of an array formula, no arrays: there Excel reads a single cell of a range.
_OF_MANY_NUMBERS = {"SUM", "AVERAGE", "MAX", "MIN", "PRODUCT", "SUMSQ", "COUNT", "STDEV", "VAR"}
_CALLS_THEM = re.compile(rf"\b(?:{'|'.join(sorted(_OF_MANY_NUMBERS))})\(", re.IGNORECASE)
_AS_TEXT = re.compile(r"\b(?:TEXT|FIXED|DOLLAR)\(", re.IGNORECASE)

NEAR_ZERO = 1e-15
"""IronCalc compares with 2.2e-16; what is near that counts."""


@dataclass(frozen=True)
class Circumstances:
    """A formula that was computed.

    Attributes:
        formula: its text.
        value: what the engine gave.
        in_array: it is an array formula.
        near_zero: some number in the workbook is nearly zero, and not zero.
    """

    formula: str
    value: Value = None
    in_array: bool = False
    near_zero: bool = False


@dataclass(frozen=True)
class Difference:
    """One thing that an engine computes otherwise.

    Attributes:
        engine: which one.
        what: in words.
        may_matter: whether a formula may be concerned.
        example: a formula, with `A1` holding 1E-20, `A2` 0.3125, `A3` 800, and `B1:B2` 1 and 2.
        gives: what the engine computes for it.
        excel: what Excel does.
    """

    engine: str
    what: str
    may_matter: Callable[[Circumstances], bool]
    example: str
    gives: Value
    excel: Value


def differences(engine: str, found: Circumstances) -> Iterator[Difference]:
    """The differences that may concern a formula."""
    return (item for item in DIFFERENCES if item.engine == engine and item.may_matter(found))


def is_near_zero(number: float) -> bool:
    """Whether IronCalc may take a number for zero."""
    return 0 < abs(number) < NEAR_ZERO


def _compares_near_zero(found: Circumstances) -> bool:
    return found.near_zero and _COMPARES.search(found.formula) is not None


def _overflows(found: Circumstances) -> bool:
    """What has overflowed in the middle of a formula leaves a zero, or is not seen as the error that it is."""
    if _MAY_OVERFLOW.search(found.formula) is None:
        return False
    return found.value == 0.0 or _OF_ERRORS.search(found.formula) is not None


def _is_power_of_zero(found: Circumstances) -> bool:
    return found.value == 1.0 and re.search(r"\^|\bPOWER\(", found.formula, re.IGNORECASE) is not None


def _is_over_a_range(found: Circumstances) -> bool:
    if found.in_array or _OVER_A_RANGE.search(found.formula) is None:
        return False
    return any(map(_takes_one_cell, _nodes(found.formula)))


def _calculates_with_arrays(found: Circumstances) -> bool:
    return _sums_an_array(found, {"IF"})


def _applies_functions_to_arrays(found: Circumstances) -> bool:
    return _sums_an_array(found, {*_OF_SINGLE_NUMBERS, "IF"})


def _sums_an_array(found: Circumstances, functions: set[str]) -> bool:
    if found.in_array or ":" not in found.formula or _CALLS_THEM.search(found.formula) is None:
        return False
    return any(
        isinstance(node, ast.FunctionCall)
        and node.name in _OF_MANY_NUMBERS
        and any(_is_array(argument, functions) for argument in node.arguments)
        for node in _nodes(found.formula)
    )


def _is_array(node: ast.Node, functions: set[str]) -> bool:
    """Whether each cell of a range is calculated with: by an operator, or by one of the functions."""
    match node:
        case ast.Operator():
            parts: tuple[ast.Node, ...] = node.operands
        case ast.FunctionCall() if node.name in functions:
            parts = node.arguments
        case _:
            return False
    return any((isinstance(part, ast.Reference) and part.area.size > 1) or _is_array(part, functions) for part in parts)


def _errs_otherwise(code: str) -> Callable[[Circumstances], bool]:
    return lambda found: found.value == CellError(code)


def _is_percentage(found: Circumstances) -> bool:
    return "%" in found.formula and any(map(_is_percentage_of_a_sum, _nodes(found.formula)))


def _nodes(formula: str) -> list[ast.Node]:
    try:
        return list(ast.walk(parse(formula)))
    except FormulaSyntaxError:
        return []


def _takes_one_cell(node: ast.Node) -> bool:
    if not isinstance(node, ast.FunctionCall) or node.name not in _OF_SINGLE_NUMBERS:
        return False
    argument = node.arguments[0] if node.arguments else node
    while isinstance(argument, ast.Operator) and argument.symbol == "-" and len(argument.operands) == 1:
        argument = argument.operands[0]
    return isinstance(argument, ast.Reference) and argument.area.size > 1


def _is_percentage_of_a_sum(node: ast.Node) -> bool:
    return isinstance(node, ast.Operator) and node.symbol == "%" and isinstance(node.operands[0], ast.Operator)


DIFFERENCES = (
    Difference(
        "ironcalc", "takes numbers below 2.2e-16 for zero where it compares", _compares_near_zero,
        "IF(A1<>0,1,0)", 0.0, 1.0,
    ),
    Difference(
        "ironcalc", "goes on with an infinity where a number is too large", _overflows,
        "1/(1+EXP(A3))", 0.0, CellError("#NUM!"),
    ),
    Difference(
        "ironcalc", "does not know an overflow for an error", _overflows,
        "IFERROR(EXP(A3),5)", CellError("#NUM!"), 5.0,
    ),
    Difference(
        "ironcalc", "rounds a tie down where it makes a text of a number", lambda c: bool(_AS_TEXT.search(c.formula)),
        'TEXT(A2,"0.000")', "0.312", "0.313",
    ),
    Difference(
        "ironcalc", "takes a single cell of a range outside of an array formula", _is_over_a_range,
        "SUMPRODUCT(EXP(B1:B2))", 2.718281828459045, 10.107337927389695,
    ),
    Difference(
        "ironcalc", "takes the percentage of the last term alone of a sum in brackets", _is_percentage,
        "(A2+A2)%", 0.315625, 0.00625,
    ),
    Difference(
        "ironcalc", "computes ERF to ten digits only", lambda c: bool(_ERROR_FUNCTION.search(c.formula)),
        "ERF(A2+A2)", 0.6232408821540874, 0.623240882188418,
    ),
    Difference(
        "ironcalc", "calculates with all cells of a range outside of an array formula", _calculates_with_arrays,
        "SUM(B1:B2^2)", 5.0, 1.0,
    ),
    Difference(
        "ironcalc", "takes a power that is too large for a division by zero", _errs_otherwise("#DIV/0!"),
        "10^A3", CellError("#DIV/0!"), CellError("#NUM!"),
    ),
    Difference(
        "cellrune", "calculates with all cells of a range outside of an array formula", _applies_functions_to_arrays,
        "SUM(EXP(B1:B2))", 10.107337927389695, 2.718281828459045,
    ),
    Difference(
        "libreoffice", "hands over other errors as #VALUE!", _errs_otherwise("#VALUE!"),
        "LN(-A2)", CellError("#VALUE!"), CellError("#NUM!"),
    ),
    Difference(
        "libreoffice", "takes 0^0 for 1", _is_power_of_zero, "(A2-A2)^0", 1.0, CellError("#NUM!"),
    ),
)  # fmt: skip
