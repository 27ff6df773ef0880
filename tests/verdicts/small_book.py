"""A small network, laid out by hand as a workbook that knows what it should compute, for faults to be planted in."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xlsxwriter

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.workbook.bindings import Binding, Helper
from xlcheck.workbook.looks.as_built import MARK, _read, bands, kept, left_out
from xlcheck.workbook.looks.shown import read_shown
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.reader import read_workbook

OWN_SHEETS = ("Data", "Weights", "Net", "All", "Check")
SELECTOR = parse_range("Data!B1")
Change = float | str | None
Checker = Callable[..., CheckReport]

SPEC = sequential(
    "small",
    (2, 1),
    (
        LayerSpec(
            "SimpleRNN",
            "rnn",
            {"units": 2, "activation": "tanh", "return_sequences": False},
            {"kernel": (1, 2), "recurrent_kernel": (2, 2), "bias": (2,)},
        ),
        LayerSpec("Dense", "dense", {"units": 1, "activation": "sigmoid"}, {"kernel": (2, 1), "bias": (1,)}),
    ),
    loss="binary_crossentropy",
)
# Short decimals, which XlsxWriter stores exactly.
GIVEN = {
    "rnn.kernel": np.array([[0.5, -0.75]]),
    "rnn.recurrent_kernel": np.array([[0.25, 0.375], [-0.5, 0.125]]),
    "rnn.bias": np.array([0.0625, -0.25]),
    "dense.kernel": np.array([[1.25], [-0.875]]),
    "dense.bias": np.array([0.1875]),
    "rnn.h_init": np.zeros((2, 2)),
    "input.x[0]": np.array([[1.0], [1.0]]),
    "input.x[1]": np.array([[2.0], [3.0]]),
    "target.y": np.array([[1.0], [0.0]]),
}
WEIGHTS = {
    "rnn.kernel": "Weights!B2:C2",
    "rnn.recurrent_kernel": "Weights!B4:C5",
    "rnn.bias": "Weights!B7:C7",
    "dense.kernel": "Weights!B9:B10",
    "dense.bias": "Weights!B12",
}


@dataclass
class SmallBook:
    """The workbook while it is made: constants, formulas with their true values, and the manifest's parts.

    `Data!B1` selects one of two samples. `Net` computes the selected one in columns C and D, `All`
    both of them in C, D and E, F; `Check` compares.
    """

    graph: Graph
    trace: Trace
    constants: dict[str, float | str] = field(default_factory=dict)
    formulas: dict[str, tuple[str, float | str]] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)

    def constant(self, quantity: str, area: str, sample: int | None = None) -> None:
        """A given quantity as constants."""
        values = self.trace[quantity] if self.graph[quantity].is_weight else self.trace[quantity][sample or 0]
        where = parse_range(area)
        for (row, column), value in zip(where.cells(), values.reshape(-1), strict=True):
            self.constants[f"{where.sheet}!{_a1(row, column)}"] = float(value)
        self.bindings.append(Binding(quantity, where, sample))

    def computed(self, quantity: str, area: str, formulas: list[str], sample: int | None = None) -> None:
        """A quantity as formulas."""
        where = parse_range(area)
        values = self.trace[quantity][sample or 0].reshape(-1)
        for (row, column), text, value in zip(where.cells(), formulas, values, strict=True):
            self.formulas[f"{where.sheet}!{_a1(row, column)}"] = text, float(value)
        self.bindings.append(Binding(quantity, where, sample))

    def helper(self, cell: str, text: str, desired: tuple[float | str, ...]) -> None:
        """A formula cell that is no quantity."""
        self.formulas[cell] = text, desired[0]
        self.helpers.append(Helper(parse_range(cell), text, desired))

    def look_up(self, quantity: str, cell: str, text: str) -> None:
        """A given quantity that a formula fetches for the selected sample."""
        self.helper(cell, text, tuple(float(v) for v in self.trace[quantity][:, 0]))
        self.bindings.append(Binding(quantity, parse_range(cell)))

    def manifest(self) -> Manifest:
        """What the workbook says of itself."""
        return Manifest(
            SPEC, self.trace, self.trace["dense.y"], tuple(self.bindings), tuple(self.helpers), ("first", "second"),
            SELECTOR,
        )  # fmt: skip

    def write(self, path: Path, changes: Mapping[str, Change] | None = None) -> None:
        """Save the workbook with some cells holding something else: `=formula`, a constant, or None for nothing.

        It says that it was written with them, so that what is no quantity is not in question here.
        """
        self._write(path, changes, "")
        self._write(path, changes, _fingerprint(path, [SELECTOR, *(binding.area for binding in self.bindings)]))

    def _write(self, path: Path, changes: Mapping[str, Change] | None, fingerprint: str) -> None:
        cells: dict[str, object] = {**self.constants, **self.formulas, **(changes or {})}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with xlsxwriter.Workbook(path) as book:
                names = dict.fromkeys([*OWN_SHEETS, SHEET], 0)
                names |= {parse_range(where).sheet: 0 for where in cells}
                sheets = {name: book.add_worksheet(name) for name in names}
                for where, content in cells.items():
                    area = parse_range(where)
                    self._put(sheets[area.sheet], area.top, area.left, where, content)
                for row, chunk in enumerate(self.manifest().to_chunks()):
                    sheets[SHEET].write_string(row, 0, chunk)
                sheets[SHEET].write_string(0, 1, fingerprint)
                sheets[SHEET].very_hidden()

    def _put(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, where: str, content: object) -> None:
        if isinstance(content, str) and content.startswith("="):
            content = content[1:], self.formulas[where][1] if where in self.formulas else None
        if isinstance(content, tuple):
            text, value = content
            sheet.write_formula(row, column, f"={text}", None, "" if value is None else value)
        elif content is not None:
            sheet.write(row, column, content)


def _fingerprint(path: Path, given: Sequence[Range]) -> str:
    """What a workbook says of how its constants were written, taken from what stands in it."""
    content = read_workbook(path)
    shown = read_shown(content, SHEET)
    areas = left_out(given, {})
    built = {name: sheet for name, sheet in content.sheets.items() if name in (*OWN_SHEETS, SHEET)}
    sheets = {name: bands(_read(sheet, name == SHEET, areas.get(name))) for name, sheet in built.items()}
    formats = {name: [used.cells, used.order, used.formats] for name, used in shown.formats.items()}
    return f"{MARK}{json.dumps([sheets, {}, {}, [formats, kept(shown.facts)]])}}}"


def _a1(row: int, column: int) -> str:
    return f"{'ABCDEFGHIJ'[column]}{row + 1}"


def _network(
    book: SmallBook, sheet: str, columns: tuple[str, str], x: tuple[str, str], target: str, k: int | None
) -> None:
    """The forward pass of one sample, written as a person would: time to the right, units downwards."""
    for t, (c, x_t) in enumerate(zip(columns, x, strict=True)):
        before = "$B" if t == 0 else columns[t - 1]
        book.computed(f"rnn.xk[{t}]", f"{sheet}!{c}3:{c}4", [f"{x_t}*Weights!$B$2", f"{x_t}*Weights!$C$2"], k)
        book.computed(
            f"rnn.hr[{t}]",
            f"{sheet}!{c}5:{c}6",
            [f"SUMPRODUCT({before}9:{before}10,Weights!${w}$4:${w}$5)" for w in "BC"],
            k,
        )
        book.computed(f"rnn.z[{t}]", f"{sheet}!{c}7:{c}8", [f"{c}3+{c}5+Weights!$B$7", f"{c}4+{c}6+Weights!$C$7"], k)
        book.computed(f"rnn.h[{t}]", f"{sheet}!{c}9:{c}10", [f"TANH({c}7)", f"TANH({c}8)"], k)
    c = columns[1]
    book.computed("dense.z", f"{sheet}!{c}12", [f"SUMPRODUCT({c}9:{c}10,Weights!$B$9:$B$10)+Weights!$B$12"], k)
    book.computed("dense.y", f"{sheet}!{c}13", [f"1/(1+EXP(-{c}12))"], k)
    book.computed("loss.loss", f"{sheet}!{c}15", [f"-({target}*LN({c}13)+(1-{target})*LN(1-{c}13))"], k)


def right_book() -> SmallBook:
    """The right workbook; its trace is test data, made with the graph's own equations."""
    graph = forward_graph(SPEC)
    book = SmallBook(graph, Trace("keras float64", evaluate(graph, GIVEN)))
    book.constants["Data!B1"] = 1.0
    for name, area in WEIGHTS.items():
        book.constant(name, area)
    for k in range(2):
        for column, name in zip("ABC", ("input.x[0]", "input.x[1]", "target.y"), strict=True):
            book.constant(name, f"Data!{column}{3 + k}", k)
    book.constant("rnn.h_init", "Net!B9:B10")
    book.constant("rnn.h_init", "All!B9:B10", 0)
    book.look_up("input.x[0]", "Net!C2", "INDEX(Data!$A$3:$A$4,Data!$B$1)")
    book.look_up("input.x[1]", "Net!D2", "INDEX(Data!$B$3:$B$4,Data!$B$1)")
    book.look_up("target.y", "Net!D14", "INDEX(Data!$C$3:$C$4,Data!$B$1)")
    _network(book, "Net", ("C", "D"), ("C2", "D2"), "D14", None)
    for k, columns in enumerate((("C", "D"), ("E", "F"))):
        _network(book, "All", columns, (f"Data!$A${3 + k}", f"Data!$B${3 + k}"), f"Data!$C${3 + k}", k)
    book.computed("loss.mean", "All!B16", ["AVERAGE(D15,F15)"])
    hidden = tuple(float(v) for v in book.trace["rnn.h[1]"][:, 0])
    book.constants |= {"Check!D1": hidden[0], "Check!D2": hidden[1]}
    book.helper("Check!A1", "Net!D9", hidden)
    book.helper("Check!B1", "INDEX($D$1:$D$2,Data!$B$1)", hidden)
    book.helper("Check!A2", "A1-B1", (0.0,))
    book.helper("Check!B2", 'IF(ABS(A2)<=1E-12,"right","wrong")', ("right",))
    return book


def cells(report: CheckReport, status: Status) -> set[str]:
    """Addresses of the cells with a verdict."""
    return {f"{c.sheet}!{c.cell}" for c in report.cells if c.status is status}


def recompute(spec: ModelSpec, given: Mapping[str, np.ndarray]) -> Trace:
    """Stands in for Keras: what is under test is when it is asked, and with what."""
    return Trace("asked anew", evaluate(forward_graph(spec), given))
