"""Copies of a row in a column, or of a column in a row, each in the order of what it repeats."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.handmade.families.copies_in_turn import copied_out_of_turn
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook


def _cells(*columns: str) -> dict[str, object]:
    """Three rows of numbers, and below one another the copies of each, in the order of some columns."""
    cells: dict[str, object] = {f"{c}{row}": 0.1 * row + k for row in (1, 2, 3) for k, c in enumerate("ABCD")}
    for row, order in enumerate(columns, 1):
        cells |= {f"F{4 * row + place}": f"={column}{row}" for place, column in enumerate(order)}
    return cells


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("ABCD", "ABCD", "ABCD"), []),
        (("ABCD", "ABCD", "BACD"), ["S!F12 and S!F13 may be exchanged"]),
        (("ABCD", "ADCB", "ABCD"), ["S!F9 and S!F11 may be exchanged"]),
        (("ABCD", "ABCD", "DCBA"), []),
        (("ABCD", "BACD", "BACD"), []),
        (("ABCD", "BACD", "ABCA"), []),
    ],
    ids=["all in order", "the last two", "not beside one another", "backwards", "a habit", "one twice"],
)
def test_of_copies_in_order_two_may_be_exchanged(columns: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    """Rule: where all other runs repeat a row as it stands, one that has two cells in other places is in doubt."""
    table = CellTable(read_workbook(save(_cells(*columns), tmp_path / "w.xlsx")))
    assert [own.partition(":")[0] for own in copied_out_of_turn(table, Precedents(table))] == said
