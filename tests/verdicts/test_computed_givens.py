"""What is given to the network is a number, or follows from nothing that the network reads or computes."""

from __future__ import annotations

import pytest
from small_book import Checker, cells

from xlcheck.verdicts.report import Status


@pytest.mark.parametrize("cell", ["Weights!B2", "Data!A3"])
@pytest.mark.parametrize("of", ["Data!B4", "Net!C12", "Check!D1", "Data!B1", "Mine!A1"])
def test_a_given_number_that_reads_the_network_is_no_pass(check_small: Checker, cell: str, of: str) -> None:
    """A weight that is another one for other inputs, or an input that follows from an answer, is right by chance."""
    was = 0.5 if cell == "Weights!B2" else 1.0
    mine = {"Mine!A1": "=Net!C12"} if of == "Mine!A1" else {}
    report = check_small({cell: f"=IF({of}=0.777,5,{was})", **mine})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations == (
        f"what {cell} gives depends on other cells of this workbook's network, to which it is given, and was checked "
        "for one of its values only; type the number",
    )


@pytest.mark.parametrize("formula", ["0.5+(TODAY()>99999)", "IF(RAND()<2,0.5,0)", "Mine!A1"])
def test_one_that_may_be_another_tomorrow_is_no_pass(check_small: Checker, formula: str) -> None:
    """It is asked of given numbers what is asked of those that are computed."""
    report = check_small({"Weights!B2": f"={formula}", "Mine!A1": "=0.5+(NOW()<0)"})

    assert report.exit_code == 3
    assert "what Weights!B2 gives depends on" in report.reservations[0]


@pytest.mark.parametrize("formula", ["1/2", "Mine!A1", "EXP(0)/Mine!B1"])
def test_one_that_is_computed_from_numbers_alone_is_as_good_as_a_number(check_small: Checker, formula: str) -> None:
    """So it passes with a note, unless the workbook must be as it was built."""
    changes = {"Weights!B2": f"={formula}", "Mine!A1": 0.5, "Mine!B1": "=4*Mine!A1"}
    report = check_small(changes)

    assert report.exit_code == 0, report.reservations + report.gaps
    assert "a formula stands where a number was written: Weights!B2" in report.notes
    assert check_small(changes, as_built=True).exit_code == 0
    assert check_small(changes, strict=True).exit_code == 1


@pytest.mark.parametrize("formula", ["0.5+RAND()", "IF(Data!B1=1,0.5,3)", "IF(Data!B1=1,3,0.5)"])
def test_of_one_that_does_not_stay_nobody_else_is_blamed(check_small: Checker, formula: str) -> None:
    """Where a weight is another number for another sample, what reads it is wrong because of it."""
    report = check_small({"Weights!B2": f"={formula}"})

    assert cells(report, Status.ROOT) <= {"Weights!B2"}
    assert report.exit_code in {1, 3}
