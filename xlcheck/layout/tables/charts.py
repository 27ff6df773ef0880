"""Curves of what a layer computes over time, and of the loss after each epoch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Role
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.margin import SYMBOL, unit_names
from xlcheck.layout.tables.table import FIRST, WRAP, Line, Table
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Chart, Series

_SHARES = ex.Sigmoid | ex.Softmax
"""What gives numbers between 0 and 1."""
_CURVES = 7
_IN_SIGHT = 110  # rows; below a longer table nobody would find the chart
_APART = 17  # rows between charts
_WIDE, _WIDEST = 480, 960  # pixels of one


def charts(draft: Draft, sheet: SheetDraft, table: Table) -> None:
    """What a reader wants to see over time, for few units and steps: states, else outputs; and gates."""
    if not 1 < table.timesteps <= WRAP:
        return
    roles = [Role.STATE if _timed(table, Role.STATE) else Role.OUTPUT, Role.GATE]
    titles = {Role.STATE: say("charts.memory"), Role.OUTPUT: say("charts.output"), Role.GATE: say("charts.gates")}
    below = table.end < _IN_SIGHT
    width = _width(sheet, table) if below else _WIDE
    places = [(table.end, SYMBOL), (table.end, _beside(sheet, width))] if below else [
        (table.top, table.columns + 1), (table.top + _APART, table.columns + 1)
    ]  # fmt: skip
    for role in roles:
        series, left_out = _series(draft, sheet, table, _timed(table, role))
        if series:
            markers = table.timesteps <= 30
            shares = all(isinstance(q.expr, _SHARES) for line in _timed(table, role) for q in line.members)
            chart = Chart(
                *places.pop(0), titles[role] + left_out, say("charts.time_step"), "", series, width=width,
                markers=markers, shares=shares,
            )  # fmt: skip
            sheet.charts.append(chart)


def _width(sheet: SheetDraft, table: Table) -> int:
    """Of one of two charts below a table: whole columns of a long one, so that the words of its steps have room."""
    if not table.is_long:
        return _WIDE
    ends = [*accumulate(sheet.pixels(column) for column in range(table.columns - 1))]  # but for the texts of formulas
    most = min(ends[-1] // 2, _WIDEST)
    return max(_WIDE, *(end for end in ends if end <= most))


def _beside(sheet: SheetDraft, width: int) -> int:
    """The column in which a chart may begin to the right of one of a width that begins in the first column."""
    column, used = 0, 0
    while used < width:
        used += sheet.pixels(column)
        column += 1
    return column


def _timed(table: Table, role: Role) -> list[Line]:
    """The bands of a role that are computed at every step; of outputs those of whole layers, not of their parts."""
    lines = [
        line for line in table.lines
        if line.band and line.band.role is role and len(line.members) > 1 and line.members[0].expr
        and {q.step for q in line.members} == {*range(len(line.members))} and not line.band.columns
    ]  # fmt: skip
    layers = {line.band.layer for line in table.lines if line.band and line.band.role is Role.OUTPUT}
    return [line for line in lines if role is not Role.OUTPUT or not _is_part(line, layers)]


def _is_part(line: Line, layers: Collection[str]) -> bool:
    """Whether a band belongs to a part of one of the layers, such as the query of an attention."""
    return line.band is not None and any(line.band.layer.startswith(f"{layer}.") for layer in layers)


def _series(draft: Draft, sheet: SheetDraft, table: Table, lines: Sequence[Line]) -> tuple[tuple[Series, ...], str]:
    """A curve for each unit, of as many as can be told apart; and which ones these are, if not all."""
    layers = {line.band.layer for line in lines if line.band}
    most = max(1, _CURVES // max(1, len(lines)))
    found = []
    for line in lines:
        first = line.members[0]
        row = draft.placed(first.name).top
        names = unit_names(draft, first.band)
        for unit in range(min(first.shape[-1], most)):
            name = names[unit] if names else first.band.label.replace("ₜ", "")
            if not names and first.shape[-1] > 1:
                name += f" {unit + 1}"
            if len(layers) > 1:
                name += f", {first.band.layer.rpartition('.')[2]}"
            values = Range(sheet.name, row + unit, FIRST, 1, len(line.members))
            steps = sheet.at(table.top + table.headers - 1, FIRST, 1, len(line.members))
            found.append(Series(name, values, steps))
    units = max((line.members[0].shape[-1] for line in lines), default=0)
    left_out = "" if units <= most else say("charts.one_unit") if most == 1 else say("charts.several_units", most=most)
    return tuple(found), left_out


NAME = "Training"
_TOP = 4


def history_sheet(draft: Draft, history: Sequence[float]) -> None:
    """Fill the sheet with the history and its curve."""
    sheet = draft.sheet(NAME, "loss")
    title(sheet, NAME, say("history.intro", count=len(history)), 11)
    sheet.widths.update({0: 12, 1: 16, 2: 4})
    across, up = header = say_all("history.header")
    sheet.put_row(_TOP, 0, header, "header")
    for epoch, loss in enumerate(history):
        sheet.put(_TOP + 1 + epoch, 0, float(epoch + 1), "column_label")
        sheet.put(_TOP + 1 + epoch, 1, float(loss), "loss")
    values = sheet.at(_TOP + 1, 1, len(history), 1)
    epochs = sheet.at(_TOP + 1, 0, len(history), 1)
    sheet.charts.append(
        Chart(_TOP, 3, say("history.chart"), across, up, (Series(up, values, epochs),), width=760, height=380,
              markers=False)
    )  # fmt: skip
    sheet.questions = _TOP + 21, 3
    sheet.printed = False
    sheet.freeze = (_TOP + 1, 0)
