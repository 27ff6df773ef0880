"""The table of bands: time to the right, one band a symbol, one row a unit, long sequences in blocks.

Columns: symbol, unit, equation, meaning, the state before the first step, one column for each
time step of a block, and the text of the last formula in the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.pattern import Gap, Pattern, formula_at, row_number
from xlcheck.formulas.printing import Style
from xlcheck.formulas.spilled import spilled_formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.common import UNIT, heading, likeliest, over_first_states, pixels, scale_of_role, style_of
from xlcheck.layout.data.store import Store, Words
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.idioms import explain, takes_row
from xlcheck.layout.quantity_formulas import column_formulas
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.softmax import rows_of_parts, softmax_parts
from xlcheck.layout.widening import equation_width, formula_width
from xlcheck.workbook.bindings import FilledHelper

SYMBOL, EQUATION, MEANING, START, FIRST = 0, 2, 3, 4, 5

WRAP, _FEW = 250, 10
"""Time steps in a block of columns; the next ones stand below. More columns than a few are narrower."""

_EXPLAINED = 12  # units of a band of which each shows its formula; of more only the first one

_MEANING_LETTERS = 60  # of a line, as the widest program draws them
_ROW = "The vector has a single 1, so the product is one row of the kernel, which INDEX fetches."
_UNIT = "\0"
_SPOKEN = {Role.INPUT: "it reads", Role.TARGET: "the target", Role.OUTPUT: "it answers"}


@dataclass(frozen=True)
class Line:
    """Rows of every block: a heading, or a band, which a long softmax's largest element and sum stand above.

    Attributes:
        offset: rows below the block's headers.
        text: of a heading.
        band: the band, if it is none.
        members: its quantities, in order of time.
        parts: how many rows above it hold the largest element of a softmax, exponentials, and their sum.
    """

    offset: int
    text: str = ""
    band: Band | None = None
    members: tuple[Quantity, ...] = ()
    parts: int = 0

    @cached_property
    def blocks(self) -> dict[int, list[Quantity]]:
        """The quantities that stand in each block."""
        found: dict[int, list[Quantity]] = {}
        for q in self.members:
            found.setdefault((q.step or 0) // WRAP, []).append(q)
        return found


@dataclass(frozen=True)
class Table:
    """All bands of a worksheet.

    Attributes:
        top: the row of the first block's header.
        lines: what every block consists of.
        height: rows of a block, headers and an empty row included.
        timesteps: number of time steps; 0 if nothing has a time axis.
        initial: the values that states start from.
        untimed: whether something has no time step beside what has one; it has a column of its own.
        words: what is read at each time step, shown in a second row of headers; empty if these are no words.
        speaking: in place of words, vectors of each time step of which every one means one of its units' names.
    """

    top: int
    lines: tuple[Line, ...]
    height: int
    timesteps: int
    initial: tuple[Quantity, ...]
    untimed: bool = False
    words: Words = ()
    speaking: tuple[Quantity, ...] = ()

    @property
    def headers(self) -> int:
        """Rows of headers above each block."""
        return 2 if self.words or self.speaking else 1

    def first_row(self, block: int) -> int:
        """The row under the headers of a block."""
        return self.top + block * self.height + self.headers

    def step_name(self, step: int) -> str:
        """What stands above the column of a step: `t = 2`, or `row 2` if all that has steps is an image."""
        return min((q.band for line in self.lines for q in line.members[:1]), key=lambda band: band.columns).at(step)

    @property
    def width(self) -> int:
        """Columns of values in a block."""
        return min(max(self.timesteps, 1), WRAP) + self.untimed

    @property
    def columns(self) -> int:
        """All columns of the table."""
        return FIRST + self.width + 1

    @property
    def blocks(self) -> int:
        """Number of blocks below each other."""
        return max(1, -(-self.timesteps // WRAP))

    @property
    def end(self) -> int:
        """The row after the table."""
        return self.top + self.blocks * self.height

    def at(self, sheet: SheetDraft, line: Line, q: Quantity) -> Range:
        """Where a quantity stands."""
        if q.step is None:
            return sheet.at(self.first_row(0) + line.offset, FIRST + self.width - 1, q.shape[-1])
        block, column = divmod(q.step, WRAP)
        return sheet.at(self.first_row(block) + line.offset, FIRST + column, q.shape[-1])


def lay_out(
    top: int,
    bands: Sequence[tuple[Band, tuple[Quantity, ...]]],
    *,
    compact: bool = False,
    words: Words = (),
    speaking: Sequence[Quantity] = (),
) -> Table:
    """Give every band its rows; a spilled softmax needs no cells for its largest element and sum.

    Args:
        top: the first row.
        bands: the symbols, each with its quantities.
        compact: whether vectors are spilled.
        words: what the network reads at each time step; they are shown if the table has these steps.
        speaking: what means a word at each time step; shown in the same way where there are no words.
    """
    lines: list[Line] = []
    initial: list[Quantity] = []
    names = {band.name for band, _ in bands}
    row = 0
    last = ("", "")
    for band, members in bands:
        if band.symbol.endswith("_init") and band.name.removesuffix("_init") in names:
            initial += members
            continue
        key = (band.layer, band.group)
        if key != last and (band.group or (band.layer != last[0] if lines else "." in band.layer)):
            new = "" if band.layer == last[0] else band.layer
            lines.append(Line(row, " · ".join(text for text in (new, band.group) if text)))
            row += 1
        last = key
        parts = 0 if compact else rows_of_parts(members[0])
        row += parts
        lines.append(Line(row, band=band, members=members, parts=parts))
        row += members[0].shape[-1]
    timesteps = max((q.step + 1 for line in lines for q in line.members if q.step is not None), default=0)
    untimed = timesteps > 0 and any(q.step is None for line in lines for q in line.members)
    shown = words if len(words) == timesteps else ()
    instead = tuple(speaking) if not shown and 0 < len(speaking) == timesteps else ()
    height = row + (3 if shown or instead else 2)
    return Table(top, tuple(lines), height, timesteps, tuple(initial), untimed, shown, instead)


def place(draft: Draft, sheet: SheetDraft, table: Table) -> None:
    """Reserve a range for every quantity; call before anything refers to them."""
    for line in table.lines:
        for q in line.members:
            area = table.at(sheet, line, q)
            draft.place(q.name, area)
            if line.parts and isinstance(q.expr, ex.Softmax):
                draft.softmax_parts[q.expr] = (
                    sheet.at(area.top - line.parts, area.left), sheet.at(area.top - 1, area.left),
                )  # fmt: skip
    for q in table.initial:
        owner = next(line for line in table.lines if line.band and f"{line.band.name}_init" == q.band.name)
        draft.place(q.name, sheet.at(table.at(sheet, owner, owner.members[0]).top, START, q.shape[-1]))


def fill(draft: Draft, sheet: SheetDraft, table: Table, store: Store) -> None:
    """Write headers, symbols, equations, meanings, values and formulas."""
    named = max((len(name) for line in table.lines if line.band for name in unit_names(draft, line.band)), default=0)
    equations = equation_width(line.band.equation for line in table.lines if line.band)
    sheet.widths.update({SYMBOL: 17, UNIT: min(max(9, named + 2), 20), EQUATION: equations, MEANING: 50, START: 11})
    sheet.widths.update({FIRST + t: 11.5 if table.width <= _FEW else 10 for t in range(table.width)})
    for block in range(table.blocks):
        _header(draft, sheet, table, block)
        for line in table.lines:
            _line(draft, sheet, table, line, block, store)
    for q in table.initial:
        if (scale := scale_of_role(q.band.role.value, draft.placed(q.name))) is not None:
            sheet.scales.append(scale)
        if q.expr is None:
            _given(draft, sheet, q, store)
        else:  # handed over by another layer
            _computed(draft, sheet, q)
    column = FIRST + table.width
    sheet.widths[column] = formula_width(cell.content for (_, at), cell in sheet.cells.items() if at == column)


def unit_names(draft: Draft, band: Band) -> Sequence[str]:
    """The names of a band's units, if they have any."""
    return draft.unit_names.get(band.name, ())


