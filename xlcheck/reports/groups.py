"""A report's cells grouped by what they should hold: one group is one test case."""

from __future__ import annotations

from collections.abc import Container

from xlcheck.verdicts.listing import Cells
from xlcheck.verdicts.messages import others_on
from xlcheck.verdicts.report import CellResult, CheckReport, Status


def by_quantity(report: CheckReport) -> dict[str, Cells]:
    """Every group that was compared, in calculation order, with its cells that are not right.

    Cells that belong to nothing, and stored values, are in no group.
    """
    wrong = report.cells.with_status(Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED)
    groups: dict[str, list[int]] = {name: [] for name in report.quantities}
    for place, cell in enumerate(wrong):
        groups.setdefault(_group_of(cell, groups), []).append(place)
    return {name: wrong.select(places) for name, places in groups.items()}


def _group_of(cell: CellResult, groups: Container[str]) -> str:
    if cell.quantity is None:
        return others_on(cell.sheet)
    name = cell.quantity
    while name not in groups and name.endswith("]"):
        name = name[: name.rindex("[")]
    return name if name in groups else cell.quantity
