"""The two questions for each cell of a range: is its value the oracle's, and does it follow from its operands?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Expr
from xlcheck.verdicts.judge import Alignment, Codes, close, judge
from xlcheck.verdicts.placement import Placement, Sighting, distinct_rows, magnitude, ulps
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Mask
from xlcheck.workbook.content import NotEvaluated

Compute = Callable[[Mapping[str, Array]], Array]
"""(values of all quantities) → one number for each setting."""

Follow = Callable[[Expr | Compute], Array]
"""(expression, or how one number is computed) → what it gives for the values in the sheet, `(settings, cells)`."""


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on one sighting.

    Attributes:
        desired: the oracle's value of each cell, `(settings, cells)`.
        local: the value from the sheet's own operands, `(settings, cells)`; None where nothing disagrees.
        status: AGREE, NOT_EVALUATED, CARRIED or ROOT, `(settings, cells)`.
        scale: the largest magnitude of the quantity.
        follow: what any other expression would give in its place; None where nothing disagrees.
    """

    sighting: Sighting
    desired: Array
    local: Array | None
    status: Codes
    scale: float
    follow: Follow | None = None

    @property
    def placement(self) -> Placement:
        """Where the cells are."""
        return self.sighting.placement

    @property
    def errors(self) -> tuple[float, float]:
        """The largest finite difference: itself, and in units in the last place of the quantity."""
        error = magnitude(distinct_rows(self.sighting.numbers) - distinct_rows(self.desired))
        return error, ulps(error, self.scale)

    def worst(self) -> Codes:
        """The worst verdict on each cell over all settings, `(cells,)`."""
        worst: Codes = self.status.max(axis=0)
        return worst

    def worst_setting(self, cell: int) -> int:
        """The setting with the worst verdict on a cell; among several the one with the largest difference."""
        badness = np.abs(self.sighting.numbers[:, cell] - self.desired[:, cell])
        badness[np.isnan(badness)] = np.inf
        badness[self.status[:, cell] < self.status[:, cell].max()] = -1.0
        return int(badness.argmax())


def judge_range(
    sighting: Sighting,
    want: Array,
    locals_: Sequence[Array],
    scale: float,
    tolerance: Tolerance,
    follow: Follow | None = None,
    *,
    is_given: bool = False,
) -> Verdicts:
    """The verdicts on one sighting.

    Args:
        sighting: what stands in the workbook.
        want: the oracle's values of the quantity, one row a setting or one for all, `(…, n)`.
        locals_: what the quantity's expression gives for the values in the sheet, `(settings, n)`,
            in each form it may be written in. Without any, only the text of a look-up can say
            that a wrong cell is right in itself.
        scale: the largest magnitude of the quantity.
        tolerance: what counts as agreement.
        follow: what any expression gives for the values in the sheet, `(settings, n)`.
        is_given: whether the quantity is given; a formula for it is right only if it is the one that was written.
    """
    elements = sighting.placement.elements
    desired = np.broadcast_to(want[:, elements], sighting.numbers.shape)
    sound = ~sighting.must_be_formula | (sighting.is_formula & (sighting.as_written | (not is_given)))
    alignment = Alignment(close(sighting.numbers, desired, tolerance.limit(scale)), _evaluated(sighting), sound)
    local, right = None, sighting.as_written & sighting.is_formula
    if locals_:
        local, right = _follows(sighting.numbers, [values[:, elements] for values in locals_], tolerance)
    here = None if follow is None else lambda expr: follow(expr)[:, elements]
    return Verdicts(sighting, desired, local, judge(alignment, lambda: right), scale, here)


def _evaluated(sighting: Sighting) -> Mask | bool:
    """Whether an engine computed each cell, `(settings, cells)`."""
    places = [place for place, value in sighting.others.items() if isinstance(value, NotEvaluated)]
    if not places:
        return True
    computed = np.full(sighting.numbers.shape, True)
    computed[tuple(np.transpose(places))] = False
    return computed


def _follows(numbers: Array, locals_: Sequence[Array], tolerance: Tolerance) -> tuple[Array, Mask]:
    """For each cell the local value that comes nearest, and whether the cell is right in itself."""
    own = np.stack([np.broadcast_to(values, numbers.shape) for values in locals_])
    near = np.array([close(numbers, values, tolerance.local_limit(magnitude(values))) for values in own])
    # An operand that is no number makes the cell wrong, and the fault lies there.
    right = np.logical_or(near.any(axis=0), ~np.isfinite(own).all(axis=0))
    with np.errstate(invalid="ignore"):
        distance = np.nan_to_num(np.abs(own - numbers), nan=np.inf)
    nearest: Array = np.take_along_axis(own, distance.argmin(axis=0)[None], axis=0)[0]
    return nearest, right
