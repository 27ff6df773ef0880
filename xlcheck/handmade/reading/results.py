"""What a report says of a cell."""

from __future__ import annotations

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.results import plain
from xlcheck.workbook.content import Value


def result_at(
    table: CellTable, cell: Address, status: Status, message: str, actual: Value, kind: Kind = Kind.VALUE, *,
    quantity: str | None = None, desired: float | str | None = None, local: float | None = None,
    diagnosis: str | None = None, sample: int | None = None, desired_formula: str | None = None,
) -> CellResult:  # fmt: skip
    """The result for a cell, with the formula that stands there; the arguments are as in `CellResult`."""
    return CellResult(
        cell[0], cell_name(cell[1], cell[2]), status, kind, quantity, plain(actual), desired, local,
        table.formula(cell), diagnosis, message, sample, desired_formula,
    )  # fmt: skip
