"""How many digits typed numbers have, and whether one is what a formula gives, rounded to these."""

from __future__ import annotations

COMPUTED = 3
"""Digits behind the point from which on it is no chance that two numbers agree."""


def digits_of(number: float) -> int:
    """The digits of a number behind its point; none of very small and very large ones.

    As spreadsheets show it: of 0.1 + 0.2 nobody means the 17th digit, and a whole number has a zero.
    """
    text = f"{number:.15g}"
    return max(1, len(text.partition(".")[2])) if "e" not in text else 0


def agrees(result: float, number: float) -> bool:
    """Whether a typed number is a result, rounded to the digits that it has behind its point."""
    return abs(result - number) <= 0.5 * 10.0 ** -digits_of(number) + 1e-12 * abs(number)
