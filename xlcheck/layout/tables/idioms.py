"""What in a formula looks odd to whoever knows the equation, and why it stands there; said where it first appears."""

from __future__ import annotations

import re

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.layout.draft import Draft, View
from xlcheck.texts import say
from xlcheck.workbook.plan import Note

_IDIOMS = {
    "sigmoid": re.compile(r"EXP\(-ABS\("),
    "clamp": re.compile(r"EXP\(-?M(?:AX|IN)\("),
    "softmax": re.compile(r"EXP\([^()]*-(?:MAX\(|\$?[A-Z]+\$?\d+)"),
    "clip": re.compile(r"1E-0?7|0\.9999999|0\.0000001", re.IGNORECASE),
}
"""What looks odd, by the name of the note that explains it."""


def explain(draft: Draft, cell: Range, formula: str) -> None:
    """Put a note at the text of a formula, if it holds something odd that no note has explained yet."""
    for name, pattern in _IDIOMS.items():
        if name not in draft.explained and pattern.search(formula):
            draft.explained.add(name)
            draft.sheets[cell.sheet].notes.append(Note(cell, say(f"idioms.{name}")))
            return


def takes_row(expr: ex.Expr, view: View) -> bool:
    """Whether a one-hot vector that stands nowhere is multiplied by a matrix in an expression."""
    dots = (node for node in ex.walk(expr) if isinstance(node, ex.Dot))
    return any(isinstance(dot.x, ex.Ref) and view.one_hot(dot.x.name) is not None for dot in dots)
