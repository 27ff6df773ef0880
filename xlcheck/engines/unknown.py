"""Formulas that hide from an engine's answer that the engine does not know a function.

An unknown function gives `#NAME?`, which says so; but IFERROR and its like turn that into a value, and
then the answer looks like a number that Excel would show.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from xlcheck.workbook.formula_facts import SWALLOWS

_SWALLOWS = re.compile(SWALLOWS)
_TEXT = re.compile(r'"(?:[^"]|"")*"')
# IronCalc and LibreOffice both write a function that they do not know in small letters.
_SMALL_FUNCTION = re.compile(r"\b([a-z_][A-Za-z0-9_.]*)\(")
_OTHER_WORKBOOK = re.compile(r"\[\d+\]")
_WORD = re.compile(r"[^\W\d][\w.]*")


def hides_unknown(formula: str, functions: Collection[str], unusable: Collection[str] = ()) -> bool:
    """Whether a formula makes a value out of errors while it uses something that the engine does not know.

    Args:
        formula: as the engine writes it.
        functions: names in small letters that the workbook defines.
        unusable: those among its defined names, in small letters, that the engine has no value for.
    """
    if _SWALLOWS.search(formula.upper()) is None:
        return False
    formula = _TEXT.sub("", formula)
    if _OTHER_WORKBOOK.search(formula):
        return True
    for name in _SMALL_FUNCTION.findall(formula):
        bare = name.rpartition("_xlfn.")[2]
        # Excel's own prefix keeps its case; a parameter of LET or LAMBDA is called like a function.
        if bare[:1].islower() or bare.startswith(("_xl", "__xl")):
            if bare.casefold() in functions or re.search(rf"\b{re.escape(name)},", formula, re.IGNORECASE):
                continue
            return True
    return any(word.casefold() in unusable for word in _WORD.findall(formula)) if unusable else False
