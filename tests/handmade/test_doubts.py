"""A doubt about what was read leaves a gap in the check, even where every formula has a place."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fixtures.handmade.make_corpus import FOLDER
from xlcheck.api import check


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
def test_a_doubt_without_a_cell_is_no_pass(tmp_path: Path) -> None:
    """Where the output repeats a gate, and nothing reads its own weights, all cells agree and it is still no pass."""
    book = openpyxl.load_workbook(FOLDER / "gru_classic.xlsx")
    book["gru"]["K17"] = "=1/(1+EXP(-(B14*$H$3+K13*$H$4+L13*$H$5+$H$6)))"
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == 3
    assert any("is read by no formula" in note for note in report.notes)
