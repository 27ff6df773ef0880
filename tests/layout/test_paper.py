"""Sheets on paper: they can be read, and no band of a tall layer is cut, and no chart."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from xlcheck.formulas.addresses import parse_range
from xlcheck.layout.paper import fit, starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.table import lay_out
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.reader import read_workbook

MANY = {
    "LSTM": lambda units: LayerSpec(
        "LSTM",
        "layer",
        {"units": units, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True,
         "return_sequences": True, "go_backwards": False},
        {"kernel": (4, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,)},
    ),
    "Dense": lambda units: LayerSpec(
        "Dense", "layer", {"units": units, "activation": "softmax", "use_bias": True},
        {"kernel": (4, units), "bias": (units,)},
    ),
}  # fmt: skip
WORKBOOKS = Path(__file__).parents[2] / "workbooks"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A4 = 688  # pixels of its shorter side between the margins


def last_printed(path: Path, name: str) -> int:
    """The number of the last column that is printed."""
    with ZipFile(path) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
    place = str(list(read_workbook(path).sheets).index(name))
    areas = [n.text for n in book.iter(f"{_MAIN}definedName")
             if n.get("name") == "_xlnm.Print_Area" and n.get("localSheetId") == place]  # fmt: skip
    area = parse_range(areas[0] if areas else "A1:XFD1")
    return area.left + area.columns


def charts_of(path: Path, number: str) -> set[tuple[int, int, int]]:
    """First and last row, and last column, of each chart of a worksheet, counted from 1."""
    with ZipFile(path) as archive:
        name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
        relations = etree.fromstring(archive.read(name)) if name in archive.namelist() else []
        parts = [r.get("Target") for r in relations if r.get("Type", "").endswith("/drawing")]
        drawings = [etree.fromstring(archive.read(f"xl/drawings/{Path(part).name}")) for part in parts]
    ends = (("from", "row"), ("to", "row"), ("to", "col"))
    return {
        tuple(int(a.findtext(f"{_DRAWING}{end}/{_DRAWING}{axis}")) + 1 for end, axis in ends)
        for drawing in drawings for a in drawing
    }  # fmt: skip


def size_of(sheet: Any, printed: int) -> tuple[float, float]:
    """Width and height of what is printed, in pixels."""
    heights = [float(row.get("ht", 15)) * 4 / 3 for row in sheet.iter(f"{_MAIN}row")]
    spans = [(int(c.get("min")), int(c.get("max")), float(c.get("width"))) for c in sheet.iter(f"{_MAIN}col")]
    width = sum(7 * letters * (min(last, printed) - first + 1) for first, last, letters in spans if first <= printed)
    return width, sum(heights)


def part_of_sheet(path: Path, name: str) -> tuple[str, Any]:
    """The number of a worksheet, and its XML."""
    number = list(read_workbook(path).sheets).index(name) + 1
    with ZipFile(path) as archive:
        return str(number), etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


@pytest.mark.parametrize("workbook", ["lstm", "lstm-small", "gru", "bidirectional", "simple-rnn", "word-order"])
def test_a_layer_of_a_toy_lesson_is_one_page(workbook: str) -> None:
    """With its charts, and not smaller than letters of 4.5 points."""
    path = WORKBOOKS / f"{workbook}.xlsx"
    layers = [name for name in read_workbook(path).sheets if name in {"lstm", "gru", "bidirectional", "simple_rnn"}]
    for layer in layers:
        number, sheet = part_of_sheet(path, layer)
        setup = sheet.find(f"{_MAIN}pageSetup")
        printed = last_printed(path, layer)
        width, height = size_of(sheet, printed)
        across, tall = (_A4, _A4 * 2**0.5) if setup.get("orientation") == "portrait" else (_A4 * 2**0.5, _A4)

        assert all(right <= printed for *_, right in charts_of(path, number))
        assert (setup.get("fitToWidth", "1"), setup.get("fitToHeight", "1")) == ("1", "1")
        assert min(across / width, tall / height) > 0.45
    assert layers


@pytest.mark.parametrize(
    ("workbook", "layer", "least"),
    [
        ("encoder-decoder", "encoder", 55),
        ("encoder-decoder", "decoder", 55),
        ("sentiment", "lstm", 45),
        ("next-word", "dense", 45),
    ],
)
def test_a_tall_layer_is_several_pages(workbook: str, layer: str, least: int) -> None:
    """They can be read, are as wide as the paper, and none ends in the middle of a chart."""
    path = WORKBOOKS / f"{workbook}.xlsx"
    number, sheet = part_of_sheet(path, layer)
    setup = sheet.find(f"{_MAIN}pageSetup")
    ends = [int(item.get("id")) for item in sheet.iter(f"{_MAIN}brk")]
    printed = last_printed(path, layer)
    width, _ = size_of(sheet, printed)
    across = _A4 if setup.get("orientation") == "portrait" else _A4 * 2**0.5

    assert ends
    assert int(setup.get("scale")) >= least
    assert width * int(setup.get("scale")) / 100 <= across
    for first, last, right in charts_of(path, number):
        assert right <= printed
        assert not [end for end in ends if first <= end < last]


@pytest.mark.parametrize(("workbook", "page"), [("encoder-decoder", "Picture"), ("architectures", "Picture")])
def test_no_drawing_is_cut(workbook: str, page: str) -> None:
    """Before the end of a page there are two empty rows: all drawings above it are complete."""
    _, sheet = part_of_sheet(WORKBOOKS / f"{workbook}.xlsx", page)
    ends = [int(item.get("id")) for item in sheet.iter(f"{_MAIN}brk")]
    used = {int(row.get("r")) for row in sheet.iter(f"{_MAIN}row") if row.find(f"{_MAIN}c") is not None}

    assert ends
    assert not [end for end in ends if {end, end - 1} & used]


def filled(units: int, kind: str) -> SheetDraft:
    """The sheet of a layer that reads four numbers at six steps, as wide as sheets are."""
    graph = forward_graph(sequential("m", (6, 4), (MANY[kind](units),)))
    table = lay_out(4, list(graph.bands("layer").items()))
    sheet = SheetDraft("layer")
    sheet.widths.update(dict.fromkeys(range(table.columns), 14.0))
    for line in table.lines:
        sheet.put(table.first_row(0) + line.offset, 0, "a", "heading" if line.band is None else "symbol")
    sheet.put(table.end, table.columns - 1, "=formula", "formula")
    sheet.starts, sheet.one_page, sheet.shows_formulas, sheet.freeze = starts(table), True, True, (6, 2)
    return sheet


@pytest.mark.parametrize(("units", "kind"), [(12, "LSTM"), (20, "LSTM"), (90, "Dense")])
def test_nothing_is_cut(units: int, kind: str) -> None:
    """Of a layer that is too tall for one page each page has room, and begins with a band or its heading."""
    sheet = filled(units, kind)
    fit(sheet)
    scale, tall = sheet.print_scale / 100, _A4 * (2**0.5 if sheet.portrait else 1)

    assert scale >= 0.45
    assert sheet.breaks
    assert set(sheet.breaks) <= set(sheet.starts)
    for first, last in pairwise([sheet.starts[0], *sheet.breaks, sheet.starts[-1]]):
        assert (last - first + 6) * 20 * scale <= tall


def test_what_can_be_read_on_one_page_is_one() -> None:
    """A small layer needs no second page, and keeps the texts of its formulas."""
    sheet = filled(2, "Dense")
    fit(sheet)

    assert sheet.one_page
    assert sheet.print_columns is None
    assert not sheet.breaks


def test_formulas_are_left_out_for_larger_letters_only() -> None:
    """Where the last column is so wide that the rest could not be read; never where it makes no difference."""
    wide, tall = filled(2, "Dense"), filled(6, "LSTM")
    last = max(column for _, column in wide.cells)
    wide.widths[last] = 160.0
    tall.widths[max(column for _, column in tall.cells)] = 1.0
    fit(wide)
    fit(tall)

    assert wide.print_columns == last
    assert tall.print_columns == 1 + max(column for _, column in tall.cells)


def test_heading_and_band_stay_together() -> None:
    """No page ends with a heading."""
    sheet = filled(12, "LSTM")
    fit(sheet)
    headings = {row for (row, _), cell in sheet.cells.items() if cell.style == "heading"}

    assert headings
    assert not {row - 1 for row in sheet.breaks} & headings
