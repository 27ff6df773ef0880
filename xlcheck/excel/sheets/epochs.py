"""Epochs: one row an epoch, every number of it a live formula; Keras's loss and weights beside them; the curves.

From the left: epoch, loss, answers, the weights at the epoch's end, the comparison with Keras, then
everything on the way: forward, backward, gradients, the optimiser's slots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.excel.addresses import Range, column_name
from xlcheck.excel.bindings import FilledHelper
from xlcheck.excel.draft import Draft, SheetDraft, reference
from xlcheck.excel.epoch_table import EpochTable, epoch_formulas
from xlcheck.excel.formulas import Style
from xlcheck.excel.pattern import Pattern, row_number
from xlcheck.excel.plan import Array, Chart, Highlight, Series
from xlcheck.excel.sheets.common import title
from xlcheck.excel.sheets.training_inputs import CHARTS, TOP, TrainingInputs
from xlcheck.excel.sheets.training_inputs import NAME as TRAINING
from xlcheck.graph.notation import label_of
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.scalars import indices, scalar_name
from xlcheck.optimisers.step import LAYER, NEW
from xlcheck.optimisers.table import LIMIT, EpochGraph

NAME = "Epochs"
EPOCH = 0
_SYMBOLS, _HEADER, _START = 4, 5, 6
FIRST = _START + 1
OBSOLETE = "–"
DIVERGED = "diverged"
_WITHIN = 1e-12


@dataclass(frozen=True)
class Truth:
    """What Keras says of each epoch.

    Attributes:
        values: every quantity, one a number, `(epochs, 1)`.
        single: loss of the training in single precision, `(epochs,)`.
    """

    values: Mapping[str, Array]
    single: Array


def lay_out(epoch: EpochGraph, truth: Truth) -> EpochTable:
    """Give every number its column: what a reader wants first, then, after room for Keras's, all others."""
    shown = _shown(epoch)
    others = [q.name for q in epoch.scalars if q.expr is not None and q.name not in shown]
    keras = 6 + sum(epoch.scalars[name].band.symbol.startswith(NEW) for name in shown) + 1
    columns = {name: 1 + place + (keras if place >= len(shown) else 0) for place, name in enumerate(shown + others)}
    area = Range(NAME, FIRST, 0, len(truth.single), max(columns.values()) + 1)
    return EpochTable(area, columns, epoch.before, truth.values, epoch.samples, _WITHIN)


def place_start(draft: Draft, table: EpochTable) -> None:
    """Say where stands what the first epoch is given: its number, and slots of 0."""
    draft.place(f"{LAYER}.iteration", Range(NAME, FIRST, EPOCH))
    for given, after in table.before.items():
        if not draft.is_placed(given):
            draft.place(given, Range(NAME, _START, table.columns[after]))


def epochs_sheet(
    draft: Draft, epoch: EpochGraph, samples: Sequence[str], truth: Truth, inputs: TrainingInputs
) -> EpochTable:
    """Fill the sheet; its curves stand beside the inputs. Returns where everything stands."""
    sheet = draft.sheet(NAME, "loss")
    table = lay_out(epoch, truth)
    columns = table.columns
    epochs = table.area.rows
    weights = [name for name in _shown(epoch) if epoch.scalars[name].band.symbol.startswith(NEW)]
    comparison = 1 + len(_shown(epoch))
    fixed = {q.name: draft.placed(q.name) for q in epoch.scalars if q.expr is None and draft.is_placed(q.name)}
    fixed[f"{LAYER}.iteration"] = sheet.at(FIRST, EPOCH)
    title(sheet, f"{epochs} epochs", "One row an epoch. Each row reads the weights in the row above it, goes forward "
          "and backward through the network, and moves the weights. Everything is a live formula.", 14)  # fmt: skip
    _numbers(sheet, epochs)
    _start(draft, sheet, epoch, table)
    for name, column in columns.items():
        q = epoch.scalars[name]
        values = truth.values[name][:, 0]
        pattern = epoch_formulas(epoch.scalars, name, table, fixed, Style.ROBUST)
        sheet.formulas(FIRST, column, pattern, values, epochs, q.band.role.value if name not in weights else "weight")
    _headings(sheet, epoch, samples, columns)
    _compare(draft, sheet, table, truth, inputs, comparison, weights)
    sheet.widths.update({EPOCH: 9, **dict.fromkeys(range(1, table.area.columns), 12.5), comparison: 17})
    sheet.freeze = (FIRST, 2)
    _curves(draft, sheet, epoch, samples, table, weights, comparison, inputs)
    return table


