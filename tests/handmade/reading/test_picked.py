"""The one cell of a range that a formula takes, where its place or its word is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import picked_cells
from xlcheck.workbook.reader import read_workbook

_CELLS = {"A1": "w1", "A2": "w2", "A3": "W3", "B1": 0.1, "B2": 0.2, "B3": 0.3, "C1": 0.4, "C3": 2, "D2": "=1+1"}


@pytest.mark.parametrize(
    ("formula", "picked"),
    [
        ("INDEX(B1:B3,3)*A9", {"S!B1:B3": "S!B3"}),
        ("INDEX(B1:D1,2)", {"S!B1:D1": "S!C1"}),
        ("INDEX(B1:C3,2,2)", {"S!B1:C3": "S!C2"}),
        ('INDEX(B1:B3,MATCH("w3",A1:A3,0))', {"S!B1:B3": "S!B3", "S!A1:A3": None}),
        ('VLOOKUP("w2",A1:C3,2,FALSE)', {"S!A1:C3": "S!B2"}),
        ('VLOOKUP("w2",A1:C3,2,0)', {"S!A1:C3": "S!B2"}),
    ],
)
def test_one_cell_is_taken(formula: str, picked: dict[str, str | None], tmp_path: Path) -> None:
    """Rule: a typed place, or that of a word among typed ones, picks one cell; words that are searched pick none."""
    table = CellTable(read_workbook(save(_CELLS, tmp_path / "w.xlsx")))
    found = picked_cells(formula, "S", table)

    assert {str(area): None if cell is None else str(cell) for area, cell in found.items()} == picked


@pytest.mark.parametrize(
    "formula",
    [
        "INDEX(B1:B3,C3)",  # a place that is computed, or may be changed
        "INDEX(B1:B3,4)",
        "INDEX(B1:B3,0)",
        "INDEX(B1:B3)",
        'INDEX(B1:B3,MATCH("w9",A1:A3,0))',
        'INDEX(B1:B3,MATCH("w2",A1:A3,1))',
        "INDEX(B1:B3,MATCH(2,D1:D3,0))",
        'VLOOKUP("w2",A1:C3,2,TRUE)',
        'VLOOKUP("w2",A1:C3,4,FALSE)',
        "SUM(B1:B3)",
    ],
)
def test_of_other_ranges_all_is_read(formula: str, tmp_path: Path) -> None:
    """Rule: where the place is not typed, not there, or may be another one, no single cell is taken."""
    table = CellTable(read_workbook(save(_CELLS, tmp_path / "w.xlsx")))

    assert picked_cells(formula, "S", table) == {}
