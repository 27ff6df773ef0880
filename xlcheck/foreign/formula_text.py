"""What can be seen in a formula's text without understanding it."""

from __future__ import annotations

import re

_ONLY_A_NUMBER = re.compile(r"\s*[-+]?\s*(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?\s*")
_NUMBER = re.compile(r"(?<![\w.$!])(\d+\.\d+(?:[Ee][+-]?\d+)?|\d+[Ee][+-]?\d+)(?![\w.!(])")


def is_number(formula: str) -> bool:
    """Whether a formula is nothing but a number: `=0.5`, a constant with a sign of equality before it."""
    return _ONLY_A_NUMBER.fullmatch(formula) is not None


def numbers_in_text(formula: str) -> list[float]:
    """The fractions that are typed into a formula; whole numbers belong to equations and do not count."""
    return [float(text) for text in _NUMBER.findall(formula)]
