"""What people's workbooks are really like, from the file to the verdict: one LSTM, saved and decorated in many ways."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import DataTableFormula
from saving import edit
from thorough import part_of

from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.package import packed, unpacked
from xlcheck import api
from xlcheck.cli import run
from xlcheck.errors import UsageError
from xlcheck.verdicts.report import CheckReport, Status

pytestmark = pytest.mark.keras

SHEET = "xl/worksheets/sheet1.xml"
ALL = 44
"""Formula cells of the workbook."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the LSTM with time down the page, without bindings beside it."""
    return Path(shutil.copy(FOLDER / "time_down.xlsx", tmp_path / "mine.xlsx"))


def edit_part(path: Path, part: str, old: str, new: str) -> None:
    """Replace a piece of one part's XML; it must be there."""
    parts = dict(unpacked(path.read_bytes()))
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    path.write_bytes(packed(parts))


def agrees(report: CheckReport) -> bool:
    """Whether every formula of the LSTM was checked and agrees."""
    return report.ok and report.counts.agree == ALL


def roots(report: CheckReport) -> list[str]:
    """The wrong cells."""
    return [cell.cell for cell in report.roots]


class TestWhatCellsMayHold:
    """Kinds of formulas, texts and numbers."""

    @pytest.mark.parametrize("spilled", part_of(["_xlfn.ANCHORARRAY(B{0})", "B{0}:D{0}"], 1))
    def test_dynamic_arrays(self, spilled: str, tmp_path: Path) -> None:
        """A state that spills over three cells is checked, as a range or `B9#`; a row that reads another is named."""
        for wrong in (False, True):
            path = tmp_path / f"{wrong}.xlsx"
            book = xlsxwriter.Workbook(path)
            sheet = book.add_worksheet("RNN")
            for row, weights in enumerate(((0.3, -0.2, 0.5), (0.1, 0.7, -0.4), (-0.6, 0.2, 0.15), (0.25, -0.35, 0.45))):
                sheet.write_row(row, 1, weights)
            sheet.write_row("B5", (0.05, -0.1, 0.2))
            sheet.write_row("B8", (0, 0, 0))
            for row, x in enumerate((1.5, -0.5, 0.8, 0.3), start=9):
                sheet.write_number(row - 1, 0, x)
                before = row - 2 if wrong and row == 11 else row - 1
                state = "B8:D8" if before == 8 else spilled.format(before)
                formula = f"=TANH(A{row}*$B$1:$D$1+MMULT({state},$B$2:$D$4)+$B$5:$D$5)"
                sheet.write_dynamic_array_formula(f"B{row}:D{row}", formula)
            book.close()
            report = api.check(path)

            assert report.counts.checked == 12
            assert roots(report) == (["B11", "C11", "D11"] if wrong else [])

    @pytest.mark.usefixtures("a_short_search")
    def test_data_tables_are_no_part_of_the_network(self, path: Path) -> None:
        """A table of results for several inputs (Excel's data table) is named, and the network is checked as ever."""

        def change(book: openpyxl.Workbook) -> None:
            sheet = book.active
            sheet["P10"] = "=M15"
            for row, number in enumerate((0.1, 0.2), start=11):
                sheet[f"O{row}"] = number
            sheet["P11"] = DataTableFormula(ref="P11:P12", dt2D=False, r1="B12")

        edit(path, change)
        report = api.check(path)

        assert roots(report) == []
        assert report.counts.agree == ALL
        assert {(cell.cell, cell.status.value) for cell in report.cells} == {
            ("P10", "unbound"), ("P11", "not_evaluated"), ("P12", "not_evaluated")
        }  # fmt: skip
        assert report.exit_code == 3
        assert all(cell.quantity is None for cell in report.cells)

    @pytest.mark.parametrize(
        ("content", "bound"),
        part_of(
            [
                ("=-0.14679912435045267", True),
                (-0.14679912435045267, True),
                ("=-0.14679912435045267", False),  # found by a search, as in test_single_edit.py
                (-0.14679912435045267, False),
            ],
            2,
        ),
    )
    def test_a_right_number_over_a_formula(self, content: object, bound: bool, path: Path) -> None:
        """A result that was typed is no formula, with a sign of equality before it or without."""
        edit(path, lambda book: book.active.__setitem__("K13", content))
        report = api.check(path, bindings=FOLDER / "time_down.toml" if bound else None)
        (cell,) = report.roots

        assert (cell.cell, cell.kind.value, cell.diagnosis) == ("K13", "not_a_formula", "constant-over-formula")
        assert report.counts.formula_cells == ALL

    def test_rich_text_labels_name_the_gates(self, path: Path) -> None:
        """Words with several fonts are read as one text."""

        def change(book: openpyxl.Workbook) -> None:
            for row, (first, rest) in enumerate((("for", "get"), ("in", "put"), ("candi", "date"), ("out", "put"))):
                book.active[f"A{4 + row}"] = CellRichText(TextBlock(InlineFont(b=True), first), rest)

        edit(path, change)

        assert agrees(api.check(path))

    def test_merged_cells(self, path: Path) -> None:
        """Titles over several columns change nothing."""
        edit(path, lambda book: (book.active.merge_cells("A1:M2"), book.active.merge_cells("N4:N7")))

        assert agrees(api.check(path))

    @pytest.mark.usefixtures("a_short_search")
    def test_numbers_as_texts_are_named(self, path: Path) -> None:
        """A weight that is stored as a text is one clear sentence with its cell, or a root; never a pass."""
        edit(path, lambda book: book.active.__setitem__("B12", "0.7"))
        with pytest.raises(UsageError, match=r"LSTM!B12 should hold a number .*numbers stored as text do not count"):
            api.check(path, bindings=FOLDER / "time_down.toml")
        report = api.check(path)
        assert report.exit_code == 3
        assert any("LSTM!B12 holds a number stored as text" in note for note in report.notes)

    def test_decimal_commas_in_labels(self, path: Path) -> None:
        """Labels with numbers as other languages write them are words."""
        edit(path, lambda book: book.active.__setitem__("N4", "Gewicht −0,42; Bias 0,9"))

        assert agrees(api.check(path))

    def test_a_number_as_text_beside_the_network_is_a_note(self, path: Path) -> None:
        """A number stored as a text that a formula reads is reported, although nothing is wrong with the network."""

        def change(book: openpyxl.Workbook) -> None:
            book.active["P3"], book.active["P4"] = "1.5", "=SUM(P3,M15)"

        edit(path, change)
        report = api.check(path)

        assert "LSTM!P3 holds a number stored as text, which formulas take for 0 or for an error" in report.notes
        assert report.ok


