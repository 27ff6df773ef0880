"""Reading a formula's text: the same formula in another spelling, and the ranges it reads.

Programs write one formula in many ways: Excel prefixes newer functions with `_xlfn.`,
LibreOffice drops quotes around the names of worksheets and writes `TRUE()`; people add `$` and spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from xlcheck.formulas.addresses import Range, parse_lines, parse_range, quote_sheet, unquote_sheet

_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
    | (?P<reference>(?:(?:'(?:[^']|'')+'|[\w.]+)!)?\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?(?![\w.(!]))
    | (?P<lines>(?:(?:'(?:[^']|'')+'|[\w.]+)!)?(?:\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+)(?![\w.(!$]))
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<name>(?:'(?:[^']|'')+'!)?[\w\\][\w.?\\!]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PREFIX = re.compile(r"^(?:_xlfn\.|_xlws\.|_xlpm\.)+", re.IGNORECASE)
_OPERANDS = {"text", "reference", "lines", "number", "name"}


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(formula):
        yield match.lastgroup or "other", match[0]


@lru_cache(maxsize=4096)
def normalise(formula: str) -> str:
    """One spelling for all ways of writing a formula.

    Function names and references are in capitals, without `$`, prefixes, optional spaces and
    optional quotes; numbers are spelled one way. Texts stay as they are.

    Args:
        formula: with or without `=`.
    """
    words: list[str] = []
    last = gap = ""
    for kind, text in _tokens(formula.strip().removeprefix("=")):
        if kind == "space":
            gap = " "
            continue
        if gap and last in _OPERANDS and kind in _OPERANDS:
            words.append(gap)  # two operands with a space between them: the intersection of ranges
        if text != "@":
            words.append(_SPELLING[kind](text))
        last, gap = kind, ""
    return re.sub(r"\b(TRUE|FALSE)\(\)", r"\1", "".join(words)) if "(" in formula else "".join(words)


def references(formula: str, sheet: str, names: Mapping[str, str]) -> list[Range]:
    """The ranges that a formula reads, in order of their appearance.

    Args:
        formula: with or without `=`.
        sheet: the worksheet it stands on.
        names: defined names and what they refer to; a name that is no plain range is not followed, nor is a
            reference to another file.
    """
    by_name = {name.upper(): target for name, target in names.items()}
    found = []
    before = ""
    for kind, text in _tokens(formula):
        is_elsewhere = before == "]"  # `[1]Sheet1!A1` stands in another file
        before = text
        target = text if kind in {"reference", "lines"} else by_name.get(text.upper()) if kind == "name" else None
        if is_elsewhere:
            continue
        if target is not None:
            try:
                found.append(_area(target.removeprefix("="), sheet))
            except ValueError:
                continue
    return found


def _area(text: str, sheet: str) -> Range:
    try:
        return parse_range(text, sheet)
    except ValueError:
        return parse_lines(text, sheet)


def _spell_reference(text: str) -> str:
    sheet, mark, cells = text.rpartition("!")
    return (quote_sheet(unquote_sheet(sheet)).upper() + mark if mark else "") + cells.replace("$", "").upper()


def _spell_name(text: str) -> str:
    return _PREFIX.sub("", text).upper()


def _spell_number(text: str) -> str:
    return repr(float(text))


_SPELLING: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "reference": _spell_reference,
    "lines": _spell_reference,
    "number": _spell_number,
    "name": _spell_name,
    "other": str,
}
