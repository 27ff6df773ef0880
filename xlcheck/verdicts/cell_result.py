"""One cell that does not simply agree, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The verdict on one formula cell."""

    AGREE = "agree"
    ROOT = "root"
    CARRIED = "carried"
    UNBOUND = "unbound"
    NOT_EVALUATED = "not_evaluated"


class Kind(StrEnum):
    """What is wrong with a cell, before anyone asks why."""

    VALUE = "value"
    NOT_A_FORMULA = "not_a_formula"
    MISSING = "missing"
    EXCEL_ERROR = "excel_error"
    NOT_FINITE = "not_finite"
    STALE_CACHE = "stale_cache"
    NOT_AS_WRITTEN = "not_as_written"


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell that does not simply agree.

    Attributes:
        sheet: the worksheet.
        cell: its address (`M15`).
        status: the verdict.
        kind: what is wrong with it.
        quantity: the element it should hold (`lstm.i[1][0]`), or None if it belongs to nothing.
        actual: what the engine computed: a number, a text, an error code, or None if empty.
        desired: the oracle's value.
        desired_from_precedents: what it should be given the values that stand in its own precedents.
        formula: the formula's text with `=`, or None.
        diagnosis: the name of the mistake (`pre-activation-fed-back`), or None.
        message: one sentence a learner understands.
        sample: the sample (from 0) at which it disagrees most, or None.
        desired_formula: the formula that should stand there, with `=`, in the sheet's own style and with its own
            references; None for a cell that is right in itself, and where no formula is sure to be right.
    """

    sheet: str
    cell: str
    status: Status
    kind: Kind
    quantity: str | None
    actual: float | str | bool | None
    desired: float | str | None
    desired_from_precedents: float | str | None
    formula: str | None
    diagnosis: str | None
    message: str
    sample: int | None = None
    desired_formula: str | None = None
