"""Where an engine computes something else than Excel without saying so.

The rule: a formula that an engine may compute otherwise is never judged by that engine alone. Each difference was
measured, with the example that stands beside it; a test holds that it is still there, so that none is kept for longer
than it lasts. What an engine says it cannot compute is no difference: that comes as `NotEvaluated` or as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from xlcheck.engines.forms import (
    goes_beyond_its_end,
    goes_on_with_a_text,
    has_percentage_of_a_sum,
    intersects,
    is_over_a_range,
    negates_a_product,
    numbers_a_range,
)
from xlcheck.formulas.addresses import range_or_none
from xlcheck.formulas.alike import with_same_cells
from xlcheck.formulas.parser import parsed
from xlcheck.frozen import dataclass
from xlcheck.workbook.content import CellError, Value
from xlcheck.workbook.formula_facts import SWALLOWS

# How formulas look on which a difference may bear. Few checks ask for most of them, which are compiled when they do.
_COMPARES = r"[<>=]|\b(?:MATCH|COUNTIFS?|SUMIFS?|[XVH]?LOOKUP|SIGN|AND|OR|NOT|IF)\("
MAY_OVERFLOW = re.compile(r"\b(?:EXP|POWER|SINH|COSH)\(|\^", re.IGNORECASE)  # too large a number for a cell
_POWER = r"\^|\bPOWER\("
_ERROR_FUNCTION = r"\bERFC?(?:\.PRECISE)?\("
_BY_PAIRS = r"\bSUMX(?:MY|2MY|2PY)2\("
_AS_TEXT = r"\b(?:TEXT|FIXED|DOLLAR)\("
# What calculates with arrays also outside of an array formula, and so does whatever stands in its brackets. In all
# other functions an operator between ranges reads a single cell of each there: Excel's implicit intersection.
_OF_ARRAYS = {
    "SUMPRODUCT", "MMULT", "TRANSPOSE", "MINVERSE", "MDETERM", "SUMXMY2", "SUMX2MY2", "SUMX2PY2", "LOOKUP", "FREQUENCY",
}  # fmt: skip
# What takes ranges as they are. Any other function takes single values; what it makes of a range is in question.
_TAKE_RANGES = """
    AGGREGATE AND AREAS AVEDEV AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS BYCOL BYROW CHOOSECOLS CHOOSEROWS COLUMN COLUMNS
    CONCAT CORREL COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS COVAR COVARIANCE.P COVARIANCE.S DEVSQ DROP EXPAND FILTER
    FORECAST FORECAST.LINEAR GCD GEOMEAN GROWTH HARMEAN HLOOKUP HSTACK INDEX INTERCEPT IRR ISREF KURT LAMBDA LARGE LCM
    LET LINEST LOGEST MAKEARRAY MAP MATCH MAX MAXA MAXIFS MEDIAN MIN MINA MINIFS MODE MODE.MULT MODE.SNGL MULTINOMIAL
    NPV OFFSET OR PEARSON PERCENTILE PERCENTILE.EXC PERCENTILE.INC PERCENTRANK PERCENTRANK.EXC PERCENTRANK.INC PRODUCT
    QUARTILE QUARTILE.EXC QUARTILE.INC RANK RANK.AVG RANK.EQ REDUCE ROW ROWS RSQ SCAN SERIESSUM SKEW SKEW.P SLOPE SMALL
    SORT SORTBY STDEV STDEV.P STDEV.S STDEVA STDEVP STDEVPA STEYX SUBTOTAL SUM SUMIF SUMIFS SUMSQ TAKE TEXTJOIN TOCOL
    TOROW TREND TRIMMEAN UNIQUE VAR VAR.P VAR.S VARA VARP VARPA VLOOKUP VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
