"""Why a blank earned what it earned, in a sentence for its student."""

from __future__ import annotations

import re

from xlcheck.grading.prepared import PreparedKey
from xlcheck.grading.records import Finding, Record


def why(finding: Finding | None, record: Record, prepared: PreparedKey, index: int) -> str:
    """Why a cell earned less, or that it follows from a wrong one, in a sentence."""
    source = next((f for f in record.findings if index in prepared.followers(f.index)), None)
    before = "a wrong cell before it" if source is None else source.place or prepared.elements[source.index]
    if finding is None:
        return f"Its formula is right; its number follows from {before}, so nothing is taken off."
    if finding.message:
        return finding.message
    if finding.status == "wrong":
        return _wrong(finding)
    if finding.status == "trivial":
        return f"It is right only because of what {before} gives: with the right number there, it is wrong."
    if finding.status == "not_a_formula" and finding.right:
        return "The number is right, but it was typed or reads no cell, so it computes nothing."
    return _as_text(finding.actual) if finding.status == "text" else _SENTENCES[finding.status]


def _as_text(actual: float | str | None) -> str:
    """Why what was meant as a formula or a number is a text."""
    text = str(actual).strip()
    if text.startswith("="):
        return (
            "The formula stands here as a text: nothing may stand before its =, and the cell's format may not be Text."
        )
    if _WITH_COMMA.fullmatch(text):
        return f"{text} is a text here: this program writes a number with a point. The formula should stand here."
    return _SENTENCES["text"]


def _wrong(finding: Finding) -> str:
    """What a formula gives that is wrong for no reason that has a name."""
    actual, wanted = finding.actual, finding.wanted
    if isinstance(actual, float) and wanted is not None:
        if abs(actual - wanted) > _SAME * max(1.0, abs(wanted)):
            return f"It gives {actual:.6g}; from the cells before it follows {wanted:.6g}."
        return "It is right only for the numbers that stand here: with others it gives something else."
    if actual == "#CIRC!":
        return "Nothing can be calculated here: it belongs to a circle of formulas that read each other, or reads one."
    return f"It gives {actual or 'no number'}."


_WITH_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
_SAME = 1e-9
_SENTENCES = {
    "missing": "The cell is empty.",
    "not_a_formula": "A number was typed here, or a formula that reads no cell, so it computes nothing.",
    "text": "There is no number here.",
    "not_found": "This cell could not be found: its worksheet is missing, or rows or columns were inserted around it.",
    "unknown": "What this formula gives could not be calculated, or nothing is known of what it reads.",
}
