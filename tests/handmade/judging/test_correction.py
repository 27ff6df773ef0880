"""The formula that should stand in a wrong cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import SUMS, bound

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
