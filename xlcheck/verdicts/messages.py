"""The sentences of a report: what a cell should be, what it is, and what that means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlcheck.graph.quantities import Quantity
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.findings import Edit
from xlcheck.verdicts.placement import is_number
from xlcheck.workbook.content import TOO_LARGE, CellError, NotEvaluated, Value

_DIGITS = 6


def plural(count: int, one: str, many: str) -> str:
    """`1 cell`, `2 cells`."""
    return f"{count} {one if count == 1 else many}"


def first_of(items: Sequence[str], most: int = 3, between: str = ", ") -> str:
    """The first of some things, and how many more there are."""
    more = f"{between.rstrip(', ')} and {len(items) - most} more" if len(items) > most else ""
    return between.join(items[:most]) + more


def either(one: str, other: str) -> str:
    """That one of two cells is wrong, and that nothing says which."""
    return f"either {one} or {other} {UNDECIDED}"


def others_on(sheet: str) -> str:
    """What a report calls a worksheet's formula cells that are no quantity."""
    return f"other formulas on {sheet}"


def edited(edits: Iterable[Edit]) -> str:
    """What was changed, in words: `weights`, `weights and inputs`."""
    roles = dict.fromkeys(f"{edit.role}s" for edit in edits)
    *first, last = sorted(roles, key=lambda role: (role != "weights", role))
    return f"{', '.join(first)} and {last}" if first else last


def show(value: Value) -> str:
    """One value in a sentence: six significant digits, a text in quotes, an error by its code."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value:.{_DIGITS}g}"
    if isinstance(value, (CellError, NotEvaluated)):
        return value.code if isinstance(value, CellError) else "nothing"
    return f'"{value}"'


def show_apart(actual: Value, desired: Value) -> tuple[str, str]:
    """Two values in one sentence, numbers with as many digits as it takes to tell them apart."""
    if not (is_number(actual) and is_number(desired)) or actual == desired or math.isnan(actual):
        return show(actual), show(desired)
    for digits in range(_DIGITS, 17):
        texts = f"{actual:.{digits}g}", f"{desired:.{digits}g}"
        if texts[0] != texts[1]:
            # One digit more than the first that differs, so that the size of the difference shows.
            return f"{actual:.{min(digits + 1, 17)}g}", f"{desired:.{min(digits + 1, 17)}g}"
    return repr(actual), repr(desired)


def show_values(cell: CellResult) -> tuple[str, str]:
    """What a cell gives and what it should, told apart."""
    actual, desired = show_apart(cell.actual, cell.desired)
    return (str(cell.actual) if cell.kind is Kind.EXCEL_ERROR else actual), desired


def title(q: Quantity, element: int) -> str:
    """An element as a reader of a worksheet knows it: `fₜ of lstm, step 2, unit 1`; counted from 1."""
    label = q.band.label or q.band.symbol
    parts = [label if q.band.layer == q.band.symbol else f"{label} of {q.band.layer}"]
    if q.step is not None:
        parts.append(f"{'row' if q.band.columns else 'step'} {q.step + 1}")
    if len(q.shape) == 2:
        row, column = divmod(element, q.shape[1])
        parts.append(f"row {row + 1}, column {column + 1}")
    elif q.shape[0] > 1:
        parts.append(f"unit {element + 1}")
    return ", ".join(parts)


def quantity_message(q: Quantity, element: int, status: Status, kind: Kind, actual: Value, desired: float) -> str:
    """What is wrong with a cell that holds a quantity, in one sentence.

    Args:
        q: the quantity.
        element: which element of it, in C order.
        status: root, carried or not evaluated.
        kind: what is wrong.
        actual: what stands in the cell.
        desired: what it should be: for a root, given the values that stand in its own precedents.
    """
    if q.band.equation == "0" and desired != 0:  # a first state that somebody hands over
        q = replace(q, band=replace(q.band, equation="", meaning=""))
    name = title(q, element)
    is_, should = show_apart(actual, desired)
    rule = f"{q.band.equation} = {should}" if q.band.equation else should
    if isinstance(actual, NotEvaluated):
        return f"{name} was not checked: {actual.reason}."
    if status is Status.CARRIED:
        return f"{name} is {is_} instead of {should} because a cell before it is wrong; its own formula is right."
    name += _aside(q)
    sentences = {
        Kind.MISSING: f"The cell is empty; {name} should stand here: {rule}.",
        Kind.NOT_A_FORMULA: (
            f"{is_} is a constant that follows no change of inputs or weights; {name} should be computed here: {rule}."
            if q.expr is not None
            else f"{is_} is a constant where a formula should look up {name}: {rule}."
        ),
        Kind.NOT_AS_WRITTEN: (
            f"The cell gives {is_}, which is {name}, but the formula that looks it up is not the one that was written."
        ),
        Kind.NOT_FINITE: f"{name} should be {rule}, but the formula gives no finite number.",
        Kind.EXCEL_ERROR: f"{name} should be {rule}, but the formula gives the error {is_}{_because(actual)}.",
    }
    return sentences.get(kind, f"{name} should be {rule}, but the cell gives {is_}.")


def helper_message(written: str, status: Status, kind: Kind, actual: Value, desired: Value) -> str:
    """What is wrong with a look-up, a difference or a verdict, in one sentence.

    Args:
        written: the formula that was written here, without `=`.
        status: root, carried or not evaluated.
        kind: what is wrong.
        actual: what the cell gives.
        desired: what it should give; None if nobody knows.
    """
    if isinstance(actual, NotEvaluated):
        changed = f"; its formula was ={written} when the workbook was built" if kind is Kind.NOT_AS_WRITTEN else ""
        return f"This cell was not checked: {actual.reason}{changed}."
    is_, should = show_apart(actual, desired)
    instead = "" if desired is None else f" instead of {should}"
    if status is Status.CARRIED:
        return f"This cell shows {is_}{instead} because a cell it reads is wrong; its own formula is unchanged."
    if kind is Kind.MISSING:
        return f"The cell is empty; the formula ={written} should stand here."
    if kind is Kind.NOT_A_FORMULA:
        return f"{is_} is typed in as a constant where the formula ={written} should stand."
    if kind is Kind.NOT_AS_WRITTEN:
        return f"This cell gives {is_}, as it should, but its formula was ={written} when the workbook was built."
    return f"This cell gives {is_}{instead}; its formula was ={written} when the workbook was built."


def stale_message(cached: Value, actual: Value, *, is_shown: bool = False) -> str:
    """The stored value is not what the formula gives."""
    was, is_ = show_apart(cached, actual)
    who = (
        "the file does not tell Excel to calculate when it is opened, so a reader sees the stored value."
        if is_shown
        else "LibreOffice and programs that do not calculate show the stored value."
    )
    return f"The file stores {was} for this cell, but its formula gives {is_}; {who}"


UNDECIDED = "may be wrong, and nothing says which"
"""What is said of two cells of which either may be wrong."""
UNBOUND = "This formula belongs to no quantity of the network; it was not checked."


def _because(error: Value) -> str:
    return ": a number in it is too large for a cell, or has no root or logarithm" if error == TOO_LARGE else ""


def _aside(q: Quantity) -> str:
    meaning = q.band.meaning.rstrip(".")
    return f" ({meaning[0].lower()}{meaning[1:]})" if meaning else ""
