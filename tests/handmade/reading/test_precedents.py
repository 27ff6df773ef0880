"""Who reads whom, on a sheet small enough to draw."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

FORMULAS = {
    "B1": "=A1*2",
    "B2": "=B1+A2",
    "B3": "=SUM(A1:B2)+$A$1",
    "B4": "=SUM(A:A)",
    "B5": "=SUM(2:2)",
    "B6": "=rate*Other!A1",
    "B7": "=SUM(column)",
    "B8": "=B9",
    "B9": "=B8",
    "B10": "=+'Other'!$A$1",
    "B11": "=[1]Other!A1+A3",
    "B12": '=IF(A3>0,"A1",A2)',
    "F1": "=SUM(_xlfn.ANCHORARRAY(D1))",
    "F2": "=SUM(D1)",
    "F9": "=1+1",
}
_TAKEN = {
    "G11": ("=INDEX($A$1:$A$3,2)*INDEX(S!A1:B3,3,1)", "A2 A3"),
    "G12": ("=INDEX(A1:A3,B1)", "A1 A2 A3 B1"),
    "G13": ("=INDEX(A1:A3,0)", "A1 A2 A3"),
    "G14": ('=INDEX(A1:A3,MATCH("W2",C1:C3,0))', "A2"),
    "G15": ('=INDEX(A1:A3,MATCH("w9",C1:C3,0))', "A1 A2 A3 C1 C2 C3"),
    "G16": ('=VLOOKUP("w3",C1:D3,2,FALSE)', "D3"),
    "G17": ('=VLOOKUP("w3",C1:D3,2)', "C1 D1 C2 D2 C3 D3"),
}
"""Formulas that take one cell of a range, and what they read."""


@pytest.fixture(scope="module")
def precedents(tmp_path_factory: pytest.TempPathFactory) -> Precedents:
    """Numbers in A1:A3, an array formula in D1:D3, and the formulas above."""
    path: Path = tmp_path_factory.mktemp("precedents") / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("S"), book.add_worksheet("Other")
        sheet.write_column("A1", (1.0, 2.0, 3.0))
        other.write("A1", 5.0)
        sheet.write_dynamic_array_formula("D1:D3", "=A1:A3*2")
        book.define_name("rate", "=S!$A$2")
        book.define_name("column", "=S!$A:$A")
        for cell, formula in FORMULAS.items():
            sheet.write_formula(cell, formula)
    return Precedents(CellTable(read_workbook(path)))


def address(cell: str) -> Address:
    """`B12` on the first worksheet."""
    return "S", int(cell[1:]) - 1, ord(cell[0]) - 65


def names(cells: list[Address]) -> list[str]:
    """Without the first worksheet's name."""
    return [show(cell).removeprefix("S!") for cell in cells]


@pytest.mark.parametrize(
    ("cell", "reads"),
    [
        ("B1", ["A1"]),
        ("B2", ["B1", "A2"]),
        ("B3", ["A1", "B1", "A2", "B2"]),
        ("B4", [f"A{row}" for row in range(1, 13)]),
        ("B5", [f"{column}2" for column in "ABCDEF"]),
        ("B6", ["A2", "Other!A1"]),
        ("B7", [f"A{row}" for row in range(1, 13)]),
        ("B11", ["A3"]),
        ("B12", ["A3", "A2"]),
        ("D3", ["A1", "A2", "A3"]),
        ("F1", ["D1", "D2", "D3"]),
        ("F2", ["D1"]),
        ("F9", []),
        ("A1", []),
    ],
)
def test_what_a_formula_reads(cell: str, reads: list[str], precedents: Precedents) -> None:
    """Each cell once, in the order of the text: ranges, whole lines, names, spilled ranges; no texts or other files."""
    assert names(precedents.of(address(cell))) == reads


@pytest.mark.parametrize(
    ("cell", "readers"),
    [
        ("A2", ["D1", "B2", "D2", "B3", "D3", "B4", "B5", "B6", "B7", "B12"]),
        ("D3", ["F1"]),
        ("B2", ["B3", "B5"]),
        ("C9", []),
    ],
)
def test_who_reads_a_cell(cell: str, readers: list[str], precedents: Precedents) -> None:
    """The other direction, in the order of the sheet."""
    assert names(precedents.readers(address(cell))) == readers
    assert precedents.readers(("nowhere", 0, 0)) == []


def test_copies(precedents: Precedents) -> None:
    """A formula that only repeats a cell is a copy, whichever way the cell is written."""
    copies = [cell for cell in FORMULAS if precedents.is_copy(address(cell))]

    assert copies == ["B8", "B9", "B10"]


def test_the_order_of_calculation(precedents: Precedents) -> None:
    """Each cell comes after those it reads, through others too; a circle does not hang."""
    cells = [address(cell) for cell in ("B3", "B2", "F1", "B9", "B1", "B8", "D1")]
    ordered = names(precedents.in_order(cells))

    assert sorted(ordered) == sorted(names(cells))
    for earlier, later in (("B1", "B2"), ("B2", "B3"), ("D1", "F1")):
        assert ordered.index(earlier) < ordered.index(later)


def test_what_is_connected(precedents: Precedents) -> None:
    """Formulas that share a number are connected; the circle and the sum of constants are islands."""
    connected = set(names(list(precedents.connected([address("A2")]))))

    assert {"B1", "B2", "B3", "F1", "D1"} <= connected
    assert connected.isdisjoint({"B8", "B9", "F9"})
    assert names(sorted(precedents.connected([address("B8")]))) == ["B8", "B9"]


def test_a_cell_that_is_taken_by_its_place_is_read_alone(tmp_path: Path) -> None:
    """Rule: of INDEX and VLOOKUP with typed places or words the one cell is read; where the place is computed, or all
    of a line is taken, the range."""
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", (1.0, 2.0, 3.0))
        sheet.write_column("C1", ("w1", "w2", "w3"))
        for cell, (formula, _) in _TAKEN.items():
            sheet.write_formula(cell, formula)
    found = Precedents(CellTable(read_workbook(tmp_path / "book.xlsx")))

    for cell, (_, read) in _TAKEN.items():
        assert " ".join(show(own).removeprefix("S!") for own in found.of(address(cell))) == read
