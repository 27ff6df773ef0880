"""What one blank earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
