"""Where an engine computes something else than Excel without saying so.

The rule: a formula that an engine may compute otherwise is never judged by that engine alone. Each difference was
measured, with the example that stands beside it; a test holds that it is still there, so that none is kept for longer
than it lasts. What an engine says it cannot compute is no difference: that comes as `NotEvaluated` or as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass

from xlcheck.formulas import tree as ast
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.workbook.formula_facts import SWALLOWS
from xlcheck.workbook.values import CellError, Value

_OF_SINGLE_NUMBERS = {"EXP", "LN", "TANH", "SQRT", "ABS", "SIGN", "POWER", "ROUND"}
# Only a formula that looks so needs to be parsed.
_OVER_A_RANGE = re.compile(rf"\b(?:{'|'.join(sorted(_OF_SINGLE_NUMBERS))})\([^()]*:", re.IGNORECASE)
_RARE_FORMS = re.compile(rf"%|\bERF|{_OVER_A_RANGE.pattern}", re.IGNORECASE)
_COMPARES = re.compile(r"[<>=]|\b(?:MATCH|COUNTIFS?|SUMIFS?|[XVH]?LOOKUP|SIGN|AND|OR|NOT|IF)\(", re.IGNORECASE)
_MAY_OVERFLOW = re.compile(r"\bEXP\(|\bPOWER\(|\bSINH\(|\bCOSH\(|\^", re.IGNORECASE)
_OF_ERRORS = re.compile(SWALLOWS, re.IGNORECASE)
_ERROR_FUNCTION = re.compile(r"\bERFC?(?:\.PRECISE)?\(", re.IGNORECASE)
# What calculates with arrays also outside of an array formula, and so does whatever stands in its brackets. In all
# other functions an operator between ranges reads a single cell of each there: Excel's implicit intersection.
_OF_ARRAYS = {
    "SUMPRODUCT", "MMULT", "TRANSPOSE", "MINVERSE", "MDETERM", "SUMXMY2", "SUMX2MY2", "SUMX2PY2", "LOOKUP", "FREQUENCY",
}  # fmt: skip
_OF_REFERENCES = {":", " ", ",", "#"}
# The functions that an engine computes for each cell of a range, outside of an array formula, too.
_BY_CELLS = {"ironcalc": {"IF"}, "cellrune": {*_OF_SINGLE_NUMBERS, "IF"}}
_CALLED = re.compile(r"([A-Z][A-Z0-9.]*)\(")
_AS_TEXT = re.compile(r"\b(?:TEXT|FIXED|DOLLAR)\(", re.IGNORECASE)

NEAR_ZERO = 1e-15
"""IronCalc compares with 2.2e-16; what is near that counts."""
INTERSECTION = (
    "Excel reads a single cell of each range here, because no array formula is entered (Ctrl+Shift+Enter), and no "
    "engine that was asked does; SUMPRODUCT needs none, and --engine libreoffice computes as Excel does"
)
"""Why there is no value of a formula for which `reads_single_cells` holds."""


@dataclass(frozen=True)
class Circumstances:
    """A formula that was computed.

    Attributes:
        formula: its text.
        value: what the engine gave.
        in_array: it is an array formula.
        near_zero: some number in the workbook is nearly zero, and not zero.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """

    formula: str
    value: Value = None
    in_array: bool = False
    near_zero: bool = False
    ranges: frozenset[str] = frozenset()


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
        by_form: whether the formula alone says it, whatever the numbers are.
    """

    engine: str
    what: str
    may_matter: Callable[[Circumstances], bool]
    example: str
    gives: Value
    excel: Value
    by_form: bool = False


def differences(engine: str, found: Circumstances) -> Iterator[Difference]:
    """The differences that may concern a formula."""
    return (item for item in DIFFERENCES if item.engine == engine and item.may_matter(found))


def differs_by_form(engine: str, found: Circumstances) -> str:
    """Why nothing is known of a formula's value, whatever the numbers are: the engine computes its form otherwise.

    Empty if that is not so.
    """
    if not found.in_array and reads_single_cells(engine, found.formula, found.ranges):
        return INTERSECTION
    if _RARE_FORMS.search(found.formula) is None:  # so that each of a million cells costs a microsecond
        return ""
    named = (item for item in differences(engine, found) if item.by_form)
    return next((f"{engine} {item.what}, and Excel does not; ask --engine libreoffice" for item in named), "")


