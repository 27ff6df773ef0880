"""Nudge: each weight a little larger and a little smaller, one run a row: a gradient that needs no calculus.

From the left: which weight is nudged, how far, the loss, all weights of the run, then the run's forward pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Pattern
from xlcheck.formulas.printing import Style
from xlcheck.graph.gradients import PREFIX
from xlcheck.graph.nudges import DELTA, SIZE, nudges
from xlcheck.graph.scalars import scalar_name
from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training.inputs import element_label
from xlcheck.learning.optimisers.table import EpochGraph
from xlcheck.texts import say
from xlcheck.workbook.bindings import FilledHelper
from xlcheck.workbook.epoch_table import EpochTable, epoch_formulas

NAME = "Nudge"
_DELTA_ROW, _SYMBOLS, _HEADER = 5, 8, 9
FIRST = _HEADER + 1
_WHICH, _BY, _LOSS, _WEIGHTS = range(4)
_WITHIN = 1e-14
_HEADED = 12  # columns under the heading: the loss of each run, and the first weights


@dataclass(frozen=True)
class Difference:
    """A gradient by nudging: its formula as any sheet writes it, and its true value."""

    text: str
    value: float


def lay_out(epoch: EpochGraph, nudged: Mapping[str, Array]) -> EpochTable:
    """Give every number its column.

    Args:
        epoch: the numbers of an epoch, of which only the forward pass is needed here.
        nudged: Keras's numbers, `(runs, 1)`.
    """
    runs = list(nudges(epoch.whole))
    own = {scalar_name(n.weight, n.index): _WEIGHTS + place for place, n in enumerate(runs[::2])}
    others = [q.name for q in epoch.scalars if q.name in nudged and q.name != epoch.loss]
    columns = {epoch.loss: _LOSS} | {name: _WEIGHTS + len(own) + place for place, name in enumerate(others)}
    area = Range(NAME, FIRST, 0, len(runs), _WEIGHTS + len(own) + len(others))
    return EpochTable(area, columns, {}, nudged, epoch.samples, _WITHIN, own, say("nudges.run"))


def place_delta(draft: Draft) -> None:
    """Say where stands how far the weights are nudged."""
    draft.place(DELTA, Range(NAME, _DELTA_ROW, _BY))


def differences(epoch: EpochGraph, table: EpochTable, sheet: str) -> dict[str, Difference]:
    """For each gradient, by name, the central difference of the loss, as a formula on `sheet`."""
    delta = reference(Range(NAME, _DELTA_ROW, _BY), sheet, fixed=True)
    loss = table.values[epoch.loss][:, 0]
    found = {}
    for row, nudge in enumerate(nudges(epoch.whole)):
        if nudge.sign > 0:
            up, down = (reference(Range(NAME, FIRST + row + k, _LOSS), sheet) for k in range(2))
            gradient = epoch.whole[f"{nudge.weight.band.layer}.{PREFIX}{nudge.weight.band.symbol}"]
            value = float(loss[row] - loss[row + 1]) / (2 * SIZE)
            found[scalar_name(gradient, nudge.index)] = Difference(f"({up}-{down})/(2*{delta})", value)
    return found


def nudges_sheet(draft: Draft, epoch: EpochGraph, samples: Sequence[str], table: EpochTable) -> None:
    """Fill the sheet."""
    sheet = draft.sheet(NAME, "gradient")
    title(sheet, say("nudges.title"), say("nudges.intro"), 13)
    heading(sheet, _DELTA_ROW - 1, say("nudges.how_far"), 13)
    sheet.put(_DELTA_ROW, _WHICH, "δ", "label")
    sheet.put(_DELTA_ROW, _BY, SIZE, "setting")
    sheet.put(_DELTA_ROW, _LOSS, say("nudges.gradient"), "hint")
    sheet.put(_DELTA_ROW + 1, _LOSS, say("nudges.how_large"), "hint")
    _weights(draft, sheet, epoch, table)
    fixed = {q.name: draft.placed(q.name) for q in epoch.scalars if q.expr is None and draft.is_placed(q.name)}
    for name, column in table.columns.items():
        pattern = epoch_formulas(epoch.scalars, name, table, fixed, Style.ROBUST)
        style = "loss_fine" if column == _LOSS else epoch.scalars[name].band.role.value
        sheet.formulas(FIRST, column, pattern, table.values[name][:, 0], table.area.rows, style)
    _headings(sheet, epoch, samples, table)
    sheet.widths.update({_WHICH: 36, _BY: 11, **dict.fromkeys(range(_LOSS, table.area.columns), 13)})
    sheet.widths.update(dict.fromkeys(table.own.values(), 16))
    sheet.heights.update({_SYMBOLS: 20, _HEADER: 32})
    sheet.freeze = (FIRST, _LOSS + 1)
    sheet.printed = False  # what the runs give stands on the sheet One step


def _weights(draft: Draft, sheet: SheetDraft, epoch: EpochGraph, table: EpochTable) -> None:
    """The weights of each run: one number is nudged, the others are those before the first epoch."""
    delta = Range(NAME, _DELTA_ROW, _BY)
    for row, nudge in enumerate(nudges(epoch.whole), start=FIRST):
        sign = "+" if nudge.sign > 0 else "−"
        label = element_label(nudge.weight, nudge.index, nudge.weight.band.layer)
        sheet.put(row, _WHICH, f"{label}  {sign} δ", "label")
        draft.helper(sheet, row, _BY, delta.fixed() if nudge.sign > 0 else f"-{delta.fixed()}", [nudge.sign * SIZE],
                     "setting")  # fmt: skip
        name = scalar_name(nudge.weight, nudge.index)
        value, source = draft.value(name), reference(draft.placed(name), NAME, fixed=True)
        column = table.own[name]
        by = Range(NAME, row, _BY).a1
        draft.helper(sheet, row, column, f"{source}+{by}", [value + nudge.sign * SIZE], "nudged")
        if nudge.sign > 0:
            last = table.area.top + table.area.rows
            for top, rows in ((FIRST, row - FIRST), (row + 2, last - row - 2)):
                if rows:
                    area = sheet.formulas(top, column, Pattern((source,)), np.full(rows, value), rows, "weight")
                    draft.filled.append(FilledHelper(area, source, (value,)))


def _headings(sheet: SheetDraft, epoch: EpochGraph, samples: Sequence[str], table: EpochTable) -> None:
    heading(sheet, _SYMBOLS - 1, say("nudges.runs"), min(table.area.columns, _HEADED))
    for column, text in ((_WHICH, say("nudges.what")), (_BY, "by")):
        sheet.put(_SYMBOLS, column, None, "header")
        sheet.put(_HEADER, column, text, "header")
    for q, index, sample in epoch.numbers():
        name = scalar_name(q, index, sample)
        if name in table.own or name in table.columns:
            column = table.own[name] if name in table.own else table.columns[name]
            whose = q.band.layer if sample is None or q.band.symbol == "mean" else samples[sample]
            sheet.put(_SYMBOLS, column, whose, "header")
            sheet.put(_HEADER, column, element_label(q, index), "header")