"""
_OF_RANGES = frozenset(_TAKE_RANGES.split()) | _OF_ARRAYS


def _takes_single_values(function: str) -> bool:
    return function not in _OF_RANGES


# Which functions an engine computes for each cell of a range, outside of an array formula, too.
_BY_CELLS: Mapping[str, Callable[[str], bool]] = {"ironcalc": "IF".__eq__, "cellrune": _takes_single_values}

NEAR_ZERO = 1e-15  # IronCalc compares with 2.2e-16; what is near that counts
LARGE = 354.0  # the exponential of twice as much, of which TANH is made, has hardly room in a cell
INTERSECTION = (
    "Excel reads a single cell of each range here, because no array formula is entered (Ctrl+Shift+Enter), and no "
    "engine that was asked does; SUMPRODUCT needs none, and --engine libreoffice computes as Excel does"
)
"""Why there is no value of a formula for which `reads_single_cells` holds."""


@dataclass(frozen=True)
class Circumstances:
    """A formula that was computed.

    Attributes:
        in_array: it is an array formula.
        near_zero: some number in the workbook is nearly zero, and not zero.
        large: some number in the workbook is large, as `LARGE` says.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """

    formula: str
    value: Value = None
    in_array: bool = False
    near_zero: bool = False
    large: bool = False
    ranges: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """One thing that an engine computes otherwise.

    Attributes:
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
    """Why a value is not known, whatever the numbers are: the engine computes such a formula otherwise; or empty."""
    if not found.in_array and reads_single_cells(engine, found.formula, found.ranges):
        return INTERSECTION
    named = (item for item in differences(engine, found) if item.by_form)
    said = next((f"{engine} {item.what}, and Excel does not" for item in named), "")
    if said and parsed(found.formula) is None:
        said = f"it is not understood as a formula, of which {engine} may read only the beginning; correct it"
    return said and f"{said}; ask --engine libreoffice"