def _shown(epoch: EpochGraph) -> list[str]:
    """What a reader wants to see first: the mean loss, the answers, the new weights."""
    graph = epoch.scalars
    loss = [q.name for q in graph if q.name.endswith("loss.mean")]
    answers = [
        scalar_name(epoch.whole[name], index, sample)
        for sample in range(epoch.samples)
        for name in epoch.whole.outputs
        for index in indices(epoch.whole[name])
    ]
    new = [q.name for q in graph if q.band.symbol.startswith(NEW)]
    return [*loss, *answers, *new]


def _numbers(sheet: SheetDraft, epochs: int) -> None:
    sheet.put(_HEADER, EPOCH, "epoch", "header")
    sheet.put(_START, EPOCH, "start", "column_label")
    sheet.numbers(FIRST, EPOCH, np.arange(1.0, epochs + 1)[:, None], "column_label")


def _start(draft: Draft, sheet: SheetDraft, epoch: EpochGraph, table: EpochTable) -> None:
    """The row above the first epoch: the weights to start from, and slots of 0."""
    for given, after in epoch.before.items():
        column = table.columns[after]
        if draft.placed(given).sheet != NAME:
            text = reference(draft.placed(given), NAME, fixed=True)
            draft.helper(sheet, _START, column, text, [float(table.values[given][0, 0])], "weight")
        else:
            sheet.put(_START, column, 0.0, "state")


def _headings(sheet: SheetDraft, epoch: EpochGraph, samples: Sequence[str], columns: Mapping[str, int]) -> None:
    for q in epoch.whole:
        for sample in [None] if q.is_weight else range(epoch.samples):
            for index in indices(q):
                column = columns.get(scalar_name(q, index, sample))
                if column is not None:
                    whose = q.band.layer if sample is None or q.band.symbol == "mean" else samples[sample]
                    sheet.put(_SYMBOLS, column, whose, "header")
                    sheet.put(_HEADER, column, _short(q, index), "header")
    sheet.heights.update({_SYMBOLS: 32, _HEADER: 32})


def _short(q: Quantity, index: tuple[int, ...]) -> str:
    places = ", ".join(str(i + 1) for i in index) if max(q.shape) > 1 else ""
    return label_of(q) + (f" [{places}]" if places else "")


def _compare(
    draft: Draft,
    sheet: SheetDraft,
    table: EpochTable,
    truth: Truth,
    inputs: TrainingInputs,
    left: int,
    weights: Sequence[str],
) -> None:
    """Keras's loss and weights as constants, and the differences, as long as they apply."""
    epochs = table.area.rows
    loss = next(name for name in table.columns if name.endswith("loss.mean"))
    own, applies = column_name(table.columns[loss]), reference(inputs.applies, NAME, fixed=True)
    keras, single, first = left + 1, left + 3, left + 6
    header = ["state", "loss, Keras float64", "difference", "loss, Keras as trained, float32", "float32 minus float64",
              "weights: largest difference"]  # fmt: skip
    sheet.put_row(_HEADER, left, header, "header")
    for offset, name in enumerate(weights):
        sheet.put(_HEADER, first + offset, f"Keras: {name.replace(NEW, '')}", "header")
    sheet.numbers(FIRST, keras, truth.values[loss], "keras")
    sheet.numbers(FIRST, single, truth.single[:, None], "keras")
    sheet.numbers(FIRST, first, np.hstack([truth.values[name] for name in weights]), "keras")

    def filled(column: int, text: str, value: float | str, atol: float) -> None:
        row = FIRST + 1
        cells = sheet.at(FIRST, column, epochs, 1)
        pieces = text.split("\1")
        parts = [pieces[0], *(part for piece in pieces[1:] for part in (row_number(FIRST), piece))]
        values = np.full(epochs, value) if isinstance(value, float) else value
        sheet.formulas(FIRST, column, Pattern(tuple(p for p in parts if p != "")), values, epochs,
                       "difference" if isinstance(value, float) else "verdict")  # fmt: skip
        draft.filled.append(FilledHelper(cells, text.replace("\1", str(row)), (value,), atol))

    kept = [column_name(table.columns[name]) for name in weights]
    held = f"{kept[0]}\1:{kept[-1]}\1"
    state = f'IF(OR(MAX({held})>={LIMIT:g},MIN({held})<=-{LIMIT:g}),"{DIVERGED}","")'
    filled(left, state, "", 0.0)
    letter = column_name(keras)
    filled(left + 2, f'IF({applies}=1,{own}\1-{letter}\1,"{OBSOLETE}")', 0.0, 1e-13)
    differences = f"{held}-{column_name(first)}\1:{column_name(first + len(weights) - 1)}\1"
    filled(left + 5, f'IF({applies}=1,SUMPRODUCT(MAX(ABS({differences}))),"{OBSOLETE}")', 0.0, _WITHIN)
    sheet.numbers(FIRST, left + 4, truth.single[:, None] - truth.values[loss], "difference")
    sheet.highlights.append(Highlight(sheet.at(FIRST, left, epochs, 1), DIVERGED, "wrong"))


