"""Sheets on paper: they can be read, and no band of a tall layer is cut, and no chart."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from xlcheck.formulas.addresses import MAX_COLUMNS, Range, parse_range
from xlcheck.layout.paper import fit, starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.table import lay_out
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
EVERY = sorted(WORKBOOKS.glob("*.xlsx"))
_OTHERS = {"architectures", "encoder-decoder", "vanishing-gradients"}
ONE_PICTURE = [path for path in EVERY if path.stem not in _OTHERS and not path.stem.endswith("training")]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A4 = 688  # pixels of its shorter side between the margins


content_of = cache(read_workbook)


def layers_of(path: Path) -> list[str]:
    """The worksheets of layers, whose titles say of what kind they are."""
    sheets = content_of(path).sheets
    titles = {name: str(sheet.cells[0, 0].value) for name, sheet in sheets.items() if (0, 0) in sheet.cells}
    return [name for name, title in titles.items() if title.startswith(f"{name} · ")]


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


def frames_of(path: Path, number: str) -> list[tuple[float, float, float, float]]:
    """Left, right, top and bottom of each chart of a worksheet: columns and rows, with parts of them as fractions."""
    with ZipFile(path) as archive:
        name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
        relations = etree.fromstring(archive.read(name)) if name in archive.namelist() else []
        parts = [r.get("Target") for r in relations if r.get("Type", "").endswith("/drawing")]
        anchors = [a for part in parts for a in etree.fromstring(archive.read(f"xl/drawings/{Path(part).name}"))]

    def place(anchor: Any, end: str, axis: str) -> float:
        offset = int(anchor.findtext(f"{_DRAWING}{end}/{_DRAWING}{axis}Off"))
        return int(anchor.findtext(f"{_DRAWING}{end}/{_DRAWING}{axis}")) + min(offset / 1e7, 0.99)

    ends = (("from", "col"), ("to", "col"), ("from", "row"), ("to", "row"))
    return [tuple(place(a, end, axis) for end, axis in ends) for a in anchors if a.find(f"{_DRAWING}to") is not None]


def size_of(sheet: Any, printed: int) -> tuple[float, float]:
    """Width and height of what is printed, in pixels."""
    heights = [float(row.get("ht", 15)) * 4 / 3 for row in sheet.iter(f"{_MAIN}row")]
    spans = [(int(c.get("min")), int(c.get("max")), float(c.get("width"))) for c in sheet.iter(f"{_MAIN}col")]
    width = sum(7 * letters * (min(last, printed) - first + 1) for first, last, letters in spans if first <= printed)
    return width, sum(heights)


def part_of_sheet(path: Path, name: str) -> tuple[str, Any]:
    """The number of a worksheet, and its XML."""
    number = list(content_of(path).sheets).index(name) + 1
    with ZipFile(path) as archive:
        return str(number), etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))


@cache
def printed_parts(path: Path) -> dict[str, tuple[Any, Range]]:
    """Of each worksheet that is printed its XML, and the cells that are printed."""
    with ZipFile(path) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter(f"{_MAIN}sheet") if sheet.get("state") is None]
        found = {}
        for place, name in enumerate(names):
            sheet = etree.fromstring(archive.read(f"xl/worksheets/sheet{place + 1}.xml"))
            areas = [n.text for n in book.iter(f"{_MAIN}definedName")
                     if n.get("name") == "_xlnm.Print_Area" and n.get("localSheetId") == str(place)]  # fmt: skip
            used = parse_range(sheet.find(f"{_MAIN}dimension").get("ref"))
            area = parse_range(areas[0]) if areas else Range(name, 0, 0, used.top + used.rows, used.left + used.columns)
            if area.left < MAX_COLUMNS - 1:  # where nothing stands
                found[name] = (sheet, area)
    return found


def scale_of(path: Path, name: str, sheet: Any, area: Range) -> float:
    """Of its size on the screen, as a program prints it: as it is said, or so that it fits the pages."""
    setup = sheet.find(f"{_MAIN}pageSetup")
    if setup.get("scale") is not None:
        return int(setup.get("scale")) / 100
    titles = int(sheet.find(f".//{_MAIN}pane").get("ySplit")) if area.top else 0
    rows = {int(row.get("r")): float(row.get("ht", 15)) for row in sheet.iter(f"{_MAIN}row")}
    shown = [*range(1, titles + 1), *range(area.top + 1, area.top + area.rows + 1)]
    height = sum(rows.get(row, 15.0) for row in shown) * 4 / 3
    width, _ = size_of(sheet, area.left + area.columns)
    across, tall = (_A4, _A4 * 2**0.5) if setup.get("orientation") == "portrait" else (_A4 * 2**0.5, _A4)
    return min(1.0, across / width, tall / height if setup.get("fitToHeight", "1") == "1" else 1.0)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_letters_on_paper_have_six_points(path: Path) -> None:
    """Letters of ten points, as most have on the screen, are not smaller on any page that is printed."""
    parts = printed_parts(path)
    scales = {name: scale_of(path, name, *part) for name, part in parts.items()}

    assert {"Start"} < parts.keys()
    assert {name: scale for name, scale in scales.items() if scale < 0.6} == {}


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_start_is_one_page(path: Path) -> None:
    """But in architectures: there the four networks with their answers fill one, and how to read them another one."""
    sheet, _ = printed_parts(path)["Start"]
    ends = [int(item.get("id")) for item in sheet.iter(f"{_MAIN}brk")]
    cells = content_of(path).sheets["Start"].cells

    assert [cells[end, 0].value for end in ends] == ["How to read this"] * (path.stem == "architectures")


@pytest.mark.parametrize("path", ONE_PICTURE, ids=lambda path: path.stem)
def test_a_picture_is_one_page_with_whatever_fonts(path: Path) -> None:
    """It is made to fit the page, for columns are wider where Calibri is missing; the others have several pictures."""
    setup = printed_parts(path)["Picture"][0].find(f"{_MAIN}pageSetup")

    assert (setup.get("scale"), setup.get("fitToWidth", "1"), setup.get("fitToHeight", "1")) == (None, "1", "1")


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_each_layer_is_one_page(path: Path) -> None:
    """With its charts, of which none is cut; a layer of hundreds of numbers, too."""
    parts = printed_parts(path)
    layers, sheets = layers_of(path), list(content_of(path).sheets)
    for layer in layers:
        sheet, area = parts[layer]
        setup = sheet.find(f"{_MAIN}pageSetup")

        assert (setup.get("scale"), setup.get("fitToHeight", "1")) == (None, "1"), layer
        number = str(sheets.index(layer) + 1)
        assert all(right <= area.columns and top > area.top for top, _, right in charts_of(path, number))
    assert layers or "training" in path.stem or path.stem == "vanishing-gradients"


@pytest.mark.parametrize("workbook", ["lstm", "lstm-small", "gru", "bidirectional", "simple-rnn", "embedding"])
def test_a_layer_of_a_toy_lesson_is_printed_as_a_whole(workbook: str) -> None:
    """From its title to its questions, with every step on the way."""
    path = WORKBOOKS / f"{workbook}.xlsx"
    parts = printed_parts(path)

    assert len(layers_of(path)) >= 2
    assert [parts[layer][1].top for layer in layers_of(path)] == [0] * len(layers_of(path))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_no_chart_covers_another(path: Path) -> None:
    """Charts stand beside or below each other."""
    for number in range(1, len(content_of(path).sheets) + 1):
        for one, other in combinations(frames_of(path, str(number)), 2):
            beside = one[1] <= other[0] or other[1] <= one[0]
            below = one[3] <= other[2] or other[3] <= one[2]
            assert beside or below, (number, one, other)


@pytest.mark.parametrize(
    ("workbook", "layer", "first", "last"),
    [
        ("encoder-decoder", "encoder", "memory and output", "hₜ"),
        ("sentiment", "lstm", "memory and output", "yₜ"),
        ("next-word", "simple_rnn", "hₜ", "hₜ"),
        ("next-word", "dense", "y", "y"),
    ],
)
def test_of_a_tall_layer_the_results_are_printed(workbook: str, layer: str, first: str, last: str) -> None:
    """Under the title and the words, what is calculated in the end; how, is left to the screen and to Picture."""
    path = WORKBOOKS / f"{workbook}.xlsx"
    _, area = printed_parts(path)[layer]
    symbols = {row: str(cell.value) for (row, column), cell in content_of(path).sheets[layer].cells.items()
               if column == 0 and isinstance(cell.value, str)}  # fmt: skip
    printed = [text for row, text in sorted(symbols.items()) if row >= area.top]

    assert printed[0] == first
    assert printed[printed.index("Predict, then look") - 1] == last
    assert symbols[0].startswith(layer)


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
    sheet.starts, sheet.one_page, sheet.left_out, sheet.freeze = starts(table), True, 1, (6, 2)
    return sheet


@pytest.mark.parametrize(("units", "kind"), [(12, "LSTM"), (20, "LSTM"), (90, "Dense")])
def test_nothing_is_cut(units: int, kind: str) -> None:
    """Each page of a layer that is too tall for one has room, and begins with a band, its heading, or tens of units."""
    sheet = filled(units, kind)
    fit(sheet)
    scale, tall = sheet.print_scale / 100, _A4 * (2**0.5 if sheet.portrait else 1)

    assert scale >= 0.6
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
    assert tall.print_columns is not None
    assert tall.print_columns > max(column for _, column in tall.cells)


def test_heading_and_band_stay_together() -> None:
    """No page ends with a heading."""
    sheet = filled(12, "LSTM")
    fit(sheet)
    headings = {row for (row, _), cell in sheet.cells.items() if cell.style == "heading"}

    assert headings
    assert not {row - 1 for row in sheet.breaks} & headings


def test_a_page_does_not_begin_behind_a_question() -> None:
    """Where a page could begin with a chart, but a heading or a question beside it would be left alone, it does not."""
    for style in ("heading", "heading_question", "question"):
        sheet, free = (SheetDraft("page", one_page=True, starts=[0, 45, 60, 75]) for _ in range(2))
        for own in (sheet, free):
            own.widths.update(dict.fromkeys(range(10), 14.0))
            own.put(90, 9, "the end")
        sheet.put(44, 3, "Predict, then look", style)
        fit(sheet)
        fit(free)

        assert free.breaks == [45]
        assert sheet.breaks
        assert 45 not in sheet.breaks


@pytest.mark.parametrize("results", [0, 345])
def test_what_is_too_wide_for_a_page_shows_its_results_side_by_side(results: int) -> None:
    """A layer of many steps, of which no page can show all columns: without results it is left to the screen."""
    sheet = filled(12, "LSTM")
    sheet.widths = dict.fromkeys(sheet.widths, 40.0)
    sheet.results = results
    fit(sheet)

    assert sheet.printed == (results > 0)
    assert (sheet.print_from, sheet.print_scale) == ((results, 60) if results else (0, 0))
    assert not sheet.breaks
