"""Functions that Excel knows under another name than the one that a file gives them."""

from __future__ import annotations

import pytest
from small_book import Checker

RIGHT = "C2*Weights!$B$2"


@pytest.mark.parametrize(
    ("formula", "called"),
    [
        (f"LET(a,{RIGHT},a)", "LET _xlfn.LET"),
        (f"_xlfn.LET(a,{RIGHT},a)", "what LET and LAMBDA name a _xlpm.a"),
        (f"_xlfn.SUM({RIGHT})", "_xlfn.SUM SUM"),
        (f"_xlfn._xlws.SUM({RIGHT})", "_xlfn._xlws.SUM SUM"),
        ("_xlfn.SUMIFS(C2:C2,C2:C2,C2)*Weights!$B$2", "_xlfn.SUMIFS SUMIFS"),
        (f"_xlpm.SUM({RIGHT})", "_xlpm.SUM SUM"),
        ("_xlfn.SORT(C2)*Weights!$B$2", "_xlfn.SORT _xlfn._xlws.SORT"),
        ("LAMBDA(a,a*Weights!$B$2)(C2)", "what LET and LAMBDA name a _xlpm.a"),
    ],
)
def test_what_excel_does_not_know_by_its_name_is_no_pass(check_small: Checker, formula: str, called: str) -> None:
    """Engines compute it, but a reader of the file sees `#NAME?`; the sentence says what to do."""
    report = check_small({"Net!C3": f"={formula}"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    sentence = f"Excel shows #NAME? in Net!C3 until somebody edits it, since a file has to call {called}; write the"
    assert any(text.startswith(sentence) for text in report.reservations)


@pytest.mark.parametrize(
    "formula",
    [
        f"_xlfn.LET(_xlpm.a,{RIGHT},_xlpm.a)",
        f'{RIGHT}&" LET(a,1)"',
        "_xlfn.LAMBDA(_xlpm.a,_xlpm.a)(1)",
        RIGHT,
        "_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.a,_xlpm.a),_xlpm.f(1))",
        "_xlfn._xlws.SORT(C2)",
    ],
)
def test_what_a_program_saves_is_known(check_small: Checker, formula: str) -> None:
    """With the prefixes, and where only a text says so."""
    report = check_small({"Own!C3": f"={formula.replace('C2', 'Net!C2')}"})

    assert not any("#NAME?" in said for said in report.reservations)


def test_of_several_cells_the_first_are_named(check_small: Checker) -> None:
    """On worksheets of one's own, too, since their reader sees the same."""
    report = check_small({f"Own!A{row}": "=CONCAT(1,2)" for row in range(1, 6)})

    assert "#NAME? in Own!A1, Own!A2, Own!A3 and 2 more until" in report.reservations[0]
