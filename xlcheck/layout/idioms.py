"""What in a formula looks odd to whoever knows the equation, and why it stands there; said where it first appears."""

from __future__ import annotations

import re

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.layout.draft import Draft, View
from xlcheck.workbook.plan import Note

_IDIOMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "sigmoid",
        re.compile(r"EXP\(-ABS\("),
        "Why ABS? EXP of a large number is more than a cell can hold. With −|z| in the exponent it is at most 1, and "
        "the formula gives the same σ(z), or the same logarithm, for every z.",
    ),
    (
        "clamp",
        re.compile(r"EXP\(-?M(?:AX|IN)\("),
        "Why MAX or MIN in the exponent? EXP of a large number is more than a cell can hold. The exponent is held "
        "within a limit beyond which the result no longer changes.",
    ),
    (
        "softmax",
        re.compile(r"EXP\([^()]*-(?:MAX\(|\$?[A-Z]+\$?\d+)"),
        "Why is the largest number subtracted? EXP of a large number is more than a cell can hold. Numerator and "
        "denominator both become smaller by the same factor, so the share stays the same.",
    ),
    (
        "clip",
        re.compile(r"1E-0?7|0\.9999999|0\.0000001", re.IGNORECASE),
        "Why 0.0000001? There is no logarithm of 0. Keras keeps a probability that far away from 0 and from 1 before "
        "it takes the logarithm, and so does this formula.",
    ),
)


def explain(draft: Draft, cell: Range, formula: str) -> None:
    """Put a note at the text of a formula, if it holds something odd that no note has explained yet."""
    for name, pattern, text in _IDIOMS:
        if name not in draft.explained and pattern.search(formula):
            draft.explained.add(name)
            draft.sheets[cell.sheet].notes.append(Note(cell, text))
            return


def takes_row(expr: ex.Expr, view: View) -> bool:
    """Whether a one-hot vector that stands nowhere is multiplied by a matrix in an expression."""
    dots = (node for node in ex.walk(expr) if isinstance(node, ex.Dot))
    return any(isinstance(dot.x, ex.Ref) and view.one_hot(dot.x.name) is not None for dot in dots)
