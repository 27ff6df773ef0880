"""Windows of pooling: each goes along with its formula, as those beside it do."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.beside.pooled_inputs import pooled_otherwise, pools

_PIXELS = {f"{column}{row}": 0.1 * row + ord(column) / 97 for column, row in product("ABCD", range(1, 5))}
_POOLED = {"F1": "=MAX(A1:B2)", "G1": "=MAX(C1:D2)", "F2": "=MAX(A3:B4)", "G2": "=MAX(C3:D4)"}


def _said(cells: dict[str, object], folder: Path) -> list[str]:
    table = sheet({**_PIXELS, **cells}, folder).table
    pooled = [cell for cell in table.texts if pools(cell, table)]
    return [why for cell in pooled if (why := pooled_otherwise(cell, pooled, table)) is not None]


@pytest.mark.parametrize(
    "cells",
    [
        _POOLED,
        {f"{c}{row}": f"=MAX({a}{row}:{b}{row + 1})" for (c, a, b), row in product(("FAB", "GBC", "HCD"), (1, 2, 3))},
        {"F1": "=AVERAGE(A1:D4)"},
        {"F1": "=MAX(A1:B2)", "G2": "=MAX(B3:C4)"},  # no two of them stand in line
    ],
)
def test_windows_that_go_along_are_as_they_should(cells: dict[str, object], tmp_path: Path) -> None:
    assert _said(cells, tmp_path) == []


@pytest.mark.parametrize("window", ["B3:C4", "A2:B3", "B2:C3", "C3:D4"])
def test_a_window_that_is_shifted_is_told(window: str, tmp_path: Path) -> None:
    """Rule: of four in a square, each window is as far from those beside it as these are from the fourth."""
    assert any("shifted" in why for why in _said({**_POOLED, "F2": f"=MAX({window})"}, tmp_path))


def test_what_else_is_pooled_otherwise(tmp_path: Path) -> None:
    assert _said({**_POOLED, "G2": "=MIN(C3:D4)"}, tmp_path)[0].endswith(
        "pools otherwise than the formulas in line with it"
    )
    table = sheet({"A1": 1.5, "B1": "=MAX(A1:A1)*2", "C1": "=MAX(0,A1)"}, tmp_path).table
    assert [cell_at(own) for own in ("B1", "C1") if pools(cell_at(own), table)] == [cell_at("B1")]
