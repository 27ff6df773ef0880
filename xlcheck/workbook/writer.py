"""WorkbookPlan → .xlsx with XlsxWriter: exact numbers, fixed bytes, nothing half-written.

A small file is packed anew with fixed timestamps and without compression, because the bytes that
zlib makes differ between its versions, and the lessons' workbooks are the same on every machine. A
workbook of real size is compressed: lightly, since zlib's usual level makes it a tenth smaller and
takes most of the time.
"""

from __future__ import annotations

import warnings
import zipfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from xlcheck.budget import time_left
from xlcheck.errors import WorkbookError
from xlcheck.exclusive import exclusively, standing_in
from xlcheck.files import replacing, zip_part
from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.memory import no_garbage_collection
from xlcheck.workbook.limits import MAX_HEIGHT, MAX_WIDTH, require_limits
from xlcheck.workbook.looks.beside_cells import FOOTER
from xlcheck.workbook.looks.fingerprint import with_fingerprint
from xlcheck.workbook.manifest import SHEET
from xlcheck.workbook.plan import (
    LOGARITHMIC,
    Chart,
    ColorScale,
    Content,
    DropDown,
    Formula,
    Highlight,
    Link,
    PlannedSheet,
    Rich,
    Series,
    Spill,
    WorkbookPlan,
)
from xlcheck.workbook.styles import FAINT, FONT, INK, STYLES, TINTS
from xlcheck.workbook.worksheet import ExactWorksheet

_LARGE = 100_000  # cells
_COMPRESSION = 1
_NOTE_LETTERS = 44
_NOTE = {"author": "xlcheck", "font_name": FONT, "font_size": 10, "width": 330, "color": "#FFFBE6"}
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


@no_garbage_collection()
def write_workbook(plan: WorkbookPlan, path: Path) -> None:
    """Write a planned workbook; an existing file is replaced only when the new one is complete.

    Raises:
        WorkbookError: the plan exceeds one of Excel's limits.
        UsageError: the file cannot be written there.
        OutOfTimeError: the command's time is up.
    """
    plan = with_fingerprint(plan, SHEET)
    require_limits(plan)
    with replacing(path) as temporary:
        raw = temporary.with_suffix(".raw")
        try:
            _write(plan, raw)
            if plan.cells > _LARGE:
                raw.replace(temporary)
            else:
                _repack(raw, temporary)
        finally:
            raw.unlink(missing_ok=True)


