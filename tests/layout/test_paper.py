"""Sheets on paper: no band of a tall layer is cut, and no chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A4 = 688  # pixels of its shorter side between the margins


def part_of_sheet(path: Path, name: str) -> tuple[str, Any]:
    """The number of a worksheet, and its XML."""
    number = list(read_workbook(path).sheets).index(name) + 1
    with ZipFile(path) as archive:
        return str(number), etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


@pytest.mark.parametrize("layer", ["encoder", "decoder"])
def test_a_tall_layer_is_one_page(layer: str) -> None:
    """It stands upright, and is at least a third as large as on the screen."""
    _, sheet = part_of_sheet(WORKBOOKS / "encoder-decoder.xlsx", layer)
    setup = sheet.find(f"{_MAIN}pageSetup")
    heights = [float(row.get("ht", 15)) * 4 / 3 for row in sheet.iter(f"{_MAIN}row")]
    spans = [(int(c.get("min")), int(c.get("max")), float(c.get("width"))) for c in sheet.iter(f"{_MAIN}col")]
    width = sum(7 * letters * (last - first + 1) for first, last, letters in spans)

    assert setup.get("orientation") == "portrait"
    assert (setup.get("fitToWidth", "1"), setup.get("fitToHeight", "1")) == ("1", "1")
    assert min(_A4 / width, _A4 * 2**0.5 / sum(heights)) > 1 / 3


@pytest.mark.parametrize(("workbook", "layer"), [("film-reviews", "lstm"), ("sentiment", "lstm")])
def test_nothing_is_cut(workbook: str, layer: str) -> None:
    """Each page has room on the paper, begins with a band, its heading or a chart, and a chart ends on its page."""
    path = WORKBOOKS / f"{workbook}.xlsx"
    number, sheet = part_of_sheet(path, layer)
    with ZipFile(path) as archive:
        relations = etree.fromstring(archive.read(f"xl/worksheets/_rels/sheet{number}.xml.rels"))
        part = next(r.get("Target") for r in relations if r.get("Type", "").endswith("/drawing"))
        drawing = etree.fromstring(archive.read(f"xl/drawings/{Path(part).name}"))
    heights = {int(row.get("r")): float(row.get("ht", 15)) * 4 / 3 for row in sheet.iter(f"{_MAIN}row")}
    begun = {int(cell.get("r")[1:]) for cell in sheet.iter(f"{_MAIN}c") if cell.get("r")[0] == "A" and len(cell)}
    scale = int(sheet.find(f"{_MAIN}pageSetup").get("scale")) / 100
    breaks = [int(item.get("id")) for item in sheet.iter(f"{_MAIN}brk")]
    charts = {tuple(int(a.findtext(f"{_DRAWING}{end}/{_DRAWING}row")) + 1 for end in ("from", "to")) for a in drawing}
    frozen = int(sheet.find(f".//{_MAIN}pane").get("ySplit"))
    above = sum(heights.get(row, 20) for row in range(1, frozen + 1))

    assert breaks
    for first, last in zip([frozen, *breaks], [*breaks, max(end for _, end in charts)], strict=True):
        page = above + sum(heights.get(row, 20) for row in range(first + 1, last + 1))
        assert page * scale <= _A4
        assert first == frozen or first + 1 in begun | {start for start, _ in charts}
    assert all(not start <= item < end for item in breaks for start, end in charts)
