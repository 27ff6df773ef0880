"""Mistakes that were filled down a column of one cell a sample: that column is wrong, and not the mean below it.

The gradient of a batch is the sum or the mean of its samples' gradients. Where it is not what it should be, though the
formula that adds them up is as its neighbours have it, what it adds up is wrong, or what that is computed from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.coefficients import only_number, ratio
from xlcheck.handmade.backward.evaluation import line_of
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading

Column = Mapping[Address, Role]
"""Cells of one kind, one a sample, and what each should hold."""

_OF_WEIGHT = re.compile(r"∂E/∂[wb](\d+)(\[(?:h?\d+,)?(\d+)\])$")
_NOTHING = 1e-12
_DEEPEST = 4
"""Columns from a sum back to the error: products, δ, what flows back, the error of an output."""


class Columns:
    """The columns from which the gradient of a weight is added up.

    Args:
        reading: the sheet as training steps.
        number: of the step.
        alike: whether two cells have the same formula but for its references.
        behind: whether a cell is computed from the forward part.
    """

    def __init__(
        self,
        reading: Reading,
        number: int,
        alike: Callable[[Address, Address], bool],
        behind: Callable[[Address], bool],
    ) -> None:
        self._reading, self._number, self._sheet = reading, number, reading.sheet
        self._alike, self._behind = alike, behind
        self._outputs = reading.steps[number].truth.network.places

    def added_by(self, cell: Address) -> Sequence[Address]:
        """The cells, one a sample and in their order, that a formula adds up; none if it reads others besides."""
        return self._in_order([read for read in self._sheet.terms.reads[cell] if self._behind(read)])

    def wanted(self, cell: Address, role: Role) -> list[Column] | None:
        """The columns each of which, if it held what it should, would make a sum of samples what it should be.

        Those nearest come first. None of them if each sample has what it should, but for how it is counted; None if
        the formula is no sum of what the samples should have.

        Args:
            cell: the formula that adds up.
            role: what it should give.
        """
        cells, hold_theirs = self.added_by(cell), False
        for parts in self._parts(role):
            if len(parts) != len(cells):
                continue
            own, theirs = (np.concatenate([*several]) for several in (map(self._sheet.cells.__getitem__, cells),
                                                                      (part.values for part in parts)))  # fmt: skip
            is_held = only_number(ratio(own, theirs)) is not None and bool((np.abs(own[theirs == 0]) < _NOTHING).all())
            instead = {own: part.values for own, part in zip(cells, parts, strict=True)}
            added = self._sheet.recomputed(instead, [cell])[cell]
            factor = only_number(ratio(role.quantity.values * role.factor, added))
            if factor is not None:
                column = {own: Role(part, factor) for own, part in zip(cells, parts, strict=True)}
                return [] if is_held else [column, *self._further(column, _DEEPEST)]
            hold_theirs = hold_theirs or is_held
        return [] if hold_theirs else None

    def _further(self, column: Column, most: int) -> Iterator[Column]:
        """The columns from which one is computed, with what they should hold to make that right."""
        reads = [[own for own in self._sheet.terms.reads[cell] if self._behind(own)] for cell in column]
        for before in zip(*reads, strict=True) if len({*map(len, reads)}) == 1 and most else ():
            if self._in_order(before) != [*before]:
                continue
            found: dict[Address, Role] = {}
            for (cell, role), own in zip(column.items(), before, strict=True):
                values = self._solved(own, cell, role.quantity.values * role.factor)
                needed = None if values is None else self._reading.role(self._number, values, shown=False)
                if needed is not None:
                    found[own] = needed
            if len(found) == len(column):
                yield found
                yield from self._further(found, most - 1)

    def _solved(self, own: Address, cell: Address, wanted: Array) -> Array | None:
        """What a cell should hold for one that reads it to give something, if that is linear in it."""
        found = line_of(lambda value: self._sheet.recomputed({own: value}, [cell])[cell], len(wanted))
        return None if found is None else ratio(wanted - found[0], found[1])

    def _parts(self, role: Role) -> Iterator[list[Quantity]]:
        """What each sample adds to a gradient, or what of each sample is multiplied by an input before that."""
        by_name, found = self._reading.libraries[self._number].by_name, _OF_WEIGHT.match(role.quantity.name)
        if found is None:
            return
        layer, place, unit = found.groups()
        samples = range(1, len(self._outputs) + 1)
        for symbol, at in (("w", place), ("z", f"[{unit}]")):
            yield [by_name[name] for s in samples if (name := f"∂E/∂{symbol}{layer}({s}){at}") in by_name]

    def _in_order(self, cells: Sequence[Address]) -> list[Address]:
        """Cells that look alike, in the order of the samples in whose rows or columns they stand; else none."""
        if len({*cells}) != len(self._outputs) or len(cells) < 2 or not all(self._alike(cells[0], c) for c in cells):
            return []
        for axis in (1, 2):
            at = {cell[axis]: cell for cell in cells}
            if len(at) == len(cells) and at.keys() == {output[axis] for output in self._outputs}:
                return [at[output[axis]] for output in self._outputs]
        return []
