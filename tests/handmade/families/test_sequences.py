"""References within one formula that go on in equal steps, and the one among them that does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import save
from openpyxl.worksheet.formula import ArrayFormula

from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.families.sequences import out_of_sequence
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


def _said(cells: Mapping[str, object], folder: Path) -> list[dict[str, str]]:
    numbers = {f"{column}{row}": 0.1 * row for column in "ABCDEFGH" for row in range(1, 7)}
    table = CellTable(read_workbook(save(numbers | dict(cells), folder / "w.xlsx")))
    return [{cell_name(*cell[1:]): text for cell, text in own.items()} for own in out_of_sequence(table)]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("A1*D1+B1*D2+B1*D3", "A1*D1+B1*D2+C1*D3"),
        ("$A1*D$1+$C1*D$2+$C1*D$3+$D1*D$4", "$A1*D$1+$B1*D$2+$C1*D$3+$D1*D$4"),
        ("A1*D1+B1*D2+C1*D3+E1*D4+D5", "A1*D1+B1*D2+C1*D3+D1*D4+D5"),
        ("SUM(A1:B2)+SUM(A3:B4)+SUM(A3:B4)", "SUM(A1:B2)+SUM(A3:B4)+SUM(A5:B6)"),
        ("D6+A1*D1+B1*D2+B1*D3", "D6+A1*D1+B1*D2+C1*D3"),
    ],
)
def test_a_reference_goes_on_as_the_others_do(wrong: str, right: str, tmp_path: Path) -> None:
    """Rule: of references that stand in the same place of summands one breaks their equal steps; a bias is none."""
    assert {"J1": right} in _said({"J1": f"={wrong}"}, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "A1*D1+B1*D2+C1*D3+D4", "A1*D1+B1*D2", "A1*D1+A1*D2+A1*D3", "A1*A1+B1*B1+C1*C1",
        "A1*D1+B1*D2+D1*D3", "F1*D1+G1*D2+H1*D3+H1*D4",
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_goes_on_or_may_be_any_other(text: str, tmp_path: Path) -> None:
    """Rule: two references have no step, three need a cell that is read twice, and no number stands behind the last."""
    assert _said({"J1": f"={text}"}, tmp_path) == []


def test_all_that_do_the_same_go_together_and_each_line_of_them(tmp_path: Path) -> None:
    """Rule: a formula that was filled both ways is wrong everywhere; each cell goes on by its own references."""
    cells = {f"{c}{row}": f"=A{row}*{c}$4+B{row}*{c}$5+B{row}*{c}$6" for c in "KL" for row in (1, 2)}
    numbers = {f"{column}{row}": 0.2 for column in "KL" for row in (4, 5, 6)}
    said = _said(cells | numbers, tmp_path)

    meant = {p: text.replace(f"B{p[1]}*{p[0]}$6", f"C{p[1]}*{p[0]}$6")[1:] for p, text in cells.items()}
    assert meant in said
    assert {"K1": meant["K1"], "L1": meant["L1"]} in said
    assert {"K1": meant["K1"], "K2": meant["K2"]} in said


def test_an_array_formula_is_left_alone(tmp_path: Path) -> None:
    """Rule: the cells of an array have one formula, which none of them has alone."""
    assert _said({"J1": ArrayFormula("J1:K1", "=A1*D1+B1*D2+B1*D3")}, tmp_path) == []
