"""What is an error for one engine and a value for another is not judged."""

from __future__ import annotations

import pytest
from small_book import Checker

from xlcheck.verdicts.report import Status


def test_an_error_that_another_engine_does_not_share_is_no_root(check_small: Checker) -> None:
    """Excel computes the formula; the message says which engine to ask. What reads the cell is left open, too."""
    report = check_small({"Net!C3": "=C2*SUM(Weights:Weights!$B$2)"})
    (first, *_) = report.cells.with_status(Status.NOT_EVALUATED)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert first.cell == "C3"
    assert "ironcalc gives #VALUE! here, and cellrune a value; ask --engine libreoffice" in first.message


@pytest.mark.parametrize("formula", ["C2*Weights!$B$2/0", "C2*#REF!", "C2*Nowhere!A1", "C2*Weights!$B$2:$B$3", "C3"])
def test_an_error_that_engines_share_is_a_root(check_small: Checker, formula: str) -> None:
    """So is a circle, of which the second engine need not know."""
    report = check_small({"Net!C3": f"={formula}"})

    assert report.exit_code == 1
    assert [(cell.sheet, cell.cell) for cell in report.roots] == [("Net", "C3")]
