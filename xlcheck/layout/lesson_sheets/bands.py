"""The heart of a layer's worksheet: time to the right, one band a symbol, one row a unit.

Columns: symbol, unit, equation, meaning, the state before the first step, one column for each
time step, and the text of the last step's formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft
from xlcheck.layout.lesson_sheets.common import heading
from xlcheck.workbook.plan import Chart, Formula, Series

SYMBOL, UNIT, EQUATION, MEANING, START, FIRST = range(6)
_MERGE_UNITS_UP_TO = 12

Given = Callable[[Quantity, int], str]


@dataclass(frozen=True)
class BandTable:
    """What a table of bands needs to know besides the draft.

    Attributes:
        bands: the symbols, each with its quantities in order of time.
        timesteps: number of time columns; 0 if nothing here has a time axis.
        given: the formula text of a given quantity's element (an input looked up elsewhere).
        words: for each time step the formula and the texts (one for each sample) of the word read there.
        unit_names: names for the units of a band, instead of numbers.
    """

    bands: Sequence[tuple[Band, tuple[Quantity, ...]]]
    timesteps: int
    given: Given
    words: Sequence[tuple[str, tuple[str, ...]]] = ()
    unit_names: Callable[[Band], Sequence[str] | None] = lambda band: None

    @property
    def columns(self) -> int:
        """Number of columns of the table."""
        return FIRST + max(self.timesteps, 1) + 1


def place_bands(draft: Draft, sheet: SheetDraft, top: int, table: BandTable) -> int:
    """Reserve a range for every quantity; call before anything refers to them.

    Returns:
        The first row after the table.
    """
    rows = _rows(table, top + 1)
    for band, members in table.bands:
        for q in members:
            if band in rows:
                draft.place(q.name, sheet.at(rows[band], _column(q), q.shape[-1], 1))
    for band, (init,) in ((b, m) for b, m in table.bands if b.symbol.endswith("_init")):
        draft.place(init.name, sheet.at(rows[_owner(table, band)], START, init.shape[-1], 1))
    return max(rows[b] + m[0].shape[-1] for b, m in table.bands if b in rows)


def fill_bands(draft: Draft, sheet: SheetDraft, top: int, table: BandTable) -> None:
    """Write header, words, and for each band its symbol, equation, meaning, values and formula text."""
    _header(sheet, top, table, draft)
    rows = _rows(table, top + 1)
    group = ""
    for band, members in table.bands:
        if band.symbol.endswith("_init"):
            _fill_initial(draft, sheet, members[0])
            continue
        if band.group != group and band.group:
            heading(sheet, rows[band] - 1, band.group, table.columns)
        group = band.group
        _explain(sheet, rows[band], band, members[0], table.unit_names(band))
        for q in members:
            _fill(draft, sheet, q, table.given)
        _formula_texts(sheet, rows[band], members[-1], table)


def set_widths(sheet: SheetDraft, timesteps: int) -> None:
    """Column widths that show six decimals and one line of formula."""
    sheet.widths.update({SYMBOL: 17, UNIT: 9, EQUATION: 42, MEANING: 46, START: 11})
    sheet.widths.update({FIRST + t: 11.5 for t in range(max(timesteps, 1))})
    sheet.widths[FIRST + max(timesteps, 1)] = 58


def states_chart(
    draft: Draft, sheet: SheetDraft, at: tuple[int, int], title: str, symbols: Sequence[Quantity], timesteps: int
) -> None:
    """A chart over time of the given quantities (one for each band, at any step), unit by unit."""
    series = []
    for q in symbols:
        area = draft.placed(q.name)
        for unit in range(q.shape[-1]):
            names = draft.unit_names.get(q.band.name)
            name = names[unit] if names else q.band.label.replace("ₜ", "") + (f" {unit + 1}" if q.shape[-1] > 1 else "")
            name += f" ({q.band.group})" if "." in q.band.layer else ""
            series.append(
                Series(name, sheet.at(area.top + unit, FIRST, 1, timesteps), sheet.at(4, FIRST, 1, timesteps))
            )
    sheet.charts.append(Chart(*at, title, "time step", "", tuple(series), width=500))


def _owner(table: BandTable, initial: Band) -> Band:
    """The state whose initial value this is: `h` for `h_init`."""
    name = initial.name.removesuffix("_init")
    return next(band for band, _ in table.bands if band.name == name)


def _column(q: Quantity) -> int:
    return FIRST + (q.step or 0)


def _rows(table: BandTable, top: int) -> dict[Band, int]:
    """First row of each band; a group of bands has its heading above it."""
    rows: dict[Band, int] = {}
    row = top + (1 if table.words else 0)
    group = ""
    for band, members in table.bands:
        if band.symbol.endswith("_init"):
            continue
        if band.group != group and band.group:
            row += 1
        group = band.group
        rows[band] = row
        row += members[0].shape[-1]
    return rows


def _header(sheet: SheetDraft, top: int, table: BandTable, draft: Draft) -> None:
    sheet.put_row(top, SYMBOL, ["symbol", "unit", "equation", "what it means"], "header_left")
    steps = [f"t = {t + 1}" for t in range(table.timesteps)] or ["value"]
    has_start = any(band.symbol.endswith("_init") for band, _ in table.bands)
    sheet.put(top, START, "before" if has_start else "", "header")
    sheet.put_row(top, FIRST, steps, "header")
    sheet.put(top, FIRST + len(steps), f"the formula in column “{steps[-1]}”", "header_left")
    sheet.heights[top] = 20
    if table.words:
        sheet.put(top + 1, SYMBOL, "word", "name")
        for t, (text, desired) in enumerate(table.words):
            draft.helper(sheet, top + 1, FIRST + t, text, desired, "word")


def _explain(sheet: SheetDraft, row: int, band: Band, q: Quantity, names: Sequence[str] | None) -> None:
    units = q.shape[-1]
    merged = units if units <= _MERGE_UNITS_UP_TO else 1
    for column, text, style in (
        (SYMBOL, band.label, "symbol"), (EQUATION, band.equation, "equation"), (MEANING, band.meaning, "meaning"),
    ):  # fmt: skip
        sheet.merge(sheet.at(row, column, merged, 1), text, style)
    if units == 1:
        sheet.heights[row] = 31 if len(band.meaning) > 50 else 20
    for unit in range(units):
        name = names[unit] if names else str(unit + 1) if units > 1 else ""
        sheet.put(row + unit, UNIT, name, "unit" if unit else "first_unit")


def _fill_initial(draft: Draft, sheet: SheetDraft, q: Quantity) -> None:
    area = draft.placed(q.name)
    for unit, (row, column) in enumerate(area.cells()):
        sheet.put(row, column, draft.value(q.name, unit), "state")


def _fill(draft: Draft, sheet: SheetDraft, q: Quantity, given: Given) -> None:
    style = q.band.role.value
    for unit, (row, column) in enumerate(draft.placed(q.name).cells()):
        if q.expr is None:
            code_like = q.band.role in (Role.INPUT, Role.TARGET)
            draft.helper(
                sheet, row, column, given(q, unit), draft.values(q.name, unit), f"{style}_code" if code_like else style
            )
        else:
            sheet.put(row, column, draft.live(q, unit, sheet.name), style)


def _formula_texts(sheet: SheetDraft, row: int, last: Quantity, table: BandTable) -> None:
    column = FIRST + max(table.timesteps, 1)
    for unit in range(last.shape[-1]):
        cell = sheet.cells[row + unit, _column(last)]
        if isinstance(cell.content, Formula):
            sheet.put(row + unit, column, f"={cell.content.text}", "formula")
