"""What became of one part of a workbook, in the form in which reports put parts together."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.verdicts.report import CellResult


@dataclass(frozen=True)
class PartOutcome:
    """What became of the cells of a part that was checked.

    Attributes:
        formula_cells: its formula cells and the cells that should hold a formula.
        checked: how many cells were compared with Keras.
        without_cell: quantities that stand nowhere and were not checked.
        results: each cell that is not simply right.
        notes: what a reader should know.
        quantities: what was compared.
        oracle: where the desired values come from.
        samples: how many samples its largest network has.
        max_abs_error: the largest difference between a cell and Keras.
        max_ulps: the same in units in the last place.
    """

    formula_cells: int
    checked: int
    without_cell: int
    results: tuple[CellResult, ...]
    notes: tuple[str, ...]
    quantities: tuple[str, ...]
    oracle: str
    samples: int
    max_abs_error: float
    max_ulps: float
