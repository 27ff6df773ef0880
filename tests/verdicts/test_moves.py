"""What a move does to cells and to formulas that read them, as in spreadsheet programs."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.addresses import parse_range
from xlcheck.verdicts.generated.moves import Move
from xlcheck.workbook.cell_codes import address, code_of


def place(cell: str) -> int:
    return code_of(parse_range(cell, "S"))


@pytest.mark.parametrize(
    ("move", "cell", "there"),
    [
        (Move("S", 0, 4, 2, range(2, 4)), "C5", "C7"),
        (Move("S", 0, 4, 2, range(2, 4)), "C4", "C4"),
        (Move("S", 0, 4, 2, range(2, 4)), "E5", "E5"),
        (Move("S", 1, 2, 1, range(4, 5)), "C5", "D5"),
        (Move("S", 1, 2, 1, range(4, 5)), "C6", "C6"),
        (Move.of_line("S", 0, 3, -2), "C6", "C4"),
        (Move.of_line("S", 0, 3, -2), "C5", None),
        (Move.of_line("S", 0, 3, -2), "C4", None),
        (Move.of_line("S", 0, 3, -2), "C3", "C3"),
        (Move.of_line("S", 1, 2, 1), "C5", "D5"),
        (Move.least("S", 0, 1, [place("C5"), place("D7")]), "D5", "D6"),
        (Move.least("S", 0, 1, [place("C5"), place("D7")]), "E7", "E7"),
    ],
)
def test_a_move_takes_what_is_behind_its_line(move: Move, cell: str, there: str | None) -> None:
    """Rule: and between its ends; what stood where lines were deleted is gone."""
    codes, left = move.of(np.array([place(cell)]))

    assert (address(codes[0]) if left[0] else None) == there


@pytest.mark.parametrize(
    ("sheet", "written", "now"),
    [
        ("S", "C5+$C$5+C4+S!C6+Other!C5", ["C7+$C$7+C4+S!C8+Other!C5"]),
        ("Other", "C5+S!C5", ["C5+S!C7"]),
        ("S", "SUM(C2:D9)+SUM(C:C)+SUM(5:5)", ["SUM(C2:D11)+SUM(C:C)+SUM(5:5)"]),
        ("S", "SUM(D5:E5)", ["SUM(D5:E5)", "SUM(D7:E5)"]),
    ],
)
def test_formulas_follow(sheet: str, written: str, now: list[str]) -> None:
    """Rule: a range grows where cells are inserted into it; of one of which only a part has moved, a corner may."""
    assert [*dict.fromkeys(Move("S", 0, 4, 2, range(2, 4)).followed(written, sheet))] == now
