"""A report speaks of what somebody sees who opens the file, not only of what an engine computes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from small_book import Change, Checker, SmallBook

from xlcheck.engines import engine
from xlcheck.reports.render_junit import render_junit
from xlcheck.reports.render_text import render_text
from xlcheck.verdicts import readers_view
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport, Kind
from xlcheck.workbook.reader import read_workbook

Edit = Callable[[str, str], str]
_STORED = re.compile(r"(</f>)<v>[^<]*</v>")


def edited(book: SmallBook, path: Path, edit: Edit, changes: Mapping[str, Change] | None = None) -> Path:
    """A workbook, with changed cells, after an edit of its parts: a function of a part's name and text."""
    book.write(path, changes)
    with ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, edit(name, text))
    return path


def calculation(attributes: str, *, workbook: str = "", stored: str | None = None) -> Edit:
    """An edit that gives the workbook other settings, and its formulas other stored values."""

    def edit(name: str, text: str) -> str:
        if name == "xl/workbook.xml":
            text = re.sub(r"<calcPr[^>]*/>", f"<calcPr {attributes}/>", text)
            return text.replace("<workbookPr ", f"<workbookPr {workbook} ")
        value = f"<v>{stored}</v>" if stored else ""
        return text if stored is None or "worksheets/" not in name else _STORED.sub(rf"\g<1>{value}", text)

    return edit


def named(name: str, local: str = "", text: str = "Net!$A$1") -> Edit:
    """A defined name more, of the whole workbook or of one worksheet."""
    own = f'<definedNames><definedName name="{name}"{local}>{text}</definedName></definedNames><calcPr'
    return lambda part, text: text.replace("<calcPr", own) if part == "xl/workbook.xml" else text


def check(path: Path, with_engine: str = "ironcalc") -> CheckReport:
    return check_content(read_workbook(path), engine(with_engine))


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (calculation('fullCalcOnLoad="1" fullPrecision="0"'), "“Set precision as displayed” is on"),
        (calculation('fullCalcOnLoad="1"', workbook='date1904="1"'), "the 1904 date system is on"),
        (calculation('calcMode="manual"', stored=""), "formula cells have no stored value"),
        (named("tanh"), "the defined name tanh is called like a function that formulas use"),
        (named("TANH", text="_xlfn.LAMBDA(_xlpm.x,0)"), "the defined name TANH is called like a function"),
        (named("SUMPRODUCT", ' localSheetId="0"'), "!SUMPRODUCT is called like a function that formulas use"),
    ],
)
def test_settings_under_which_a_reader_sees_something_else(
    small_book: SmallBook, tmp_path: Path, edit: Edit, word: str
) -> None:
    """Every cell agrees as computed, and the report is no pass in any format."""
    report = check(edited(small_book, tmp_path / "book.xlsx", edit))
    (reservation,) = report.reservations
    text = render_text([report], width=1000)

    assert report.exit_code == 3
    assert not report.ok
    assert reservation.startswith(word) or word in reservation
    assert f": {report.counts.agree} formula cells agree, but with reservations\n" in text
    assert f"  But: {reservation}." in text
    assert 'errors="1"' in render_junit([report])
    assert report.to_json()["reservations"] == [reservation]


@pytest.mark.parametrize(
    ("formula", "has_circle"), [("1", False), ("A1+1", True), ("IF(1=1,1,B1)", True), ("Net!B2", False)]
)
def test_iteration_counts_only_on_a_circle(
    small_book: SmallBook, tmp_path: Path, formula: str, has_circle: bool
) -> None:
    """Gnumeric asks for it in every file that it saves; without a circle nothing is computed otherwise, says a note."""
    changes: dict[str, Change] = {"Mine!A1": "=B1", "Mine!B1": f"={formula}"}
    report = check(edited(small_book, tmp_path / "book.xlsx", calculation('iterate="1"'), changes))

    assert (report.exit_code == 3) is has_circle
    assert any(text.startswith("iterative calculation is on: a circle") for text in report.reservations) is has_circle
    assert any("no formulas form a circle, so it changes nothing" in text for text in report.notes) is not has_circle


