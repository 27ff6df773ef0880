"""Live marks: the formula beside a blank that says ✓, ✗ or ○ while a student works.

○ is the third answer. It stands beside an empty cell, and where nothing can be said: a number that this one is
computed from is still missing, or is so small that nothing can be divided by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from xlcheck.exercises.residuals import Residual
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Entry, Style, formula
from xlcheck.formulas.scanner import number_text
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.grouping import grouped
from xlcheck.layout.draft import Draft, View, entry_of, reference

RIGHT, WRONG, OPEN = "✓", "✗", "○"
STYLES = {RIGHT: "right", WRONG: "wrong", OPEN: "edited"}

_DIVIDES = 1e-6
"""Of a student's numbers smaller ones divide nothing."""

Element = tuple[str, int]
"""A quantity's name, and which of its numbers."""

# They treat each place by itself; of all others every operand is read as a whole.
_ELEMENTWISE = (
    ex.Neg, ex.Exp, ex.Log, ex.Tanh, ex.Sigmoid, ex.Abs, ex.Sign, ex.Sqrt, ex.Expm1, ex.Relu, ex.Softplus,
    ex.NormalCdf, ex.Binary, ex.Where, ex.Total, ex.Largest, ex.FirstLargest,
)  # fmt: skip


def place_in(q: Quantity, index: int) -> int | Entry:
    """Which number of a quantity a formula is about: its unit, or its row and column."""
    return Entry(*divmod(index, q.shape[-1])) if q.shared or len(q.shape) > 1 else index


def cell_of(draft: Draft, q: Quantity, index: int) -> Range:
    """Where one number of a quantity stands."""
    area = draft.placed(q.name)
    if q.shared or len(q.shape) > 1:
        return entry_of(area, *divmod(index, area.columns))
    return area.element(index)


@dataclass(frozen=True)
class Marker:
    """Writes the marks of one workbook.

    Attributes:
        draft: the workbook, with every quantity placed.
        blanks: the numbers that students fill in.
        tolerance: see `Rules`.
    """

    draft: Draft
    blanks: Set[Element]
    tolerance: float

    def mark(self, q: Quantity, index: int, residual: Residual, sheet: str) -> str:
        """The formula of a blank's mark, as it stands on a worksheet, without `=`."""
        own = reference(cell_of(self.draft, q, index), sheet)
        view, at = View(self.draft, sheet, None), place_in(q, index)
        left, right = (formula(side, at, view, Style.TEACHING) for side in (residual.left, residual.right))
        size = own if residual.forward else right
        verdict = f'IF(ABS({left}-({right}))<={number_text(self.tolerance)}*MAX(1,ABS({size})),"{RIGHT}","{WRONG}")'
        graph = self.draft.graph
        own_divisors = [d for d in residual.divisors if not all(graph[name].is_weight for name in ex.refs(d))]
        if own_divisors:
            sizes = [f"ABS({formula(d, at, view, Style.TEACHING)})" for d in own_divisors]
            smallest = sizes[0] if len(sizes) == 1 else f"MIN({','.join(sizes)})"
            verdict = f'IF({smallest}<{number_text(_DIVIDES)},"{OPEN}",{verdict})'
        verdict = f'IFERROR({verdict},"{WRONG}")'
        waiting = self._read(q, index)
        if waiting:
            cells = ",".join(reference(area, sheet) for area in joined(waiting))
            verdict = f'IF(COUNT({cells})<{len(waiting)},"{OPEN}",{verdict})'
        return f'IF(ISBLANK({own}),"{OPEN}",IF(ISNUMBER({own}),{verdict},"{WRONG}"))'

    def _read(self, q: Quantity, index: int) -> list[Range]:
        """The blank cells that a number is computed from."""
        if q.expr is None:
            return []
        graph = self.draft.graph
        whole = q.shared or len(q.shape) > 1
        elements = dict.fromkeys(read_by(q.expr, None if whole else index, graph))
        return [cell_of(self.draft, graph[name], at) for name, at in elements if (name, at) in self.blanks]


def read_by(expr: ex.Expr, index: int | None, graph: Graph) -> Iterator[Element]:
    """The numbers that one number of an expression is computed from; all that it may be if the index is None."""
    match expr:
        case ex.Ref(name):
            size = math.prod(graph[name].shape)
            yield from ((name, at) for at in ([index] if index is not None and size > 1 else range(size)))
        case ex.Slice(of, start, stop, row):
            width = graph[of.name].shape[-1]
            first = (row or 0) * width + start
            wide = stop - start
            yield from ((of.name, first + at) for at in ([index] if index is not None and wide > 1 else range(wide)))
        case _:
            inside = index if isinstance(expr, _ELEMENTWISE) else None
            for operand in ex.operands(expr):
                yield from read_by(operand, inside, graph)


def joined(cells: Sequence[Range]) -> list[Range]:
    """Cells that stand below each other as ranges."""
    runs: list[Range] = []
    for cell in sorted(cells, key=lambda c: (c.sheet, c.left, c.top)):
        last = runs[-1] if runs else None
        if last is not None and (cell.sheet, cell.left, cell.top) == (last.sheet, last.left, last.top + last.rows):
            runs[-1] = last.part(last.rows + 1, 1)
        else:
            runs.append(cell)
    return runs


def by_sheet(cells: Mapping[Element, Range]) -> dict[str, list[tuple[Element, Range]]]:
    """Blanks by the worksheet on which they stand."""
    return grouped((cell.sheet, (element, cell)) for element, cell in cells.items())
