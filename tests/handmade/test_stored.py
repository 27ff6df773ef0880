"""Workbooks made by hand: what a reader of the file sees of them."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from xlcheck import api
from xlcheck.verdicts.report import CheckReport, Kind

BOOK = Path(__file__).parents[2] / "fixtures" / "handmade" / "book_simple_rnn.xlsx"


def check(folder: Path, calculation: str, *, workbook: str = "", stored: str | None = None) -> CheckReport:
    """Check a copy of a right workbook with other settings and other stored values."""
    path = folder / "book.xlsx"
    with ZipFile(BOOK) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/workbook.xml":
                text = re.sub(r"<calcPr[^>]*/>", f"<calcPr {calculation}/>", text)
                text = text.replace("<workbookPr />", f"<workbookPr {workbook}/>")
            elif stored is not None and "worksheets/" in name:
                text = re.sub(r"(</f>)<v ?/>|(</f>)<v>[^<]*</v>", rf"</f><v>{stored}</v>", text)
            new.writestr(name, text)
    return api.check(path, bindings=BOOK.with_suffix(".toml"))


@pytest.mark.keras
def test_stored_values_that_are_shown_are_wrong(tmp_path: Path) -> None:
    """Each judged cell whose stored value is not what its formula gives is wrong, and none with the demand."""
    report = check(tmp_path, 'calcId="191029"', stored="999.25")

    assert report.exit_code == 1
    assert {cell.kind for cell in report.roots} == {Kind.STALE_CACHE}
    assert report.counts.root == report.counts.checked
    assert check(tmp_path, 'fullCalcOnLoad="1"', stored="999.25").ok


@pytest.mark.keras
def test_settings_that_change_nothing_are_noted(tmp_path: Path) -> None:
    """Iteration without a circle and another calendar without days are said and are no reservation."""
    report = check(tmp_path, 'fullCalcOnLoad="1" iterate="1"', workbook='date1904="1"')

    assert report.ok
    assert [note for note in report.notes if note.endswith("so it changes nothing")] == [
        "iterative calculation is on; no formulas form a circle, so it changes nothing",
        "the 1904 date system is on; no formula computes with days, so it changes nothing",
    ]


@pytest.mark.keras
def test_precision_as_displayed_is_no_pass(tmp_path: Path) -> None:
    """Nobody knows which digits the cells show, and so what a reader sees."""
    report = check(tmp_path, 'fullCalcOnLoad="1" fullPrecision="0"')

    assert report.exit_code == 3
    assert report.counts.agree == report.counts.checked
    assert "precision as displayed" in report.reservations[0]


@pytest.mark.keras
def test_what_follows_from_chance_has_no_stored_value_to_keep(tmp_path: Path) -> None:
    """Weights drawn anew at each opening: what a program has stored for a layer behind them is nobody's mistake."""
    drawn = {f"{c}{row}": f"=RANDBETWEEN(-{90 + row},100)/100" for c in "AB" for row in range(1, 4)}
    right = {f"{c}5": f"=TANH({c}1*$E$1+{c}2*$E$2+{c}3)" for c in "AB"}
    book = openpyxl.Workbook()
    for name, value in {**drawn, **right, "E1": 0.4, "E2": -0.7}.items():
        book.active[name] = value
    book.calculation.fullCalcOnLoad = False
    book.save(tmp_path / "plain.xlsx")
    with ZipFile(tmp_path / "plain.xlsx") as old, ZipFile(tmp_path / "w.xlsx", "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(
                name, re.sub(r"</f><v ?/>|</f><v></v>", "</f><v>0.25</v>", text) if "worksheets/" in name else text
            )

    report = api.check(tmp_path / "w.xlsx")

    assert report.counts.checked == 2
    assert not report.roots