def test_a_circle_is_sought_once(small_book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reservations and notes both ask whether formulas form a circle, and share one answer."""
    sought: list[FormulaCells] = []
    monkeypatch.setattr(readers_view, "circle_in", sought.append)
    changes: dict[str, Change] = {"Mine!A1": "=B1", "Mine!B1": "=A1+1"}
    report = check(edited(small_book, tmp_path / "book.xlsx", calculation('iterate="1"'), changes))

    assert len(sought) == 1
    assert any("no formulas form a circle" in text for text in report.notes)


@pytest.mark.parametrize(
    ("changes", "circular"),
    [
        ({"Net!C3": "=IF(C2<-999,C3,C2*Weights!$B$2)"}, "Net!C3"),
        ({"Net!C3": "=C2*Weights!$B$2+0*Mine!A1", "Mine!A1": "=IF(C1=7,Net!C3,1)"}, "Net!C3"),
        ({"Mine!A1": "=IF(C1=7,B1,1)", "Mine!B1": "=IF(C1=7,1,SUM(A1:A3))"}, "Mine!A1"),
        ({"Mine!A1": "=IF(C1=7,B1,1)", "Mine!B1": "=SUM(A2:A3)"}, None),
        ({"Mine!A1": "=ROW(A1)+COLUMNS($A1:B1)", "Mine!B1": "=ROWS(A1:B1)"}, None),
    ],
)
def test_a_circle_in_a_branch_that_is_not_taken_is_no_pass(
    check_small: Checker, changes: Mapping[str, Change], circular: str | None
) -> None:
    """The engine computes the other branch, other programs nothing: the sentence names a cell that reads itself."""
    report = check_small(changes, perturb=0)
    said = [text for text in report.reservations if "reads itself" in text]

    assert report.counts.root == 0
    assert [text.partition(" reads itself, ")[0] for text in said] == ([] if circular is None else [circular])
    assert circular is None or report.exit_code == 3


@pytest.mark.thorough
@pytest.mark.libreoffice
def test_libreoffice_rounds_as_it_is_told(small_book: SmallBook, tmp_path: Path) -> None:
    """What it computes with precision as displayed is what a reader sees, so it needs no reservation."""

    def coarse(name: str, text: str) -> str:
        return text.replace('numFmtId="0" fontId', 'numFmtId="2" fontId') if name == "xl/styles.xml" else text

    def edit(name: str, text: str) -> str:
        return coarse(name, calculation('fullCalcOnLoad="1" fullPrecision="0"')(name, text))

    report = check(edited(small_book, tmp_path / "book.xlsx", edit), "libreoffice")

    assert [text for text in report.reservations if "in the formats that were written" not in text] == []
    assert report.exit_code == 1
    assert report.counts.root + report.counts.carried > 10


@pytest.mark.parametrize("attributes", ['calcMode="manual"', 'calcId="191029"', ""])
def test_stored_values_that_are_shown_are_wrong(small_book: SmallBook, tmp_path: Path, attributes: str) -> None:
    """Without a demand to calculate anew, each stored value that is not what its formula gives is a wrong cell."""
    report = check(edited(small_book, tmp_path / "book.xlsx", calculation(attributes, stored="999.25")))

    assert report.exit_code == 1
    assert {cell.kind for cell in report.roots} == {Kind.STALE_CACHE}
    assert report.counts.root == report.counts.checked == len(report.roots)
    assert report.counts.agree == 0
    assert {float(cell.actual) for cell in report.roots} == {999.25}


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ('calcMode="manual"', "no number"),
        ('fullCalcOnLoad="1" calcMode=" manual"', "no number"),
        ('calcMode="never"', "no number"),
        ('calcMode="autoNoTable"', "no what-if table"),
        ('calcMode="auto" forceFullCalc="0" calcOnSave="0" iterateCount="3"', None),
        ("", None),
    ],
)
def test_numbers_that_follow_nobody_are_told(
    small_book: SmallBook, tmp_path: Path, attributes: str, word: str | None
) -> None:
    """Where calculation is manual, all is right that is seen, until a reader chooses another sample: then it is old."""
    path = edited(small_book, tmp_path / "book.xlsx", calculation(attributes))
    report, strict = check(path), check_content(read_workbook(path), engine("ironcalc"), strict=True)
    told = f"not as it was built: calculation is manual, so that {word} follows what a reader chooses or types"

    assert report.ok
    assert any(note.startswith(told) for note in report.notes) is (word is not None)
    assert strict.exit_code == (word is not None)


def test_stored_values_that_excel_computes_anew_are_noticed(small_book: SmallBook, tmp_path: Path) -> None:
    """With the demand to calculate they are listed, say who sees them, and are no wrong cells."""
    edit = calculation('calcMode="manual" fullCalcOnLoad="1"', stored="999.25")
    report = check(edited(small_book, tmp_path / "book.xlsx", edit))

    assert report.ok
    assert len(report.stale) == report.counts.checked
    assert "LibreOffice and programs that do not calculate show the stored value" in report.stale[0].message


def test_a_number_format_of_its_own_digits_is_no_pass(small_book: SmallBook, tmp_path: Path) -> None:
    """A cell that always shows 0.5 does not show what was checked."""

    def edit(name: str, text: str) -> str:
        if name == "xl/styles.xml":
            text = text.replace(
                "<fonts", '<numFmts count="1"><numFmt numFmtId="200" formatCode="&quot;0.5&quot;"/></numFmts><fonts', 1
            )
            return text.replace(
                "</cellXfs>", '<xf numFmtId="200" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
            )
        return text.replace('<c r="C9">', '<c r="C9" s="1">')

    report = check(edited(small_book, tmp_path / "book.xlsx", edit))

    assert report.exit_code == 3
    assert report.reservations == (
        "the number format of Net!C9, All!C9 shows digits that are not those of the value; give these cells another "
        "format",
        "numbers are not shown in the formats that were written on Net, All; build the workbook again",
    )