class TestWhatWorkbooksMayHold:
    """Worksheets, names, links, macros."""

    def test_hidden_sheets_and_names(self, path: Path) -> None:
        """Weights on a very hidden worksheet, read through names, are weights."""

        def change(book: openpyxl.Workbook) -> None:
            sheet, hidden = book.active, book.create_sheet("Weights")
            hidden.sheet_state = "veryHidden"
            for name, letter in (("W", "B"), ("U", "C"), ("b", "D")):
                for row, gate in enumerate("fico", start=4):
                    hidden[f"A{row}"] = gate
                    hidden[f"{letter}{row}"] = sheet[f"{letter}{row}"].value
                    sheet[f"{letter}{row}"] = None
                    book.defined_names[f"{name}_{gate}"] = DefinedName(
                        f"{name}_{gate}", attr_text=f"Weights!${letter}${row}"
                    )
                    for cell in (c for row_ in sheet["C12:I15"] for c in row_):
                        cell.value = str(cell.value).replace(f"${letter}${row}", f"{name}_{gate}")

        edit(path, change)
        sheet = openpyxl.load_workbook(path).active

        assert "W_f*" in sheet["C12"].value
        assert agrees(api.check(path))

    def test_links_to_other_files_are_reported_and_not_followed(self, path: Path) -> None:
        """A link to a file is a note; the cell that reads it was not computed, so the check is not complete."""
        parts = dict(unpacked(path.read_bytes()))
        relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        parts["xl/externalLinks/externalLink1.xml"] = (
            b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            b'xmlns:r="' + relations.encode() + b'"><externalBook r:id="rId1"/></externalLink>'
        )
        parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{relations}/externalLinkPath" '
            'Target="file:///C:/secret/prices.xlsx" TargetMode="External"/></Relationships>'
        ).encode()
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{relations}/externalLink" Target="externalLinks/externalLink1.xml"/>'
            "</Relationships>".encode(),
        )
        parts["xl/workbook.xml"] = re.sub(
            rb"(</sheets>)",
            rb'\1<externalReferences><externalReference r:id="rId99" xmlns:r="' + relations.encode() + rb'"/>'
            rb"</externalReferences>",
            parts["xl/workbook.xml"],
        )
        path.write_bytes(packed(parts))
        edit_part(path, SHEET, "<f>D12*K11+F12*H12</f>", "<f>D12*K11+F12*H12+0*[1]Prices!A1</f>")
        report = api.check(path, bindings=FOLDER / "time_down.toml")

        assert any("were not followed" in note and "prices.xlsx" in note for note in report.notes)
        assert not report.ok
        assert report.counts.not_evaluated > 0

    def test_macros_are_never_run(self, path: Path, tmp_path: Path) -> None:
        """An .xlsm is checked like any other file; that there are macros is a note."""
        parts = dict(unpacked(path.read_bytes()))
        parts["xl/vbaProject.bin"] = b"not really a macro"
        parts["[Content_Types].xml"] = (
            parts["[Content_Types].xml"]
            .replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
            .replace(
                b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
            )
        )
        macros = tmp_path / "with macros é.xlsm"
        macros.write_bytes(packed(parts))
        report = api.check(macros)

        assert agrees(report)
        assert any("macros; they were not run" in note for note in report.notes)

    @pytest.mark.parametrize("part", ["xl/styles.xml", "docProps/core.xml", "xl/theme/theme1.xml"])
    def test_files_that_openpyxl_refuses(self, part: str, path: Path) -> None:
        """A part that is broken and does not matter for the numbers is no obstacle."""
        parts = dict(unpacked(path.read_bytes()))
        parts[part] = b"<broken"
        path.write_bytes(packed(parts))
        if part != "xl/theme/theme1.xml":  # which openpyxl does not read either
            with pytest.raises(Exception):  # noqa: B017, PT011 - whatever openpyxl raises
                openpyxl.load_workbook(path)

        assert agrees(api.check(path))