def _repack(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(zip_part(name), old.read(name))


def _write(plan: WorkbookPlan, path: Path) -> None:
    with exclusively(), warnings.catch_warnings(), TemporaryDirectory() as folder:
        # XlsxWriter only warns where it drops something; what other threads warn of is no matter of ours.
        warnings.filterwarnings("error", module="xlsxwriter")
        # The parts of a small file need no files of their own.
        options = {"use_future_functions": False, "tmpdir": folder, "in_memory": plan.cells <= _LARGE}
        book = _Book(str(path), options)
        book.set_properties({**plan.properties, "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        book.set_calc_mode("auto")
        formats = _Formats(book)
        for sheet in plan.sheets:
            time_left()
            _write_sheet(book, sheet, formats)
        for name, area in plan.names.items():
            book.define_name(name, f"={_fixed(area)}")
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            cause = error.args[0] if error.args else error
            raise (
                cause if isinstance(cause, OSError) else WorkbookError(f"{path} cannot be written: {cause}")
            ) from error


class _Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook that is compressed lightly."""

    def _store_workbook(self) -> None:
        with standing_in(xlsxwriter.workbook, "ZipFile", partial(zipfile.ZipFile, compresslevel=_COMPRESSION)):
            super()._store_workbook()


class _Formats:
    """XlsxWriter formats by style name, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __getitem__(self, style: str) -> Any:
        if style not in self._made:
            self._made[style] = self._book.add_format(STYLES[style])
        return self._made[style]

    def below(self, style: str) -> Any:
        """For the subscripts in a text of this style."""
        key = f"_{style}"
        if key not in self._made:
            self._made[key] = self._book.add_format(STYLES[style] | {"font_script": 2})
        return self._made[key]

    def difference(self, style: str) -> Any:
        """For conditional formats, which may only carry colours, bold and borders."""
        key = f"?{style}"
        if key not in self._made:
            allowed = ("bold", "font_color", "bg_color")
            self._made[key] = self._book.add_format({k: v for k, v in STYLES[style].items() if k in allowed})
        return self._made[key]


def _write_sheet(book: Any, sheet: PlannedSheet, formats: _Formats) -> None:
    ws = book.add_worksheet(sheet.name, worksheet_class=ExactWorksheet)
    ws.hide_gridlines(2)
    for column, width in sheet.widths.items():
        ws.set_column(column, column, min(width, MAX_WIDTH))
    for row, height in sheet.heights.items():
        ws.set_row(row, min(height, MAX_HEIGHT))
    for cell in sheet.cells:
        _put(ws, cell.row, cell.column, cell.content, cell.style, formats)
    for spill in sheet.spills:
        _spill(ws, spill, formats)
    for block in sheet.blocks:
        ws.add_block(block, formats[block.style])
    for merge in sheet.merges:
        a = merge.area
        ws.merge_range(a.top, a.left, a.top + a.rows - 1, a.left + a.columns - 1, "", formats[merge.style])
        _put(ws, a.top, a.left, merge.content, merge.style, formats)
    _decorate(book, ws, sheet, formats)
    if sheet.freeze is not None:
        ws.freeze_panes(*sheet.freeze)
    if sheet.tab is not None:
        ws.set_tab_color(TINTS[sheet.tab])
    if sheet.protected:
        ws.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
    _page(ws, sheet)
    if sheet.hidden:
        ws.very_hidden()


def _decorate(book: Any, ws: Any, sheet: PlannedSheet, formats: _Formats) -> None:
    """Charts, drop-downs, colours that follow values, notes."""
    for chart in sheet.charts:
        _add_chart(book, ws, chart)
    for drop_down in sheet.drop_downs:
        _add_drop_down(ws, drop_down)
    for highlight in sheet.highlights:
        _add_highlight(ws, highlight, formats)
    for scale in sheet.scales:
        _add_scale(ws, scale)
    for note in sheet.notes:
        ws.write_comment(note.cell.top, note.cell.left, note.text, _NOTE | {"height": _height(note.text)})


def _put(ws: Any, row: int, column: int, content: Content, name: str, formats: _Formats) -> None:
    style = formats[name]
    match content:
        case None:
            code = ws.write_blank(row, column, None, style)
        case Formula(text, value):
            code = ws.write_formula(row, column, f"={text}", style, value)
        case Link(text, target):
            code = ws.write_url(row, column, f"internal:{target}", style, text, content.tip)
        case Rich():
            runs = [part for text, below in content.runs() for part in (formats.below(name) if below else style, text)]
            code = ws.write_rich_string(row, column, *runs, style)
        case str():
            code = ws.write_string(row, column, content, style)
        case _:
            code = ws.write_number(row, column, content, style)
    if code != 0:
        raise WorkbookError(f"{ws.get_name()} row {row + 1} column {column + 1}: XlsxWriter refused {content!r:.80}")


def _spill(ws: Any, spill: Spill, formats: _Formats) -> None:
    a = spill.area
    first, *others = spill.values.tolist()
    code = ws.write_dynamic_array_formula(
        a.top, a.left, a.top + a.rows - 1, a.left, f"={spill.text}", formats[spill.style], repr(first)
    )
    if code != 0:
        raise WorkbookError(f"{a}: XlsxWriter refused {spill.text!r:.80}")
    for offset, value in enumerate(others, start=1):  # XlsxWriter fills them with zeros
        _put(ws, a.top + offset, a.left, value, spill.style, formats)


def _fixed(area: Range) -> str:
    return f"{quote_sheet(area.sheet)}!{area.fixed()}"


def _add_chart(book: Any, ws: Any, chart: Chart) -> None:
    kind = (
        {"type": "scatter"} | ({} if chart.dots else {"subtype": "straight"}) if chart.is_scatter else {"type": "line"}
    )
    figure = book.add_chart(kind)
    for index, series in enumerate(chart.series):
        figure.add_series(_dot(series, index) if chart.dots else _line(series, index, markers=chart.markers))
    font = {"name": FONT, "size": 10, "color": FAINT}
    figure.set_title({"name": chart.title, "name_font": {"name": FONT, "size": 13, "color": INK}})
    span = {**chart.limits, "major_gridlines": {"visible": False}} if chart.limits else {}
    figure.set_x_axis({"name": chart.x_title, "name_font": font, "num_font": font, "label_position": "low", **span})
    figure.set_y_axis(
        {"name": chart.y_title, "name_font": font, "num_font": font, "num_format": "General",
         **({"label_position": "low"} if chart.dots else {}),
         "major_gridlines": {"visible": True, "line": {"color": "#E4E7EB"}},
         **({"min": 0, "max": 1} if chart.shares else {}),
         **({"log_base": 10, "crossing": "min", "num_format": LOGARITHMIC} if chart.logarithmic else {})}
    )  # fmt: skip
    figure.set_legend({"position": "bottom", "font": font, "none": len(chart.series) == 1 or chart.dots})
    figure.set_size({"width": chart.width, "height": chart.height})
    ws.insert_chart(chart.row, chart.column, figure, {"description": chart.description})


def _dot(series: Series, index: int) -> dict[str, Any]:
    """A point with its name beside it."""
    color = _PALETTE[index % len(_PALETTE)]
    return {
        **_line(series, index, markers=True),
        "line": {"none": True},
        "marker": {"type": "circle", "size": 9, "fill": {"color": color}, "border": {"color": color}},
        "data_labels": {"series_name": True, "value": False, "position": series.label},
    }


def _line(series: Series, index: int, *, markers: bool) -> dict[str, Any]:
    color = _PALETTE[index % len(_PALETTE)]
    dash = "dash" if series.dashed else ("solid", "dash", "round_dot")[index // 7 % 3]
    options: dict[str, Any] = {
        "name": f"={_fixed(series.name)}" if isinstance(series.name, Range) else series.name,
        "values": f"={_fixed(series.values)}",
        "line": {"color": color, "width": 2.25, "dash_type": dash},
    }
    if series.categories is not None:
        options["categories"] = f"={_fixed(series.categories)}"
    if markers:
        marker = ("circle", "square", "diamond", "triangle", "x", "plus")[index % 6]
        options["marker"] = {"type": marker, "size": 7, "fill": {"color": color}, "border": {"color": color}}
    return options


def _add_drop_down(ws: Any, item: DropDown) -> None:
    source = f"={_fixed(item.choices)}" if isinstance(item.choices, Range) else list(item.choices)
    ws.data_validation(
        item.cell.top, item.cell.left, item.cell.top, item.cell.left,
        {"validate": "list", "source": source, "input_title": item.title, "input_message": item.message,
         "show_error": not item.others},
    )  # fmt: skip


def _add_highlight(ws: Any, item: Highlight, formats: _Formats) -> None:
    a = item.area
    ws.conditional_format(
        a.top, a.left, a.top + a.rows - 1, a.left + a.columns - 1,
        {"type": "text", "criteria": "begins with", "value": item.begins_with,
         "format": formats.difference(item.style)},
    )  # fmt: skip


def _add_scale(ws: Any, item: ColorScale) -> None:
    a = item.area
    names = ("min", "mid", "max") if len(item.stops) == 3 else ("min", "max")
    options: dict[str, Any] = {"type": f"{len(item.stops)}_color_scale"}
    for name, (number, color) in zip(names, item.stops, strict=True):
        options |= {f"{name}_type": "num", f"{name}_value": number, f"{name}_color": color}
    ws.conditional_format(a.top, a.left, a.top + a.rows - 1, a.left + a.columns - 1, options)


def _height(note: str) -> int:
    """Of the box of a note, in pixels."""
    lines = sum(-(-len(line) // _NOTE_LETTERS) for line in note.splitlines())
    return 17 * lines + 14


def _page(ws: Any, sheet: PlannedSheet) -> None:
    if not sheet.portrait:
        ws.set_landscape()
    ws.set_paper(9)  # A4
    if sheet.print_scale:  # beside which Excel minds breaks
        ws.set_print_scale(sheet.print_scale)
        ws.set_h_pagebreaks(list(sheet.breaks))
    else:
        ws.fit_to_pages(1, 1 if sheet.one_page else 0)
    if (area := sheet.print_area) is not None:
        ws.print_area(area.top, area.left, area.top + area.rows - 1, area.left + area.columns - 1)
    ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    ws.set_footer(FOOTER)
    if sheet.rows_on_each_page:
        ws.repeat_rows(0, sheet.rows_on_each_page - 1)
