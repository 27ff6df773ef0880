"""A long softmax in steps: the largest element, every exponential and their sum have cells of their own."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.addresses import cell_name
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.common import UNIT
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.margin import put_text
from xlcheck.numerics import exp
from xlcheck.texts import say

_LONG_SOFTMAX = 8
_WRITTEN_OUT = 256
"""Up to so many exponentials have cells of their own; of more only their sum has one."""
_ROUNDING = 1e-12  # relative; of a sum of thousands of exponentials


def rows_of_parts(q: Quantity) -> int:
    """How many rows stand above a quantity if it is a softmax that is long enough: largest, exponentials, sum."""
    if not (isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref) and q.shape[-1] > _LONG_SOFTMAX):
        return 0
    return 2 + (q.shape[-1] if q.shape[-1] <= _WRITTEN_OUT else 0)


def softmax_parts(
    draft: Draft, sheet: SheetDraft, row: int, members: Sequence[Quantity], columns: tuple[int, int, int], style: str
) -> None:
    """The largest element of what a long softmax reads, the shifted exponentials, and their sum, from a row on.

    The columns are those of the symbol, the equation and the meaning.
    """
    rows = rows_of_parts(members[0])
    lines = [(row, say("words.largest"), say("softmax.largest"), say("softmax.why_largest"))]
    if rows > 2:
        lines.append((row + 1, "exp", say("softmax.exponential"), say("softmax.why_exponential")))
    lines.append((row + rows - 1, say("common.sum"), say("softmax.total"), say("softmax.why_sum")))
    for at, label, equation, meaning in lines:
        sheet.put(at, columns[0], label, "label")
        sheet.put(at, columns[1], equation, "equation")
        put_text(sheet, at, columns[2], meaning, "meaning", sheet.widths[columns[2]], 1)
    for unit, name in enumerate(draft.unit_names.get(members[0].band.name, ()) if rows > 2 else ()):
        sheet.put(row + 1 + unit, UNIT, name, "unit")
    view = View(draft, sheet.name, None)
    for q in members:
        if not (isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref)):
            continue
        largest, total = draft.softmax_parts[q.expr]
        z = draft.trace[q.expr.x.name]
        vector = view.vector(q.expr.x.name)
        peaks = z.max(axis=1, keepdims=True)
        exponentials = exp(z - peaks)
        sums = exponentials.sum(axis=1)
        draft.helper(sheet, largest.top, largest.left, f"MAX({vector})", peaks[:, 0].tolist(), style)
        text = f"SUMPRODUCT(EXP({vector}-{largest.a1}))"
        if rows > 2:
            text = f"SUM({sheet.at(row + 1, largest.left, rows - 2).a1})"
            for unit in range(rows - 2):
                own = f"EXP({view.element(q.expr.x.name, unit)}-{cell_name(largest.top, largest.left, fixed_row=True)})"
                values = exponentials[:, unit].tolist()
                draft.helper(sheet, row + 1 + unit, largest.left, own, values, style, _ROUNDING)
        rounding = _ROUNDING * float(sums.max())
        draft.helper(sheet, total.top, total.left, text, sums.tolist(), style, rounding)
