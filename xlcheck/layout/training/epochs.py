"""Epochs: one row an epoch, every number of it a live formula; Keras's loss and weights beside them; the curves.

From the left: epoch, loss, the comparison with Keras, answers, the weights at the epoch's end, Keras's weights, then
everything on the way: forward, backward, gradients, the optimiser's slots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.pattern import Gap, Gaps, pattern_of, row_number
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.scalars import Index, indices, scalar_name
from xlcheck.layout.common import merged_helper, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.numbers import OBSOLETE
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training.inputs import CHARTS, CHARTS_WIDE, NAME as TRAINING, TOP, TrainingInputs, element_label
from xlcheck.learning.optimisers.step import LAYER, NEW
from xlcheck.learning.optimisers.table import LIMIT, EpochGraph
from xlcheck.texts import beginning, say, say_all, say_live
from xlcheck.workbook.bindings import FilledHelper
from xlcheck.workbook.epoch_table import EpochTable, epoch_formulas
from xlcheck.workbook.plan import Chart, Highlight, Series

NAME = "Epochs"
EPOCH = 0
_SYMBOLS, _HEADER, _START = 4, 5, 6
FIRST = _START + 1
_LOSS, _STATE, _KERAS, _DIFFERENCE, _SINGLE, _SINGLE_DIFFERENCE, _WEIGHT_DIFFERENCE, _SHOWN = range(1, 9)
_PATHS = 14
_LAST_CHART = 22  # rows
_WIDTH = 13.5
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
    """Give every number its column: what a reader wants first, then, after room for Keras's weights, all others."""
    loss, *shown = _shown(epoch)
    others = [q.name for q in epoch.scalars if q.expr is not None and q.name not in {loss, *shown}]
    first = _SHOWN + len(shown) + len(_new_weights(epoch)) + 1
    columns = {loss: _LOSS}
    columns |= {name: _SHOWN + place for place, name in enumerate(shown)}
    columns |= {name: first + place for place, name in enumerate(others)}
    area = Range(NAME, FIRST, 0, len(truth.single), max(columns.values()) + 1)
    own = {f"{LAYER}.iteration": EPOCH}
    return EpochTable(area, columns, epoch.before, truth.values, epoch.samples, _WITHIN, own)


def place_start(draft: Draft, table: EpochTable) -> None:
    """Say where stands what the first epoch is given: its number, and slots of 0."""
    draft.place(f"{LAYER}.iteration", Range(NAME, FIRST, EPOCH))
    for given, after in table.before.items():
        if not draft.is_placed(given):
            draft.place(given, Range(NAME, _START, table.columns[after]))


def epochs_sheet(
    draft: Draft,
    epoch: EpochGraph,
    samples: Sequence[str],
    truth: Truth,
    inputs: TrainingInputs,
    words: Sequence[Sequence[str]],
) -> EpochTable:
    """Fill the sheet; its curves stand beside the inputs.

    The words are what each sample reads, a word a step; of classes the first sample's are the names.

    Returns:
        Where everything stands.
    """
    sheet = draft.sheet(NAME, "loss")
    table = lay_out(epoch, truth)
    columns = table.columns
    epochs = table.area.rows
    weights = _new_weights(epoch)
    fixed = {q.name: draft.placed(q.name) for q in epoch.scalars if q.expr is None and draft.is_placed(q.name)}
    title(sheet, say("epochs.epochs", epochs=epochs), say("epochs.intro"), 14)
    _numbers(sheet, epochs)
    _start(draft, sheet, epoch, table)
    for name, column in columns.items():
        q = epoch.scalars[name]
        values = truth.values[name][:, 0]
        pattern = epoch_formulas(epoch.scalars, name, table, fixed, Style.ROBUST)
        sheet.formulas(FIRST, column, pattern, values, epochs, q.band.role.value if name not in weights else "weight")
    sheet.widths.update({EPOCH: 9, **dict.fromkeys(range(1, table.area.columns), _WIDTH)})
    _headings(sheet, epoch, samples, columns)
    _compare(draft, sheet, epoch, table, truth, inputs)
    sheet.printed = False
    sheet.freeze = (FIRST, 2)
    _curves(draft, sheet, epoch, _answers(draft, epoch, samples, words), table, weights, inputs)
    return table


def _shown(epoch: EpochGraph) -> list[str]:
    """What a reader wants to see first: the mean loss, the answers, the new weights."""
    answers = [
        scalar_name(epoch.whole[name], index, sample)
        for sample in range(epoch.samples)
        for name in epoch.whole.outputs
        for index in indices(epoch.whole[name])
    ]
    return [epoch.loss, *answers, *_new_weights(epoch)]


def _new_weights(epoch: EpochGraph) -> list[str]:
    return [q.name for q in epoch.scalars if q.band.symbol.startswith(NEW)]


