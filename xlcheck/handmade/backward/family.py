"""Formulas that break the line in which they stand: what the same cell of every other step computes.

People fill a step down or to the right. A cell that differs from what its siblings would be in its place is amended,
and the sheet is read again; only if the amended sheet is a training without a fault is the cell blamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import moved, shape_of
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.unwritten import FAR
from xlcheck.handmade.reading.cells import CellTable

_SIBLINGS = 2
"""So many cells at least have to agree on what an outlier should be, and more than all that do not."""


def amendments(table: CellTable, reading: Reading) -> dict[Address, str]:
    """Cell that breaks its line → the formula that its siblings would have in its place.

    Args:
        table: the cells.
        reading: the sheet as training steps.
    """
    stride = reading.stride
    if stride is None:
        return {}
    found: dict[Address, str] = {}
    for cell in table.addresses:
        line = list(_siblings(table, cell, stride))
        if (wanted := _wanted(table, cell, line)) is not None and wanted != table.texts.get(cell):
            found[cell] = wanted
    # A step whose weights are all typed begins anew.
    starts = {place_of(cell, stride) for cell in found if cell not in table.texts}
    starts -= {place_of(cell, stride) for cell in reading.sheet.updates}
    return {cell: text for cell, text in found.items() if cell in table.texts or place_of(cell, stride) not in starts}


def place_of(cell: Address, stride: tuple[int, int]) -> tuple[str, int]:
    """Where a cell stands in the direction in which steps go on."""
    return cell[0], cell[1] if stride[0] else cell[2] % FAR


def _siblings(table: CellTable, cell: Address, stride: tuple[int, int]) -> Iterator[tuple[int, Address]]:
    """The cells of the same line, with how many steps they are away, as far as the line goes on."""
    for sign in (-1, 1):
        for count in range(1, len(table)):
            steps = sign * count
            other = (cell[0], cell[1] + steps * stride[0], cell[2] + steps * stride[1])
            if other not in table.index or other in table.words:
                break
            yield steps, other


def _wanted(table: CellTable, cell: Address, line: list[tuple[int, Address]]) -> str | None:
    """The formula that most siblings would have in a cell's place; None if they do not agree."""
    if cell in table.words or table.arrays.get(cell):
        return None
    shapes = {other: shape_of(table.texts[other], *other[1:]) for _, other in line if other in table.texts}
    if not shapes:
        return None
    votes = Counter(shapes.values())
    shape, count = votes.most_common(1)[0]
    _, row, column = first = next(other for other in shapes if shapes[other] == shape)
    text = moved(table.texts[first], cell[1] - row, cell[2] - column)
    # A number at the end of a line is where it starts.
    inside = {1, -1} <= {steps for steps, other in line if other in shapes}
    own = votes[shape_of(table.texts[cell], *cell[1:])] if cell in table.texts else 0
    return text if count >= _SIBLINGS and count > own + len(line) - count and (inside or cell in table.texts) else None
