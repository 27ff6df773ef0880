"""Formulas that describe stretches of a line: known if these follow one another without a gap, from end to end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.beside.stretches import stretches

_LINE = {"A1": "error", **{f"A{row}": f"=B{row}*2" for row in range(2, 10)}, **{f"B{row}": row for row in range(2, 10)}}
"""Eight numbers in A2:A9 below a word."""
_ACROSS = {f"{column}20": 0.5 * n for n, column in enumerate("BCDEF")}


def _found(cells: Mapping[str, object], folder: Path) -> Collection[str]:
    own = sheet({**_LINE, **_ACROSS, **cells}, folder)
    return {*map(a1, stretches(own.table, own.part.precedents, [*map(cell_at, cells)]))}


@pytest.mark.parametrize(
    "cells",
    [
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A6:A9)"},
        {"D1": "=SUM(A2:A3)/2", "D2": "=SUM(A4:A6)/3", "D3": "=SUM(A7:A9)/COUNT(A7:A9)"},
        {"D1": "=SQRT(SUMXMY2(A2:A5,B2:B5)/4)", "D2": "=SQRT(SUMXMY2(A6:A9,B6:B9)/4)"},
        {"D1": "=MAX(A2:A5)-MIN(A2:A5)", "D2": "=ROUND(100*STDEV(A6:A9),1)"},
        {"D1": "=AVERAGE(B20:C20)", "D2": "=AVERAGE(D20:F20)"},
    ],
    ids=["means", "three sums over their sizes", "errors", "spreads", "a row"],
)
def test_stretches_from_end_to_end_are_known(cells: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: each describes a range, the next begins where it ends, and no number lies before or behind all."""
    assert _found(cells, tmp_path) == cells.keys()


@pytest.mark.parametrize(
    "cells",
    [
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A7:A9)"},
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A5:A9)"},
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A6:A8)"},
        {"D1": "=AVERAGE(A3:A5)", "D2": "=AVERAGE(A6:A9)"},
        {"D1": "=AVERAGE(A2:A9)"},
        {"D1": "=SUM(A2:A4)/4", "D2": "=SUM(A5:A9)/4"},
        {"D1": "=SUM(A2:A5)*3", "D2": "=SUM(A6:A9)*3"},
        {"D1": "=SUMPRODUCT(A2:A5,B2:B5)", "D2": "=SUMPRODUCT(A6:A9,B6:B9)"},
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(B6:B9)"},
        {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A6:A8)", "D3": "=AVERAGE(A2:A9)"},
        {"D1": "=AVERAGE(B20:C20)", "D2": "=AVERAGE(D20:E20)"},
    ],
    ids=["a gap", "an overlap", "the last left out", "the first left out", "all alone", "another size", "any factor",
         "a product", "two lines", "the last left out, beside all", "the last of a row left out"],
)  # fmt: skip
def test_of_others_nobody_knows(cells: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: a range that is too short or too long spoils all of them, and so does a formula that describes nothing."""
    assert _found(cells, tmp_path) == set()


def test_what_is_said_of_all_stands_beside_its_stretches(tmp_path: Path) -> None:
    """Rule: the mean of the whole line is no stretch of it, and no overlap either."""
    cells = {"D1": "=AVERAGE(A2:A5)", "D2": "=AVERAGE(A6:A9)", "D3": "=AVERAGE(A2:A9)"}
    assert _found(cells, tmp_path) == {"D1", "D2"}
