"""Numbers that do not fit into their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xlcheck.workbook.looks.shown import read_shown
from xlcheck.workbook.number_formats import digits_shown
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize(
    ("code", "value", "digits"),
    [
        ("0.000000", 0.5, 7.5),
        ("0.000000", -1234.5, 10.5),
        ("0", 12.0, 2),
        ("000", 1.0, 3),
        ("0.##", 0.5, 1),
        ("0.0E+00", 1e-30, 5.5),
        ("0%", 0.25, 2),
        ('[>=10]0.0;"none"', 12.0, 3.5),
        ('[>=10]0.0;"none"', 2.0, 0),
        ("General", 7.0, 1),
        ("General", 0.25, 2.5),
        ("General", -12.5, 3.5),
        ("General", 1e300, 4.5),
        ("General", 1.5e-9, 2.5),
        ('"step "0', 3.0, 1),
        ("yyyy-mm-dd", 45000.0, 0),
        ("@", 0.5, 0),
        ("0.00", float("inf"), 0),
    ],
)
def test_as_many_digits_are_counted_as_a_program_must_show(code: str, value: float, digits: float) -> None:
    """Optional ones may be left out, and of words, days and texts nothing is said."""
    assert digits_shown(code, value) == digits


def _said(
    path: Path, code: str, width: float, value: float = 0.5, *, size: float = 11, indent: int = 0, merge: bool = False
) -> list[str]:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A")
        look = book.add_format({"num_format": code, "font_size": size, "indent": indent})
        if merge:
            sheet.merge_range("B2:D2", value, look)
        else:
            sheet.write_formula("B2", "1/2", look, value)
            sheet.write("B3", "a text is cut off or flows over", look)
        sheet.set_column("A:F", width)
    return [fact for fact in read_shown(read_workbook(path)).facts if "narrow" in fact]


@pytest.mark.parametrize(
    ("code", "width", "options", "is_told"),
    [
        ("0.000000", 9, {}, False),
        ("0.000000", 4, {}, True),
        ("0.000000", 9, {"size": 30}, True),
        ("0.00", 9, {"indent": 8}, True),
        ("0.000000", 4, {"merge": True}, False),
        ("0.000000", 1, {"merge": True}, True),
        ("General", 1.2, {}, True),
        ("General", 1.2, {"value": 3.0}, False),
        ("General", 3, {}, False),
    ],
)
def test_a_number_that_does_not_fit_is_named(
    tmp_path: Path, code: str, width: float, options: dict[str, Any], is_told: bool
) -> None:
    """By its digits, its letters, its indent and the cells with which it is merged; one that fits is not."""
    said = _said(tmp_path / "narrow.xlsx", code, width, **options)

    assert said == (["A!B2 is too narrow for its number"] if is_told else [])
