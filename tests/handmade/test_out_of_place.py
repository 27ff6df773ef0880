"""What agrees with Keras, and yet is the number of another sample than that of the row in which it stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck import api

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]


def test_two_exchanged_samples_are_no_pass(tmp_path: Path) -> None:
    """Each number is one of Keras's; but a reader takes both for those of the other sample."""
    path = tmp_path / "rows.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    weights = [[0.31, -0.72, 0.55], [-0.48, 0.93, 0.27], [0.66, 0.14, -0.35]]
    for row, own in enumerate(weights, 1):
        for column, weight in enumerate(own, 2):
            sheet.cell(row, column, weight)
    for row, inputs in enumerate([[0.5, -0.2, 0.8], [0.9, 0.4, -0.6], [-0.3, 0.7, 0.1], [0.2, -0.9, 0.45]], 6):
        for column, number in enumerate(inputs, 2):
            sheet.cell(row, column, number)
        for column, letter in enumerate("BCD", 6):
            sheet.cell(row, column, f"=SUMPRODUCT(TRANSPOSE($B{row}:$D{row}),{letter}$1:{letter}$3)")
            sheet.cell(row, column, f"=$B{row}*{letter}$1+$C{row}*{letter}$2+$D{row}*{letter}$3")
            sheet.cell(row, column + 4, f"=TANH({chr(64 + column)}{row})")
    book.save(path)
    right = api.check(path)
    sheet["G7"], sheet["G8"] = (sheet["G7"].value.replace("7", "8"), sheet["G8"].value.replace("8", "7"))
    book.save(path)
    report = api.check(path)

    assert (right.exit_code, right.reservations) == (0, ())
    assert report.exit_code in {1, 3}
    assert report.counts.root or any("Sheet!G7" in text for text in report.reservations), report.reservations
