"""A network as matrices with numbers beside them.

A matrix stands on the left, and to its right, row by row, the vectors that it is multiplied by, one column a time step:
a sum of products then runs down two columns that are both in view. What a layer makes of the sums follows below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.rewriting import replaced
from xlcheck.graph.trace import Trace
from xlcheck.grouping import grouped
from xlcheck.layout.common import has_few_digits, heading, over_first_states, scale_of_role
from xlcheck.layout.draft import Draft, View, reference
from xlcheck.layout.matrices.handed_on import handed_on
from xlcheck.layout.numbers import slack
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.margin import name_units
from xlcheck.layout.weights import labels_over, row_words, with_weights
from xlcheck.layout.widening import brief_width, formula_width
from xlcheck.model.model_spec import LayerSpec, ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.styles import BRIEF, ONE_LINE

_SYMBOL, _UNIT, MATRIX = range(3)
TOP = 4
_STEP, _SHORT = 12.5, 9.5  # letters of a time step, and of one whose numbers have few digits
_WIDTHS = {1: 24.0, 3: 16.0, 10: 12.0}  # letters of up to so many columns of weights; more have four decimals
_SHOWN = (Role.INPUT, Role.INTERMEDIATE, Role.GATE, Role.STATE, Role.OUTPUT)


@dataclass(frozen=True)
class Network:
    """What is shown of a network.

    Attributes:
        weights: the layer of each weight, by the weight's name.
        matrices: the numbers of each weight as a matrix.
        expressions: what each quantity is, with the products that only it reads written into it; None if it is given.
        quantities: those that are shown, in order.
        steps: the number of time steps; 0 if there are none.
    """

    weights: dict[str, LayerSpec]
    matrices: dict[str, Array]
    expressions: dict[str, ex.Expr | None]
    quantities: list[Quantity]
    steps: int

    @staticmethod
    def of(draft: Draft, spec: ModelSpec, layers: Collection[str] = ()) -> Network:
        """From the graph of a workbook: all of it, or some layers, and inputs."""
        graph = draft.graph
        readers = grouped((name, q) for q in graph for name in q.reads)
        inlined = {
            q.name: q.expr for q in graph
            if isinstance(q.expr, ex.Dot) and [r.band.layer for r in readers.get(q.name, ())] == [q.band.layer]
        }  # fmt: skip
        shown = [q for q in graph if not q.is_weight and q.band.role in _SHOWN and q.name not in inlined]
        shown = [q for q in shown if not layers or q.band.layer in layers]

        def definition(expr: ex.Expr) -> ex.Expr | None:
            return inlined.get(expr.name) if isinstance(expr, ex.Ref) else None

        weights = {
            f"{name}.{weight}": layer
            for name, layer in with_weights(spec.layers)
            for weight in layer.weights
            if not layers or name in layers
        }
        return Network(
            weights,
            {name: draft.trace[name].reshape(-1, draft.trace[name].shape[-1]) for name in weights},
            {q.name: None if q.expr is None else replaced(q.expr, definition) for q in shown},
            shown,
            1 + max((q.step for q in shown if q.step is not None), default=-1),
        )

    @property
    def columns(self) -> int:
        """Of the widest matrix."""
        return max((values.shape[1] for values in self.matrices.values()), default=1)

    def products(self) -> Iterator[tuple[Quantity, str, str]]:
        """Each quantity with the vectors and the weights that it multiplies."""
        for q in self.quantities:
            for x, weight in _products(self.expressions[q.name]):
                yield q, x, weight


def _products(expr: ex.Expr | None) -> Iterator[tuple[str, str]]:
    match expr:
        case None:
            return
        case ex.Dot(x=ex.Ref(name=x), matrix=ex.Ref(name=weight) | ex.Slice(of=ex.Ref(name=weight))):
            yield x, weight
        case _:
            for operand in ex.operands(expr):
                yield from _products(operand)


@dataclass
class Places:
    """Where everything stands on the sheet.

    Attributes:
        trace: what the network computes here.
        inner: the places, as formulas find them: in a column as if it were a sample, what stands beside a matrix there.
        headings: the layer that begins at a row.
        beside: what stands beside a weight, by the weight and the column.
        end: the row after everything.
    """

    draft: Draft
    network: Network
    sheet: SheetDraft
    trace: Trace
    inner: Draft = field(init=False)
    headings: dict[int, str] = field(default_factory=dict)
    beside: dict[tuple[str, int], str] = field(default_factory=dict)
    end: int = 0

    def __post_init__(self) -> None:
        self.inner = Draft(self.draft.graph, self.trace, self.draft.samples, self.draft.style)

    @property
    def before(self) -> int:
        """The column of what is there before anything is read."""
        return MATRIX + self.network.columns + 1

    @property
    def columns(self) -> int:
        """The column after all steps, and after what has none."""
        timeless = any(q.step is None and not q.name.endswith("_init") for q in self.network.quantities)
        return self.before + 1 + self.network.steps + timeless

    def column(self, q: Quantity) -> int:
        """Of a quantity: its step, or behind all of them."""
        if q.name.endswith("_init"):
            return self.before
        return self.before + 1 + (self.network.steps if q.step is None else q.step)

    def reserve(self) -> None:
        """Give everything its cells, layer by layer from above."""
        row = TOP + 2
        for q, x, weight in self.network.products():
            self.beside[weight, self.column(q)] = x
        every = self.network.quantities
        for layer in dict.fromkeys(q.band.layer for q in every):
            own = [q for q in every if q.band.layer == layer and not self.is_elsewhere(q)]
            if not own:
                continue
            self.headings[row] = layer
            row += 2
            for weight in self.network.weights:
                if weight.rpartition(".")[0] == layer:
                    rows, columns = self.network.matrices[weight].shape
                    self.inner.place(weight, self.sheet.at(row, MATRIX, rows, columns))
                    row += rows
            for band in dict.fromkeys(q.band.name for q in own):
                row += self._band(band, [q for q in own if q.band.name == band], row)
            row += 1
        self.end = row
        for (weight, column), x in self.beside.items():
            area = self.sheet.at(self.inner.placed(weight).top, column, self.draft.graph[x].shape[-1])
            self.inner.place(x, area, column)
            if not self.inner.is_placed(x):
                self.inner.place(x, area)
        for expr in self.network.expressions.values():
            for name in () if expr is None else ex.refs(expr):
                if not self.inner.is_placed(name):  # handed over by a layer that is not shown here
                    self.inner.place(name, self.draft.placed(name))

    def is_elsewhere(self, q: Quantity) -> bool:
        """Whether a quantity has no rows of its own: it stands beside a matrix only, or before a state's steps."""
        return q.name.endswith("_init") or (q.expr is None and q.name in self.beside.values())

    def _band(self, band: str, members: Sequence[Quantity], row: int) -> int:
        """Reserve the rows of a band; returns how many."""
        starts = [q for q in self.network.quantities if q.name == f"{band}_init"]
        for q in (*starts, *members):
            self.inner.place(q.name, self.sheet.at(row, self.column(q), q.shape[-1]))
        return members[0].shape[-1]


