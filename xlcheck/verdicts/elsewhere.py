"""Formulas that may give something else on another day, on another machine or in another language.

A check computes once. `IF(NOW()>60000,0,…)` was right then. A quantity of a network follows from cells and numbers
alone, and no formula for one needs the clock, chance, the program it runs in, or a number written as a text, which
programs read with the decimal sign of the reader's country. Whoever uses one gets no pass, whatever it gave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from xlcheck.formulas.scanner import tokens
from xlcheck.grouping import grouped
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.unknown_parts import NOTHING

_TIME = "the time"
CHANCE = "chance"
_PROGRAM = "the program and the file it is opened in"
_LANGUAGE = "the reader's language"
_HIDDEN = "which rows are hidden"
TO_THE_NETWORK = "other cells of this workbook's network, to which it is given"
DEPENDS_ON = {
    "NOW": _TIME, "TODAY": _TIME,
    "RAND": CHANCE, "RANDBETWEEN": CHANCE, "RANDARRAY": CHANCE,
    "INFO": _PROGRAM, "CELL": _PROGRAM, "SHEET": _PROGRAM, "SHEETS": _PROGRAM, "FORMULATEXT": _PROGRAM,
    "ISFORMULA": _PROGRAM, "WEBSERVICE": _PROGRAM, "RTD": _PROGRAM, "INDIRECT": _PROGRAM, "HYPERLINK": _PROGRAM,
    "IMAGE": _PROGRAM, "PY": _PROGRAM, "CUBEVALUE": _PROGRAM, "GETPIVOTDATA": _PROGRAM, "STOCKHISTORY": _PROGRAM,
    "VALUE": _LANGUAGE, "TEXT": _LANGUAGE, "NUMBERVALUE": _LANGUAGE, "DATEVALUE": _LANGUAGE, "TIMEVALUE": _LANGUAGE,
    "FIXED": _LANGUAGE, "DOLLAR": _LANGUAGE, "VALUETOTEXT": _LANGUAGE, "TRANSLATE": _LANGUAGE,
    "SUBTOTAL": _HIDDEN, "AGGREGATE": _HIDDEN,
}  # fmt: skip
"""Function → what its value depends on besides the numbers that it reads."""

_ARITHMETIC = frozenset("+-*/^%")
_ONLY_HERE = "and was checked here and now only; write a formula that reads nothing but cells"
_ONLY_THIS = "and was checked for one of its values only; type the number"
_ONLY_THESE = "and was checked for some numbers only; write a formula that holds for all of them"


def said_of(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for each thing that cells depend on; from each cell, and what that is."""
    for reason, own in grouped((reason, place) for place, reason in found).items():
        give = "gives" if len(own) == 1 else "give"
        rest = _ONLY_THESE if reason.endswith(NOTHING) else _ONLY_THIS if reason == TO_THE_NETWORK else _ONLY_HERE
        yield f"what {first_of(own)} {give} depends on {reason}, {rest}"


def depends_on(formula: str, names: Mapping[str, str], but: Collection[str] = ()) -> str | None:
    """What a formula's value depends on besides the numbers that it reads; None if on nothing.

    Args:
        formula: its text.
        names: defined names, in small letters, that depend on something, and on what.
        but: functions that may be used all the same.
    """
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    for kind, text in words:
        function = text.upper().rpartition(".")[2] if kind == "function" else ""
        if function not in but and (found := DEPENDS_ON.get(function)) is not None:
            return found
        if kind in {"name", "function"} and text.casefold() in names:
            return names[text.casefold()]
    around = [*pairwise(words), *((after, before) for before, after in pairwise(words))]
    if any(one.kind == "text" and other.kind == "operator" and other.text in _ARITHMETIC for one, other in around):
        return _LANGUAGE
    return None
