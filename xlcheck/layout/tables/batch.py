"""Batch, or Documents: all passes of every sample, beside each other at each time step.

The gradient of a weight is a sum over all samples; here stands what is summed. Because the samples stand
next to each other, and one time step next to the other, each sum is a product of two rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.formulas.addresses import Range, column_name, quote_sheet
from xlcheck.formulas.pattern import Formulas, Pattern, row_number
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.common import UNIT, heading, over_first_states, style_of, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.filling import looked_up
from xlcheck.layout.tables.margin import SYMBOL, name_units, unit_names
from xlcheck.layout.tables.quantity_formulas import column_formulas
from xlcheck.layout.tables.table import Table, lay_out
from xlcheck.texts import say
from xlcheck.workbook.bindings import FilledHelper

NAME, DOCUMENTS = "Batch", "Documents"
_TOP, _FIRST, _TITLE_COLUMNS = 5, 2, 12

Members = Sequence[tuple[Band, tuple[Quantity, ...]]]


@dataclass(frozen=True)
class _Columns:
    """Where each sample of each time step stands; what has no step stands behind the last one."""

    samples: int
    initial: bool
    timesteps: int

    @property
    def first(self) -> int:
        """The first column of the first step."""
        return _FIRST + (self.samples if self.initial else 0)

    def of(self, step: int | None, sample: int) -> int:
        """The column of a sample at a step."""
        return self.first + (self.timesteps if step is None else step) * self.samples + sample


def batch_sheet(draft: Draft, sheet: SheetDraft, bands: Members, store: Store) -> None:
    """Fill the sheet with what is computed for each sample, inputs first."""
    table = lay_out(_TOP, bands, compact=True)
    columns = _Columns(len(draft.samples), bool(table.initial), table.timesteps)
    text = say("batch.both_passes") if sheet.name == NAME else say("batch.forward_pass", kind=store.kind)
    title(sheet, sheet.name, text, _TITLE_COLUMNS)
    starts = _place(draft, sheet, table, columns)
    _header(draft, sheet, table, columns)
    for line in table.lines:
        row = _TOP + 1 + line.offset
        if line.band is None:
            heading(sheet, row, line.text, _TITLE_COLUMNS)
            continue
        sheet.put(row, SYMBOL, line.band.label, "symbol_small")
        units = line.members[0].shape[-1]
        name_units(draft, sheet, row, line.band, units)
        for q in line.members:
            for sample in range(columns.samples):
                _fill(draft, sheet, q, sample, store, None)
    for q in table.initial:
        for sample in range(columns.samples):
            _fill(draft, sheet, q, sample, store, starts.get(q.name))
    sheet.freeze = (_TOP + 1, _FIRST)
    sheet.printed = sheet.name != DOCUMENTS


def _place(draft: Draft, sheet: SheetDraft, table: Table, columns: _Columns) -> dict[str, Range]:
    """Reserve a range for every quantity of every sample; returns where initial states stand for all of them."""
    for line in table.lines:
        for q in line.members:
            for sample in range(columns.samples):
                area = sheet.at(_TOP + 1 + line.offset, columns.of(q.step, sample), q.shape[-1])
                draft.place(q.name, area, sample)
    starts = {}
    for q in table.initial:
        owner = next(line for line in table.lines if line.band and f"{line.band.name}_init" == q.band.name)
        if draft.is_placed(q.name):
            starts[q.name] = draft.placed(q.name)
        for sample in range(columns.samples):
            draft.place(q.name, sheet.at(_TOP + 1 + owner.offset, _FIRST + sample, q.shape[-1]), sample)
    return starts


def _header(draft: Draft, sheet: SheetDraft, table: Table, columns: _Columns) -> None:
    count = columns.samples
    sheet.put_row(_TOP - 1, SYMBOL, [None, None], "header_left")
    sheet.put_row(_TOP, SYMBOL, [say("words.symbol"), say("words.unit")], "header_left")
    sheet.widths.update({SYMBOL: 24, UNIT: 11})
    groups = [(over_first_states(draft.graph), _FIRST)] if columns.initial else []
    groups += [(table.step_name(t), columns.of(t, 0)) for t in range(table.timesteps)]
    if table.untimed or not table.timesteps:
        groups.append((say("common.all_steps") if table.timesteps else say("words.value"), columns.of(None, 0)))
    for text, left in groups:
        sheet.merge(sheet.at(_TOP - 1, left, 1, count), text, "header")
        for sample in range(count):
            sheet.put(_TOP, left + sample, draft.samples[sample], "header")
            sheet.widths[left + sample] = 11.5
    sheet.heights[_TOP] = 32


def _fill(draft: Draft, sheet: SheetDraft, q: Quantity, sample: int, store: Store, start: Range | None) -> None:
    area = draft.placed(q.name, sample)
    values, style = draft.trace[q.name][sample], style_of(q)
    if q.expr is not None:
        formulas = column_formulas(draft, q, sheet.name, sample)
    elif unit_names(draft, q.band):  # no numbers stand beside the cells, from which formulas could be filled down
        own = replace(store, selected=str(sample + 1))
        for unit, value in enumerate(values):
            text = own.lookup(q, str(unit + 1))
            draft.helper(sheet, area.top + unit, area.left, text, [float(value)], f"{style}{_code(draft, q)}")
        return
    else:
        formulas = _given(q, area, sample, store, start)
        draft.filled.append(FilledHelper(area, formulas.at(0) if isinstance(formulas, Pattern) else formulas[0]))
        style += _code(draft, q)
    sheet.formulas(area.top, area.left, formulas, values, area.rows, style)


def _code(draft: Draft, q: Quantity) -> str:
    whole = (draft.trace[q.name] == np.round(draft.trace[q.name])).all()
    return "_code" if whole and q.band.role in (Role.INPUT, Role.TARGET) else ""


def _given(q: Quantity, area: Range, sample: int, store: Store, start: Range | None) -> Formulas:
    """A look-up of what is stored for the sample, or of the initial state that all samples share."""
    if q.band.name not in store.areas:
        if start is None:
            raise ValueError(f"{q.name} is stored nowhere")
        prefix = f"{quote_sheet(start.sheet)}!{column_name(start.left)}"
        return Pattern((prefix, row_number(start.top)))
    own = replace(store, selected=str(sample + 1))
    return Pattern(looked_up(own, q, area))