def reads_single_cells(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """Whether a formula, unless it is an array formula, reads single cells of ranges in Excel, and the engine all.

    Args:
        engine: its name.
        formula: the text.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """
    functions = _BY_CELLS.get(engine)
    return functions is not None and _intersects(formula, functions, ranges)


def named_ranges(names: Mapping[str, str]) -> frozenset[str]:
    """The defined names, in small letters, that stand for more than one cell."""
    return frozenset(name.casefold() for name, target in names.items() if _stands_for_a_range(target))


def _stands_for_a_range(target: str) -> bool:
    try:
        return parse_range(target.removeprefix("=")).size > 1
    except ValueError:
        return False


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


def _reads_cells(engine: str) -> Callable[[Circumstances], bool]:
    return lambda found: not found.in_array and reads_single_cells(engine, found.formula, found.ranges)


def _intersects(formula: str, functions: Set[str], ranges: frozenset[str]) -> bool:
    """Whether some function is given what an operator, or one of the functions, makes of ranges cell by cell."""
    # Most formulas of a large workbook end here, after a microsecond.
    if "(" not in formula or not (":" in formula or _names_one_of(formula, ranges)):
        return False
    if _OF_ARRAYS.issuperset(_CALLED.findall(formula.upper())):  # no other function is called
        return False
    try:
        waiting = [parse(formula)]
    except FormulaSyntaxError:
        return False
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionCall):
            if node.name in _OF_ARRAYS:
                continue
            if any(_is_array(argument, functions, ranges) for argument in node.arguments):
                return True
        waiting.extend(ast.children(node))
    return False


def _names_one_of(formula: str, names: frozenset[str]) -> bool:
    """Whether a formula may use a defined name; a quick look, before anybody parses it."""
    return bool(names) and any(name in formula.casefold() for name in names)


def _is_array(node: ast.Node, functions: Set[str], ranges: frozenset[str]) -> bool:
    """Whether each cell of a range is calculated with: by an operator, or by one of the functions."""
    match node:
        case ast.Operator() if node.symbol not in _OF_REFERENCES:
            parts: tuple[ast.Node, ...] = node.operands
        case ast.FunctionCall() if node.name in functions:
            parts = node.arguments
        case _:
            return False
    return any(_is_range(part, ranges) or _is_array(part, functions, ranges) for part in parts)


def _is_range(node: ast.Node, ranges: frozenset[str]) -> bool:
    """Whether a node is more than one cell, as far as it says so."""
    match node:
        case ast.Reference():
            return node.area.size > 1
        case ast.Name():
            return node.name.casefold() in ranges
    return False


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
        "SUMPRODUCT(EXP(B1:B2))", 2.718281828459045, 10.107337927389695, by_form=True,
    ),
    Difference(
        "ironcalc", "takes the percentage of the last term alone of a sum in brackets", _is_percentage,
        "(A2+A2)%", 0.315625, 0.00625, by_form=True,
    ),
    Difference(
        "ironcalc", "computes ERF to ten digits only", lambda c: bool(_ERROR_FUNCTION.search(c.formula)),
        "ERF(A2+A2)", 0.6232408821540874, 0.623240882188418, by_form=True,
    ),
    Difference(
        "ironcalc", "calculates with all cells of a range outside of an array formula", _reads_cells("ironcalc"),
        "SUM(B1:B2^2)", 5.0, 1.0, by_form=True,
    ),
    Difference(
        "ironcalc", "takes a power that is too large for a division by zero", _errs_otherwise("#DIV/0!"),
        "10^A3", CellError("#DIV/0!"), CellError("#NUM!"),
    ),
    Difference(
        "cellrune", "calculates with all cells of a range outside of an array formula", _reads_cells("cellrune"),
        "SUM(EXP(B1:B2))", 10.107337927389695, 2.718281828459045, by_form=True,
    ),
    Difference(
        "libreoffice", "hands over other errors as #VALUE!", _errs_otherwise("#VALUE!"),
        "LN(-A2)", CellError("#VALUE!"), CellError("#NUM!"),
    ),
    Difference(
        "libreoffice", "takes 0^0 for 1", _is_power_of_zero, "(A2-A2)^0", 1.0, CellError("#NUM!"),
    ),
)  # fmt: skip
