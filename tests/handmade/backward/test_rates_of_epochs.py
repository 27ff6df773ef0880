"""Trainings with a worksheet for each epoch, whose learning rate follows from that of the worksheet before."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import DATA, Cells, judged

pytestmark = pytest.mark.keras


def _epochs(*rates: object) -> Cells:
    """A line learnt one sample a row, an epoch a sheet, with the rate in B1."""
    cells: Cells = {}
    for number, rate in enumerate(rates):
        cells[f"E{number}!B1"] = rate
        for row, own in enumerate(DATA[:3], 4):
            cells |= {f"E{number}!{c}{row}": x for c, x in zip("BCD", own, strict=True)}
            cells[f"E{number}!H{row}"] = f"=E{row}*B{row}+F{row}*C{row}+G{row}"
            cells[f"E{number}!I{row}"] = f"=H{row}-D{row}"
            for w, x in zip("EFG", "BC ", strict=True):
                before, factor = row - 1, f"*{x}{row - 1}" if x != " " else ""
                moved = f"={w}{before}-$B$1*I{before}{factor}"
                first = f"=E{number - 1}!{w}7" if number else 0.2
                cells[f"E{number}!{w}{row}"] = first if row == 4 else moved
                cells[f"E{number}!{w}7"] = f"={w}6-$B$1*I6{factor.replace(str(before), '6')}"
    return cells


@pytest.mark.parametrize(
    ("rates", "is_right"),
    [((0.3, "=E0!B1/2", "=E1!B1/2"), True), ((0.3, "=E0!B1", "=E1!B1"), True), ((0.3, "=E0!B1/2", "=E1!B1"), False)],
    ids=["halved", "the same", "once copied"],
)
def test_a_rate_changes_alike_from_sheet_to_sheet(rates: tuple[object, ...], is_right: bool, tmp_path: Path) -> None:
    """Rule: where one worksheet halves the rate of the one before and another one copies it, the training is open."""
    part = judged(_epochs(*rates), tmp_path / "w.xlsx")
    assert (part.counts().not_evaluated == 0 and not part.gaps) is is_right
