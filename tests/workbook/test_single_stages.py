"""Readers and writers of parts of a workbook by themselves, without a whole file around them."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.graph.trace import Trace
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.looks import beside_cells, pictures
from xlcheck.workbook.looks.fingerprint import with_fingerprint
from xlcheck.workbook.looks.narrow import Widths
from xlcheck.workbook.looks.readable import _grounds, is_light, is_pale, is_usual_font
from xlcheck.workbook.number_formats import Formats, OddFormats, odd_looks
from xlcheck.workbook.origin import is_generated, rebuilding
from xlcheck.workbook.plan import NumberBlock, WorkbookPlan
from xlcheck.workbook.sheet_cells import parse_cells
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.views import Factor, View, in_view
from xlcheck.workbook.worksheet import ExactWorksheet
from xlcheck.workbook.xml_tree import tree_of
from xlcheck.workbook.zip_directory import canonical, decoded

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def of_cells(cells: Mapping[tuple[int, int], Cell], name: str = "S") -> WorkbookContent:
    return WorkbookContent(Path("x.xlsx"), {name: SheetContent(name, "visible", cells)})


@pytest.mark.parametrize(
    ("cell", "on_load", "seen"),
    [
        ('<c r="A1" s="1"><f>3+4</f><v>7</v></c>', False, []),
        ('<c r="A1" s="1"><f>3+4</f></c>', False, ["S!A1"]),
        ('<c r="A1" s="1"><f>3+5</f><v>7</v></c>', True, ["S!A1"]),
        ('<c r="A1" s="1" t="str"><f>"a"</f><v>a</v></c>', True, []),
        ('<c r="A1" s="1"><v>7</v></c>', True, []),
        ('<c r="A1" s="0"><f>3+4</f></c>', True, []),
    ],
)
def test_what_a_formula_gives_is_known_where_it_is_stored_and_stays(cell: str, on_load: bool, seen: list[str]) -> None:
    """Without a value, or with one that is computed anew when the file is opened, a format must suit any number."""
    odd = OddFormats(styles={1: '"7"'})
    part = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cell}</row></sheetData></worksheet>'.encode()
    sheet = SheetContent("S", "visible", parse_cells(part, []))

    assert list(odd_looks(sheet, SheetPart(part), odd, on_load=on_load)) == seen


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ('<c r="A1" s="1"><v>5</v></c>', ["S!A1"]),
        ('<c r="A1" s="0"><v>5</v></c>', []),
        ('<c r="A1" s="1"/>', []),
        ('<c r="A1" s="2" t="str"><v>a</v></c>', ["S!A1"]),
        ('<c r="A1" s="2"><v>5</v></c>', []),
    ],
)
def test_cells_that_show_another_number_or_word(cell: str, seen: list[str]) -> None:
    """A number whose format has digits of its own, a text whose format has words of its own; no other cell."""
    odd = OddFormats(styles={1: '"7"'}, words={2: '@;@;@;"right"'})
    part = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cell}</row></sheetData></worksheet>'.encode()
    sheet = SheetContent("S", "visible", parse_cells(part, []))

    assert list(odd_looks(sheet, SheetPart(part), odd)) == seen


def test_a_longer_number_fills_more_of_a_column() -> None:
    """What a number fills at least follows from the digits that its format shows, and from the size of its letters."""
    styles = tree_of(
        b'<styleSheet><fonts><font><sz val="10"/></font><font><sz val="20"/></font></fonts>'
        b'<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="0"><alignment indent="2"/></xf></cellXfs></styleSheet>'
    )
    widths = Widths(styles, Formats(("0.00", "0.00", "0.00"), {"0.00": "0.00"}))

    assert widths.of(1, 0.25) == 2 * widths.of(0, 0.25)
    assert widths.of(2, 0.25) == widths.of(0, 0.25) + 2
    assert widths.of(0, 1234.25) > widths.of(0, 0.25)


def test_two_signs_of_four_say_who_made_a_workbook() -> None:
    """A command and a verdict stand in no workbook that somebody made by hand; who has written it decides alone."""
    command, verdict = Cell("xlcheck build lstm"), Cell("✓", 'IF(A1>0,"✓",IF(A1<0,"✗","–"))')

    assert is_generated(of_cells({(0, 0): command, (1, 0): verdict}))
    assert not is_generated(of_cells({(0, 0): command}))
    assert not is_generated(of_cells({(1, 0): verdict}))
    assert rebuilding(of_cells({(0, 0): command})) == "xlcheck build lstm"
    assert rebuilding(of_cells({(0, 0): Cell("xlcheck build the model in m.keras")})) is None


def test_a_view_shows_the_chosen_step_and_unit() -> None:
    """Its factors are multiplied; the step before the first is the initial state; choices are counted from 1."""
    trace = Trace("keras", {
        "lstm.f[0]": np.array([[0.25, 0.5]]), "lstm.f[1]": np.array([[0.125, 0.75]]),
        "lstm.h_init": np.array([[3.0, 5.0]]), "lstm.h[0]": np.array([[7.0, 9.0]]),
    })  # fmt: skip
    step, unit = parse_range("S!A1"), parse_range("S!A2")
    factors = (Factor("lstm.f", complement=True), Factor("lstm.h", shift=-1))
    view = View(parse_range("S!B1"), "C1", step, unit, factors)

    assert view.helper(trace, {}).desired == (0.75 * 3.0,)
    assert view.helper(trace, {step: 2, unit: 2}).desired == (0.25 * 9.0,)
    assert View.from_json(view.to_json()) == view
    (chosen,) = in_view([view], trace, of_cells({(0, 0): Cell(2.0), (1, 0): Cell(1.0)}))
    assert chosen.desired == (0.875 * 7.0,)
    with pytest.raises(LookupError):
        view.helper(trace, {step: 3})


@pytest.mark.parametrize(
    "name", ["/xl/Workbook.XML", "xl\\workbook.xml", "xl/./a/../workbook.xml", "xl/%77orkbook.xml"]
)
def test_two_names_that_some_program_takes_for_one(name: str) -> None:
    """Letters' size, slashes, dots and percent signs do not make another part."""
    assert canonical(name) == "xl/workbook.xml"
    assert decoded("%C3%A4") == "ä"


