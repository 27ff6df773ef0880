"""What can be seen in a formula's text without understanding it."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.formulas.scanner import Token, cut, tokens, tokens_between
from xlcheck.handmade.networks.weights import SINGLE


def is_number(formula: str) -> bool:
    """Whether a formula is nothing but a number: `=0.5`, a constant with a sign of equality before it."""
    words = [token for token in tokens(formula) if token.kind != "space"]
    if words and words[0].text in ("+", "-"):
        words = words[1:]
    return [kind for kind, _ in words] == ["number"]


def with_reference(formula: str, constants: Mapping[str, float]) -> str | None:
    """A formula with references instead of fractions that are constants up to single precision; None if there is none.

    Args:
        formula: its text, without `=`.
        constants: references, and the number that stands in each.
    """
    words = tokens(formula)
    amended = [_reference_for(token, constants) if _is_fraction(token) else token.text for token in words]
    return None if amended == [token.text for token in words] else "".join(amended)


def _reference_for(token: Token, constants: Mapping[str, float]) -> str:
    number = float(token.text)
    for name, value in constants.items():
        if value and abs(abs(value) - number) <= SINGLE * abs(value):
            return f"({'-' if value < 0 else ''}{name})"
    return token.text


def numbers_in_text(formula: str) -> list[float]:
    """The fractions that are typed into a formula; whole numbers belong to equations and do not count."""
    return [float(token.text) for text in cut(formula).between for token in tokens_between(text) if _is_fraction(token)]


def _is_fraction(token: Token) -> bool:
    return token.kind == "number" and not token.text.isdigit()
