"""The result of a check: what was found, and the ways in which it shows itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from xlcheck.frozen import dataclass
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.findings import CellWarning, Counts, Edit, Findings, plain_item

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CellResult", "CellWarning", "CheckReport", "Counts", "Edit", "Findings", "Kind", "Status", "plain_item"]


@dataclass(frozen=True)
class CheckReport(Findings):
    """The verdict on one workbook with one engine.

    Attributes:
        workbook: the file's path as given.
        engine: name and version of the engine.
        oracle: where the desired values come from (`keras float64`).
        counts: see `Counts`.
        max_abs_error: largest absolute difference over all compared cells that hold numbers.
        max_ulps: the same in units in the last place of the desired value.
        samples: how many samples (documents) were evaluated.
        cells: every cell that is not `agree`, roots first, in calculation order; after them the
            cells that agree but whose cached value in the file is stale.
        edits: weights and inputs that differ from those the workbook was built with.
        notes: what a reader should know (what was assumed, what was recomputed).
        quantities: every quantity that was compared, in calculation order; then, for the formula
            cells that are no quantity, `other formulas on SHEET`.
        alterations: what else is not as it was built: words, numbers and names that are no quantities.
        strict: whether these are wrong, and edits, too.
        as_built: whether the workbook should be as it was built, so that an edit is wrong.
        reservations: why a reader of the file may see other values than those that were checked.
        gaps: why not everything was checked; empty where it was.
        warnings: cells without a verdict that break the pattern of their neighbours; none of them counts as wrong.
        seconds: how long the check took.
        asked: how it was asked for, as further options of `xlcheck check`.
    """

    def to_frame(self) -> pd.DataFrame:
        """One row for each cell of `cells`.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        from xlcheck.reports.frame import table

        rows = (asdict(cell) | {"status": str(cell.status), "kind": str(cell.kind)} for cell in self.cells)
        return table(rows, CellResult)

    def raise_if_failed(self) -> None:
        """Raise `CheckFailedError` with the roots unless the report is ok."""
        if not self.ok:
            from xlcheck.reports.failure import CheckFailedError

            raise CheckFailedError(self)

    def __str__(self) -> str:
        from xlcheck.reports.render_text import render_text

        return render_text([self])

    def _repr_html_(self) -> str:
        from xlcheck.reports.render_html import render_html

        return render_html([self], fragment=True)
