"""A quick look at the brackets of a formula: whether some may count that IronCalc loses (see `engines.forms`).

They may behind a sign, around a product that is a divisor or that has a power in it or behind it; behind a comparison
or a joined text, around another comparison; and around a joined text. A percentage is always looked at.
"""

from __future__ import annotations

import re

# Those that hold no other brackets, and no operator that would make them count, are passed over.
_OF_A_PRODUCT, _OF_A_COMPARISON = (rf"\((?![^(){signs}\"'\[]*\))" for signs in ("*/", "<>="))
_COUNTS = re.compile(rf"/[\s+@(]*-[-\s+@]*{_OF_A_PRODUCT}|[&<>=][\s+@]*{_OF_A_COMPARISON}")
_SIGN = r"(?<![\w)\]}\"'%#!?.\\\s])\s*-"  # no difference
_COUNTS_BEFORE = {"^": re.compile(rf"{_SIGN}[\s+@]*{_OF_A_PRODUCT}"), "&": re.compile(r"(?<![\w.])\(")}


def may_lose_brackets(formula: str) -> bool:
    """Whether the formula has to be parsed to know."""
    if "%" in formula or _COUNTS.search(formula) is not None:
        return True
    if "^" not in formula and "&" not in formula:
        return False
    found = ((pattern.search(formula), formula.rfind(symbol)) for symbol, pattern in _COUNTS_BEFORE.items())
    return any(bracket is not None and bracket.start() < last for bracket, last in found)
