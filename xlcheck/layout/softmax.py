"""A long softmax in steps: the largest element, every exponential and their sum have cells of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.sheet import SheetDraft

_LONG_SOFTMAX = 8
_ROUNDING = 1e-12  # relative; of a sum of thousands of exponentials
_LARGEST, _TOTAL = 0, 1


def has_parts(q: Quantity) -> bool:
    """Whether a quantity is a softmax that is long enough."""
    return isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref) and q.shape[-1] > _LONG_SOFTMAX


def softmax_parts(
    draft: Draft, sheet: SheetDraft, row: int, members: Sequence[Quantity], columns: tuple[int, int, int]
) -> None:
    """The largest element of what a long softmax reads, and the sum of the shifted exponentials.

    Args:
        draft: the workbook so far.
        sheet: the worksheet of the softmax.
        row: the first of the two rows.
        members: the softmax at each time step.
        columns: of the symbol, the equation and the meaning.
    """
    for offset, label, equation, meaning in (
        (_LARGEST, "largest", "largest zₖ", "Subtracted before the exponential, so that nothing overflows."),
        (_TOTAL, "sum", "Σₖ exp(zₖ − largest)", "What every exponential is divided by."),
    ):
        sheet.put(row + offset, columns[0], label, "label")
        sheet.put(row + offset, columns[1], equation, "equation")
        sheet.put(row + offset, columns[2], meaning, "meaning")
    view = View(draft, sheet.name, None)
    for q in members:
        if not (isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref)):
            continue
        z = draft.trace[q.expr.x.name]
        largest, total = draft.softmax_parts[q.expr]
        vector = view.vector(q.expr.x.name)
        peaks = z.max(axis=1, keepdims=True)
        sums = np.exp(z - peaks).sum(axis=1)
        draft.helper(sheet, largest.top, largest.left, f"MAX({vector})", peaks[:, 0].tolist(), "intermediate")
        draft.helper(
            sheet, total.top, total.left, f"SUMPRODUCT(EXP({vector}-{largest.a1}))", sums.tolist(), "intermediate",
            _ROUNDING * float(sums.max()),
        )  # fmt: skip
