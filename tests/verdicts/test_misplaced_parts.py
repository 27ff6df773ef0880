"""Formulas that an engine computes, though they are none, or none that Excel computes so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_book import Checker
from workbook_parts import edited

from xlcheck import api
from xlcheck.verdicts.report import Status

RIGHT = "C2*Weights!$B$2"


@pytest.mark.parametrize(
    ("behind", "what"),
    [
        (")", "has ')' where it does not belong"),
        (",0", "has ',' where it does not belong"),
        (";0", "has ';' where it does not belong"),
        ("$", "has '$' where it does not belong"),
        ('"x"', "has '\"x\"' where it does not belong"),
    ],
)
def test_what_stands_behind_a_formula_is_no_pass(check_small: Checker, behind: str, what: str) -> None:
    """IronCalc passes over it and computes the right value; Excel does not open the file."""
    report = check_small({"Net!C3": f"={RIGHT}{behind}"})

    assert (report.exit_code, report.counts.root, report.counts.not_evaluated) == (3, 0, 1)
    assert (
        f"the formula of Net!C3 {what}: some programs show an error there, or do not open the file; correct it"
        in report.reservations
    )


def test_what_is_no_formula_is_called_so(check_small: Checker) -> None:
    """Its engine does not only pass over what stands behind its end."""
    report = check_small({"Net!C3": "=C2*"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert "it is not understood as a formula, of which ironcalc may read only the beginning" in report.cells[0].message


def test_what_follows_from_no_formula_is_not_said_to_follow_from_a_change(tmp_path: Path) -> None:
    """Nobody has changed a constant; what the pages beside the network show was read from what nobody checked."""
    report = api.check(
        edited(
            Path(__file__).parents[2] / "workbooks" / "lstm.xlsx", tmp_path / "half.xlsx", "xl/worksheets/sheet6.xml",
            lambda content: content.replace(b"F31*Weights!$B$12", b"F31*", 1),
        )
    )  # fmt: skip

    assert report.counts.carried > report.counts.root == 0
    assert report.notes == (
        "no formula that was checked is wrong in itself: the cells above follow from such as were not",
    )


def test_cells_that_two_references_share_are_left_to_other_engines(check_small: Checker) -> None:
    """IronCalc takes the first reference; others show the cell that both hold, or an error."""
    report = check_small({"Net!C3": f"={RIGHT} Weights!$B$2"})

    assert (report.exit_code, report.counts.root, report.counts.not_evaluated) == (3, 0, 1)
    assert "behind a space between references, and Excel does not; ask" in report.cells[0].message
    assert not report.reservations


def test_nor_is_it_in_a_cell_of_ones_own(check_small: Checker) -> None:
    """Its reader sees no number there either."""
    report = check_small({"Own!A1": "=1+1)"})

    assert report.exit_code == 3
    assert report.reservations[0].startswith("the formula of Own!A1 has ')' where")


def test_rows_of_a_range_are_exchanged_in_array_formulas_alone(check_small: Checker) -> None:
    """Elsewhere Excel gives TRANSPOSE a single cell; every engine computes the range all the same."""
    right = "SUMPRODUCT(TRANSPOSE(Weights!$B$2:$B$2),C2:C2)"
    report = check_small({"Net!C3": f"={right}"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0].startswith("Excel takes a single cell in the brackets of TRANSPOSE in Net!C3, or")


@pytest.mark.parametrize("formula", ['"TRANSPOSE(A1:A2)"', "TRANSPOSE(Net!C2)", "TRANSPOSE({1,2})"])
def test_what_is_a_single_cell_may_be_exchanged(check_small: Checker, formula: str) -> None:
    """And a constant array, and what only a text says."""
    report = check_small({"Own!A1": f"={formula}"})

    assert not any("TRANSPOSE" in text for text in report.reservations)
    assert not report.cells.with_status(Status.ROOT)


@pytest.mark.parametrize("name", ["Own!R1C1", "Own!r30c4", "Own!R9C", "Own!A0", "'Own'!$B$00", "SUM(Own!B9:B0)"])
def test_what_looks_like_a_cell_and_is_none_is_no_pass(check_small: Checker, name: str) -> None:
    """IronCalc takes it for 0, Excel for a name that nobody has given; a cell that is called so is one."""
    report = check_small({"Net!C3": f"={RIGHT}+{name}", "Own!A1": "=1"})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0] == (
        f"the formula of Net!C3 names {re.split('[!:]', name.upper())[-1].strip(')')}, which is no cell: some programs "
        "show an error there, or do not open the file; correct it"
    )
    assert not check_small({"Own!A1": "=Net!RC1+1", "Own!A2": '="Net!R1C1"&COUNT(Net!A1:R2)'}).reservations
