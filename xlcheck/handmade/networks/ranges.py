"""From the ranges of a bindings file to the cells of a tensor's elements, whichever way they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import UsageError
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.workbook.content import WorkbookContent

MAX_CELLS = 1_000_000

Cells = NDArray[np.object_]
"""An array of addresses; None where an element has no cell."""


@dataclass(frozen=True)
class Reader:
    """Reads ranges of one workbook.

    Attributes:
        content: the workbook.
        sheet: the worksheet of ranges that name none.
    """

    content: WorkbookContent
    sheet: str

    def area(self, text: str) -> Cells:
        """The cells of a range or of a defined name, as they stand on the sheet.

        Raises:
            UsageError: it is neither, it is too large, or its worksheet does not exist.
        """
        names = {name.lower(): target for name, target in self.content.names.items()}
        target = names.get(text.lower(), text)
        try:
            area = parse_range(target.removeprefix("="), self.sheet)
        except ValueError as error:
            raise UsageError(f"{error}; write a range, or a defined name of the workbook") from None
        if area.sheet not in self.content.sheets:
            sheets = ", ".join(repr(name) for name in self.content.sheets)
            raise UsageError(f"{text}: the workbook has no worksheet {area.sheet!r}; it has {sheets}")
        if area.size > MAX_CELLS:
            raise UsageError(f"{text} has {area.size:,} cells, more than the {MAX_CELLS:,} that one tensor may have")
        return cells_of(area)

    def tensor(self, place: Any, shape: Sequence[int], what: str, *, transposed: bool | None = None) -> Cells:
        """The cells of a tensor.

        Args:
            place: a range; a list of ranges side by side along the last axis, or one for each entry of the first;
                a table with `range` or `cells` and perhaps `transposed`.
            shape: the tensor's shape, one or two axes.
            what: its name, for messages.
            transposed: whether rows and columns are exchanged where the shape does not tell; None if nobody said.

        Raises:
            UsageError: the ranges do not hold as many cells as the tensor has elements.
        """
        if isinstance(place, Mapping):
            transposed = place.get("transposed", transposed)
            if "cells" in place:
                return self._single(place["cells"], shape, what)
            place = place.get("range")
        if isinstance(place, str):
            return self._one(place, shape, what, transposed)
        if isinstance(place, Sequence) and place and all(isinstance(item, str) for item in place):
            return self._several(place, shape, what, transposed)
        raise UsageError(f"{what}: write a range such as 'Sheet1!B2:E3', or a list of ranges")

    def steps(self, place: Any, timesteps: int, size: int, what: str, *, across: bool | None) -> Cells:
        """The cells of a vector at every time step, `(timesteps, size)`: one range, or a list of one for each step.

        Raises:
            UsageError: as `tensor`.
        """
        if isinstance(place, Sequence) and not isinstance(place, str) and len(place) == timesteps:
            return np.stack([self.tensor(item, (size,), f"{what}, step {t + 1}") for t, item in enumerate(place)])
        return self.tensor(place, (timesteps, size), what, transposed=across)

    def _one(self, text: str, shape: Sequence[int], what: str, transposed: bool | None) -> Cells:
        cells = self.area(text)
        if cells.size != np.prod(shape):
            raise UsageError(f"{what}: {text} has {cells.size} cells, but {_shown(shape)} numbers are needed")
        if len(shape) == 1 or 1 in shape:
            return cells.reshape(tuple(shape))
        rows, columns = shape
        if transposed is None and cells.shape == (rows, columns) == (columns, rows):
            raise UsageError(
                f"{what}: {text} is square, so its shape does not tell which way it stands; write "
                f'{{ range = "{text}", transposed = false }} if it has a row for each input or step and a column for '
                "each unit or feature, as Keras, and transposed = true if it has them the other way round"
            )
        if cells.shape == (rows, columns) and not (transposed and rows == columns):
            return cells
        if cells.shape == (columns, rows):
            return cells.T
        raise UsageError(
            f"{what}: {text} is {_shown(cells.shape)}, but {_shown(shape)} or {_shown((columns, rows))} is needed"
        )

    def _several(self, texts: Sequence[str], shape: Sequence[int], what: str, transposed: bool | None) -> Cells:
        parts = [self.area(text) for text in texts]
        if sum(part.size for part in parts) != np.prod(shape):
            total = sum(part.size for part in parts)
            raise UsageError(f"{what}: the ranges have {total} cells, but {_shown(shape)} numbers are needed")
        if len(shape) == 1:
            return np.concatenate([part.reshape(-1) for part in parts])
        rows, columns = shape
        if len(parts) == rows and all(part.size == columns for part in parts) and len(parts) != columns:
            return np.stack([part.reshape(-1) for part in parts])
        found = [
            self._one(text, (rows, part.size // rows), what, transposed)
            for text, part in zip(texts, parts, strict=True)
            if part.size % rows == 0
        ]
        if len(found) != len(parts):
            raise UsageError(f"{what}: each of the ranges must hold a multiple of {rows} cells")
        return np.concatenate(found, axis=1)

    def _single(self, texts: Any, shape: Sequence[int], what: str) -> Cells:
        is_list = isinstance(texts, Sequence) and not isinstance(texts, str) and all(isinstance(t, str) for t in texts)
        if not is_list or len(texts) != np.prod(shape):
            raise UsageError(f"{what}: `cells` must list {_shown(shape)} cells, row by row; '' for one that is missing")
        found = np.empty(len(texts), dtype=object)
        for i, text in enumerate(texts):
            cells = self.area(text) if text else np.array([None])
            if cells.size != 1:
                raise UsageError(f"{what}: {text} has {cells.size} cells, but each of `cells` must be a single one")
            found[i] = cells.item()
        return found.reshape(tuple(shape))


def cells_of(area: Range) -> Cells:
    """The addresses of a range, `(rows, columns)`."""
    found = np.empty(area.size, dtype=object)
    for i, (row, column) in enumerate(area.cells()):
        found[i] = (area.sheet, row, column)
    return found.reshape(area.rows, area.columns)


def places(cells: Cells) -> tuple[Address | None, ...]:
    """The cells in C order."""
    return tuple(cells.reshape(-1).tolist())


def _shown(shape: Sequence[int]) -> str:
    return " × ".join(str(n) for n in shape)
