"""Formulas that engines compute, and other programs read otherwise, or not at all.

Functions that came after Excel 2007 are called `_xlfn.LET` in files, and programs put the prefix there when they save.
A script that writes `LET` makes a cell that shows `#NAME?` until somebody edits it. And a typographic minus, as in
`A1−B1`, or the `@` of `A1*@B1`, which files spell SINGLE, belong to no formula in a file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas.scanner import tokens
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.cell_codes import address
from xlcheck.workbook.formula_facts import functions_in

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
_WITH_NAMES = {"_XLFN.LET", "_XLFN.LAMBDA"}
_STRANGE = re.compile(r"@|[^\x00-\x7f]")


def read_otherwise(formulas: FormulaCells) -> Iterator[str]:
    """What is to be said of such formulas: a sentence for each function, then one for each sign.

    Args:
        formulas: of a workbook.
    """
    for name, places in _places(formulas, _may_call, _called).items():
        yield (
            f"Excel shows #NAME? in {first_of(places)} until somebody edits it, since a file has to call {name}; write "
            "the formula in a spreadsheet program and save the workbook"
        )
    for sign, places in _places(formulas, _STRANGE.search, _signs).items():
        shown = f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"the sign U+{ord(sign):04X}"
        yield f"programs do not all read {shown} in the formula of {first_of(places)}; write it without this sign"


def _places(
    formulas: FormulaCells, may_have: Callable[[str], object], found_in: Callable[[str], Iterable[str]]
) -> Mapping[str, Sequence[str]]:
    """What is found in formulas, and in which cells; a quick look at all texts of a worksheet comes first."""
    found: dict[str, list[str]] = defaultdict(list)
    for sheet, codes in formulas.by_sheet():
        for code, text in formulas.that_say(sheet, codes, may_have).items():
            for what in dict.fromkeys(found_in(text)):
                found[what].append(f"{sheet}!{address(code)}")
    return found


def _signs(formula: str) -> Iterator[str]:
    for kind, text in tokens(formula.removeprefix("=")):
        if kind in {"other", "space", "operator"}:
            yield from _STRANGE.findall(text)


def _may_call(text: str) -> bool:
    found = functions_in(text.encode("utf-8", "surrogatepass"))
    return not _NEWER.isdisjoint(found) or not _WITH_NAMES.isdisjoint(found)


def _called(formula: str) -> Iterator[str]:
    """The newer functions that a formula calls without the prefix, and names of LET and LAMBDA without theirs."""
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    for word, (kind, name) in zip(words, [*words[2:], *words[-1:] * 2], strict=True):  # behind its bracket
        function = word.text.upper() if word.kind == "function" else ""
        if function in _NEWER:
            yield f"{function} _xlfn.{function}"
        elif function in _WITH_NAMES and kind == "name" and not name.lower().startswith("_xlpm."):
            yield f"what LET and LAMBDA name {name} _xlpm.{name}"
