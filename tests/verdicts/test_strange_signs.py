"""Signs, names and spellings in formulas that some programs pass over and others refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from small_book import Checker

from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.read_otherwise import read_otherwise
from xlcheck.workbook.reader import read_workbook

RIGHT = "C2*Weights!$B$2"


@pytest.mark.parametrize(
    ("formula", "sign"),
    [
        (f"{RIGHT}\u22120", "\u2212 (U+2212)"),
        ("C2*\u00a0Weights!$B$2", "the sign U+00A0"),
        ("C2*@Weights!$B$2", "@ (U+0040)"),
        ("_xlfn.SINGLE(C2)*Weights!$B$2", "@ (U+0040)"),
        (f"{RIGHT}*1\u0661", "\u0661 (U+0661)"),
    ],
)
def test_a_sign_of_no_formula_is_no_pass(check_small: Checker, formula: str, sign: str) -> None:
    """Though an engine computes the right value, a reader may see none."""
    report = check_small({"Net!C3": f"={formula}"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations == (
        f"programs do not all read {sign} in the formula of Net!C3; write it without this sign",
    )


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ("R2C3*Weights!$B$2", "names R2C3, which is no cell"),
        ("-R02C03*-Weights!$B$2", "names R02C03, which is no cell"),
        (f"{RIGHT}+SUM(R9C9,0)", "names R9C9, which is no cell"),
        ("Weights!$B$2*C2\\0", "names C2\\0, which is defined nowhere"),
        (f"{RIGHT} OR C2", "names OR, which is defined nowhere"),
        ("Weights!$B$2*C2?", "names C2?, which is defined nowhere"),
        ("C2*A1!$B$2", "names the worksheet A1 without quotes"),
    ],
)
def test_what_an_engine_reads_and_others_do_not_is_no_pass(check_small: Checker, formula: str, what: str) -> None:
    """IronCalc knows a second way to write a cell, and leaves out what it does not know behind one that it does."""
    report = check_small({"Net!C3": f"={formula}", "A1!B2": 0.5})

    assert report.exit_code == 3
    assert any(text.startswith(f"the formula of Net!C3 {what}: some programs show") for text in report.reservations)


@pytest.mark.parametrize(
    ("formula", "names", "told"),
    [
        (f"{RIGHT}*one", {"one": "=1"}, None),
        ("x*Weights!$B$2", {"x": "=Net!$C$2"}, None),
        (f"{RIGHT}+0*SUM(Own!all)", {"Own!all": "=Net!$C$7:$D$8"}, None),
        ("_xlfn.LET(_xlpm.r1c1,C2,_xlpm.r1c1)*true*Weights!$B$2", {}, None),
        (f"{RIGHT}*0.1E+1*(1<2)", {}, None),
        ("x*Weights!$B$2", {"x": "=Net!C2"}, "uses the name x, which, for want of $ or a worksheet, means other cells"),
        ("x*Weights!$B$2", {"y": "=Net!$C2", "x": "=y"}, "uses the name y, which, for want of $ or a worksheet"),
        ("x*Weights!$B$2", {"x": "=Net!R2C3"}, "names R2C3, which is no cell"),
        ("x*Weights!$B$2", {}, "names x, which is defined nowhere"),
    ],
)
def test_a_name_is_defined_and_means_the_same_cells_everywhere(
    formula: str, names: dict[str, str], told: str | None, tmp_path: Path
) -> None:
    """Engines take `Net!C2` in a name for that cell; Excel and LibreOffice count from the cell that uses the name."""
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        for sheet in ("Net", "Weights", "Own"):
            book.add_worksheet(sheet)
        book.get_worksheet_by_name("Net").write_formula("C3", f"={formula}")
        for name, text in names.items():
            book.define_name(name, text)
    said = [*read_otherwise(FormulaCells(read_workbook(tmp_path / "w.xlsx")))]

    assert len(said) == (told is not None)
    assert told is None or said[0].startswith(f"the formula of Net!C3 {told}")


@pytest.mark.parametrize("changes", [{}, {"Net!C3": "=Weights!B2*c2"}, {"Net!C3": "=PRODUCT($C2,'Weights'!B$2)*TRUE"}])
def test_what_every_program_reads_passes(check_small: Checker, changes: dict[str, str]) -> None:
    """In small letters, with and without `$` and quotes."""
    assert check_small(changes).ok


def test_signs_in_texts_and_names_are_their_own_matter(check_small: Checker) -> None:
    """Texts, worksheets and names may hold any."""
    report = check_small({"Öwn!A1": '="\u2212@"', "Öwn!A2": "='Öwn'!A1", "Öwn!A3": "=1+ \n1"})

    assert report.ok
