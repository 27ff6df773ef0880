"""The table of bands, filled: headers, what each band is, its numbers, and the texts of its formulas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.pattern import Gap, Pattern, formula_at, row_number
from xlcheck.formulas.printing import Style
from xlcheck.formulas.spilled import spilled_formula
from xlcheck.graph.quantities import Quantity, Role, in_time
from xlcheck.layout.common import UNIT, choose, heading, likeliest, over_first_states, scale_of_role, style_of
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.idioms import explain
from xlcheck.layout.tables.margin import EQUATION, MEANING, SYMBOL, Margin, unit_names
from xlcheck.layout.tables.quantity_formulas import column_formulas
from xlcheck.layout.tables.softmax import softmax_parts
from xlcheck.layout.tables.table import FIRST, START, Line, Table
from xlcheck.layout.widening import brief_width, formula_width
from xlcheck.texts import in_quotes, say, say_all
from xlcheck.workbook.bindings import FilledHelper
from xlcheck.workbook.styles import BRIEF, STYLES

_WIDTHS = (11.0, 11.5)  # letters of the state before the first step, and of each step
_EXPLAINED = 12  # units of a band of which each shows its formula; of more only the first one
_UNIT = "\0"
_SPOKEN = {Role.INPUT: "filling.reads", Role.TARGET: "filling.target", Role.OUTPUT: "filling.answers"}


def says_sample(draft: Draft, sheet: SheetDraft, table: Table, store: Store, said: str) -> None:
    """Above the table: which sample its numbers belong to, and a link to where it is chosen, or typed."""
    if draft.selector is None and len(draft.samples) == 1:  # a text, which may be longer than the table is wide
        own = f"{said} "
        texts = [own + text for text in draft.samples]
        draft.helper(sheet, 2, MEANING, f"{in_quotes(own)}&{store.label}", texts, "strong")
        return
    sheet.put(2, MEANING, said, "label")
    choose(draft, sheet, 2, START)
    draft.helper(sheet, 2, FIRST + table.is_long, store.label, draft.samples, "strong")  # the link needs two columns


def fill(draft: Draft, sheet: SheetDraft, table: Table, store: Store, margin: Margin | None = None) -> None:
    """Write headers, symbols, equations, meanings, values and formulas; without a margin beside the usual one."""
    bands = {line.band: line.members for line in table.lines if line.band}
    own = margin or Margin.of(draft, bands, narrow=table.is_long)
    own.apply(sheet)
    start, step = [_narrow(draft, table)] * 2 if table.is_long else _WIDTHS
    sheet.widths.update({START: start, **{FIRST + t: step for t in range(table.width)}})
    if table.untimed:
        sheet.widths[FIRST + table.width - 1] = _WIDTHS[1]
    for block in range(table.blocks):
        _header(draft, sheet, table, block)
        for line in table.lines:
            _line(draft, sheet, table, line, block, store, own)
    for q in table.initial:
        if (scale := scale_of_role(q.band.role.value, draft.placed(q.name))) is not None:
            sheet.scales.append(scale)
        if q.expr is None:
            _given(draft, sheet, q, store, brief=table.is_long)
        else:  # handed over by another layer
            _computed(draft, sheet, q, brief=table.is_long)
    column = FIRST + table.width
    sheet.widths[column] = formula_width(cell.content for (_, at), cell in sheet.cells.items() if at == column)


def _narrow(draft: Draft, table: Table) -> float:
    """The width of each of many columns."""
    members = [q for line in table.lines for q in line.members if q.step is not None]
    sums = [np.array(float(q.shape[-1])) for line in table.lines for q in line.members[:1] if line.parts]  # at most
    shown = [(_in_brief(style_of(q)), draft.trace[q.name]) for q in members]
    return brief_width([*shown, *((_in_brief("intermediate"), total) for total in sums)])


def _header(draft: Draft, sheet: SheetDraft, table: Table, block: int) -> None:
    row = table.top + block * table.height
    sheet.put_row(row, SYMBOL, say_all("filling.header"), "header_left")
    starts = table.initial and block == 0
    before = over_first_states(q for line in table.lines for q in line.members) if starts else ""
    sheet.put(row, START, before, "header")
    steps = [table.step_name(t) for t in table.steps(block)] or [say("words.value")]
    sheet.put_row(row, FIRST, steps, "header")
    if table.untimed:
        sheet.put(row, FIRST + table.width - 1, say("common.all_steps") if block == 0 else "", "header")
    several = table.width > 1
    sheet.put(row, FIRST + table.width, say("common.last_formula") if several else say("common.formula"), "header_left")
    sheet.heights[row] = 20
    if table.headers > 1:
        words: Sequence[tuple[str, Sequence[float | str]]] = table.words or [
            likeliest(draft, q, sheet.name) for q in table.speaking
        ]
        sheet.put(
            row + 1, SYMBOL, say("words.word") if table.words else say(_SPOKEN[table.speaking[0].band.role]), "name"
        )
        sheet.heights[row + 1] = 30 if table.is_long else 18
        for column, (text, desired) in enumerate((words[t] for t in table.steps(block)), start=FIRST):
            cell = draft.helper(sheet, row + 1, column, text, desired, "word_wrap" if table.is_long else "word")
            draft.spoken |= {cell} if table.speaking else set()


def _line(draft: Draft, sheet: SheetDraft, table: Table, line: Line, block: int, store: Store, margin: Margin) -> None:
    if line.band is None:
        heading(sheet, table.first_row(block) + line.offset, line.text, FIRST + table.width)
        return
    members = line.blocks.get(block)
    if members is None:
        return
    row = table.at(sheet, line, members[0]).top
    margin.describe(draft, sheet, row, line.band, members[0], full=block == 0)
    for q in members:
        if q.expr is None:
            _given(draft, sheet, q, store, brief=table.is_long)
        else:
            _computed(draft, sheet, q, brief=table.is_long)
    latest = in_time(members)[-1]
    last = table.at(sheet, line, latest)
    scale = scale_of_role(line.band.role.value, sheet.at(row, FIRST, last.rows, last.left - FIRST + 1))
    if scale is not None:
        sheet.scales.append(scale)
    if line.parts:
        style = _in_brief("intermediate") if table.is_long else "intermediate"
        softmax_parts(draft, sheet, row - line.parts, members, (SYMBOL, EQUATION, MEANING), style)
    _formula_texts(draft, sheet, table, latest, store)


def _computed(draft: Draft, sheet: SheetDraft, q: Quantity, *, brief: bool) -> None:
    area = draft.placed(q.name)
    values, style = draft.trace[q.name][0], _in_brief(style_of(q)) if brief else style_of(q)
    text = _spilled(draft, sheet, q)
    if text is not None:
        sheet.spill(area.top, area.left, text, values, style)
    else:
        sheet.formulas(area.top, area.left, column_formulas(draft, q, sheet.name), values, area.rows, style)


def _spilled(draft: Draft, sheet: SheetDraft, q: Quantity) -> str | None:
    """The one formula of all units, in the compact style and if there is one."""
    if draft.style is not Style.COMPACT or q.expr is None or q.shape[-1] == 1:
        return None
    return spilled_formula(q.expr, View(draft, sheet.name, None))


def _given(draft: Draft, sheet: SheetDraft, q: Quantity, store: Store, *, brief: bool) -> None:
    """A look-up of the selected sample's numbers; initial states that are the same for all stand as constants."""
    area = draft.placed(q.name)
    role = q.band.role.value
    values, style = draft.trace[q.name], _in_brief(role) if brief else role
    if q.band.name not in store.areas:
        sheet.numbers(area.top, area.left, values[:1].T, style)
        return
    if (values == np.round(values)).all() and q.band.role in (Role.INPUT, Role.TARGET):
        style = f"{role}_code"
    if unit_names(draft, q.band):  # no numbers stand beside the cells, from which formulas could be filled down
        for unit in range(area.rows):
            text = store.lookup(q, str(unit + 1))
            draft.helper(sheet, area.top + unit, area.left, text, draft.values(q.name, unit), style)
        return
    formulas = Pattern(looked_up(store, q, area))
    sheet.formulas(area.top, area.left, formulas, values[0], area.rows, style)
    draft.filled.append(FilledHelper(area, formulas.at(0)))


