"""What formula cells mean, whichever of them is looked at first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Leaf
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.meanings import Meanings
from xlcheck.workbook.reader import read_workbook


def meanings(path: Path, formulas: Mapping[str, str | float | ArrayFormula]) -> Meanings:
    """The meanings of a worksheet's formula cells, followed in the order of the sheet."""
    book = openpyxl.Workbook()
    for cell, content in formulas.items():
        book.active[cell] = content
    book.save(path)
    table = CellTable(read_workbook(path))
    found = Meanings(table, table.recalculate(engine("ironcalc").open(path)))
    found.follow(table.addresses[i] for i in table.formulas)
    return found


def test_a_result_above_what_it_is_computed_from(tmp_path: Path) -> None:
    """A cell that is read on two ways, one of them through the other, is no circular reference."""
    chain: dict[str, str | float] = {"A1": "=B6", "B2": 0.5, "C2": 0.25}
    chain |= {f"B{row}": f"=TANH(B{row - 1})*C{row}+C{row - 1}" for row in range(3, 7)}
    chain |= {f"C{row}": f"=B{row - 1}*C{row - 1}" for row in range(3, 7)}
    found = meanings(tmp_path / "book.xlsx", chain)

    assert found.opaque == {}
    assert found.known["Sheet", 0, 0] is found.known["Sheet", 5, 1]


@pytest.mark.parametrize("spilled", ["_xlfn.ANCHORARRAY(B1)", "B1:B3"])
def test_a_spilled_range_is_all_of_its_cells(spilled: str, tmp_path: Path) -> None:
    """`B1#` means the range that the formula in B1 fills, not B1 alone."""
    formulas = {"A1": 1.0, "A2": 2.0, "A3": 4.0, "B1": ArrayFormula("B1:B3", "=A1:A3*2"), "C1": f"=SUM({spilled})"}
    found = meanings(tmp_path / "book.xlsx", formulas)
    a1, a2, a3 = (found.algebra.leaf(("Sheet", row, 0)) for row in range(3))

    assert found.known["Sheet", 0, 2] is found.algebra.scale(found.algebra.sum((a1, a2, a3)), 2.0)


@pytest.mark.parametrize("circle", [{"A1": "=A1+B1"}, {"A1": "=A2+B1", "A2": "=A3*2", "A3": "=A1"}])
def test_a_circular_reference_is_given(circle: dict[str, str | float], tmp_path: Path) -> None:
    """Of a circle one cell at least counts as given, and says why; there is no endless search."""
    found = meanings(tmp_path / "book.xlsx", {"B1": 1.0, **circle})

    assert set(found.opaque.values()) == {"it is part of a circular reference"}
    assert all(isinstance(found.known[cell], Leaf) for cell in found.opaque)
