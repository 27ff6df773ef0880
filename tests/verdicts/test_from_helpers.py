"""What is computed with a wrong helper is not wrong in itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import planted_report, roots

from xlcheck.workbook.reader import read_workbook

LESSON = Path(__file__).parents[2] / "workbooks" / "next-word.xlsx"


@pytest.mark.parametrize("wrong", ["EXP(F7-F7)"])
def test_the_shares_of_a_softmax_are_carried_from_one_of_its_exponentials(wrong: str) -> None:
    """They are computed with the sum of the exponentials, of which their equation knows nothing; it alone is wrong."""
    content = read_workbook(LESSON)
    place = ("dense", 60, 5)
    cell = content.sheets["dense"].cells[place[1:]]
    assert cell.formula == "EXP(F7-F$59)"
    report = planted_report(content, place, wrong, cell.value)

    assert roots(report) == {place}
    assert report.counts.carried > 100
