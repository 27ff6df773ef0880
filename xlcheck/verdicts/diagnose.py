"""Named diagnoses: from a cell that is wrong in itself to the mistake that explains it.

A diagnosis is a function of the cell's context; the first that recognises its mistake wins. To
add one, write the function and put it into `DIAGNOSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlcheck.graph.quantities import Quantity
from xlcheck.verdicts.messages import quantity_message, title
from xlcheck.verdicts.report import Kind, Status
from xlcheck.workbook.values import CellError, Value


@dataclass(frozen=True)
class CellContext:
    """Everything a diagnosis may look at.

    Attributes:
        quantity: what should stand in the cell.
        element: which element of it, in C order.
        kind: what is wrong.
        actual: what the cell gives at the setting where it is worst.
        desired: the oracle's value there.
        desired_from_precedents: what it should be given the values in the sheet.
        formula: the formula's text with `=`, or None.
    """

    quantity: Quantity
    element: int
    kind: Kind
    actual: Value
    desired: float
    desired_from_precedents: float | None
    formula: str | None


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake (`constant-over-formula`) and a sentence a learner understands."""

    name: str
    message: str


def constant_over_formula(context: CellContext) -> Diagnosis | None:
    """A number was typed, or pasted as a value, where a formula should stand."""
    if context.kind is not Kind.NOT_A_FORMULA:
        return None
    desired = context.desired if context.desired_from_precedents is None else context.desired_from_precedents
    return Diagnosis(
        "constant-over-formula",
        quantity_message(context.quantity, context.element, Status.ROOT, context.kind, context.actual, desired),
    )


def nothing_found(context: CellContext) -> Diagnosis | None:
    """A look-up of an input finds nothing: a word that is not in the vocabulary."""
    given = context.quantity.expr is None
    if not given or context.formula is None or context.actual != CellError("#N/A"):
        return None
    name = title(context.quantity, context.element)
    return Diagnosis(
        "nothing-found",
        f"{name} is looked up here, but what the formula looks for is not in its list, so it gives #N/A.",
    )


DIAGNOSES: tuple[Callable[[CellContext], Diagnosis | None], ...] = (constant_over_formula, nothing_found)


def diagnose(context: CellContext) -> Diagnosis | None:
    """The first diagnosis that recognises the mistake, or None."""
    return next((found for rule in DIAGNOSES if (found := rule(context)) is not None), None)