def _curves(
    draft: Draft,
    sheet: SheetDraft,
    epoch: EpochGraph,
    samples: Sequence[str],
    table: EpochTable,
    weights: Sequence[str],
    comparison: int,
    inputs: TrainingInputs,
) -> None:
    """On the sheet with the inputs: how training went, and three charts of it."""
    training = draft.sheets[TRAINING]
    epochs = table.area.rows
    state = reference(sheet.at(FIRST, comparison, epochs, 1), TRAINING, fixed=True)
    loss = next(name for name in table.columns if name.endswith("loss.mean"))
    last = reference(sheet.at(FIRST + epochs - 1, table.columns[loss]), TRAINING, fixed=True)
    text = (
        f'IF(COUNTIF({state},"{DIVERGED}")>0,"The training has diverged at epoch "&MATCH("{DIVERGED}",{state},0)'
        f'&": the learning rate is too large","{epochs} epochs: the mean loss has come to "&ROUND({last},6))'
    )
    shown = f"{epochs} epochs: the mean loss has come to {_rounded(float(table.values[loss][-1, 0]))}"
    draft.helper(training, TOP - 1, CHARTS, text, [shown], "name")
    differences = [sheet.at(FIRST, comparison + k, epochs, 1) for k in (2, 5)]
    spans = [reference(area, TRAINING, fixed=True) for area in differences]
    loss_span, weight_span = spans
    small, tiny = "0.000000000001", "0.0000000000001"  # Excel's criteria know no exponents
    within = f'COUNTIFS({loss_span},">=-{tiny}",{loss_span},"<={tiny}",{weight_span},"<={small}")'
    applies = inputs.applies.fixed()
    text = (
        f'IF({applies}=1,{within}&" of {epochs} epochs agree with Keras in loss and weights",'
        '"An input was changed: Keras\'s columns no longer apply")'
    )
    verdict = draft.helper(
        training, TOP, CHARTS, text, [f"{epochs} of {epochs} epochs agree with Keras in loss and weights"], "strong"
    )
    training.highlights += [Highlight(verdict, f"{epochs} of", "right"), Highlight(verdict, "An input", "edited")]
    xs = sheet.at(FIRST, EPOCH, epochs, 1)

    def line(name: str, column: int) -> Series:
        return Series(name, sheet.at(FIRST, column, epochs, 1), xs)

    answers = [
        (q, index, k)
        for k in range(epoch.samples)
        for q in map(epoch.whole.__getitem__, epoch.whole.outputs)
        for index in indices(q)
        if q.shape == (1,)
    ]
    charts = [("Mean loss", [line("this workbook", table.columns[loss]), line("Keras", comparison + 1)])]
    if answers:
        lines = [line(samples[k], table.columns[scalar_name(q, index, k)]) for q, index, k in answers]
        charts.append(("Answers: how sure the network is that the document is good", lines))
    paths = [line(name.replace(NEW, ""), table.columns[name]) for name in weights[:14]]
    charts.append(("Paths of the weights", paths))
    for number, (text, lines) in enumerate(charts):
        training.charts.append(
            Chart(TOP + 2 + 16 * number, CHARTS, text, "epoch", "", tuple(lines), width=760, height=310, markers=False)
        )


def _rounded(value: float) -> str:
    """As Excel joins a rounded number to a text."""
    return f"{round(value, 6):.10g}"
