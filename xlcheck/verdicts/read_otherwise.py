"""Formulas that engines compute, and other programs read otherwise, or not at all.

Functions that came after Excel 2007 are called `_xlfn.LET` in files, and programs put the prefix there when they save.
A script that writes `LET`, or `_xlfn.SUM`, makes a cell that shows `#NAME?` until somebody edits it. And a typographic
minus, as in `A1−B1`, the `@` of `A1*@B1` and the `#` of `A1#` belong to no formula in a file; nor does every program
read SINGLE and ANCHORARRAY, which files spell in place of the last two. What stands behind a whole formula, as in
`A1)` and `A1,0`, IronCalc passes over, while Excel refuses the file; and it takes `Sheet1!R1C1` and `A1:A0`, where no
cells are named, for 0. It even reads `R27C7` as G27, where all other programs look for a name. A name must be defined,
and say in the same words everywhere which cells it means: one without `$` means others in each cell that uses it, but
not for the engines. And TRANSPOSE takes a single cell where no array formula is entered, though no engine does so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, cut, plain_name, tokens
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.cell_codes import address

_NAMES = """
    ACOT ACOTH AGGREGATE ANCHORARRAY ARABIC ARRAYTOTEXT BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV
    BITAND BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CEILING.PRECISE CHISQ.DIST CHISQ.DIST.RT CHISQ.INV
    CHISQ.INV.RT CHISQ.TEST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COPILOT COT COTH
    COVARIANCE.P COVARIANCE.S CSC CSCH DAYS DECIMAL DETECTLANGUAGE DROP ERF.PRECISE ERFC.PRECISE EXPAND EXPON.DIST
    F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FIELDVALUE FILTERXML FLOOR.MATH FLOOR.PRECISE FORECAST.ETS
    FORECAST.ETS.CONFINT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT FORECAST.LINEAR FORMULATEXT GAMMA GAMMA.DIST
    GAMMA.INV GAMMALN.PRECISE GAUSS GROUPBY HSTACK HYPGEOM.DIST IFNA IFS IMAGE IMCOSH IMCOT IMCSC IMCSCH IMPORTCSV
    IMPORTTEXT IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET LOGNORM.DIST LOGNORM.INV MAKEARRAY
    MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE
    PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTOF PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA PHI PIVOTBY
    POISSON.DIST QUARTILE.EXC QUARTILE.INC QUERYSTRING RANDARRAY RANK.AVG RANK.EQ REDUCE REGEXEXTRACT REGEXREPLACE
    REGEXTEST RRI SCAN SEC SECH SEQUENCE SHEET SHEETS SINGLE SKEW.P SORTBY STDEV.P STDEV.S STOCKHISTORY SWITCH T.DIST
    T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW TRANSLATE
    TRIMRANGE UNICHAR UNICODE UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK WEBSERVICE WEIBULL.DIST WRAPCOLS WRAPROWS XLOOKUP
    XMATCH XOR Z.TEST
