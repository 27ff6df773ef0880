"""Numbers that scale inputs: a formula that reads one of them twice, where others in their way read two."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save
from recognised_sheets import cell_at

from xlcheck.handmade.beside.scaled_alike import scaled_otherwise
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

_FEATURES = {f"F{row}": f"=(C{row}-{column}2)/{column}3" for row, column in zip(range(6, 10), "ABCD", strict=True)}
"""Features of one sample below one another, each with its mean and deviation in a column of its own."""


def _said(scaled: dict[str, str], folder: Path) -> list[str]:
    typed = {f"{column}{row}": 0.37 * row + 0.11 * k for k, column in enumerate("ABCD") for row in range(2, 10)}
    table = CellTable(read_workbook(save(typed | scaled, folder / "w.xlsx")))
    return [*scaled_otherwise([cell_at(own) for own in scaled], table)]


@pytest.mark.parametrize(
    ("scaled", "named"),
    [
        (_FEATURES, None),
        (_FEATURES | {"F8": "=(C8-C2)/C2"}, "F8"),
        (_FEATURES | {"F8": "=(C8-C2)/C2-C3"}, None),  # this does something else
        ({"F6": "=(C6-A2)/A3", "F8": "=(C8-C2)/C2"}, None),  # of two nobody knows which is right
    ],
    ids=["right", "one number twice", "another way", "one of two"],
)
def test_who_reads_one_number_twice_reads_another_one_than_is_meant(
    scaled: dict[str, str], named: str | None, tmp_path: Path
) -> None:
    """Rule: where most read a mean and a deviation, one that takes its mean for both is in doubt."""
    wanted = [f"S!{named} reads other numbers than S!F6, which scales an input in the same way"] if named else []
    assert _said(scaled, tmp_path) == wanted


def test_formulas_that_were_filled_meet_the_least_of_their_numbers(tmp_path: Path) -> None:
    """Rule: in sorted data the first one less the first one is 0, and the formula is the same as below it."""
    filled = {
        f"{to}{row}": f"=({own}{row}-{own}$5)/({own}$9-{own}$5)"
        for own, to in (("A", "F"), ("B", "G"))
        for row in range(5, 10)
    }
    assert _said(filled, tmp_path) == []
    wrong = {"F7": "=(A7-A$5)/(A$5-A$5)"}
    assert _said(filled | wrong, tmp_path)[:1] == [
        "S!F7 reads other numbers than S!F6, which scales an input in the same way"
    ]