def may_differ(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """Whether `differs_by_form` may say something of a formula, or of one that is alike but for its cells.

    Args:
        engine: its name.
        formula: the text.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """
    return bool(differs_by_form(engine, Circumstances(with_same_cells(formula), ranges=ranges)))


def reads_single_cells(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """Whether a formula, unless it is an array formula, reads single cells of ranges in Excel, and the engine all."""
    return engine in _BY_CELLS and all(
        _intersects(engine, text, ranges) for text in (with_same_cells(formula), formula)
    )


@lru_cache(maxsize=16_384)
def _intersects(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    return engine in _BY_CELLS and intersects(formula, _BY_CELLS[engine], _OF_ARRAYS, ranges)


def named_ranges(names: Mapping[str, str]) -> frozenset[str]:
    """The defined names, in small letters, that stand for more than one cell."""
    areas = {name.casefold(): range_or_none(target.removeprefix("=")) for name, target in names.items()}
    return frozenset(name for name, area in areas.items() if area is not None and area.size > 1)


def _says(pattern: str, formula: str) -> bool:
    return re.search(pattern, formula, re.IGNORECASE) is not None


def _compares_near_zero(found: Circumstances) -> bool:
    return found.near_zero and _says(_COMPARES, found.formula)


def _overflows(found: Circumstances) -> bool:
    """What has overflowed in the middle of a formula often leaves a zero, or is not seen as the error that it is."""
    may_matter = MAY_OVERFLOW.search(found.formula) is not None
    return may_matter and (found.large or found.value == 0.0 or _says(SWALLOWS, found.formula))


def _is_power_of_zero(found: Circumstances) -> bool:
    return found.value == 1.0 and _says(_POWER, found.formula)


def _is_over_a_range(found: Circumstances) -> bool:
    if found.in_array:
        return False
    return all(_over_a_range(text, found.ranges) for text in (with_same_cells(found.formula), found.formula))


@lru_cache(maxsize=16_384)
def _over_a_range(formula: str, ranges: frozenset[str]) -> bool:
    return is_over_a_range(formula, _takes_single_values, ranges)


def _reads_cells(engine: str) -> Callable[[Circumstances], bool]:
    return lambda found: not found.in_array and reads_single_cells(engine, found.formula, found.ranges)


def _errs_otherwise(code: str) -> Callable[[Circumstances], bool]:
    return lambda found: found.value == CellError(code)


def _has_form(form: Callable[[str], bool]) -> Callable[[Circumstances], bool]:
    """Whether a formula has a form, whatever cells it reads."""
    has_form = lru_cache(maxsize=4096)(form)
    return lambda found: has_form(with_same_cells(found.formula))


DIFFERENCES = (
    Difference(
        "ironcalc", "takes numbers below 2.2e-16 for zero where it compares", _compares_near_zero,
        "IF(A1<>0,1,0)", 0.0, 1.0),
    Difference(
        "ironcalc", "goes on with an infinity where a number is too large", _overflows,
        "1/(1+EXP(A3))", 0.0, CellError("#NUM!")),
    Difference(
        "ironcalc", "does not know an overflow for an error", _overflows,
        "IFERROR(EXP(A3),5)", CellError("#NUM!"), 5.0),
    Difference(
        "ironcalc", "rounds a tie down where it makes a text of a number", lambda c: _says(_AS_TEXT, c.formula),
        'TEXT(A2,"0.000")', "0.312", "0.313"),
    Difference(
        "ironcalc", "takes a single cell of a range outside of an array formula", _is_over_a_range,
        "SUMPRODUCT(EXP(B1:B2))", 2.718281828459045, 10.107337927389695, by_form=True),
    Difference(
        "ironcalc", "takes a single number of what a function makes of a range outside of an array formula",
        _is_over_a_range, "SUMPRODUCT(ABS(TRANSPOSE(B1:B2)))", 1.0, 3.0, by_form=True),
    Difference(
        "ironcalc", "takes the percentage of the last term alone of a sum in brackets",
        _has_form(has_percentage_of_a_sum), "(A2+A2)%", 0.315625, 0.00625, by_form=True),
    Difference(
        "ironcalc", "loses the brackets of a product behind a minus", _has_form(negates_a_product),
        "-(A2^2*B2)", 0.1953125, -0.1953125, by_form=True),
    Difference(
        "ironcalc", "loses the brackets of joined texts and of comparisons", _has_form(goes_on_with_a_text),
        "(B1&B2)*2", "14", 24.0, by_form=True),
    *(
        Difference(
            name, "takes a cell without a number for 0 where others leave out its pair",
            lambda c: _says(_BY_PAIRS, c.formula), "SUMXMY2(B2:B3,A2:A3)", 640002.84765625, 2.84765625)
        for name in ("ironcalc", "libreoffice")
    ),
    Difference(
        "ironcalc", "passes over what stands behind a whole formula, and behind a space between references",
        _has_form(goes_beyond_its_end),
        "A2 B2", 0.3125, CellError("#NULL!"), by_form=True),
    Difference(
        "ironcalc", "computes ERF to ten digits only", lambda c: _says(_ERROR_FUNCTION, c.formula),
        "ERF(A2+A2)", 0.6232408821540874, 0.623240882188418, by_form=True),
    Difference(
        "ironcalc", "calculates with all cells of a range outside of an array formula", _reads_cells("ironcalc"),
        "SUM(B1:B2^2)", 5.0, 1.0, by_form=True),
    Difference(
        "ironcalc", "takes a power that is too large for a division by zero", _errs_otherwise("#DIV/0!"),
        "10^A3", CellError("#DIV/0!"), CellError("#NUM!")),
    Difference(
        "cellrune", "calculates with all cells of a range outside of an array formula", _reads_cells("cellrune"),
        "SUM(EXP(B1:B2))", 10.107337927389695, 2.718281828459045, by_form=True),
    Difference(
        "cellrune", "gives the first number alone for the rows or columns of a range", _has_form(numbers_a_range),
        "SUMPRODUCT(ROW(B1:B2)*1)", 1.0, 3.0, by_form=True),
    Difference(
        "libreoffice", "hands over other errors as #VALUE!", _errs_otherwise("#VALUE!"),
        "LN(-A2)", CellError("#VALUE!"), CellError("#NUM!")),
    Difference(
        "libreoffice", "takes 0^0 for 1", _is_power_of_zero, "(A2-A2)^0", 1.0, CellError("#NUM!")),
)  # fmt: skip