"""
_PREFIXED = {**dict.fromkeys(_NAMES.split(), "_xlfn."), **dict.fromkeys(("FILTER", "SORT"), "_xlfn._xlws.")}
_WITH_NAMES = {"LET", "LAMBDA"}
_SIGNS = {"SINGLE": "@", "ANCHORARRAY": "#"}
_STRANGE = re.compile(r"[@#]|[^\x00-\x7f]")
_SWAPPED = re.compile(r"TRANSPOSE\((?!\s*(?:(?:'[^']*'!|\w+!)?\$?[A-Z]{1,3}\$?\d+\s*\)|\{))")  # more than one cell
# One expression for each sign that may stand before a cell: what begins with a letter is found quickly.
_NO_CELL = [re.compile(sign + r"(\$?(?:R\d+C\d*|[A-Z]{1,3}\$?0+))(?![\w.(!])") for sign in "!:"]
_NO_CELLS = re.compile(r"R\d+C\d*|[A-Z]{1,3}0+", re.IGNORECASE)
_IN_QUOTES = re.compile(r"[A-Z]{1,3}\d+|R\d+C\d+|TRUE|FALSE|(?![_'\[])[\W\d].*", re.IGNORECASE)
_OF_NO_NAME = re.compile(rf"true|false|_xl(?:pm|eta)\..*|{_NO_CELLS.pattern}", re.IGNORECASE)
_FIXED = TOP | LEFT | BOTTOM | RIGHT
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
    for what, places in (item for find in (_misplaced, _no_cells, _misnamed) for item in found[find].items()):
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
    """What is found in formulas, and in the names that they use, and in which cells."""
    found: dict[_Finder, dict[str, list[str]]] = {find: defaultdict(list) for find in (*_FINDERS, _misnamed)}
    meanings = grouped((_plain(name), text) for name, text in formulas.names.items())
    for sheet, codes in formulas.by_sheet():
        for code, named in formulas.said(sheet, codes, lambda text: _odd(text, meanings)).items():
            in_array = formulas.is_array(sheet, code)
            for find, what in named:
                if not (in_array and find is _transposes):
                    found[find][what].append(f"{sheet}!{address(code)}")
    return found


def _odd(formula: str, meanings: _Meanings) -> list[tuple[_Finder, str]]:
    """What is found in a formula, each once."""
    inside = [(find, text) for text in _meant(formula, meanings) for find in _FINDERS if find is not _transposes]
    found = [(find, what) for find, text in [*((find, formula) for find in _FINDERS), *inside] for what in find(text)]
    return [*dict.fromkeys([*found, *((_misnamed, what) for what in _misnamed(formula, meanings))])]


def _meant(formula: str, meanings: _Meanings) -> list[str]:
    """What the names stand for that a formula uses, and those that stand in these; they are computed as arrays are."""
    found: dict[str, None] = {}
    rest = [formula] if meanings else []
    while rest:
        words = (_plain(text) for kind, text in tokens(rest.pop()) if kind in {"name", "function"})
        new = [text for word in words for text in meanings.get(word, ()) if text not in found]
        found |= dict.fromkeys(new)
        rest += new
    return [*found]


def _misnamed(formula: str, meanings: _Meanings) -> Iterator[str]:
    """The names that nobody has defined, and those that mean other cells elsewhere."""
    texts = [formula, *_meant(formula, meanings)]
    words = [text for own in texts for kind, text in tokens(own.removeprefix("=")) if kind == "name"]
    unknown = [word for word in words if not (_plain(word) in meanings or _OF_NO_NAME.fullmatch(_plain(word)))]
    if unknown and not any(what for find in (_called, _misplaced) for text in texts for what in find(text)):
        yield from (f"names {word}, which is defined nowhere" for word in unknown)
    for word in words:
        refs = [ref for text in meanings.get(_plain(word), ()) for ref in cut(text).refs]
        if any(ref.fixed != _FIXED or not ref.prefix for ref in refs):
            yield f"uses the name {word}, which, for want of $ or a worksheet, means other cells in each cell"


def _plain(name: str) -> str:
    """A name without the worksheet that it belongs to, in small letters."""
    return name.rpartition("!")[2].casefold()


def _signs(formula: str) -> Iterator[str]:
    for kind, text in tokens(formula.removeprefix("=")):
        if kind in {"other", "space", "operator"}:
            yield from _STRANGE.findall(text)
        elif kind == "function" and (sign := _SIGNS.get(plain_name(text).upper())) is not None:
            yield sign


def _misplaced(formula: str) -> Iterator[str]:
    """Why a text is no formula."""
    try:
        parse(formula)
    except FormulaSyntaxError as error:
        if not any(_signs(formula)) and not any(_no_cells(formula)):  # of which enough is said
            yield error.what


def _no_cells(formula: str) -> Iterator[str]:
    """What looks like a cell and is none, and worksheets whose names do, or begin with a digit, without quotes."""
    text = _QUOTED.sub("''", formula.upper())
    words = (text for kind, text in tokens(formula.removeprefix("=")) if kind == "name")
    found = [*(name for pattern in _NO_CELL for name in pattern.findall(text)), *filter(_NO_CELLS.fullmatch, words)]
    yield from (f"names {name}, which is no cell" for name in found)
    sheets = (ref.prefix[:-1] for ref in cut(formula).refs)
    yield from (f"names the worksheet {name} without quotes" for name in filter(_IN_QUOTES.fullmatch, sheets))


def _transposes(formula: str) -> Iterator[str]:
    if _SWAPPED.search(_TEXT.sub("", formula).upper()):
        yield "TRANSPOSE"


def _called(formula: str) -> Iterator[str]:
    """The functions that a formula calls without the prefix or wrongly with it, and names of LET without theirs."""
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    variables = {text.upper() for kind, text in words if kind == "name"}  # which may hold functions
    for word, (kind, name) in zip(words, [*words[2:], *words[-1:] * 2], strict=False):  # behind its bracket
        if word.kind != "function" or word.text.upper() in variables:
            continue
        function = plain_name(word.text).upper()
        right = f"{_PREFIXED.get(function, '')}{function}"
        if word.text.upper() != right.upper():
            yield f"{word.text} {right}"
        elif function in _WITH_NAMES and kind == "name" and not name.lower().startswith("_xlpm."):
            yield f"what LET and LAMBDA name {name} _xlpm.{name}"


_Finder = Callable[..., Iterable[str]]
_FINDERS: tuple[_Finder, ...] = (_called, _signs, _misplaced, _transposes, _no_cells)
_Meanings = Mapping[str, Sequence[str]]
"""The texts of all defined names, in small letters, whichever worksheet they belong to."""
