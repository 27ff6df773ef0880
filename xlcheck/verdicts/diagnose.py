"""Named diagnoses that need no trials: what stands in a cell that is wrong in itself tells the mistake."""

from __future__ import annotations

from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Quantity
from xlcheck.verdicts.cell_result import Kind, Status
from xlcheck.verdicts.messages import quantity_message, title
from xlcheck.workbook.content import CellError, Value


@dataclass(frozen=True)
class Diagnosis:
    """The name of a mistake (`constant-over-formula`) and a sentence a learner understands."""

    name: str
    message: str


def diagnose(
    q: Quantity, element: int, kind: Kind, actual: Value, wanted: float, *, is_formula: bool
) -> Diagnosis | None:
    """The mistake in the cell of an element, in C order; None if what stands there does not tell.

    `actual` is what it gives at the setting where it is worst, and `wanted` what it should be, given the values in the
    sheet if they are known.
    """
    if kind is Kind.NOT_A_FORMULA:  # a number was typed, or pasted as a value
        message = quantity_message(q, element, Status.ROOT, kind, actual, wanted)
        return Diagnosis("constant-over-formula", message)
    if q.expr is None and is_formula and actual == CellError("#N/A"):  # a word that is not in the vocabulary
        missing = "but what the formula looks for is not in its list, so it gives #N/A"
        return Diagnosis("nothing-found", f"{title(q, element)} is looked up here, {missing}.")
    return None
