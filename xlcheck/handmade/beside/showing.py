"""What the text of a formula says: it only shows results, rounded, as per cent, as a distance; or it bends a sum."""

from __future__ import annotations

import re

from xlcheck.formulas import tree
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.formulas.shapes import skeleton

_SHOWS = re.compile(r"(?:AVERAGE|ROUND|ROUNDUP|ROUNDDOWN|MEDIAN|TRUNC|INT|TEXT|RANK)\([^()]*\)$", re.IGNORECASE)
"""A formula that describes numbers and is no part of any layer."""
_LARGEST = re.compile(r"MATCH\(MAX\((?P<own>[^(),]+)\),(?P=own),0\)$", re.IGNORECASE)
"""Which of some results is the largest."""
_OTHERWISE = re.compile(r"(?:0\*)?\(?#(?:[-+*/]0)?\)?(?:[*/]0)?$")
_DIFFERENCE = re.compile(r" *(?:ABS\()? *# *- *# *\)? *$", re.IGNORECASE)
"""What is left of a formula that shows one cell as per cent or as its distance to a number, blotted out."""
_ROUNDED = r" *(?:ROUND\( *# *, *\d+ *\)|#) *"
_SAME = re.compile(rf"(?:IF\()?(?:{_ROUNDED}={_ROUNDED}|EXACT\({_ROUNDED},{_ROUNDED}\))(?:,[^#]*\))?$", re.IGNORECASE)
"""What is left of a formula that asks whether two cells hold the same number, perhaps rounded."""
_OF_SOME = re.compile(
    r"AVERAGEIFS?\([^()]*\)$|SUMIF\((?P<own>[^(),]+,[^(),]+),[^(),]+\)/COUNTIF\((?P=own)\)$", re.IGNORECASE
)
"""The mean of the numbers beside certain labels."""
_SIGN = re.compile(r"[<>]=? *0(?![\d.])")
_BENDS = re.compile(r"\b(?:EXP|TANH|MAX|IF)\(", re.IGNORECASE)


def bends(text: str) -> bool:
    """Whether a formula has what activations are made of."""
    return _BENDS.search(text) is not None


def asks_for_the_sign(text: str) -> bool:
    """Whether a formula asks if something is above or below 0."""
    return _SIGN.search(text) is not None


def shows_otherwise(text: str) -> bool:
    """Whether a formula only shows what it reads otherwise."""
    whole = rounded_whole(text)
    shown = _SHOWS.match(text) or (whole is not None and _SHOWS.match(whole[0]))
    return bool(shown or _LARGEST.match(text) or _OTHERWISE.match(skeleton(text)) or is_difference(text))


def is_mean_of_some(text: str) -> bool:
    """Whether a formula is the mean of the numbers that stand beside a label."""
    return _OF_SOME.match(text) is not None


def is_difference(text: str) -> bool:
    """Whether a formula is the difference of two cells, or its size."""
    return _DIFFERENCE.match(skeleton(text)) is not None


def asks_whether_same(text: str) -> bool:
    """Whether a formula asks if two cells hold the same number, to some digits, and says so."""
    return _SAME.match(skeleton(text)) is not None


def puts_together(node: tree.Node) -> bool:
    """Whether a formula is a total or a mean, or a part of one: it is no activation, whatever it compares.

    Args:
        node: its tree.
    """
    match node:
        case tree.Operator(symbol="/" | "*", operands=(one, tree.Literal() | tree.FunctionCall() | tree.Reference())):
            return puts_together(one)
        case tree.Operator(symbol="+", operands=operands):
            return len(operands) > 1
        case tree.FunctionCall(name=name):
            return name in {"SUM", "SUMPRODUCT", "AVERAGE"}
    return False


def says_words(node: tree.Node) -> bool:
    """Whether a formula gives one of some words, as `DONE`, also where it is an error today.

    Args:
        node: its tree.
    """
    match node:
        case tree.FunctionCall(name="IF", arguments=(_, *branches)):
            return bool(branches) and all(map(says_words, branches))
        case tree.Literal(value=str()):
            return True
    return False
