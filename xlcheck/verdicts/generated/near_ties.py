"""Numbers that differ in their last digits alone, and are compared: spreadsheet programs take them for equal.

Keras does not, nor does an equation that is computed in double precision. So where a formula compares such numbers,
as those of a saturated tanh, nobody can say what it should give.
"""

from __future__ import annotations

import numpy as np

from xlcheck.arrays import Values
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.workbook.cell_codes import Mask

_DIGITS = 1e-13
"""Programs compare some 15 digits, each in its own way."""
_COMPARING = (ex.NotEqual, ex.Greater)


def near_ties(expr: ex.Expr | None, verdicts: Verdicts) -> Mask:
    """Where an equation compares numbers that are nearly equal, `(settings, cells)`.

    Args:
        expr: the equation; None for what is given.
        verdicts: those on the cells that should follow from it.
    """
    nodes = [node for node in ex.walk(expr) if isinstance(node, _COMPARING)] if expr is not None else []
    if expr is None or verdicts.follow is None or not nodes:
        return np.zeros(verdicts.status.shape, dtype=bool)
    is_batch = ex.reads_batch(expr)

    def near(values: Values) -> np.ndarray:
        found = []
        for node in nodes:
            a, b = value_of(node.a, values), value_of(node.b, values)
            is_near = (a != b) & (np.abs(a - b) <= _DIGITS * np.maximum(np.abs(a), np.abs(b)))
            found.append(is_near.reshape(len(is_near), -1).any(axis=1))
        any_node = np.logical_or.reduce(np.broadcast_arrays(*found))
        return np.asarray(any_node.any(keepdims=True) if is_batch else any_node, dtype=np.float64)

    return verdicts.follow(near) > 0
