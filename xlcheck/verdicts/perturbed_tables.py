"""The tables of a training with other numbers: whether each of their cells still follows from those that it reads.

What an epoch should come to is not computed: one number wrong in its last place may be anything some hundred epochs
later. A formula is right if every row of its column is what the equations make of the row itself and the one above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.epochs import table_verdicts, wrong_cells
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.judge import AGREE, ROOT
from xlcheck.verdicts.listing import Found
from xlcheck.verdicts.placement import Array
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.epoch_table import EpochTable


def wrong_in_table(
    graph: Graph,
    table: EpochTable,
    reading: Reading,
    given: Mapping[str, Array],
    formulas: FormulaCells,
    tolerance: Tolerance,
) -> list[Found]:
    """The cells of a table that do not follow from those that they read.

    Args:
        graph: one epoch, a quantity for each number.
        table: where they stand.
        reading: what stands there now.
        given: what stands in the workbook for what is given to all epochs, `(1, 1)`.
        formulas: the formulas of the whole workbook.
        tolerance: what counts as agreement.
    """
    history = dict.fromkeys(table.columns, np.full((table.area.rows, 1), np.nan))
    found = table_verdicts(graph, table, reading, given, history, formulas, tolerance)
    return wrong_cells(graph, table, list(_certain(found)), formulas, tolerance)


def _certain(found: Sequence[Verdicts]) -> Iterator[Verdicts]:
    """Only what is wrong in itself, and only where a finite number should stand."""
    for verdicts in found:
        if verdicts.local is not None:
            wrong = (verdicts.status == ROOT) & np.isfinite(verdicts.local)
            yield replace(verdicts, desired=verdicts.local, status=np.where(wrong, ROOT, AGREE).astype(np.int8))
