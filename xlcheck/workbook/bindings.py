"""Bindings: which range of a workbook holds which quantity; and what else its formula cells are."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.shared import SharedFormula


@dataclass(frozen=True, slots=True)
class Binding:
    """A range that holds one quantity.

    Attributes:
        quantity: the quantity's full name (`lstm.i[1]`, `lstm.kernel`, `input.x[0]`).
        area: the range. Read row by row it gives the quantity's elements in C order, so that a
            vector may run down a column or along a row.
        sample: which sample's value it is, from 0; None if it follows the selector.
        transposed: a matrix stands with rows and columns exchanged.
    """

    quantity: str
    area: Range
    sample: int | None = None
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Helper:
    """A formula cell that is no quantity of the network: a look-up, a difference, a verdict.

    Attributes:
        cell: where it stands.
        formula: its text as written, without `=`.
        desired: the value it must have for each selected sample; one item if it does not depend on it.
        atol: how far a number may lie from it, if more than the workbook's tolerance.
    """

    cell: Range
    formula: str
    desired: tuple[float | str, ...]
    atol: float = 0.0


@dataclass(frozen=True, slots=True)
class FilledHelper:
    """Cells of a column that hold one formula, filled down from the first.

    Attributes:
        area: where they stand.
        formula: the text in the first cell; in the others its relative references move along.
        desired: the value of all of them, as for `Helper`; empty where a binding or `band` says it.
        atol: as for `Helper`.
        band: the band (`lstm.h`) whose stored values they look up: every unit, step by step.
    """

    area: Range
    formula: str
    desired: tuple[float | str, ...] = ()
    atol: float = 0.0
    band: str = ""

    def formulas(self) -> list[str]:
        """The text of every cell, without `=`."""
        return SharedFormula(self.formula, self.area.top, self.area.left).down(self.area.rows)


@dataclass(frozen=True, slots=True)
class Copy:
    """Cells of a column that refer to the cells where a band stands: every unit, step by step."""

    area: Range
    band: str
