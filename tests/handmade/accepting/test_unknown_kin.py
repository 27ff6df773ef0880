"""Formulas that read what is odd among copies of a worksheet are not blamed for it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras


def _steps(old_of_third: str, path: Path) -> Path:
    """Two units of an LSTM over four steps, a worksheet a step; weights on a worksheet of their own."""
    book = openpyxl.Workbook()
    weights = book.active
    weights.title = "Weights"
    for n, row in enumerate((2, 3, 4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 20, 21, 22, 23)):
        weights[f"B{row}"], weights[f"C{row}"] = round(0.4 - 0.11 * n, 2), round(0.09 * n - 0.5, 2)
    for step, x in enumerate((0.7, -0.4, 0.3, 0.9), start=1):
        sheet, before = book.create_sheet(f"Step {step}"), f"='Step {step - 1}'!"
        sheet["A1"], sheet["B1"] = "x", x
        for c in "BC":
            sheet[f"{c}4"] = f"{before}{c}11" if step > 1 else 0
            sheet[f"{c}5"] = (old_of_third if step == 3 else before) + f"{c}10" if step > 1 else 0
            for row, top in ((6, 2), (7, 8), (8, 14), (9, 20)):
                own = [f"Weights!{c}{top + n}" for n in range(4)]
                total = f"$B$1*{own[0]}+$B$4*{own[1]}+$C$4*{own[2]}+{own[3]}"
                sheet[f"{c}{row}"] = f"=TANH({total})" if row == 8 else f"=1/(1+EXP(-({total})))"
            sheet[f"{c}10"], sheet[f"{c}11"] = f"={c}7*{c}5+{c}6*{c}8", f"={c}9*TANH({c}10)"
        for row, word in zip(range(4, 12), ("h old", "c old", "i", "f", "g", "o", "c", "h"), strict=True):
            sheet[f"A{row}"] = word
    book.save(path)
    return path


def test_what_reads_a_copy_that_is_odd_among_worksheets_is_not_blamed(tmp_path: Path) -> None:
    """Rule: the old state of step 3 is read from step 1: the copy may be wrong, and not the formula that reads it."""
    assert check(_steps("='Step 2'!", tmp_path / "right.xlsx")).ok
    with pytest.raises(NothingCheckedError, match="Step 3"):
        check(_steps("='Step 1'!", tmp_path / "wrong.xlsx"))