def _header(draft: Draft, sheet: SheetDraft, table: Table, block: int) -> None:
    row = table.top + block * table.height
    sheet.put_row(row, SYMBOL, ["symbol", "unit", "equation", "what it means"], "header_left")
    starts = table.initial and block == 0
    before = over_first_states(q for line in table.lines for q in line.members) if starts else ""
    sheet.put(row, START, before, "header")
    first = block * WRAP
    steps = [table.step_name(t) for t in range(first, min(first + WRAP, table.timesteps))] or ["value"]
    sheet.put_row(row, FIRST, steps, "header")
    if table.untimed:
        sheet.put(row, FIRST + table.width - 1, "all steps" if block == 0 else "", "header")
    several = table.width > 1
    sheet.put(row, FIRST + table.width, "the last formula in the row" if several else "the formula", "header_left")
    sheet.heights[row] = 20
    if table.headers > 1:
        own = [likeliest(draft, q, sheet.name) for q in table.speaking]
        words: Sequence[tuple[str, Sequence[float | str]]] = table.words or own
        sheet.put(row + 1, SYMBOL, "word" if table.words else _SPOKEN[table.speaking[0].band.role], "name")
        sheet.heights[row + 1] = 18
        for column, (text, desired) in enumerate(words[first : first + len(steps)], start=FIRST):
            cell = draft.helper(sheet, row + 1, column, text, desired, "word")
            draft.spoken |= {cell} if table.speaking else set()