class TestEngines:
    """A second engine where the first has no answer."""

    def test_a_second_engine_is_asked(self, path: Path) -> None:
        """AGGREGATE is not known to ironcalc; cellrune computes the workbook, and the report says so."""
        edit_part(path, SHEET, "<f>D12*K11+F12*H12</f>", "<f>AGGREGATE(9,6,D12*K11,F12*H12)</f>")
        edit_part(path, SHEET, "<f>TANH(K13)</f>", "<f>TANH(AGGREGATE(9,6,K13:K13))</f>")
        edit_part(path, SHEET, "<f>AGGREGATE(9,6,D12*K11,F12*H12)</f>", "<f>D12*K11+F12*H12</f>")
        report = api.check(path, bindings=FOLDER / "time_down.toml")

        assert report.engine.startswith("cellrune")
        assert any("ironcalc" in note and "cellrune" in note for note in report.notes)
        assert report.counts.agree == ALL

    def test_percentages_of_parentheses(self, path: Path) -> None:
        """IronCalc 0.9 takes `(a+b)%` for a + b%; the second engine is asked, and the right formula agrees."""
        edit_part(path, SHEET, "<f>D13*K12+F13*H13</f>", "<f>(100*D13*K12+100*F13*H13)%</f>")
        report = api.check(path, bindings=FOLDER / "time_down.toml")

        assert report.engine.startswith("cellrune")
        assert agrees(report)

    def test_what_no_engine_knows_is_never_a_pass(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A formula that no engine computes leaves the check incomplete: exit code 3, with the cell."""
        edit_part(path, SHEET, "<f>J15*L15</f>", "<f>J15*L15*CUBEVALUE(&quot;a&quot;,&quot;b&quot;)</f>")

        assert run(["check", str(path), "--bind", str(FOLDER / "time_down.toml")]) == 3
        assert "M15" in capsys.readouterr().out

    @pytest.mark.parametrize("bindings", [FOLDER / "time_down.toml", None], ids=["described", "recognised"])
    def test_nor_is_scratch_that_no_engine_knows(self, path: Path, bindings: Path | None) -> None:
        """A formula beside the network that no engine computes is a gap as well, and the report says why."""
        edit(path, lambda book: book.active.__setitem__("P30", '=CUBEVALUE("a","b")'))
        report = api.check(path, bindings=bindings)
        (cell,) = report.cells.items

        assert (cell.cell, cell.status, report.counts.agree) == ("P30", Status.NOT_EVALUATED, ALL)
        assert cell.message.startswith("This formula was not checked: ")
        assert not report.ok
