"""What one blank earned, and why, in a sentence for its student."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlcheck.grading.prepared import PreparedKey
from xlcheck.grading.records import Finding, Record

CellStatus = Literal["right", "carried", "wrong", "trivial", "missing", "not_a_formula", "text", "not_found", "unknown"]
"""`carried`: right in itself, computed from a wrong cell; it costs nothing."""

STATUS_WORDS: Mapping[str, str] = {
    "right": "right",
    "carried": "right in itself, computed from a wrong cell",
    "wrong": "wrong",
    "trivial": "right only because of a wrong cell before it",
    "missing": "empty",
    "not_a_formula": "a number was typed",
    "text": "a text was typed",
    "not_found": "the cell could not be found",
    "unknown": "could not be calculated",
}


@dataclass(frozen=True)
class CellMark:
    """A blank and what it earned.

    Attributes:
        cell: where it stands in the submission, `lstm!F12`.
        element: what should stand there, `lstm.i[0][0]`.
        quantity: the symbol it belongs to, `lstm.i`.
        status: see `CellStatus`.
        points: what it was worth.
        earned: what it earned.
        message: why it earned less; empty if it did not.
        mistake: the name of the mistake, if it is certain.
        formula: the formula that stands there, if it is not the key's.
        actual: what it gives with the submission's own numbers, if that was calculated.
        wanted: what it should give there, from what stands in the cells before it.
    """

    cell: str
    element: str
    quantity: str
    status: CellStatus
    points: float
    earned: float
    message: str = ""
    mistake: str | None = None
    formula: str | None = None
    actual: float | str | None = None
    wanted: float | None = None


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
            return f"It gives {actual:.6g}; given the cells before it, it should be {wanted:.6g}."
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
