"""A quick look at many formulas: whether one of them may be no formula, or not one to its end.

What stands in brackets is taken for an operand, from the inside out, until operands and operators remain in turn. What
is left over has to be parsed to know: names and arrays, and `A1)`, `A1 B1`, `A1,0`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SHEET = r"(?:'(?:[^']|'')++'|[^\W\d][\w.]*+)!"
_CELL = r"\$?[A-Z]{1,3}\$?\d++"
_DONE = "\x01"  # an operand that was looked at
_NUMBER = r"(?:\d++(?:\.\d*+)?|\.\d++)(?:E[-+]?\d++)?"
_TERM = rf"\s*+[-+]*+(?:{_DONE}|(?:{_SHEET})?{_CELL}(?::{_CELL})?|{_NUMBER})%*+\s*+"
_CALCULATION = rf"{_TERM}(?:(?:[-+*/^&=]|<[=>]?|>=?){_TERM})*+"
_ARGUMENTS = rf"(?:{_CALCULATION})?(?:,(?:{_CALCULATION})?)*+"
_TEXT = re.compile(r'"(?:[^"]|"")*+"')
_BRACKETS = re.compile(rf"(?<![\w.$!\\?])(?:[^\W\d][\w.]*+\({_ARGUMENTS}\)|\({_CALCULATION}\))")
_WHOLE = re.compile(_CALCULATION)
_DEEPEST = 64
"""Excel itself allows no more brackets inside one another."""
# A digit is as good as any other, and so is a letter but that of a power of ten.
_ALIKE = bytes.maketrans(b"123456789ABCDFGHIJKLMNOPQRSTUVWXYZ", b"0" * 9 + b"A" * 25)


def may_be_none(formulas: str) -> bool:
    """Whether one of some formulas in capitals, a line each, may be no whole formula; alike ones are asked once."""
    return bool(_doubted(_alike(formulas).split(b"\n")))


def that_may_be_none(formulas: Sequence[str]) -> Iterator[int]:
    """The places of those formulas that may be none; none of them holds the character NUL."""
    lines = _alike("\0".join(formulas).upper()).split(b"\0")
    doubted = _doubted(lines)
    return (place for place, line in enumerate(lines) if line in doubted) if doubted else iter(())


def _alike(text: str) -> bytes:
    """A text in which numbers and names of one length are the same."""
    return text.encode("utf-8", "surrogatepass").translate(_ALIKE)


def _doubted(lines: Sequence[bytes]) -> set[bytes]:
    each = ((line, line.decode("utf-8", "surrogatepass").removeprefix("=")) for line in set(lines))
    return {line for line, formula in each if formula and not _is_whole(formula)}


def _is_whole(formula: str) -> bool:
    rest = _TEXT.sub(_DONE, formula)
    for _ in range(_DEEPEST):
        if "(" not in rest:
            break
        rest = _BRACKETS.sub(_DONE, rest)
    return _WHOLE.fullmatch(rest) is not None
