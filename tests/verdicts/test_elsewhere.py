"""A formula that may give something else tomorrow, on another machine or in another language is no pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_book import Checker
from workbook_parts import edited

from xlcheck import api
from xlcheck.formulas.scanner import tokens
from xlcheck.verdicts.elsewhere import DEPENDS_ON, depends_on

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
RIGHT = "C2*Weights!$B$2"
BOMBS = {
    f"IF(NOW()>90000,0,{RIGHT})": "the time",
    f"IF(today()>90000,0,{RIGHT})": "the time",
    f"IF(RAND()<1E-9,0,{RIGHT})": "chance",
    f'IF(INFO("release")="?",0,{RIGHT})': "the program",
    f'IF(ISERROR(INDIRECT("Zz!A1")),{RIGHT},0)': "the program",
    f'{RIGHT}*"1.0"': "language",
    f'"1.0"*{RIGHT}': "language",
    f'{RIGHT}*VALUE("1.0")': "language",
    f"IF(SUBTOTAL(109,B9:B10)>9,0,{RIGHT})": "which rows are hidden",
}


@pytest.mark.parametrize("formula", BOMBS)
def test_a_quantity_that_is_right_only_here_and_now_is_no_pass(check_small: Checker, formula: str) -> None:
    """It gives the right value today, and the check says that it can't speak of tomorrow."""
    report = check_small({"Net!C3": f"={formula}"}, perturb=0)

    assert report.exit_code == 3
    assert report.counts.root == 0
    assert report.reservations[0].startswith("what Net!C3 gives depends on ")
    assert BOMBS[formula] in report.reservations[0]


@pytest.mark.parametrize(
    "formula",
    [
        f"IF(C2=0.777,5,{RIGHT})",
        f"{RIGHT}+(C2>1000)",
        f"_xlfn.SWITCH(C2,0.777,5,{RIGHT})",
        f"CHOOSE(1+(Weights!$B$2=0.777),{RIGHT},5)",
    ],
)
def test_a_condition_of_which_an_equation_knows_nothing_is_no_pass(check_small: Checker, formula: str) -> None:
    """It gives the right value for all numbers that are tried, and another for some of which nobody thinks."""
    report = check_small({"Net!C3": f"={formula}"}, perturb=2)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0].startswith("what Net!C3 gives depends on a condition of which its equation knows")
    assert report.reservations[0].endswith("; write a formula that holds for all of them")


def test_a_condition_may_hide_on_a_worksheet_of_one_s_own(check_small: Checker) -> None:
    """The quantity that reads it is named; what nobody reads is nobody's business, and no error is no condition."""
    condition = "=IF(Net!C2=0.777,5,1)"
    read = check_small({"Mine!A1": condition, "Net!C3": f"={RIGHT}*Mine!A1"}, perturb=0)
    alone = check_small({"Mine!A1": condition, "Net!C3": f"=IFERROR({RIGHT},0)"}, perturb=0)

    assert read.reservations[0].startswith("what Net!C3 gives depends on a condition")
    assert (alone.exit_code, alone.reservations) == (0, ())


def test_it_may_hide_on_a_worksheet_of_one_s_own(check_small: Checker) -> None:
    """The quantity that reads it is named, through cells between; a date that nobody reads is nobody's business."""
    changes = {"Mine!A1": "=IF(NOW()>90000,0,1)", "Mine!A2": "=A1*1", "Net!C3": f"={RIGHT}*Mine!A2"}
    alone = check_small({"Mine!A1": "=TODAY()"}, perturb=0)

    assert check_small(changes, perturb=0).reservations[0].startswith("what Net!C3 gives depends on the time")
    assert (alone.exit_code, alone.reservations) == (0, ())


def test_it_may_hide_in_a_defined_name(tmp_path: Path) -> None:
    """A name that stands for a formula is as good as the formula."""
    path = edited(
        LSTM, tmp_path / "one.xlsx", "xl/workbook.xml",
        lambda b: b.replace(b"<definedNames>", b'<definedNames><definedName name="aa.one">IF(NOW()>90000,0,1)'
                            b"</definedName>".replace(b">9", b"&gt;9")),
    )  # fmt: skip
    path = edited(
        path, tmp_path / "two.xlsx", "xl/worksheets/sheet6.xml",
        lambda b: b.replace(b"<f>F7*Weights!$B$8</f>", b"<f>F7*Weights!$B$8*aa.one</f>", 1),
    )  # fmt: skip

    assert any("depends on the time" in text for text in api.check(path, perturb=0).reservations)


def test_words_and_names_are_no_functions() -> None:
    """Only what is called counts, and a text only where it is calculated with."""
    assert depends_on('=IF(A1="NOW()",1,2)', {}) is None
    assert depends_on("=NOW+1", {}) is None
    assert depends_on('=IF(A1="x",A2&"-"&A3,0)', {}) is None
    assert depends_on("=_xlfn.SHEETS()", {}) == DEPENDS_ON["SHEETS"]
    assert all(tokens(f"{name}()")[0].kind == "function" for name in DEPENDS_ON)
