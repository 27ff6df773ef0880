"""A table of epochs: one row an epoch, one column a number, every row filled down from the first.

Nudged runs stand in such a table, too: there a row reads nothing from the row above it, but some of what it is given
stands in the row itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, column_name, quote_sheet
from xlcheck.formulas.pattern import Gap, Gaps, Pattern, pattern_of, row_number
from xlcheck.formulas.printer import Places
from xlcheck.formulas.printing import Style, formula
from xlcheck.graph.quantities import Graph
from xlcheck.graph.shapes import Shape


@dataclass(frozen=True, eq=False)
class EpochTable:
    """Where the numbers of each epoch stand, and what they must be.

    Attributes:
        area: the rows of all epochs; the row above holds what the first epoch starts from.
        columns: the column of each quantity that is computed, from 0 at the edge of the worksheet.
        before: quantities that an epoch is given → those of the epoch before; they stand in the row above.
        values: the true value of each quantity in each epoch, `(epochs, 1)`; the given ones included.
        samples: how many samples the batch has.
        atol: the tolerance that the values were verified with.
        own: the columns of what each row is given by itself; they are no part of the table's verdicts.
        row: what a row is called in a report.
    """

    area: Range
    columns: Mapping[str, int]
    before: Mapping[str, str]
    values: Mapping[str, Array]
    samples: int
    atol: float = 1e-12
    own: Mapping[str, int] = field(default_factory=dict)
    row: str = "Epoch"

    @property
    def reading(self) -> Range:
        """What has to be read to judge the table: its rows, and the one above them."""
        return Range(self.area.sheet, self.area.top - 1, 0, self.area.rows + 1, self.area.columns)


def epoch_formulas(graph: Graph, name: str, table: EpochTable, fixed: Mapping[str, Range], style: Style) -> Pattern:
    """The formula of one quantity in every epoch, filled down.

    Args:
        graph: one epoch, a quantity for each number.
        name: the quantity.
        table: where the others stand; its values are not needed.
        fixed: where stands what is the same in all epochs.
        style: how formulas are written.
    """
    expr = graph[name].expr
    if expr is None:
        raise ValueError(f"{name} is given, not computed")
    row = _Row(table, fixed)
    return pattern_of(formula(expr, 0, row, style), row.gaps)


@dataclass(frozen=True)
class _Row(Places):
    """As seen from a row of the table, in which each number is a quantity of its own."""

    table: EpochTable
    fixed: Mapping[str, Range]
    gaps: Gaps[Gap] = field(default_factory=Gaps)

    def shape(self, name: str) -> Shape:
        """See `Places`."""
        return (1,)

    def element(self, name: str, index: int, row: int | None = None) -> str:
        """See `Places`."""
        table = self.table
        before = table.before.get(name)
        column = table.columns.get(before or name, table.own.get(name))
        if column is not None:
            return column_name(column) + self.gaps.mark(row_number(table.area.top - (before is not None)))
        area = self.fixed[name]
        return area.fixed() if area.sheet == table.area.sheet else f"{quote_sheet(area.sheet)}!{area.fixed()}"

    def samples(self, name: str, *_: Any, **__: Any) -> str:
        """See `Places`; whatever part of a number is asked for, it is the number."""
        return self.element(name, 0)

    vector = column = entry = row = samples
