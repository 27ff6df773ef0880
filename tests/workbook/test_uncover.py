"""Colour scales leave the cells that are marked, and nothing else changes."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.marking import Mark, write_marked
from xlcheck.workbook.uncover import uncover

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SCALE = '<cfRule type="colorScale" priority="1"><colorScale/></cfRule>'
_RULE = '<cfRule type="expression" priority="2"><formula>B2=1</formula></cfRule>'


def sheet(*formats: tuple[str, str]) -> etree._Element:
    """A worksheet with conditional formats: the areas and the rules of each."""
    inside = "".join(
        f'<conditionalFormatting sqref="{areas}">{rules}</conditionalFormatting>' for areas, rules in formats
    )
    return etree.fromstring(f'<worksheet xmlns="{_MAIN}">{inside}</worksheet>'.encode())


def formats_of(root: etree._Element) -> list[tuple[str, list[str]]]:
    """The areas of each conditional format, and the kinds of its rules."""
    return [(item.get("sqref", ""), [rule.get("type", "") for rule in item]) for item in root]


@pytest.mark.parametrize(
    ("areas", "places", "left"),
    [
        ("B2:D4", [(2, 2)], "B2:D2 B3 D3 B4:D4"),
        ("B2:D2", [(1, 1)], "C2:D2"),
        ("B2:B4", [(3, 1), (1, 1)], "B3"),
        ("B2 D2:D3", [(1, 1)], "D2:D3"),
        ("A1:XFD1048576", [(0, 0)], "B1:XFD1 A2:XFD1048576"),
    ],
)
def test_what_is_left_of_a_scale_is_everything_but_the_marked_cells(
    areas: str, places: list[tuple[int, int]], left: str
) -> None:
    """The areas are cut around the cells, whichever they are."""
    root = sheet((areas, _SCALE))
    uncover(root, places)

    assert formats_of(root) == [(left, ["colorScale"])]


def test_any_cells_are_cut_out_of_any_areas() -> None:
    """Cells that are drawn at random: the scale holds each other cell of its area once, and none of them."""
    draw = random.Random(5)
    for _ in range(200):
        area = parse_range(f"C3:{'CDEFGH'[draw.randrange(6)]}{draw.randrange(3, 10)}")
        every = [*area.cells()]
        places = draw.sample(every, draw.randrange(len(every)))
        root = sheet((area.a1, _SCALE))
        uncover(root, places)

        parts = [parse_range(text) for text in root[0].get("sqref", "").split()]
        cells = [cell for part in parts for cell in part.cells()]
        assert sorted(cells) == sorted(set(every) - set(places))


def test_a_scale_of_marked_cells_alone_goes() -> None:
    """Nothing is left of an area whose cells are all marked, and no empty element, which Excel refuses."""
    root = sheet(("B2:B3", _SCALE))
    uncover(root, [(1, 1), (2, 1)])

    assert formats_of(root) == []


def test_other_rules_and_other_areas_stay() -> None:
    """A rule whose formula is read from the first cell of its area keeps its area; what holds no mark is untouched."""
    root = sheet(("B2:B4", _SCALE + _RULE), ("C2:C4", _SCALE), ("#REF!", _SCALE))
    uncover(root, [(1, 1)])

    assert formats_of(root) == [
        ("B2:B4", ["expression"]), ("B3:B4", ["colorScale"]), ("C2:C4", ["colorScale"]), ("#REF!", ["colorScale"]),
    ]  # fmt: skip


def test_the_marked_copy_shows_its_marks_on_a_heat_map(tmp_path: Path) -> None:
    """A marked cell of a heat map has no scale above its colour, and the others keep theirs."""
    path, copy = tmp_path / "heat.xlsx", tmp_path / "marked.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("map")
        page.write_row(0, 0, [1, 2, 3])
        page.conditional_format(0, 0, 0, 2, {"type": "3_color_scale"})
    write_marked(path, copy, [Mark("map", 0, 1, "F8B4A6", "wrong", framed=True)])

    read = openpyxl.load_workbook(copy)["map"]
    assert [str(item.sqref) for item in read.conditional_formatting] == ["A1 C1"]
    assert read["B1"].border.left.style == read["B1"].border.bottom.style == "medium"
    assert read["A1"].border.left.style is None
