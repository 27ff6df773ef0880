"""What a formula would give in a cell, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.arrays import array_of
from xlcheck.formulas.evaluate import evaluate
from xlcheck.formulas.rounding import rounds
from xlcheck.formulas.scalars import OpaqueError, Scalar
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, scalar_of
from xlcheck.workbook.content import Value


def computed(formula: str, cell: Address, table: CellTable, held: Callable[[Address], Value]) -> float | None:
    """The number that a formula would give in a cell if other cells held something; None if it cannot be told.

    Args:
        formula: its text, without `=`.
        cell: where it would stand.
        table: the workbook's cells.
        held: what each cell holds.
    """
    try:
        return evaluate(formula, cell, _Held(table, held), table.names(), clip=table.clip)
    except OpaqueError:
        return None


def in_each_setting(
    cell: Address, table: CellTable, terms: CellTerms, reads: Collection[Address], read: Callable[[Address], Array]
) -> Array:
    """What a formula gives where the cells that it reads hold numbers, one for each setting."""
    text = table.texts.get(cell, "")
    if cell in terms and (not rounds(text) or cell in table.arrays):
        return array_of(terms[cell], lambda leaf: read(leaf.cell))
    numbers = {other: read(other) for other in reads}

    def value(setting: int) -> float:
        def held(other: Address) -> Value:
            word = terms.value(other)
            is_number = other in numbers and not isinstance(word, str | bool)
            return float(numbers[other][setting]) if is_number else word if other in numbers else None

        found = computed(text, cell, table, held)
        return np.nan if found is None else found

    return np.array([value(setting) for setting in range(len(next(iter(numbers.values()), ())))])


class _Held:
    """The cells of a workbook in which values stand, and no formulas."""

    def __init__(self, table: CellTable, held: Callable[[Address], Value]) -> None:
        self._held, self.spill = held, table.spill

    def formula(self, cell: Address) -> None:
        """There is none."""

    def constant(self, cell: Address) -> Scalar:
        """What a cell holds."""
        return scalar_of(self._held(cell))