def _in_brief(style: str) -> str:
    """The twin of a style for narrow columns, if it has one."""
    return style + BRIEF if style + BRIEF in STYLES else style


def looked_up(store: Store, q: Quantity, area: Range) -> tuple[str | Gap, ...]:
    """The pieces of the look-ups of a given quantity, of which each finds the number of its unit in its row."""
    if area.rows == 1:
        return (store.lookup(q, "1"),)
    before, after = store.lookup(q, _UNIT).split(_UNIT)
    return (f"{before}${column_name(UNIT)}", row_number(area.top), after)


def _formula_texts(draft: Draft, sheet: SheetDraft, table: Table, q: Quantity, store: Store) -> None:
    """The text of the formulas in the last column of a block; of many units only the first."""
    area = draft.placed(q.name)
    if q.expr is None:
        shown = [_given_text(draft, store, q, area)] if q.band.name in store.areas else []
    elif (text := _spilled(draft, sheet, q)) is not None:
        shown = [text]
    else:
        formulas = column_formulas(draft, q, sheet.name)
        shown = [formula_at(formulas, i) for i in range(area.rows if area.rows <= _EXPLAINED else 1)]
    for i, text in enumerate(shown):
        explain(draft, sheet.put(area.top + i, FIRST + table.width, f"={text}", "formula"), text)


def _given_text(draft: Draft, store: Store, q: Quantity, area: Range) -> str:
    """The first of the formulas that look a given quantity up."""
    numbered = area.rows > 1 and not unit_names(draft, q.band)
    return store.lookup(q, f"${column_name(UNIT)}{area.top + 1}" if numbered else "1")
