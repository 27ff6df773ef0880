"""What can be seen in a formula's text without understanding it."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w.$!])(\d+\.\d+(?:[Ee][+-]?\d+)?|\d+[Ee][+-]?\d+)(?![\w.!(])")


def numbers_in_text(formula: str) -> list[float]:
    """The fractions that are typed into a formula; whole numbers belong to equations and do not count."""
    return [float(text) for text in _NUMBER.findall(formula)]