def _numbers(sheet: SheetDraft, epochs: int) -> None:
    sheet.put(_HEADER, EPOCH, say("words.epoch"), "header")
    sheet.put(_START, EPOCH, say("words.start"), "column_label")
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
    for q, index, sample in epoch.numbers():
        column = columns.get(scalar_name(q, index, sample))
        if column is not None:
            whose = q.band.layer if sample is None or q.band.symbol == "mean" else samples[sample]
            sheet.put(_SYMBOLS, column, whose, "header")
            _head(sheet, column, element_label(q, index))
    sheet.heights.update({_SYMBOLS: 32, _HEADER: 46})


def _head(sheet: SheetDraft, column: int, label: str) -> None:
    """A heading that is broken between words only, and in no pair of brackets."""
    sheet.put(_HEADER, column, label.replace(", ", ",\u00a0"), "header")
    longest = max(map(len, label.replace(", ", ",_").split()))
    sheet.widths[column] = max(_WIDTH, longest + 2.5)


def _compare(
    draft: Draft, sheet: SheetDraft, epoch: EpochGraph, table: EpochTable, truth: Truth, inputs: TrainingInputs
) -> None:
    """Keras's loss and weights as constants, and the differences, as long as they apply."""
    epochs, weights = table.area.rows, _new_weights(epoch)
    loss = epoch.loss
    applies = reference(inputs.applies, NAME, fixed=True)
    first = max(table.columns[name] for name in weights) + 1
    for column, text in enumerate(say_all("epochs.header"), start=_STATE):
        sheet.put(_SYMBOLS, column, say("words.loss") if _STATE < column < _WEIGHT_DIFFERENCE else None, "header")
        sheet.put(_HEADER, column, text, "header")
    places = {scalar_name(q, index): (q, index) for q, index, sample in epoch.numbers() if sample is None}
    for offset, name in enumerate(weights):
        q, index = places[name]
        sheet.put(_SYMBOLS, first + offset, say("epochs.keras", layer=q.band.layer), "header")
        _head(sheet, first + offset, element_label(q, index))
    sheet.numbers(FIRST, _KERAS, truth.values[loss], "keras")
    sheet.numbers(FIRST, _SINGLE, truth.single[:, None], "keras")
    sheet.numbers(FIRST, first, np.hstack([truth.values[name] for name in weights]), "keras")

    def filled(column: int, text: str, value: float | str, atol: float) -> None:
        values = np.full(epochs, value) if isinstance(value, float) else value
        formulas = pattern_of(text, gaps)
        cells = sheet.formulas(FIRST, column, formulas, values, epochs,
                               "difference" if isinstance(value, float) else "verdict")  # fmt: skip
        draft.filled.append(FilledHelper(cells, formulas.at(0), (value,), atol))

    gaps: Gaps[Gap] = Gaps()
    row = gaps.mark(row_number(FIRST))
    kept = [column_name(table.columns[name]) for name in weights]
    held = f"{kept[0]}{row}:{kept[-1]}{row}"
    state = f'IF(OR(MAX({held})>={LIMIT:g},MIN({held})<=-{LIMIT:g}),{say_live("epochs.diverged")},"")'
    filled(_STATE, state, "", 0.0)
    own, keras = column_name(_LOSS), column_name(_KERAS)
    filled(_DIFFERENCE, f'IF({applies}=1,{own}{row}-{keras}{row},"{OBSOLETE}")', 0.0, 1e-13)
    # Not the largest difference: for that some programs would have to be told that it is a formula of arrays.
    distance = f"SQRT(SUMXMY2({held},{column_name(first)}{row}:{column_name(first + len(weights) - 1)}{row}))"
    filled(_WEIGHT_DIFFERENCE, f'IF({applies}=1,{distance},"{OBSOLETE}")', 0.0, _WITHIN)
    sheet.numbers(FIRST, _SINGLE_DIFFERENCE, truth.single[:, None] - truth.values[loss], "difference")
    sheet.highlights.append(Highlight(sheet.at(FIRST, _STATE, epochs, 1), say("epochs.diverged"), "wrong"))


