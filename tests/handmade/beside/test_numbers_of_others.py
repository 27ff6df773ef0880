"""Blocks that share a number, though each of the others has its own: it may be meant to have its own, too."""

from __future__ import annotations

from pathlib import Path

from equation_sheets import save

from xlcheck.handmade.beside.numbers_of_others import numbers_of_others
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook


def _blocks(numbers: str, read: str) -> dict[str, object]:
    """Blocks side by side, each of three rows, with a number of its own above it, and the number that each reads."""
    cells: dict[str, object] = {}
    for place, own, other in zip((0, 3, 6), numbers, read, strict=True):
        column, beside = (chr(ord("A") + place + k) for k in (0, 1))
        number = "ADG"[int(other)]
        cells |= {f"{column}1": 0.1 + int(own), f"{column}3": 0.5, f"{beside}3": f"={column}3*2"}
        cells |= {f"{column}{row}": f"={column}{row - 1}-${number}$1*{beside}{row - 1}" for row in (4, 5, 6)}
        cells |= {f"{beside}{row}": f"={column}{row}*2" for row in (4, 5, 6)}
    return cells


def _said(cells: dict[str, object], path: Path) -> list[str]:
    table = CellTable(read_workbook(save(cells, path)))
    return [*numbers_of_others(table, Precedents(table), table.texts.keys())]


def test_a_number_that_is_not_read_in_its_block_is_named(tmp_path: Path) -> None:
    """Rule: the first and the third block read their own rate, and the second one reads that of the first."""
    assert _said(_blocks("012", "002"), tmp_path / "w.xlsx") == [
        "S!D4 reads S!A1; S!D1 stands in its place there, and is not read"
    ]


def test_blocks_may_have_numbers_of_their_own_or_share_one(tmp_path: Path) -> None:
    """Rule: nothing is odd where all blocks do the same, or where the numbers are the same."""
    assert _said(_blocks("012", "012"), tmp_path / "w.xlsx") == []
    assert _said(_blocks("012", "000"), tmp_path / "w.xlsx") == []
    assert _said(_blocks("002", "002"), tmp_path / "w.xlsx") == []


def test_numbers_of_rows_are_none_of_a_block(tmp_path: Path) -> None:
    """Rule: each row reads its own number, and the last of them is read by no row yet."""
    cells: dict[str, object] = {f"A{row}": row for row in range(1, 13)} | {"B1": 0.5}
    cells |= {f"B{row}": f"=B{row - 1}*0.9^A{row - 1}" for row in range(2, 13)}
    assert _said(cells, tmp_path / "w.xlsx") == []
