"""Formulas that hide from an engine's answer that the engine does not know a function.

An unknown function gives `#NAME?`, which says so; but IFERROR and its like turn that into a value, and
then the answer looks like a number that Excel would show.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from xlcheck.formulas.scanner import tokens
from xlcheck.workbook.formula_facts import SWALLOWS

_SWALLOWS = re.compile(SWALLOWS)
_OTHER_WORKBOOK = re.compile(r"'?\[\d+\]")


def hides_unknown(formula: str, functions: Collection[str], unusable: Collection[str] = ()) -> bool:
    """Whether a formula makes a value out of errors while it uses something that the engine does not know.

    Args:
        formula: as the engine writes it.
        functions: names in small letters that the workbook defines.
        unusable: those among its defined names, in small letters, that the engine has no value for.
    """
    if _SWALLOWS.search(formula.upper()) is None:
        return False
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    called = [text for kind, text in words if kind == "function"]
    named = {text.casefold() for kind, text in words if kind == "name"}
    parameters = {name.text.casefold() for name, after in pairwise(words) if name.kind == "name" and after.text == ","}
    if not any(_SWALLOWS.fullmatch(f"{name.upper()}(") for name in called):
        return False
    if any(kind in ("reference", "elsewhere") and _OTHER_WORKBOOK.match(text) for kind, text in words):
        return True
    for name in called:
        bare = name.rpartition("_xlfn.")[2]
        # IronCalc and LibreOffice both write a function that they do not know in small letters. Excel's own prefix
        # keeps its case; a parameter of LET or LAMBDA is called like a function.
        is_unknown = bare[:1].islower() or bare.startswith(("_xl", "__xl"))
        if is_unknown and bare.casefold() not in functions and name.casefold() not in parameters:
            return True
    return bool(unusable) and any(name in unusable for name in named.union(map(str.casefold, called)))
