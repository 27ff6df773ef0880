"""Errors where numbers lie far out, and the equation has a value: which of them are mistakes.

A formula that is written as in a book has no value where its exponential has no room in a cell, or where it divides by
exponentials that are all 0; that is no mistake. But where the equation consists of sums, products and choices, and its
formula of nothing else either, `H7/IF(F31>0,1,0)` fails for another reason than that numbers are far.
"""

from __future__ import annotations

from collections.abc import Iterable, Set as AbstractSet

from xlcheck.formulas.scanner import plain_name, tokens
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.placement import Sighting
from xlcheck.workbook.cell_codes import by_sheet, codes_of, contained
from xlcheck.workbook.content import CellError, Value

_NEVER_RIGHT = frozenset({CellError("#CIRC!"), CellError("#REF!")})  # which no way of writing an equation has
_NODES = (
    ex.Ref, ex.Const, ex.Slice, ex.Neg, ex.Add, ex.Sub, ex.Mul, ex.Sum, ex.Total, ex.Dot, ex.DotTransposed, ex.OuterSum,
    ex.BatchMean, ex.BatchSum, ex.Relu, ex.Abs, ex.Sign, ex.Maximum, ex.Minimum, ex.Largest, ex.FirstLargest,
    ex.Greater, ex.NotEqual, ex.Where, ex.Concat,
)  # fmt: skip
_FUNCTIONS = frozenset(
    {
        "SUM", "SUMPRODUCT", "PRODUCT", "AVERAGE", "MMULT", "TRANSPOSE", "N", "INDEX", "IF", "AND", "OR", "NOT", "MAX",
        "MIN", "ABS", "SIGN", "MEDIAN",
    }
)  # fmt: skip
_KINDS = frozenset({"number", "operator", "space", "reference"})
_MOST_READ = 10_000


def are_mistakes(
    errors: AbstractSet[Value], q: Quantity, found: Found, formulas: FormulaCells, shown: Iterable[Sighting]
) -> bool:
    """Whether all errors that a cell gives for numbers far out, where its equation has a value, are its formula's.

    Args:
        errors: what it gives there, other than numbers.
        q: the quantity that should stand in the cell.
        found: the cell.
        formulas: the workbook's.
        shown: what stands in the workbook.
    """
    if errors <= _NEVER_RIGHT:
        return True
    text = formulas.text(found.sheet, found.code)
    if q.expr is None or text is None or not all(isinstance(node, _NODES) for node in ex.walk(q.expr)):
        return False
    own = by_sheet((s.placement.sheet, s.placement.codes) for s in shown if s.placement.quantity in q.reads)
    return _is_plain(text.removeprefix("=")) and all(
        area.size <= _MOST_READ and area.sheet in own and contained(codes_of(area), own[area.sheet]).all()
        for area in formulas.reads(found.sheet, found.code)
    )


def _is_plain(formula: str) -> bool:
    """Whether a formula consists of cells, numbers, sums, products and choices."""
    return all(
        plain_name(text).upper() in _FUNCTIONS if kind == "function" else kind in _KINDS and text != "^"
        for kind, text in tokens(formula)
    )
