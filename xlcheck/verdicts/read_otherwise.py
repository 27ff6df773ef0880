"""Formulas that engines compute, and other programs read otherwise, or not at all.

Functions that came after Excel 2007 are called `_xlfn.LET` in files, and programs put the prefix there when they save.
A script that writes `LET`, or `_xlfn.SUM`, makes a cell that shows `#NAME?` until somebody edits it. And a typographic
minus, as in `A1−B1`, the `@` of `A1*@B1` and the `#` of `A1#`, which files spell SINGLE and ANCHORARRAY, belong to no
formula in a file. What stands behind a whole formula, as in `A1)` and `A1,0`, IronCalc passes over, while Excel refuses
the file; and it takes `Sheet1!R1C1` and `A1:A0`, where no cells are named, for 0. And TRANSPOSE takes a single cell
where no array formula is entered, though no engine does so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scanner import plain_name, tokens
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.cell_codes import address

_NAMES = """
    ACOT ACOTH ARABIC ARRAYTOTEXT BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND BITLSHIFT
    BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CHISQ.TEST
    CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COTH COVARIANCE.P COVARIANCE.S CSC
    CSCH DAYS DECIMAL DROP ERF.PRECISE ERFC.PRECISE EXPAND EXPON.DIST F.DIST F.DIST.RT F.INV F.INV.RT F.TEST
    FILTER FILTERXML FLOOR.MATH FORECAST.ETS FORECAST.ETS.CONFINT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT
    FORECAST.LINEAR FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV GAMMALN.PRECISE GAUSS HSTACK HYPGEOM.DIST IFNA IFS
    IMAGE IMCOSH IMCOT IMCSC IMCSCH IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET
    LOGNORM.DIST LOGNORM.INV MAKEARRAY MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST
    NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC
    PERCENTRANK.INC PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC QUARTILE.INC QUERYSTRING RANDARRAY RANK.AVG
    RANK.EQ REDUCE RRI SCAN SEC SECH SEQUENCE SHEET SHEETS SKEW.P SORT SORTBY STDEV.P STDEV.S SWITCH T.DIST
    T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW UNICHAR
    UNICODE UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK WEBSERVICE WEIBULL.DIST WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
    Z.TEST
"""
_NEWER = frozenset(_NAMES.split())
_OLD_NAMES = """
    ABS ACOSH AND ASINH ATAN ATANH AVERAGE CHOOSE COLUMN COLUMNS COSH COUNT COUNTIF DEVSQ ERF ERFC EXP FALSE HLOOKUP IF
    INDEX INT ISERROR ISNUMBER LN LOG LOG10 LOOKUP MATCH MAX MEDIAN MIN MMULT MOD N NORMSDIST NOT OFFSET OR PI POWER
    PRODUCT ROUND ROW ROWS SIGN SIN SINH SQRT STDEV STDEVP SUM SUMIF SUMPRODUCT SUMSQ SUMX2MY2 SUMX2PY2 SUMXMY2 TANH
    TRANSPOSE TRUE VAR VARP VLOOKUP
"""
_OLDER = frozenset(_OLD_NAMES.split())
_WITH_NAMES = {"_XLFN.LET", "_XLFN.LAMBDA"}
_STRANGE = re.compile(r"[@#]|[^\x00-\x7f]")
_SWAPPED = re.compile(r"TRANSPOSE\((?!\s*(?:(?:'[^']*'!|\w+!)?\$?[A-Z]{1,3}\$?\d+\s*\)|\{))")  # more than one cell
# One expression for each sign that may stand before a cell: what begins with a letter is found quickly.
_NO_CELL = [re.compile(sign + r"(\$?(?:R\d+C\d*|[A-Z]{1,3}\$?0+))(?![\w.(!])") for sign in "!:"]
_TEXT = re.compile(r'"[^"]*"')
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")


def read_otherwise(formulas: FormulaCells) -> Iterator[str]:
    """What is to be said of such formulas: a sentence for each function, each sign, each reason why a text is none."""
    found = _found(formulas)
    for name, places in found[_called].items():
        yield (
            f"Excel shows #NAME? in {first_of(places)} until somebody edits it, since a file has to call {name}; write "
            "the formula in a spreadsheet program and save the workbook"
        )
    for sign, places in found[_signs].items():
        shown = f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"the sign U+{ord(sign):04X}"
        yield f"programs do not all read {shown} in the formula of {first_of(places)}; write it without this sign"
    for what, places in (*found[_misplaced].items(), *found[_no_cells].items()):
        yield (
            f"the formula of {first_of(places)} {what}: some programs show an error there, or do not open the file; "
            "correct it"
        )
    for places in found[_transposes].values():
        yield (
            f"Excel takes a single cell in the brackets of TRANSPOSE in {first_of(places)}, or shows #VALUE!, because "
            "no array formula is entered; enter it with Ctrl+Shift+Enter"
        )


def _found(formulas: FormulaCells) -> Mapping[_Finder, Mapping[str, Sequence[str]]]:
    """What is found in formulas, and in which cells."""
    found: dict[_Finder, dict[str, list[str]]] = {find: defaultdict(list) for find in _FINDERS}
    for sheet, codes in formulas.by_sheet():
        for code, named in formulas.said(sheet, codes, _odd).items():
            in_array = formulas.is_array(sheet, code)
            for find, what in named:
                if not (in_array and find is _transposes):
                    found[find][what].append(f"{sheet}!{address(code)}")
    return found


def _odd(formula: str) -> list[tuple[_Finder, str]]:
    """What is found in a formula, each once."""
    return [(find, what) for find in _FINDERS for what in dict.fromkeys(find(formula))]


def _signs(formula: str) -> Iterator[str]:
    for kind, text in tokens(formula.removeprefix("=")):
        if kind in {"other", "space", "operator"}:
            yield from _STRANGE.findall(text)


def _misplaced(formula: str) -> Iterator[str]:
    """Why a text is no formula."""
    try:
        parse(formula)
    except FormulaSyntaxError as error:
        if not any(_signs(formula)) and not any(_no_cells(formula)):  # of which enough is said
            yield error.what


def _no_cells(formula: str) -> Iterator[str]:
    """What looks like a cell and is none."""
    text = _QUOTED.sub("''", formula.upper())
    yield from (f"names {name}, which is no cell" for pattern in _NO_CELL for name in pattern.findall(text))


def _transposes(formula: str) -> Iterator[str]:
    if _SWAPPED.search(_TEXT.sub("", formula).upper()):
        yield "TRANSPOSE"


def _called(formula: str) -> Iterator[str]:
    """The functions that a formula calls without the prefix or wrongly with it, and names of LET without theirs."""
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    for word, (kind, name) in zip(words, [*words[2:], *words[-1:] * 2], strict=False):  # behind its bracket
        function = word.text.upper() if word.kind == "function" else ""
        if function in _NEWER:
            yield f"{function} _xlfn.{function}"
        elif function.startswith("_XLFN.") and (plain := plain_name(function)) in _OLDER:
            yield f"{word.text} {plain}"
        elif function in _WITH_NAMES and kind == "name" and not name.lower().startswith("_xlpm."):
            yield f"what LET and LAMBDA name {name} _xlpm.{name}"


_Finder = Callable[[str], Iterable[str]]
_FINDERS: tuple[_Finder, ...] = (_called, _signs, _misplaced, _transposes, _no_cells)
