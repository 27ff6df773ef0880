"""What can be seen in a formula's text without understanding it."""

from __future__ import annotations

import re

from xlcheck.formulas.look_ups import CHOOSING, PICKING, SEARCHING, calls
from xlcheck.formulas.scanner import cut, tokens, tokens_between
from xlcheck.formulas.shapes import skeleton

LIKE_A_NETWORK = re.compile(r"\b(?:EXP|TANH|SUMPRODUCT|MMULT|SIGMOID|SOFTMAX|RELU)\(", re.IGNORECASE)
"""Functions that networks are computed with."""
_LOOKS_UP = calls(SEARCHING | PICKING | CHOOSING | {"SUMIF", "SUMIFS"})
_MULTIPLIES = re.compile(r"[#)] *\* *[#(A-Z]|[0-9)] *\* *\(.*#.*[-+*].*#", re.IGNORECASE)


def may_be_layer(formula: str) -> bool:
    """Whether a formula multiplies cells or bends them, as layers do, and does not only look something up."""
    text = skeleton(formula)
    return bool(LIKE_A_NETWORK.search(text) or _MULTIPLIES.search(text))


def looks_up(text: str) -> bool:
    """Whether a formula takes one of several cells, by a word or a number."""
    return _LOOKS_UP.search(text) is not None


def is_number(formula: str) -> bool:
    """Whether a formula is nothing but a number: `=0.5`, a constant with a sign of equality before it."""
    words = [token for token in tokens(formula) if token.kind != "space"]
    if words and words[0].text in ("+", "-"):
        words = words[1:]
    return [kind for kind, _ in words] == ["number"]


def numbers_in_text(formula: str) -> list[float]:
    """The fractions that are typed into a formula; whole numbers belong to equations and do not count."""
    numbers = (own for text in cut(formula).between for own in tokens_between(text) if own.kind == "number")
    return [float(own.text) for own in numbers if not own.text.isdigit()]
