"""The formula that should stand in a wrong cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import SUMS, bound
from equation_sheets import save

from xlcheck.api import check
from xlcheck.formulas.addresses import parse_range
from xlcheck.handmade.judging.correction import Corrector


def _formula(folder: Path, cells: dict[str, object], cell: str) -> str | None:
    sheet = bound(folder, SUMS | cells)
    settings = [sheet.right.graph_values(number) for number in range(len(sheet.networks))]
    corrector = Corrector(sheet.table, sheet.networks, settings, sheet.aligned)
    place = parse_range(cell)
    return corrector.formula(("Sheet", place.top, place.left))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("=A7*$A$1+B6*$A$2", "=A7*$A$1+B6*$A$2+$A$3"),
        ("=A6*$A$1+B6*$A$2+$A$3", "=A7*$A$1+B6*$A$2+$A$3"),
        (0.125, "=A7*$A$1+B6*$A$2+$A$3"),
    ],
)
def test_the_cells_beside_say_what_belongs_there(wrong: object, right: str, tmp_path: Path) -> None:
    """Rule: the right formula is that of a cell which holds the same quantity, as if filled over the wrong one."""
    assert _formula(tmp_path, {"C7": wrong}, "C7") == right


def test_a_family_that_is_wrong_alike_is_amended(tmp_path: Path) -> None:
    """Rule: if no cell beside is right, the wrong formula itself is amended: here its rounding is left out."""
    rounded = {f"B{row}": f"=ROUND(TANH(C{row}),2)" for row in range(5, 9)}

    assert _formula(tmp_path, rounded, "B6") == "=TANH(C6)"


def test_no_formula_is_shown_that_may_be_wrong(tmp_path: Path) -> None:
    """Rule: where neither a neighbour nor a small change of the formula is right for all numbers, nothing is shown."""
    squared = {f"C{row}": f"=A{row}*$A$1^2+B{row - 1}*$A$2+$A$3" for row in range(5, 9)}

    assert _formula(tmp_path, squared, "C6") is None


@pytest.mark.keras
def test_a_decision_is_not_amended_by_chance(tmp_path: Path) -> None:
    """Rule: some of many changes of a formula decide alike by chance; of steps only the cells beside speak."""
    cells: dict[str, object] = {"B2": 1, "C2": -1, "B3": -1, "C3": 1, "B4": 0.5, "C4": 0.5, "E2": 1, "E3": 1, "E4": 0.5}
    cells |= {"A4": "theta", "D4": "theta"}
    for row, (one, other) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)), start=7):
        cells |= {f"A{row}": one, f"B{row}": other}
        cells |= {f"{z}{row}": f"=A{row}*${w}$2+B{row}*${w}$3" for z, w in (("C", "B"), ("E", "C"))}
        cells |= {f"D{row}": f"=IF(C{row}>=$B$4,1,0)", f"F{row}": f"=IF(E{row}>=$C$4,1,0)"}
        cells |= {f"G{row}": f"=D{row}*$E$2+F{row}*$E$3", f"H{row}": f"=IF(G{row}>=$E$4,1,0)"}
    report = check(save(cells | {"F9": "=IF(E9>=$E$4,1,0)"}, tmp_path / "w.xlsx"))

    assert [(root.cell, root.desired_formula) for root in report.roots] == [("F9", None)]
