"""What a report says of a cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.parts import Part
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


def results_of(found: Iterable[Part], statuses: Collection[Status] = frozenset(Status)) -> dict[Address, CellResult]:
    """What is said of cells, where it is more than that they are right, but for those that hold no number.

    Args:
        found: what became of some worksheets.
        statuses: which results are wanted.
    """
    results = (own for part in found for own in part.results if isinstance(own, CellResult))
    return {address_of(own.sheet, own.cell): own for own in results if own.status in statuses}


def roots_of(found: Iterable[Part]) -> dict[Address, CellResult]:
    """What is said of the cells that are wrong in themselves; the argument is as in `results_of`."""
    return results_of(found, {Status.ROOT})


def blamed(found: Iterable[Part]) -> dict[Address, CellResult]:
    """What is said of the cells that are called wrong, or wrong because of others; the argument as in `results_of`."""
    return results_of(found, {Status.ROOT, Status.CARRIED})