def _line(draft: Draft, sheet: SheetDraft, table: Table, line: Line, block: int, store: Store) -> None:
    if line.band is None:
        heading(sheet, table.first_row(block) + line.offset, line.text, FIRST + table.width)
        return
    members = line.blocks.get(block)
    if members is None:
        return
    row = table.at(sheet, line, members[0]).top
    _explain(draft, sheet, row, line.band, members[0], full=block == 0)
    for q in members:
        if q.expr is None:
            _given(draft, sheet, q, store)
        else:
            _computed(draft, sheet, q)
    last = table.at(sheet, line, max(members, key=lambda q: q.step or 0))
    scale = scale_of_role(line.band.role.value, sheet.at(row, FIRST, last.rows, last.left - FIRST + 1))
    if scale is not None:
        sheet.scales.append(scale)
    if line.parts:
        softmax_parts(draft, sheet, row - line.parts, members, (SYMBOL, EQUATION, MEANING))
    _formula_texts(draft, sheet, table, max(members, key=lambda q: q.step or 0), store)


def _explain(draft: Draft, sheet: SheetDraft, row: int, band: Band, q: Quantity, *, full: bool) -> None:
    units = q.shape[-1]
    sheet.put(row, SYMBOL, band.label, "symbol")
    if full:
        row_only = q.expr is not None and takes_row(q.expr, View(draft, sheet.name, None))
        meaning = " ".join(filter(None, (band.meaning, _ROW if row_only else "", pixels(band, units))))
        equation = "long_equation" if band.role is Role.GRADIENT else "equation"
        sheet.put(row, EQUATION, band.equation, equation)
        sheet.put(row, MEANING, meaning, "meaning")
        if (lines := -(-len(meaning) // _MEANING_LETTERS)) > 1:
            sheet.heights[row] = 13 * lines + 5
    if units == 1:
        sheet.put(row, UNIT, None, "first_unit")
        sheet.heights.setdefault(row, 20)
    elif names := unit_names(draft, band):
        for unit, name in enumerate(names):
            sheet.put(row + unit, UNIT, name, "unit" if unit else "first_unit")
    else:
        sheet.numbers(row, UNIT, np.arange(1.0, units + 1)[:, None], "unit")


def _computed(draft: Draft, sheet: SheetDraft, q: Quantity) -> None:
    area = draft.placed(q.name)
    values, style = draft.trace[q.name][0], style_of(q)
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


def _given(draft: Draft, sheet: SheetDraft, q: Quantity, store: Store) -> None:
    """A look-up of the selected sample's numbers; initial states that are the same for all stand as constants."""
    area = draft.placed(q.name)
    values, style = draft.trace[q.name], q.band.role.value
    if q.band.name not in store.areas:
        sheet.numbers(area.top, area.left, values[:1].T, style)
        return
    if (values == np.round(values)).all():
        style += "_code" if q.band.role in (Role.INPUT, Role.TARGET) else ""
    if unit_names(draft, q.band):  # no numbers stand beside the cells, from which formulas could be filled down
        for unit in range(area.rows):
            text = store.lookup(q, str(unit + 1))
            draft.helper(sheet, area.top + unit, area.left, text, draft.values(q.name, unit), style)
        return
    formulas = Pattern(looked_up(store, q, area))
    sheet.formulas(area.top, area.left, formulas, values[0], area.rows, style)
    draft.filled.append(FilledHelper(area, formulas.at(0)))


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
    one = area.rows == 1 or unit_names(draft, q.band)
    return store.lookup(q, "1" if one else f"${column_name(UNIT)}{area.top + 1}")