def test_what_nobody_can_read() -> None:
    """Letters must differ from a white page, a ground must be light, and a font must be one that every machine has."""
    assert is_pale("FFFFFF", 3.0)
    assert not is_pale("000000", 3.0)
    assert is_light("#FFFFE0")
    assert not is_light("#101010")
    assert is_usual_font("Calibri")
    assert is_usual_font("DejaVu Sans")  # what LibreOffice writes for it where it is missing
    assert not is_usual_font("Webdings")


def test_what_a_chart_says_is_told(write_parts: object) -> None:
    """Its title, and which cells it draws over which, in sentences that do not depend on how the file spells them."""
    chart = (
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart><c:plotArea><c:lineChart><c:ser><c:tx><c:strRef><c:f>S!$A$1</c:f></c:strRef></c:tx>'
        "<c:cat><c:numRef><c:f>S!$B$1:$B$3</c:f></c:numRef></c:cat>"
        "<c:val><c:numRef><c:f>S!$C$1:$C$3</c:f></c:numRef></c:val></c:ser></c:lineChart></c:plotArea></c:chart>"
        "</c:chartSpace>"
    )  # fmt: skip
    workbook = f'<workbook xmlns="{MAIN}"/>'
    path = write_parts({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": workbook, "xl/charts/c.xml": chart})  # type: ignore[operator]
    with open_container(path) as container:
        told = list(pictures.of_drawings(container, set()))
        sheet = tree_of(f'<worksheet xmlns="{MAIN}"><sheetProtection sheet="1"/></worksheet>'.encode())
        assert sheet is not None
        beside = list(beside_cells.of_worksheet(container, "S", "xl/worksheets/sheet1.xml", sheet))

    assert pictures.drawn("S!$A$1", "S!$B$1:$B$3", "S!$C$1:$C$3") in told
    assert beside_cells.protected("S") in beside


def test_without_a_manifest_there_is_no_fingerprint() -> None:
    """A plan that says nothing of itself is written as it is."""
    plan = WorkbookPlan(())

    assert with_fingerprint(plan, "hidden") is plan


def test_numbers_keep_all_their_digits() -> None:
    """A number is written with the digits that it takes to be read back to the last bit; an empty result is a text."""
    sheet = ExactWorksheet()
    sheet.fh = StringIO()
    sheet._xml_number_element(0.1 + 0.2, [("r", "A1")])
    sheet._xml_formula_element("B1", "", [("r", "A2")])

    assert '<c r="A1"><v>0.30000000000000004</v></c>' in sheet.fh.getvalue()
    assert 't="str"' in sheet.fh.getvalue()
    with pytest.raises(WorkbookError, match="not a number"):
        sheet.add_block(NumberBlock(Range("S", 0, 0, 1, 1), np.array([[np.nan]]), "number"), None)


@pytest.mark.parametrize(
    ("fill", "behind"),
    [
        ("", "FFFFFF"),
        ('<patternFill patternType="none"><fgColor rgb="FF102030"/></patternFill>', "FFFFFF"),
        ('<patternFill patternType="solid"><fgColor rgb="FF102030"/></patternFill>', "102030"),
        ('<patternFill patternType="lightGray"/>', "BFBFBF"),
        (
            '<patternFill patternType="darkGray"><fgColor rgb="FF000000"/><bgColor rgb="FF000000"/></patternFill>',
            "000000",
        ),
        ('<patternFill patternType="lightUp"/>', "808080"),
    ],
)
def test_what_is_behind_letters(fill: str, behind: str) -> None:
    """Rule: a pattern is the mixture of its lines and its ground, and no pattern is white whatever its colours."""
    root = tree_of(f"<fill>{fill}</fill>".encode())
    assert root is not None
    assert _grounds(root, {}) == (behind,)
