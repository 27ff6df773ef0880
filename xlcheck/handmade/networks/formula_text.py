"""What can be seen in a formula's text without understanding it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlcheck.handmade.networks.weights import SINGLE

_ONLY_A_NUMBER = re.compile(r"\s*[-+]?\s*(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?\s*")
_NUMBER = re.compile(r"(?<![\w.$!])(\d+\.\d+(?:[Ee][+-]?\d+)?|\d+[Ee][+-]?\d+)(?![\w.!(])")


def is_number(formula: str) -> bool:
    """Whether a formula is nothing but a number: `=0.5`, a constant with a sign of equality before it."""
    return _ONLY_A_NUMBER.fullmatch(formula) is not None


def with_reference(formula: str, constants: Mapping[str, float]) -> str | None:
    """A formula with references instead of fractions that are constants up to single precision; None if there is none.

    Args:
        formula: its text, without `=`.
        constants: references, and the number that stands in each.
    """
    changed = False

    def reference(match: re.Match[str]) -> str:
        nonlocal changed
        number = float(match[0])
        for name, value in constants.items():
            if value and abs(abs(value) - number) <= SINGLE * abs(value):
                changed = True
                return f"({'-' if value < 0 else ''}{name})"
        return match[0]

    amended = _NUMBER.sub(reference, formula)
    return amended if changed else None


def numbers_in_text(formula: str) -> list[float]:
    """The fractions that are typed into a formula; whole numbers belong to equations and do not count."""
    return [float(text) for text in _NUMBER.findall(formula)]
