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


_MAPS = {f"{c}{r}": f"=A{r}*{k}" for k, (c, r) in enumerate(product("KLMN", range(1, 5)), 1)}
_TWO = _POOLED | _MAPS | {"P1": "=MAX(K1:L2)", "Q1": "=MAX(M1:N2)", "P2": "=MAX(K3:L4)", "Q2": "=MAX(M3:N4)"}
_OVERLAP = {"Q1": "=MAX(L1:M2)", "Q2": "=MAX(L3:M4)"}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (_TWO, set()),
        (
            _TWO | {"S1": "=MAX(A1:B2)", "T1": "=MAX(C1:D2)", "U1": "=MAX(A3:B4)", "V1": "=MAX(C3:D4)"},
            set(),
        ),  # in a row
        (_TWO | _OVERLAP, {"Q1", "Q2"}),
        (_MAPS | {"P1": "=MAX(K1:L2)", "P2": "=MAX(K3:L4)", **_OVERLAP}, set()),  # nothing else says how far they go
    ],
)
def test_windows_of_all_channels_go_along_alike(cells: dict[str, object], told: set[str], tmp_path: Path) -> None:
    """Rule: those of one map do not overlap where those of another one do not."""
    said = [why for why in _said(cells, tmp_path) if "shifted" in why]
    assert {why.split()[0].removeprefix("S!") for why in said} >= told
    assert bool(said) is bool(told)


def test_what_else_is_pooled_otherwise(tmp_path: Path) -> None:
    assert _said({**_POOLED, "G2": "=MIN(C3:D4)"}, tmp_path)[0].endswith(
        "pools otherwise than the formulas in line with it"
    )
    table = sheet({"A1": 1.5, "B1": "=MAX(A1:A1)*2", "C1": "=MAX(0,A1)"}, tmp_path).table
    assert [cell_at(own) for own in ("B1", "C1") if pools(cell_at(own), table)] == [cell_at("B1")]


_ENDS = {f"{c}{row}": f"={f}({c}1:{c}4)" for c, (row, f) in product("ABD", ((6, "MIN"), (7, "MAX")))}
"""The least and the largest of two columns of inputs and of one of targets, from which one column is free."""


@pytest.mark.parametrize(("other", "named"), [({}, []), ({"A7": None, "B7": None}, ["D7"])])
def test_the_least_and_the_largest_of_targets_are_those_of_inputs_beside_them(
    other: dict[str, object], named: list[str], tmp_path: Path
) -> None:
    """Rule: two ways in one column are meant if each is that of the row beside it, though that scales inputs."""
    cells = {**{f"{c}{row}": 0.1 * row + ord(c) / 97 for c in "ABD" for row in range(1, 5)}, **_ENDS, **other}
    table = sheet(cells, tmp_path).table
    of_targets = [cell_at("D6"), cell_at("D7")]
    said = [pooled_otherwise(cell, of_targets, table) for cell in of_targets]

    assert [own for own in said if own] == [
        f"S!{own} pools otherwise than the formulas in line with it" for own in named
    ]


def test_the_largest_where_all_in_line_take_the_least_is_told(tmp_path: Path) -> None:
    """Rule: a MAX in a row of MIN is another way, whatever stands elsewhere."""
    cells = {**{f"{c}{row}": 0.1 * row + ord(c) / 97 for c in "ABD" for row in range(1, 5)}, **_ENDS}
    least = {cell: own for cell, own in cells.items() if not cell.endswith("7")} | {"D6": "=MAX(D1:D4)"}
    table = sheet({**least, "H9": "=MAX(A1:A4)"}, tmp_path).table
    pooled = [cell_at(own) for own in ("A6", "B6", "D6")]

    assert pooled_otherwise(pooled[2], pooled, table) == "S!D6 pools otherwise than the formulas in line with it"
