"""`--annotate` adds colours and notes to a hand-made workbook, and leaves everything else as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from saving import edit

from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.package import unpacked
from xlcheck import api
from xlcheck.reports.annotate import annotate

pytestmark = pytest.mark.keras


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the LSTM with time down the page, without bindings beside it."""
    return Path(shutil.copy(FOLDER / "time_down.xlsx", tmp_path / "mine.xlsx"))


def decorate(book: openpyxl.Workbook) -> None:
    """Styles, widths, a comment, a chart, a name, frozen panes."""
    sheet = book.active
    sheet["M13"].fill = PatternFill("solid", fgColor="FFCC00")
    sheet["M13"].number_format = "0.0000"
    sheet.column_dimensions["C"].width = 31.5
    sheet["A1"].comment = Comment("my own words", "me")
    sheet.freeze_panes = "B12"
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=13, min_row=11, max_row=15))
    sheet.add_chart(chart, "P2")
    book.defined_names["hidden_states"] = DefinedName("hidden_states", attr_text="LSTM!$M$12:$M$15")
    sheet["K13"] = "=D13*K12-F13*H13"


def test_everything_else_is_kept(path: Path, tmp_path: Path) -> None:
    """Charts, names and the parts beside are the same bytes; styles, widths, comments and formulas are there."""
    edit(path, decorate)
    original = path.read_bytes()
    report = api.check(path, bindings=FOLDER / "time_down.toml")
    marked = tmp_path / "marked.xlsx"
    annotate(report, path, marked)
    before, after = unpacked(original), unpacked(marked.read_bytes())
    changed = {name for name in before if before[name] != after.get(name)}
    sheet, copy = openpyxl.load_workbook(path).active, openpyxl.load_workbook(marked).active

    assert [cell.cell for cell in report.roots] == ["K13"]
    assert path.read_bytes() == original
    assert {n for n in before if n.startswith(("xl/charts/", "xl/drawings/drawing", "xl/theme"))} & changed == set()
    assert before["xl/workbook.xml"] == after["xl/workbook.xml"]
    assert copy.column_dimensions["C"].width == sheet.column_dimensions["C"].width == 31.5
    assert copy.freeze_panes == "B12"
    assert copy["A1"].comment.text == "my own words"
    assert (copy["M13"].number_format, copy["B13"].fill.fgColor.rgb) == ("0.0000", sheet["B13"].fill.fgColor.rgb)
    assert {c.coordinate: c.value for row in copy.iter_rows() for c in row} == {
        c.coordinate: c.value for row in sheet.iter_rows() for c in row
    }
    assert copy["K13"].comment is not None
    assert copy["K13"].fill.fgColor.rgb != sheet["K13"].fill.fgColor.rgb
    with ZipFile(marked) as archive:
        assert archive.testzip() is None


def test_notes_say_what_and_why_and_the_right_value(path: Path, tmp_path: Path) -> None:
    """A wrong cell below another one is told both values: the one to give now, and the one when all is right."""
    edit(path, lambda book: book.active.__setitem__("K13", "=D13*K12-F13*H13"))
    edit(path, lambda book: book.active.__setitem__("J14", "=TANH(I14)"))
    report = api.check(path)
    annotate(report, path, tmp_path / "marked.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx").active
    lines = {cell: sheet[cell].comment.text.split("\n") for cell in ("K13", "J14", "M15")}

    assert lines["K13"][0] == "✗ wrong: wrong sign"
    assert lines["K13"][-1] == "Right formula: =D13*K12+F13*H13"
    assert lines["J14"][0] == "✗ wrong: sigmoid tanh exchanged"
    assert "should be σ(zₒ,ₜ) = 0.5876899" in lines["J14"][1]
    assert lines["J14"][-1] == "Right formula: =1/(1+EXP(-I14))"
    assert lines["M15"][0] == "→ carried"