def _curves(
    draft: Draft,
    sheet: SheetDraft,
    epoch: EpochGraph,
    answers: _Answers,
    table: EpochTable,
    weights: Sequence[str],
    inputs: TrainingInputs,
) -> None:
    """On the sheet with the inputs: how training went, and three charts of it."""
    _how_it_went(draft, sheet, epoch, table, inputs)
    training = draft.sheets[TRAINING]
    text = f'IF({inputs.applies.fixed()}=1,"Keras",{say_live("epochs.keras_before")})'
    keras = draft.helper(training, TOP + 1, CHARTS, text, ["Keras"], "unseen")
    epochs = table.area.rows
    xs = sheet.at(FIRST, EPOCH, epochs, 1)

    def line(name: str | Range, column: int, *, dashed: bool = False) -> Series:
        return Series(name, sheet.at(FIRST, column, epochs, 1), xs, dashed)

    loss = [line(say("common.this_workbook"), _LOSS), line(keras, _KERAS, dashed=True)]
    labels = {
        scalar_name(q, index): element_label(q, index, q.band.layer) for q, index, k in epoch.numbers() if k is None
    }
    paths = [line(labels[name].replace(" new ", " "), table.columns[name]) for name in weights[:_PATHS]]
    charts = {
        say("epochs.mean_loss"): loss,
        answers[0]: [line(label, table.columns[name]) for label, name in answers[1]],
        say("epochs.paths") if len(paths) == len(weights) else say("epochs.first_paths", paths=_PATHS): paths,
    }
    for number, (text, lines) in enumerate(charts.items()):
        height = 310 if len(lines) < _PATHS // 2 else 430
        row = TOP + 2 + 16 * number
        shares = text == answers[0]  # a sigmoid's or a softmax's
        chart = Chart(row, CHARTS, text, say("words.epoch"), "", tuple(lines), width=760, height=height, markers=False,
                      shares=shares)  # fmt: skip
        training.charts.append(chart)
        training.starts.append(row if number else 0)
    beside = training.starts[-1]
    below = beside + _LAST_CHART
    last = max(row for row, _ in training.cells)
    training.starts += range(below, last, 10)
    if last > below:  # a long list of inputs, beside which there is room
        training.questions = below, CHARTS
    elif training.questions is not None:  # on the page of the last chart
        training.questions = max(beside, training.questions[0]), training.questions[1]


def _how_it_went(draft: Draft, sheet: SheetDraft, epoch: EpochGraph, table: EpochTable, inputs: TrainingInputs) -> None:
    """Where the loss has come to, and in how many epochs the workbook agrees with Keras."""
    training = draft.sheets[TRAINING]
    epochs, mark = table.area.rows, say_live("epochs.diverged")
    state, loss_span, weight_span = (
        reference(sheet.at(FIRST, column, epochs, 1), TRAINING, fixed=True)
        for column in (_STATE, _DIFFERENCE, _WEIGHT_DIFFERENCE)
    )
    last = reference(sheet.at(FIRST + epochs - 1, _LOSS), TRAINING, fixed=True)
    diverged = say_live("epochs.has_diverged", epoch=f"MATCH({mark},{state},0)")
    came_to = say_live("epochs.loss", epochs=epochs, loss=f"ROUND({last},6)")
    text = f"IF(COUNTIF({state},{mark})>0,{diverged},{came_to})"
    shown = say("epochs.loss", epochs=epochs, loss=_rounded(float(table.values[epoch.loss][-1, 0])))
    status = training.at(TOP - 1, CHARTS, 1, CHARTS_WIDE)
    merged_helper(draft, training, status, text, [shown], "big_verdict")
    small, tiny = "0.000000000001", "0.0000000000001"  # Excel's criteria know no exponents
    within = f'COUNTIFS({loss_span},">=-{tiny}",{loss_span},"<={tiny}",{weight_span},"<={small}")'
    agree = say_live("epochs.agree", right=within, epochs=epochs)
    text = f"IF({inputs.applies.fixed()}=1,{agree},{say_live('epochs.changed')})"
    verdict = training.at(TOP, CHARTS, 1, CHARTS_WIDE)
    shown = say("epochs.agree", right=epochs, epochs=epochs)
    merged_helper(draft, training, verdict, text, [shown], "big_verdict")
    training.highlights += [
        Highlight(status, beginning("epochs.has_diverged"), "wrong"),
        Highlight(verdict, shown, "right"),
        Highlight(verdict, say("epochs.changed"), "edited"),
    ]


_Answers = tuple[str, list[tuple[str, str]]]
"""The title of the chart of answers; what each line of it is called, and the number that it shows."""


def _answers(draft: Draft, epoch: EpochGraph, samples: Sequence[str], words: Sequence[Sequence[str]]) -> _Answers:
    single = [
        (samples[k], scalar_name(q, index, k))
        for k in range(epoch.samples)
        for q in map(epoch.whole.__getitem__, epoch.whole.outputs)
        for index in indices(q)
        if q.shape == (1,)
    ]
    if single:
        return say("epochs.answers_sure"), single
    right = [
        (f"“{words[k][q.step or 0]}” → “{words[0][index[-1]]}”", scalar_name(q, index, k))
        for q, index, k in _right(draft, epoch)
    ]
    return say("epochs.answers_words"), right


def _right(draft: Draft, epoch: EpochGraph) -> list[tuple[Quantity, Index, int]]:
    """Of answers that are one probability for each class, the right class's."""
    targets = {
        (q.step, index, k)
        for q, index, k in epoch.numbers()
        if q.band.role is Role.TARGET and k is not None and draft.value(scalar_name(q, index, k)) == 1
    }
    outputs = map(epoch.whole.__getitem__, epoch.whole.outputs)
    return [(q, i, k) for q in outputs for i in indices(q) for k in range(epoch.samples) if (q.step, i, k) in targets]


def _rounded(value: float) -> str:
    """As Excel joins a rounded number to a text."""
    return f"{round(value, 6):.10g}"
