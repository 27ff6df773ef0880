"""What a formula gives under other numbers, also at the end of a long chain and in a circle."""

from __future__ import annotations

import math
from pathlib import Path

from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.handmade.forms.functions import number_under
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook


def _terms(cells: dict[str, object], folder: Path) -> CellTerms:
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    return CellTerms(table, answers_of(table, engine("ironcalc")).values)


def test_a_long_chain_is_followed_to_its_start(tmp_path: Path) -> None:
    """Each of 3,000 formulas adds 1 to the one above; with 5 at the start the last gives 3,005."""
    terms = _terms({"A1": 0.0, **{f"A{row}": f"=A{row - 1}+1" for row in range(2, 3002)}}, tmp_path)

    assert number_under(("S", 3000, 0), {("S", 0, 0): 5.0}, terms) == 3005.0


def test_a_circle_gives_no_number(tmp_path: Path) -> None:
    """Formulas that read one another have no value, and what reads them has none."""
    terms = _terms({"A1": 1.0, "B1": "=C1*A1", "C1": "=B1+A1", "D1": "=C1*2"}, tmp_path)

    assert math.isnan(number_under(("S", 0, 3), {}, terms))
