"""Rounding in formulas: whether there is any, and what they are without it."""

from __future__ import annotations

import re

from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall, Literal, Node, rebuilt
from xlcheck.formulas.unparse import unparse

_ROUNDING = ("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "FIXED")
_ROUNDS = re.compile(r"\b(?:ROUND|ROUNDUP|ROUNDDOWN|TRUNC)\(", re.IGNORECASE)
_BEGINS = re.compile(r"\s*ROUND\(", re.IGNORECASE)


def rounds(formula: str) -> bool:
    """Whether a formula rounds anything: its term does not show that, only its numbers do."""
    return bool(_ROUNDS.search(formula))


def unrounded(formula: str) -> str | None:
    """A formula without the functions that round in it; None if there is none, or if it cannot be read."""
    tree = parsed(formula)
    found = None if tree is None else without_rounding(tree)
    return None if found is None or found == tree else unparse(found)


def without_rounding(node: Node) -> Node:
    """A tree in which every value is taken as it is."""
    if isinstance(node, FunctionCall) and node.name in _ROUNDING and node.arguments:
        return without_rounding(node.arguments[0])
    return rebuilt(node, without_rounding)


def rounded_whole(formula: str) -> tuple[str, int] | None:
    """What a formula, without `=`, rounds that does nothing else, and to how many digits; None for any other."""
    match parsed(formula) if _BEGINS.match(formula) else None:
        case FunctionCall(name="ROUND", arguments=(value, Literal(float(digits)))) if digits >= 0 and digits % 1 == 0:
            return unparse(value), int(digits)
    return None
