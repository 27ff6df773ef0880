"""Numbers that scale inputs: a formula that reads one of them twice, where others in their way read two."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save
from recognised_sheets import cell_at

from xlcheck.handmade.beside.scaled_alike import is_in_another_unit, scaled_crosswise, scaled_otherwise
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
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


@pytest.mark.parametrize(
    ("back", "is_told"),
    [
        ("=E9*$I9+$H9", False),
        ("=$H9+$I9*E9", False),
        ("=E9*$H9+$I9", True),
        ("=$I9+E9*$H9", True),
        ("=E9*$H9+$H8", False),  # of two rows nobody knows what they are
        ("=E9*$C9+$D9", False),  # of other columns neither
    ],
)
def test_a_result_is_put_back_by_the_mean_and_the_deviation_of_its_row(
    back: str, is_told: bool, tmp_path: Path
) -> None:
    """Rule: in a table the columns are what all others take them for."""
    cells: dict[str, str | float] = {f"{c}{row}": 0.3 * row + k for k, c in enumerate("BCDHI") for row in range(5, 10)}
    cells |= {f"E{row}": f"=(B{row}-$H{row})/$I{row}" for row in range(5, 9)} | {"E9": "=SUM(E5:E8)", "F9": back}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    assert bool([*scaled_crosswise(table)]) is is_told
    others = {cell: own for cell, own in cells.items() if cell[0] != "E" or cell == "E9"}
    table = CellTable(read_workbook(save(others, tmp_path / "o.xlsx")))
    assert not any(scaled_crosswise(table)), "nothing else says what they are"


_IN_PARTS = {f"C{row}": f"=A{row}*$K$1" for row in range(2, 7)}


@pytest.mark.parametrize(
    ("others", "is_meant"),
    [
        ({}, True),
        ({"H2": "=(C2+K2)/$K$1"}, True),
        ({"H2": "=C2*K2+$K$1"}, False),  # a bias
        ({"H2": "=C2*$K$1+K2"}, False),  # a weight
        ({"C4": "=A4*$K$2"}, False),
        ({"C4": "=A4*$K$1*$K$2"}, False),
        ({"C4": "=A3*$K$1", "C5": "=A5*2"}, False),  # not filled as the others
        ({"B4": 3.5}, False),  # which stands between, and is read by nothing
        ({"B4": 3.5, "H2": "=B4"}, True),
        ({f"C{row}": f"=A{row}*B{row}" for row in range(2, 7)} | {f"B{row}": 2.0 for row in range(2, 7)}, False),
    ],
)
def test_a_number_by_which_all_are_multiplied_and_nothing_else_is_weighed_is_a_unit(
    others: dict[str, str | float], is_meant: bool, tmp_path: Path
) -> None:
    """Rule: numbers times one number are data in another unit if that is no weight or bias of anything."""
    typed = {f"A{row}": 0.37 * row for row in range(2, 7)} | {"K1": 100.0, "K2": 0.7}
    table = CellTable(read_workbook(save(typed | _IN_PARTS | others, tmp_path / "w.xlsx")))
    precedents = Precedents(table)
    assert is_in_another_unit(cell_at("C4"), table, precedents.of, precedents.readers) == is_meant
