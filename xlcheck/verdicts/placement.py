"""Where the elements of a quantity stand, and what an engine computed there; many small arrays handled as one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Graph
from xlcheck.workbook.bindings import Binding
from xlcheck.workbook.cell_codes import Codes, Mask, codes_of
from xlcheck.workbook.content import Value

AnyArray = NDArray[Any]


def pieces(joined: AnyArray, sizes: Sequence[int]) -> Iterator[AnyArray]:
    """Cut an array along its last axis into views of these sizes."""
    end = 0
    for size in sizes:
        start, end = end, end + size
        yield joined[..., start:end]


def distinct_rows(values: AnyArray) -> AnyArray:
    """The rows of a matrix; one if it repeats a row without copying it, as for constants in every setting."""
    return values[:1] if values.strides[0] == 0 else values


@dataclass(frozen=True)
class Placement:
    """Cells of one worksheet that hold elements of one quantity.

    Attributes:
        quantity: the quantity's full name.
        sample: which sample's value it is; None if it follows the selector, and for weights.
        codes: the cells, `(cells,)`.
        elements: the element that stands in each of them, in C order of the quantity, `(cells,)`.
    """

    quantity: str
    sample: int | None
    sheet: str
    codes: Codes
    elements: NDArray[np.intp]


def placements_of(bindings: Sequence[Binding], graph: Graph) -> list[Placement]:
    """The placements of whole quantities.

    Raises:
        ValueError: see `require_fit`.
    """
    for binding in bindings:
        require_fit(binding, graph[binding.quantity].shape)
    sizes = [binding.area.size for binding in bindings]
    in_order = np.arange(max(sizes, default=0), dtype=np.intp)
    return [
        Placement(
            b.quantity,
            b.sample,
            b.area.sheet,
            codes,
            np.arange(codes.size).reshape(graph[b.quantity].shape).T.reshape(-1)
            if b.transposed
            else in_order[: codes.size],
        )
        for b, codes in ((binding, codes_of(binding.area)) for binding in bindings)
    ]


def require_fit(binding: Binding, shape: tuple[int, ...]) -> None:
    """Hold a binding against the shape of its quantity.

    Raises:
        ValueError: the range has another number of cells than the quantity has elements.
    """
    elements = math.prod(shape)
    if binding.area.size != elements:
        raise ValueError(
            f"{binding.area} has {binding.area.size} cells, but {binding.quantity} has {elements} elements"
        )


@dataclass(frozen=True)
class Sighting:
    """What stands in the cells of a placement.

    A *setting* is one position of the selector; the engine recalculates for each.

    Attributes:
        numbers: what was computed, `(settings, cells)`; NaN where it is no finite number.
        others: what stands there instead, by (setting, cell).
        is_formula: whether the cell holds a formula, `(cells,)`.
        must_be_formula: whether it should, `(cells,)`.
        as_written: whether the formula of a *given* quantity (a look-up) is the one that was
            written, `(cells,)`; nothing else can say whether it is right in itself.
    """

    placement: Placement
    numbers: Array
    others: Mapping[tuple[int, int], Value]
    is_formula: Mask
    must_be_formula: Mask
    as_written: Mask

    def value(self, setting: int, cell: int) -> Value:
        """What the engine computed for one cell."""
        if (setting, cell) in self.others:
            return self.others[setting, cell]
        return float(self.numbers[setting, cell])


def is_number(value: Value) -> TypeGuard[float]:
    """Whether a cell holds a number; TRUE and FALSE are none."""
    return type(value) in {int, float}


Reads = Callable[[str, int], Sequence[Range]]
"""(sheet, code of a cell) → the ranges its formula reads."""


def magnitude(values: Array) -> float:
    """The largest finite magnitude in an array; 0 if there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0


def ulps(difference: float, scale: float) -> float:
    """A difference in units in the last place of numbers as large as `scale`; of 1 if that is 0."""
    return difference / float(np.spacing(scale or 1.0))