@dataclass(frozen=True)
class Page:
    """The sheet, once it is known what stands where.

    Attributes:
        given: a formula for each element of an input; by default it is read where the input stands.
    """

    draft: Draft
    network: Network
    places: Places
    sheet: SheetDraft
    given: Callable[[str, int], str] | None = None

    @cached_property
    def arrows(self) -> Mapping[str, str]:
        """Where each state is read again."""
        at = self.places.inner.placed
        own = {q.name: at(q.name) for q in self.network.quantities if q.band.role is Role.STATE}
        copies = [(x, self.sheet.at(at(w).top, column)) for (w, column), x in self.places.beside.items()]
        readers = [(x, at(n)) for n, expr in self.network.expressions.items() if expr for x in ex.refs(expr)]
        return handed_on(own, copies, readers)

    def fill(self) -> None:
        """Write everything."""
        self._header()
        for row, layer in self.places.headings.items():
            self._heading(row, layer)
        for name in self.network.weights:
            self._weight(name)
        for (weight, column), x in self.places.beside.items():
            self._beside(self.places.inner.placed(weight).top, column, x)
        for weight in dict.fromkeys(weight for weight, _ in self.places.beside):
            row = self.places.inner.placed(weight).top
            self.sheet.put(row, self.places.before - 1, self._factor(weight), "symbol_right")
        labelled: set[str] = set()
        last = {q.band.name: q for q in self.network.quantities}
        for q in self.network.quantities:
            if q.name.endswith("_init") or not self.places.is_elsewhere(q):
                self._numbers(q)
            if q.band.name not in labelled and not self.places.is_elsewhere(q):
                labelled.add(q.band.name)
                self._label(q, last[q.band.name])
        end = self.places.columns
        self.sheet.widths[end] = formula_width(c.content for (_, at), c in self.sheet.cells.items() if at == end)
        self.sheet.starts = self._starts()
        self.sheet.one_page, self.sheet.left_out = True, 1

    def _starts(self) -> list[int]:
        """The rows with a symbol, or with the heading above it."""
        own = {row: cell.style for (row, column), cell in self.sheet.cells.items() if column == _SYMBOL and row > TOP}
        first = {min(row for row in own if row > at) for at, style in own.items() if style == "heading"}
        return sorted(own.keys() - first)

    def _header(self) -> None:
        sheet, places, network = self.sheet, self.places, self.network
        left, right = places.before, places.columns
        sheet.put_row(TOP, 0, [None, None, say("words.weights"), *[None] * network.columns], f"header_left{ONE_LINE}")
        steps = [f"t = {t + 1}" for t in range(network.steps)]
        over = [over_first_states(network.quantities), *steps, say("common.at_the_end" if steps else "words.value")]
        sheet.put_row(TOP, left, over[: right - left], "header")
        sheet.put(TOP, right, say("common.last_formula"), "header_left")
        for t, (text, desired) in enumerate(self.draft.words[: network.steps]):
            self.draft.helper(sheet, TOP + 1, left + 1 + t, text, desired, "word")
        sheet.widths.update({_SYMBOL: 20, _UNIT: 10, left - 1: 7})
        wide = next((width for most, width in _WIDTHS.items() if network.columns <= most), 0.0)
        wide = wide or brief_width((f"weight{BRIEF}", values) for values in network.matrices.values())
        step = _STEP
        if has_few_digits(self.draft.trace):
            wide, step = max(_SHORT, wide / network.columns), _SHORT
        sheet.widths.update({**dict.fromkeys(range(MATRIX, left - 1), wide), **dict.fromkeys(range(left, right), step)})

    def _heading(self, row: int, layer: str) -> None:
        """The layer's name, and under it what the columns of its weights belong to."""
        own = {name: spec for name, spec in self.network.weights.items() if name.rpartition(".")[0] == layer}
        kind = next((spec.kind for spec in own.values()), "")
        heading(self.sheet, row, f"{layer} · {kind}" if kind else layer, self.places.columns)
        for name, spec in list(own.items())[:1]:
            self.sheet.put_row(row + 1, MATRIX, labels_over(self.draft, spec, name), "column_label")

    def _weight(self, name: str) -> None:
        """A weight as references to where it stands."""
        values, area, source = self.network.matrices[name], self.places.inner.placed(name), self.draft.placed(name)
        self.sheet.put(area.top, _SYMBOL, name.rpartition(".")[2], "symbol_small")
        words = row_words(self.draft, name, len(values))
        style = "weight" if self.network.columns <= max(_WIDTHS) else f"weight{BRIEF}"
        for (row, column), (at, left), value in zip(area.cells(), source.cells(), values.reshape(-1), strict=True):
            if column == MATRIX:
                number = row - area.top
                label = words[number] if words else float(number + 1) if len(values) > 1 else None
                self.sheet.put(row, _UNIT, label, "unit" if number else "first_unit")
            text = reference(Range(source.sheet, at, left), self.sheet.name, fixed=True)
            self.draft.helper(self.sheet, row, column, text, [float(value)], style)

    def _beside(self, row: int, column: int, x: str) -> None:
        """A vector, beside the matrix that it is multiplied by."""
        own = self.places.inner.placed(x)
        first = (own.sheet, own.top, own.left) == (self.sheet.name, row, column)
        source = self.draft.placed(x) if first else own
        q = self.draft.graph[x]
        again = x in self.arrows and column != self.places.column(q)
        style, inner = self._style(q) + (f"_from_{self.arrows[x]}" if again else ""), self.places.inner
        for unit in range(q.shape[-1]):
            text = reference(source.cell(unit), self.sheet.name)
            text = self.given(x, unit) if first and self.given is not None else text
            self.draft.helper(self.sheet, row + unit, column, text, inner.values(x, unit), style, slack(self.draft, q))

    def _factor(self, weight: str) -> str:
        """What the vectors beside a matrix are called: hₜ₋₁ where they come from the step before."""
        label = ""
        for (_, column), x in ((key, x) for key, x in self.places.beside.items() if key[0] == weight):
            q = self.draft.graph[x]
            label = q.band.label
            if q.step is not None and not x.endswith("_init") and column <= self.places.before + self.network.steps:
                moved = {1: "ₜ₋₁", 0: "ₜ", -1: "ₜ₊₁"}.get(column - self.places.column(q), "ₜ")
                return label.replace("ₜ", moved)
        return label

    def _style(self, q: Quantity) -> str:
        whole = q.band.role is Role.INPUT and (self.draft.trace[q.name] % 1 == 0).all()
        return q.band.role.value + ("_code" if whole else "")

    def _numbers(self, q: Quantity) -> None:
        """A quantity: formulas over what stands on this sheet, or references to what is given."""
        area = self.places.inner.placed(q.name)
        expr = self.network.expressions[q.name]
        view = View(self.places.inner, self.sheet.name, area.left)
        for unit in range(area.rows):
            source = self.draft.placed(q.name)
            cell = source.cell(unit)
            text = reference(cell, self.sheet.name) if expr is None else formula(expr, unit, view, self.draft.style)
            values = self.places.inner.values(q.name, unit)
            style = self._style(q) + (f"_to_{self.arrows[q.name]}" if q.name in self.arrows else "")
            self.draft.helper(self.sheet, area.top + unit, area.left, text, values, style, 4 * slack(self.draft, q))
        if (scale := scale_of_role(q.band.role.value, area)) is not None:
            self.sheet.scales.append(scale)

    def _label(self, q: Quantity, last: Quantity) -> None:
        """The symbol, the units, the equation, and the text of the last formula in the first row."""
        top = self.places.inner.placed(q.name).top
        sheet = self.sheet
        sheet.put(top, _SYMBOL, q.band.label, "symbol_small")
        name_units(self.draft, sheet, top, q.band, q.shape[-1])
        sheet.put(top, MATRIX, q.band.equation, "equation")
        for column in range(MATRIX + 1, self.places.before - 1):
            sheet.put(top, column, None, "equation")
        area, expr = self.places.inner.placed(last.name), self.network.expressions[last.name]
        if expr is not None:
            text = formula(expr, 0, View(self.places.inner, self.sheet.name, area.left), self.draft.style)
            sheet.put(top, self.places.columns, f"={text}", "formula")
