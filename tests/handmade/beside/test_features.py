"""Inputs that are made of typed numbers of one sample: their squares and products."""

from __future__ import annotations

from pathlib import Path

from equation_sheets import save

from xlcheck.handmade.beside.preparation import is_feature
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook


def test_a_feature_is_made_of_its_own_row_and_filled(tmp_path: Path) -> None:
    """Rule: it reads typed numbers in line with it, fixes none, and was filled; no number is one, nor what is odd."""
    cells: dict[str, object] = {f"{column}{row}": 0.1 * row for column in "AB" for row in range(1, 5)}
    cells |= {f"C{row}": f"=A{row}*B{row}" for row in range(1, 5)} | {f"D{row}": f"=A{row}*$B$1" for row in range(1, 5)}
    cells |= {"C3": "=A3*A3", "E1": "=C1^2", "E2": "=C2^2"}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    reads = Precedents(table)

    places = {name: address_of("S", name) for name in ("A1", "C1", "C2", "C3", "D2", "E1")}
    found = {name for name, cell in places.items() if is_feature(cell, table, reads.of(cell))}
    assert found == {"C1", "C2"}
