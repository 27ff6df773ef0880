"""The fingerprint of what is no quantity in a generated workbook, as it is written; `as_built` compares it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.workbook.cell_codes import Codes, code_at, codes_of
from xlcheck.workbook.looks.as_built import MARK, Constants, bands, kept, left_out, without
from xlcheck.workbook.looks.beside_cells import entitled, leads, noted, on_pages, protected, tipped
from xlcheck.workbook.looks.pictures import GENERAL, axis_format, called, described, drawn, limited
from xlcheck.workbook.looks.shown import UsedFormats, begins_with, chosen, coloured, scaled
from xlcheck.workbook.number_formats import canonical
from xlcheck.workbook.plan import (
    LOGARITHMIC,
    Chart,
    Formula,
    Link,
    NumberBlock,
    PlannedCell,
    PlannedSheet,
    WorkbookPlan,
)
from xlcheck.workbook.styles import STYLES

_CHUNK = 32_000
_TYPED = "selector"  # the style of cells that are there to be changed


def with_fingerprint(plan: WorkbookPlan, hidden: str) -> WorkbookPlan:
    """The plan with the fingerprint of its constants; as it is where it has no manifest."""
    if all(sheet.name != hidden for sheet in plan.sheets):
        return plan
    typed = {sheet.name: codes for sheet in plan.sheets if (codes := _typed(sheet))}
    given = left_out(plan.compared, typed)
    sheets = {sheet.name: bands(_planned(sheet, hidden, given)) for sheet in plan.sheets}
    names = {name: str(area) for name, area in plan.names.items()}
    formats = {sheet.name: used for sheet in plan.sheets if (used := _formats(sheet)).cells}
    shown = [{name: [used.cells, used.order, used.formats] for name, used in formats.items()}, kept(_facts(plan))]
    text = f"{MARK}{json.dumps([sheets, names, typed, shown], ensure_ascii=True, separators=(',', ':'))}}}"
    return replace(plan, sheets=tuple(_with_text(s, text) if s.name == hidden else s for s in plan.sheets))


def _typed(sheet: PlannedSheet) -> list[int]:
    """The cells into which a reader types: a word, a choice."""
    return [code_at(cell.row, cell.column) for cell in sheet.cells if cell.style == _TYPED]


def _planned(sheet: PlannedSheet, hidden: str, given: Mapping[str, Codes]) -> Constants:
    texts: dict[int, str] = {}
    single: dict[int, float] = {}
    merged = [PlannedCell(m.area.top, m.area.left, m.content) for m in sheet.merges]
    for cell in (*sheet.cells, *merged):
        content = cell.content.text if isinstance(cell.content, Link) else cell.content
        code = code_at(cell.row, cell.column)
        if isinstance(content, str):
            texts[code] = content
        elif isinstance(content, int | float):
            single[code] = float(content)
    blocks = [block for block in sheet.blocks if isinstance(block, NumberBlock)]
    codes = [np.fromiter(single, dtype=np.int64, count=len(single)), *(codes_of(block.area) for block in blocks)]
    numbers = [np.fromiter(single.values(), dtype=np.float64, count=len(single))]
    numbers += [np.asarray(block.values, dtype=np.float64).reshape(-1) for block in blocks]
    constants = Constants(texts, np.concatenate(codes), np.concatenate(numbers))
    return without(constants, given.get(sheet.name), own=(0,) if sheet.name == hidden else ())


def _with_text(sheet: PlannedSheet, text: str) -> PlannedSheet:
    """The hidden worksheet with the fingerprint right of everything that stands on it."""
    columns = [cell.column for cell in sheet.cells]
    columns += [item.area.left + item.area.columns - 1 for item in (*sheet.blocks, *sheet.spills)]
    column = max(columns, default=0) + 1
    pieces = [PlannedCell(i // _CHUNK, column, text[i : i + _CHUNK]) for i in range(0, len(text), _CHUNK)]
    return replace(sheet, cells=(*sheet.cells, *pieces))


def _formats(sheet: PlannedSheet) -> UsedFormats:
    """The number formats of the cells that hold a formula or a number, row by row."""
    single = [
        (code_at(cell.row, cell.column), cell.style)
        for cell in (*sheet.cells, *(PlannedCell(m.area.top, m.area.left, m.content, m.style) for m in sheet.merges))
        if isinstance(cell.content, Formula | int | float)
    ]
    areas = [(codes_of(item.area), item.style) for item in (*sheet.blocks, *sheet.spills)]
    codes = np.concatenate([np.array([code for code, _ in single], dtype=np.int64), *(codes for codes, _ in areas)])
    styles = [style for _, style in single] + [style for _, style in areas]
    code_of = {style: canonical(STYLES[style].get("num_format", GENERAL)) for style in set(styles)}
    places = {code: place for place, code in enumerate(set(code_of.values()))}
    kinds = np.array([places[code_of[style]] for style in styles], dtype=np.uint16)
    each = np.repeat(kinds, [1] * len(single) + [part.size for part, _ in areas])
    return UsedFormats.of(map(list(places).__getitem__, each[np.argsort(codes, kind="stable")].tolist()))


def _facts(plan: WorkbookPlan) -> Iterator[str]:
    """What worksheets show beside their cells, in the words of `shown`."""
    for sheet in plan.sheets:
        for item in sheet.drop_downs:
            choices = str(item.choices) if isinstance(item.choices, Range) else ",".join(map(str, item.choices))
            yield chosen(str(item.cell), choices, f"{item.title}: {item.message}".strip(": "))
        for light in sheet.highlights:
            font, ground = (STYLES[light.style].get(key, "")[1:] for key in ("font_color", "bg_color"))
            yield coloured(str(light.area), font, ground, begins_with(light.begins_with))
        for scale in sheet.scales:
            yield scaled(str(scale.area), [(f"{number:g}", colour[-6:]) for number, colour in scale.stops])
        for chart in sheet.charts:
            yield from _of_chart(chart)
        yield from _beside(sheet)
    yield from (entitled(name, text) for name, text in plan.properties.items())


def _of_chart(chart: Chart) -> Iterator[str]:
    yield called(chart.title)
    yield described(chart.description)
    for title in (chart.x_title, chart.y_title):
        yield called(title, "an axis of a chart")
    for line in chart.series:
        yield drawn(str(line.name), str(line.categories or "nothing"), str(line.values))
    for end, number in chart.limits.items():
        yield limited(end, str(number))
    if chart.shares:
        yield from (limited("min", "0"), limited("max", "1"))
    if chart.logarithmic:
        yield limited("logBase", "10")
        yield axis_format(LOGARITHMIC)


def _beside(sheet: PlannedSheet) -> Iterator[str]:
    """Notes, links, pages."""
    for note in sheet.notes:
        yield noted(str(note.cell), note.text)
    for cell in (*sheet.cells, *(PlannedCell(m.area.top, m.area.left, m.content) for m in sheet.merges)):
        if isinstance(cell.content, Link):
            place = str(Range(sheet.name, cell.row, cell.column))
            yield leads(place, str(cell.content.target))
            yield tipped(place, cell.content.tip)
    if sheet.print_area is not None:
        yield on_pages(sheet.name, "Print_Area", sheet.print_area.a1)
    if sheet.rows_on_each_page:
        yield on_pages(sheet.name, "Print_Titles", f"1:{sheet.rows_on_each_page}")
    if sheet.protected:
        yield protected(sheet.name)
