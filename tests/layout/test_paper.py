"""Sheets on paper: no band of a tall layer is cut, and no chart."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from xlcheck.formulas.addresses import parse_range
from xlcheck.layout.paper import cut
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


def part_of_sheet(path: Path, name: str) -> tuple[str, Any]:
    """The number of a worksheet, and its XML."""
    number = list(read_workbook(path).sheets).index(name) + 1
    with ZipFile(path) as archive:
        return str(number), etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


@pytest.mark.parametrize(
    ("workbook", "layer", "least"),
    [
        ("encoder-decoder", "encoder", 0.33),
        ("encoder-decoder", "decoder", 0.33),
        ("sentiment", "lstm", 0.3),
        ("film-reviews", "lstm", 0.3),
    ],
)
def test_a_tall_layer_is_one_page(workbook: str, layer: str, least: float) -> None:
    """It stands upright, with its charts, and can be read; of a long text the formulas are left out."""
    number, sheet = part_of_sheet(WORKBOOKS / f"{workbook}.xlsx", layer)
    setup = sheet.find(f"{_MAIN}pageSetup")
    heights = [float(row.get("ht", 15)) * 4 / 3 for row in sheet.iter(f"{_MAIN}row")]
    spans = [(int(c.get("min")), int(c.get("max")), float(c.get("width"))) for c in sheet.iter(f"{_MAIN}col")]
    printed = last_printed(WORKBOOKS / f"{workbook}.xlsx", layer)
    width = sum(7 * letters * (min(last, printed) - first + 1) for first, last, letters in spans if first <= printed)
    charts = charts_of(WORKBOOKS / f"{workbook}.xlsx", number)

    assert len(charts) == 2
    assert all(right <= printed for *_, right in charts)
    assert setup.get("orientation") == "portrait"
    assert (setup.get("fitToWidth", "1"), setup.get("fitToHeight", "1")) == ("1", "1")
    assert min(_A4 / width, _A4 * 2**0.5 / sum(heights)) > least


@pytest.mark.parametrize(("units", "kind"), [(12, "LSTM"), (20, "LSTM"), (90, "Dense")])
def test_nothing_is_cut(units: int, kind: str) -> None:
    """Of a layer that is too tall for one page each page has room and begins with a band, or its heading."""
    graph = forward_graph(sequential("m", (6, 4), (MANY[kind](units),)))
    table = lay_out(4, list(graph.bands("layer").items()))
    sheet = SheetDraft("layer")
    sheet.widths.update(dict.fromkeys(range(table.columns), 14.0))
    cut(sheet, table, 6)
    scale, top = sheet.print_scale / 100, table.first_row(0)
    begun = {top + line.offset - (0 if line.parts > 2 else line.parts) for line in table.lines}
    begun |= {top + line.offset - line.parts for line in table.lines}

    assert scale > 0.25
    assert sheet.breaks
    assert set(sheet.breaks) <= begun
    for first, last in pairwise([top, *sheet.breaks, table.end]):
        assert (last - first + 6) * 20 * scale <= _A4


def test_heading_and_band_stay_together() -> None:
    """No page ends with a heading."""
    graph = forward_graph(sequential("m", (6, 4), (MANY["LSTM"](12),)))
    table = lay_out(4, list(graph.bands("layer").items()))
    sheet = SheetDraft("layer")
    sheet.widths.update(dict.fromkeys(range(table.columns), 14.0))
    cut(sheet, table, 6)
    headings = {table.first_row(0) + line.offset for line in table.lines if line.band is None}

    assert not {row - 1 for row in sheet.breaks} & headings
