"""Bindings: which range of a workbook holds which quantity; and what else its formula cells are."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.excel.addresses import Range


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
    """

    cell: Range
    formula: str
    desired: tuple[float | str, ...]
