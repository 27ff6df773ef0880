"""Number formats that show other digits than those of the value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from workbook_parts import edited

from xlcheck.workbook.number_formats import misleads, text_shown
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("General", 0.3, False),
        ("0.00", 0.3, False),
        ("#,##0.00;[Red]-#,##0.00", -0.3, False),
        ('_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', 0.0, False),
        ("# ?/16", 0.3, False),
        ("0%", 0.3, False),
        ("0.00E+00", 0.3, False),
        ("yyyy-mm-dd hh:mm", 45000.5, False),
        ("[h]:mm:ss.00", 0.3, False),
        ('0.00" m2"', 0.3, False),
        ('0.0000" (t=1)"', 0.3, False),
        ("@", 0.3, False),
        (";;;", 0.3, False),
        ('"yes";;"no"', 1.0, False),
        ('"0.5"', 0.3, True),
        ('"0.5"', 0.5, False),
        ("\\0\\.\\5", 0.3, True),
        ("5", 0.3, True),
        ('0.00;-0.00;"0"', 0.0, False),
        ('0.00;-0.00;"0"', 0.5, False),
        ('0.00;-0.00;"1"', 0.0, True),
        ('[=0.3]"0.7";General', 0.3, True),
        ('[=0.3]"0.7";General', 0.4, False),
        ('[<0]"-1";[>=0]"1"', 0.3, True),
        ('"1"0.00', 0.3, True),
        ("0.00\\7", 0.3, True),
        ("[$0.5-409]", 0.3, True),
        ("*5", 0.3, True),
        ("0.0,", 300.0, True),
        ("#,##0,.00", 300.0, True),
        ('"-"0.00', 0.3, True),
        ("0.00;-0.00", -0.3, False),
        ("0.00;0.00", -0.3, True),
        ("0.00;0.00", 0.3, False),
        ("0.00;[Red]0.00", -0.3, False),
        ("#,##0_);(#,##0)", -3.0, False),
        ("yyyy-mm-dd;yyyy", -3.0, False),
        ('0.00"E-3"', 0.3, True),
        ('0.00" x"', 0.3, False),
        ('0.00" × 10"', 0.3, True),
        ('"1/"0.00', 0.3, True),
        ("0.00\\%", 0.3, True),
        ('0.0"‰"', 0.3, True),
        ('0"½"', 3.0, True),
        ('0"²"', 3.0, True),
        ('0" m²"', 3.0, False),
        ('0"１"', 3.0, True),
        ('0.00" 9"', 0.3, True),
        ("0.00[$ 9]", 0.3, True),
        ('"7 "0.00', 0.3, True),
        ('"w1 "0.00', 0.3, False),
        ('0.00" 2nd"', 0.3, False),
        ('0.00" of 10"', 0.3, False),
    ],
)
def test_which_formats_mislead(code: str, value: float, expected: bool) -> None:
    """Rounding, hiding and words do not; digits, signs, exponents and parts of a hundred of the format's own do, where
    they are shown, and so does a sign that is left out."""
    assert misleads(code, value) is expected
    assert misleads(code, None) or not expected


def test_cells_with_such_formats_are_named(tmp_path: Path) -> None:
    """Those that hold a number, or a text in whose place another one is shown, and the ranges on which a conditional
    format puts such a one."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("My sheet")
        half = book.add_format({"num_format": '"0.5"'})
        flag = book.add_format({"num_format": '0;0;"1"'})
        sheet.write_formula("A1", "=1/4", half, 0.25)
        sheet.write_number("A2", 0.5, half)
        sheet.write_string("A3", "text", half)
        sheet.write_string("B3", "wrong", book.add_format({"num_format": '0;0;0;"right"'}))
        sheet.write_formula("B4", '="wrong"', book.add_format({"num_format": '0;0;0;"right"'}), "wrong")
        sheet.write_string("B5", "x", book.add_format({"num_format": '"input "@'}))
        sheet.write_blank("A4", None, half)
        sheet.write_number("A5", 0, flag)
        sheet.write_number("A6", 2, flag)
        sheet.write_number("A7", 3, book.add_format({"num_format": "0.00"}))
        sheet.conditional_format("C1:C9", {"type": "cell", "criteria": ">", "value": 0, "format": half})

    assert read_workbook(path).odd_looks == (
        "'My sheet'!A1", "'My sheet'!B3", "'My sheet'!B4", "'My sheet'!A5", "'My sheet'!C1:C9",
    )  # fmt: skip


@pytest.mark.parametrize("spelled", ['s="1" t="n"', 's="01"', 's="001"'])
def test_a_large_worksheet_of_constants_hides_no_such_cell(spelled: str, tmp_path: Path) -> None:
    """Thousands of numbers are not read for one of them, but it is found, with zeros in front of its style, too."""
    plain, path = tmp_path / "plain.xlsx", tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet("S")
        for row in range(5_000):
            sheet.write_number(row, 0, 0.5)
        sheet.write_number("B3", 0.5, book.add_format({"num_format": '"0.25"'}))

    edited(plain, path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b's="1"', spelled.encode()))
    assert read_workbook(path).odd_looks == ("S!B3",)


def test_a_broken_styles_part_says_nothing(write_parts: Callable[..., Path]) -> None:
    """What cannot be understood of it is not guessed, and the cells are read all the same."""
    from workbook_parts import OFFICE, PACKAGE, workbook_parts

    relations = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )
    parts = workbook_parts('<row r="1"><c r="A1" s="0"><v>1</v></c></row>')
    path = write_parts({**parts, "xl/_rels/workbook.xml.rels": relations, "xl/styles.xml": "<styleSheet><numFmts>"})

    assert read_workbook(path).odd_looks == ()


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", None), ("0.000;-0.000;0", None), ("@", None), ("0;0;0;@", None), (";;;", ""), (';;;"0.5"', "0.5"),
        ('0;0;0;"not "@', "not \0"), ('"x: "@', "x: \0"), ("[White]@", "\0"), ("[Color 2]0", "\0"),
    ],
)  # fmt: skip
def test_what_a_format_shows_of_a_text(code: str, shown: str | None) -> None:
    """The fourth part, or one with @, may replace a text, add to it, or colour it; others leave it as it is."""
    assert text_shown(code) == shown
