"""A workbook while it is being laid out: sheets, places of quantities, bindings and helpers.

Worksheets are filled one after another; each may refer to whatever has been placed before it.
`Draft` is the only mutable thing between a fixture and the finished `WorkbookPlan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.batch_sums import COLUMN, Noting, Run, runs_of, written
from xlcheck.formulas.printer import Places
from xlcheck.formulas.printing import Entry, Style, formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.graph.shapes import Shape
from xlcheck.graph.trace import Trace
from xlcheck.layout.sheet import SheetDraft
from xlcheck.workbook.bindings import Binding, Copy, FilledHelper, Helper
from xlcheck.workbook.naming import sheet_name
from xlcheck.workbook.plan import Formula
from xlcheck.workbook.views import View as ChosenView


class Draft:
    """The workbook being laid out.

    Attributes:
        trace: their true values for every sample; they become the cached values.
        samples: a short text for each sample.
        style: how formulas are written.
        selector: the cell that selects the sample, once it is placed; None with a single sample.
        unit_names: for bands whose units have names (the words of a vocabulary), by the band's name.
        softmax_parts: for long softmaxes the cells of the largest element and of the sum.
        explained: what has been explained in a note and need not be again; see `idioms`.
        reserved: names of worksheets that are still to come; no other one may be called so.
        words: what is read at each time step, as in `Store`, once that is known.
        further: numbers that pages of a lesson show beside the trace.
        spoken: cells with words that follow from numbers.
        label: the formula for the selected sample's name, as in `Store`, once that is known.
        compared: as in `WorkbookPlan`, once the manifest is written.
    """

    def __init__(self, graph: Graph, trace: Trace, samples: Sequence[str], style: Style) -> None:
        self.graph = graph
        self.trace = trace
        self.samples = tuple(samples)
        self.style = style
        self.selector: Range | None = None
        self.sheets: dict[str, SheetDraft] = {}
        self.reserved: set[str] = set()
        self.names: dict[str, Range] = {}
        self.unit_names: dict[str, tuple[str, ...]] = {}
        self.softmax_parts: dict[ex.Softmax, tuple[Range, Range]] = {}
        self.bindings: list[Binding] = []
        self.helpers: list[Helper] = []
        self.filled: list[FilledHelper] = []
        self.copies: list[Copy] = []
        self.views: list[ChosenView] = []
        self.explained: set[str] = set()
        self.words: Sequence[tuple[str, tuple[str, ...]]] = ()
        self.spoken: set[Range] = set()
        self.label = ""
        self.further: Mapping[str, Array] = {}
        self.compared: list[Range] = []
        self._places: dict[int | None, dict[str, Range]] = {None: {}}
        self._batch_runs: dict[tuple[tuple[ex.Expr, ...], ...], list[Run]] = {}

    def roles(self) -> set[str]:
        """What stands in the workbook, in the words of the legend."""
        return {q.band.role.value for q in self.graph} | {"keras"}

    def selected(self) -> str:
        """The cell that selects the sample, as every sheet may write it.

        Raises:
            ValueError: there is a single sample and so no such cell.
        """
        if self.selector is None:
            raise ValueError("a workbook with a single sample has no selector")
        return reference(self.selector, "", fixed=True)

    def free_name(self, wanted: str) -> str:
        """The name for a worksheet that is as near to the wanted one as possible."""
        return sheet_name(wanted, self.reserved.union(self.sheets))

    def sheet(self, name: str, tab: str | None = None, *, hidden: bool = False) -> SheetDraft:
        """Start a worksheet; tabs stand in the order of these calls.

        Raises:
            ValueError: there is one of this name.
        """
        if name in self.sheets:
            raise ValueError(f"there are two worksheets {name!r}")
        self.sheets[name] = SheetDraft(name, tab, hidden)
        return self.sheets[name]

    def move_behind(self, name: str, other: str) -> None:
        """Move the tab of a worksheet behind that of another one, if there is that one."""
        order = [tab for tab in self.sheets if tab != name]
        order.insert(order.index(other) + 1 if other in order else len(order), name)
        self.sheets = {tab: self.sheets[tab] for tab in order}

    def place(self, quantity: str, area: Range, sample: int | None = None) -> None:
        """Say where a quantity stands: for the selected sample, or for one fixed sample."""
        self._places.setdefault(sample, {})[quantity] = area
        self.bindings.append(Binding(quantity, area, sample))

    def placed(self, quantity: str, sample: int | None = None) -> Range:
        """Where a quantity stands for a sample; weights and initial states stand once for all."""
        fixed = self._places.get(sample, {})
        return fixed[quantity] if quantity in fixed else self._places[None][quantity]

    def is_placed(self, quantity: str, sample: int | None = None) -> bool:
        """Whether `placed` would find it."""
        return quantity in self._places.get(sample, {}) or quantity in self._places[None]

    def value(self, quantity: str, index: int = 0, sample: int | None = None) -> float:
        """The true value of one element; of the sample shown first if none is named."""
        array = self.trace[quantity]
        if self.graph[quantity].is_weight:
            return float(array.reshape(-1)[index])
        return float(array[sample or 0].reshape(-1)[index])

    def values(self, quantity: str, index: int = 0) -> tuple[float, ...]:
        """The true values of one element for every sample."""
        return tuple(self.value(quantity, index, k) for k in range(len(self.samples)))

    def batch_runs(self, products: tuple[tuple[ex.Expr, ...], ...]) -> list[Run]:
        """The terms of a sum over all samples, each of which stands on the worksheets."""
        if products not in self._batch_runs:
            several = len(self.samples) > 1
            views = [partial(self._noting, k) for k in range(len(self.samples))] if several else [self._noting]
            readable = tuple(tuple(map(self._readable, factors)) for factors in products)
            self._batch_runs[products] = runs_of(readable, views, self.style)
        return self._batch_runs[products]

    def _noting(self, sample: int | None = None) -> Noting:
        def place(name: str) -> Range | None:
            return self.placed(name, sample) if self.is_placed(name, sample) else None

        return Noting(lambda name: self.graph[name].shape, place)

    def _readable(self, factor: ex.Expr) -> ex.Expr:
        """A one-hot vector that stands nowhere is read as what it is made from."""
        if isinstance(factor, ex.Ref) and not self.is_placed(factor.name, 0):
            return self.graph[factor.name].expr or factor
        return factor

    def live(self, q: Quantity, index: int, sheet: str) -> Formula:
        """The formula of one element of a computed quantity, as seen from a worksheet."""
        if q.expr is None:
            raise ValueError(f"{q.name} is given, not computed")
        return Formula(formula(q.expr, index, View(self, sheet, None), self.style), self.value(q.name, index))

    def helper(
        self,
        sheet: SheetDraft,
        row: int,
        column: int,
        text: str,
        desired: Sequence[float | str],
        style: str,
        atol: float = 0.0,
    ) -> Range:
        """Fill a cell with a formula that is no quantity, and remember what it must give for each sample."""
        cell = sheet.put(row, column, Formula(text, desired[0]), style)
        self.note_helper(cell, text, desired, atol)
        return cell

    def note_helper(self, cell: Range, text: str, desired: Sequence[float | str], atol: float = 0.0) -> None:
        """Remember what a formula cell must give for each sample; one item if for all the same."""
        same = all(item == desired[0] for item in desired)
        self.helpers.append(Helper(cell, text, (desired[0],) if same else tuple(desired), atol))


def reference(area: Range, sheet: str, *, fixed: bool = False) -> str:
    """A range as a formula on `sheet` writes it: with its worksheet only if that is another one."""
    text = area.fixed() if fixed else area.a1
    return text if area.sheet == sheet else f"{quote_sheet(area.sheet)}!{text}"


@dataclass(frozen=True)
class View(Places):
    """As seen from one worksheet and one sample; weights are fixed with `$`."""

    draft: Draft
    sheet: str
    sample: int | None

    def shape(self, name: str) -> Shape:
        """See `Places`."""
        return self.draft.graph[name].shape

    def element(self, name: str, index: int, row: int | None = None) -> str:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        if row is not None:
            return self._text(name, area.cell(row, index))
        return self._text(name, area.element(index))

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        count = (area.size if stop is None else stop) - start
        if area.rows == 1:
            return self._text(name, area.part(1, count, right=start))
        return self._text(name, area.part(count, 1, down=start))

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        rows = self.draft.graph[name].shape[-2]
        return self._text(name, area.part(rows, 1, down=rows * (matrix or 0), right=index))

    def block(self, name: str, start: int, stop: int, row: int = 0, rows: int | None = None) -> str:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        height = area.rows if rows is None else rows
        return self._text(name, area.part(height, stop - start, down=row, right=start))

    def is_across(self, name: str) -> bool:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        return area.rows == 1 and area.columns > 1

    def cells(self, names: Sequence[str], index: int) -> str:
        """See `Places`."""
        runs = _runs([(self._at(name, index),) for name in names])
        return ",".join(self._text(names[0], area) for (area,) in runs)

    def products(self, pairs: Sequence[tuple[str, str]], index: int) -> str:
        """See `Places`."""
        terms = []
        for areas in _runs([(self._at(a, index), self._at(b, index)) for a, b in pairs]):
            a, b = (self._text(name, area) for name, area in zip(pairs[0], areas, strict=True))
            terms.append(f"{a}*{b}" if areas[0].size == 1 else f"SUMPRODUCT({a},{b})")
        return "+".join(terms)

    def _at(self, name: str, index: int) -> Range:
        """An element of a vector; of a vector of one element that one."""
        area = self.draft.placed(name, self.sample)
        return area.element(index if area.size > 1 else 0)

    def samples(self, name: str) -> str:
        """See `Places`."""
        areas = [self.draft.placed(name, k) for k in range(len(self.draft.samples))]
        columns = max(a.left for a in areas) - areas[0].left + 1
        rows = max(a.top for a in areas) - areas[0].top + 1
        return self._text(name, areas[0].part(rows, columns))

    def entry(self, name: str, row: int, column: int) -> str:
        """See `Places`."""
        return self._text(name, entry_of(self.draft.placed(name, self.sample), row, column))

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        """See `Places`."""
        return self._text(name, self._row(name, index, start, stop, matrix))

    def _row(self, name: str, index: int, start: int, stop: int, matrix: int | None) -> Range:
        area = self.draft.placed(name, self.sample)
        top = area.top + self.draft.graph[name].shape[-2] * (matrix or 0)
        return Range(area.sheet, top + index, area.left + start, 1, stop - start)

    def batch_sum(self, products: Sequence[tuple[ex.Expr, ...]], entry: Entry, style: Style) -> str:
        """See `Places`."""
        at = (entry.row, entry.column)
        return written(
            self.draft.batch_runs(tuple(products)), at, lambda cell, area: self._text(cell.name, area),
            lambda literal: str(literal.offset + at[literal.axis == COLUMN]),
        )  # fmt: skip

    def one_hot(self, name: str) -> ex.OneHot | None:
        """See `Places`."""
        expr = self.draft.graph[name].expr
        return expr if isinstance(expr, ex.OneHot) and not self.draft.is_placed(name, self.sample) else None

    def softmax_parts(self, expr: ex.Softmax) -> tuple[str, str] | None:
        """See `Places`."""
        parts = None if self.sample is not None else self.draft.softmax_parts.get(expr)
        return None if parts is None else (parts[0].fixed(), parts[1].fixed())

    def _text(self, name: str, area: Range) -> str:
        return reference(area, self.sheet, fixed=self.draft.graph[name].is_weight)


def _runs(rows: Sequence[tuple[Range, ...]]) -> list[tuple[Range, ...]]:
    """Join tuples of cells of which each stands directly to the right of the one before."""
    runs: list[tuple[Range, ...]] = []
    for cells in rows:
        if runs and all(
            (cell.sheet, cell.top, cell.left) == (last.sheet, last.top, last.left + last.columns)
            for cell, last in zip(cells, runs[-1], strict=True)
        ):
            runs[-1] = tuple(a.part(1, a.columns + 1) for a in runs[-1])
        else:
            runs.append(cells)
    return runs


def entry_of(area: Range, row: int, column: int) -> Range:
    """An entry of a matrix as it stands on a worksheet; of a single number that number."""
    return area if area.size == 1 else area.cell(row, column)
