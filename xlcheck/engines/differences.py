"""Where an engine computes something else than Excel without saying so.

The rule: a formula that an engine may compute otherwise is never judged by that engine alone. Each difference was
measured, with the example that stands beside it; a test holds that it is still there, so that none is kept for longer
than it lasts. What an engine says it cannot compute is no difference: that comes as `NotEvaluated` or as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from xlcheck.engines.brackets import may_lose_brackets
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.whole import may_be_none, that_may_be_none
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
_CALLED = re.compile(r"([A-Z][A-Z0-9.]*)\(")
_CALCULATES = re.compile(r"[-+*/^&<>=%]")
_DIGITS = b"0123456789"
_NUMBER = re.compile(r"[0-9]+(?![0-9!])")  # not that of #DIV/0!, or of a worksheet
_COLUMN = re.compile(r"(?<![\w.\\?])\$?[A-Z]{1,3}\$?(?![\w.\\?(!])")
_LONGEST_COLUMN = 3
_NUMBER_INSIDE = re.compile(rb"[A-Za-z_.\\$][0-9]+[A-Za-z_.\\?](?![\w. ]*'?!)")  # of a word that names no worksheet
_FIRST_NUMBER = 1001  # no function has it in its name
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
    unsure = engine == "ironcalc" and may_be_none(found.formula.upper())
    if not unsure and "(" not in found.formula and "%" not in found.formula:  # as most of a large workbook
        return ""
    if not found.in_array and reads_single_cells(engine, found.formula, found.ranges):
        return INTERSECTION
    if not unsure and not _has_rare_form(found.formula.upper(), found.ranges):
        return ""
    named = (item for item in differences(engine, found) if item.by_form)
    return next((f"{engine} {item.what}, and Excel does not; ask --engine libreoffice" for item in named), "")


def that_may_differ(engine: str, formulas: Sequence[str], ranges: frozenset[str]) -> Iterator[int]:
    """The places of the formulas that have to be asked about one by one with `differs_by_form`.

    Formulas that are the same but for numbers and columns, as most of a large workbook are, are asked about at once,
    with all numbers different: each of their ranges then has more cells than one, and a function with a number in its
    name is one that nobody knows, and both are suspect.

    Args:
        engine: its name.
        formulas: the texts, none of which holds the character NUL.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """
    beyond = that_may_be_none(formulas) if engine == "ironcalc" else ()
    folded = "\0".join(formulas).casefold()
    ranges = frozenset(name for name in ranges if name in folded)
    in_question = range(len(formulas)) if ranges or "erf" in folded else _in_question(formulas)
    formulas = [formulas[place] for place in in_question]
    joined = "\0".join(formulas).encode("utf-8", "surrogatepass")
    kinds = joined.translate(None, _DIGITS).split(b"\0") if formulas else []
    # Without its numbers such a formula may be taken for another one.
    is_any_unsure = _NUMBER_INSIDE.search(joined) is not None
    each = zip(kinds, joined.split(b"\0"), strict=True) if is_any_unsure else ()
    suspects = {kind for kind, formula in each if _NUMBER_INSIDE.search(formula)}
    unsure = [name for name in ranges if len(name) <= _LONGEST_COLUMN or _NUMBER.search(name)]
    known: dict[str, bool] = {}
    for kind, formula in dict(zip(kinds, formulas, strict=True)).items():
        if (b"(" not in kind and b"%" not in kind) or kind in suspects:
            continue
        text = kind.decode("utf-8", "surrogatepass")
        done = _COLUMN.sub("\0", text)
        if done not in known:
            known[done] = _may_differ(engine, _with_other_numbers(formula), ranges)
        if known[done] or any(_NUMBER.sub("", name) in text.casefold() for name in unsure):
            suspects.add(kind)
    others = (place for place, kind in zip(in_question, kinds, strict=True) if kind in suspects)
    return iter(dict.fromkeys((*beyond, *others)))


def _in_question(formulas: Sequence[str]) -> Sequence[int]:
    """The places of those formulas, which name nothing, that may have a form that differs; a quick look.

    Without a range, a percentage and brackets that count there is none, nor with functions of arrays alone.
    """
    places = [place for place, text in enumerate(formulas) if ":" in text or may_lose_brackets(text)]
    joined = "\0".join([formulas[place] for place in places]).upper()
    return [] if not may_lose_brackets(joined) and _OF_ARRAYS.issuperset(_CALLED.findall(joined)) else places


def _may_differ(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """Whether a formula, or one that differs from it in numbers and columns, has to be asked about."""
    if not (_may_read_single_cells(engine, formula, ranges) or _has_rare_form(formula.upper(), ranges)):
        return False
    from xlcheck.formulas.parser import FormulaSyntaxError, parse

    try:
        parse(formula)
    except FormulaSyntaxError:  # it speaks for no other
        return True
    return bool(differs_by_form(engine, Circumstances(formula, ranges=ranges)))


def _with_other_numbers(formula: str) -> str:
    """A formula with all its numbers different, and none that is in the name of a function."""
    numbers = count(_FIRST_NUMBER)
    return _NUMBER.sub(lambda _: str(next(numbers)), formula)


def reads_single_cells(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """Whether a formula, unless it is an array formula, reads single cells of ranges in Excel, and the engine all.

    Args:
        engine: its name.
        formula: the text.
        ranges: the defined names, in small letters, that stand for more than one cell.
    """
    if not _may_read_single_cells(engine, formula, ranges):
        return False
    from xlcheck.engines.forms import intersects

    return intersects(formula, _BY_CELLS[engine], _OF_ARRAYS, ranges)


def _may_read_single_cells(engine: str, formula: str, ranges: frozenset[str]) -> bool:
    """A quick look, before anybody parses the formula."""
    by_cells = _BY_CELLS.get(engine)
    if by_cells is None or "(" not in formula or not (":" in formula or _names_one_of(formula, ranges)):
        return False
    called = _CALLED.findall(formula.upper())
    return not _OF_ARRAYS.issuperset(called) and bool(_CALCULATES.search(formula) or any(map(by_cells, called)))


def named_ranges(names: Mapping[str, str]) -> frozenset[str]:
    """The defined names, in small letters, that stand for more than one cell."""
    return frozenset(name.casefold() for name, target in names.items() if _stands_for_a_range(target))


def _stands_for_a_range(target: str) -> bool:
    try:
        return parse_range(target.removeprefix("=")).size > 1
    except ValueError:
        return False


def _has_rare_form(formula: str, ranges: frozenset[str]) -> bool:
    """Whether a formula, in capitals, may have one of the forms that differ; a quick look."""
    if may_lose_brackets(formula) or "ERF" in formula:
        return True
    has_range = ":" in formula or _names_one_of(formula, ranges)
    return has_range and not _OF_RANGES.issuperset(_CALLED.findall(formula))


def _names_one_of(formula: str, names: frozenset[str]) -> bool:
    """Whether a formula may use a defined name; a quick look, before anybody parses it."""
    folded = formula.casefold() if names else ""
    return any(name in folded for name in names)


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
    if found.in_array or not _has_rare_form(found.formula.upper(), found.ranges):
        return False
    from xlcheck.engines.forms import is_over_a_range

    return is_over_a_range(found.formula, _takes_single_values, found.ranges)


def _reads_cells(engine: str) -> Callable[[Circumstances], bool]:
    return lambda found: not found.in_array and reads_single_cells(engine, found.formula, found.ranges)


def _errs_otherwise(code: str) -> Callable[[Circumstances], bool]:
    return lambda found: found.value == CellError(code)


def _has_form(name: str, may_have: Callable[[str], bool] = may_lose_brackets) -> Callable[[Circumstances], bool]:
    """Whether a formula has the form for which a function of `forms` looks, where brackets count."""

    def has_form(found: Circumstances) -> bool:
        from xlcheck.engines import forms

        return may_have(found.formula) and bool(getattr(forms, name)(found.formula))

    return has_form


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
        "ironcalc", "takes the percentage of the last term alone of a sum in brackets",
        _has_form("has_percentage_of_a_sum"), "(A2+A2)%", 0.315625, 0.00625, by_form=True),
    Difference(
        "ironcalc", "loses the brackets of a product behind a minus", _has_form("negates_a_product"),
        "-(A2^2*B2)", 0.1953125, -0.1953125, by_form=True),
    Difference(
        "ironcalc", "loses the brackets of joined texts and of comparisons", _has_form("goes_on_with_a_text"),
        "(B1&B2)*2", "14", 24.0, by_form=True),
    *(
        Difference(
            name, "takes a cell without a number for 0 where others leave out its pair",
            lambda c: _says(_BY_PAIRS, c.formula), "SUMXMY2(B2:B3,A2:A3)", 640002.84765625, 2.84765625)
        for name in ("ironcalc", "libreoffice")
    ),
    Difference(
        "ironcalc", "passes over what stands behind a whole formula, and behind a space between references",
        _has_form("goes_beyond_its_end", lambda text: may_be_none(text.upper())),
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
        "libreoffice", "hands over other errors as #VALUE!", _errs_otherwise("#VALUE!"),
        "LN(-A2)", CellError("#VALUE!"), CellError("#NUM!")),
    Difference(
        "libreoffice", "takes 0^0 for 1", _is_power_of_zero, "(A2-A2)^0", 1.0, CellError("#NUM!")),
)  # fmt: skip
