"""A small convolution: filters over an image, the largest of each square, these in a column, and a unit behind them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from equation_sheets import answer, save

pytestmark = pytest.mark.keras


def _cells() -> dict[str, object]:
    """An image of 5 by 5 in A1:E5, two filters of 2 by 2, maps of 4 by 4, pools of 2 by 2, a column of all of them."""
    cells: dict[str, object] = {}
    for row in range(1, 6):
        cells |= {f"{c}{row}": round(0.37 * row - 0.53 * n + 0.11 * row * n, 2) for n, c in enumerate("ABCDE")}
    number = 20
    for k, (left, right) in enumerate((("H", "I"), ("N", "O"))):
        filters = {f"{left}1": 0.5 - k, f"{right}1": 0.7 * k - 0.4, f"{left}2": 0.3, f"{right}2": 0.9 - k}
        cells |= filters | {f"{right}3": 0.1 + 0.2 * k}
        columns = "HIJK" if k == 0 else "NOPQ"
        for row in range(1, 5):
            for n, c in enumerate(columns):
                area = f"{'ABCDE'[n]}{row}:{'ABCDE'[n + 1]}{row + 1}"
                total = f"SUMPRODUCT({area},${left}$1:${right}$2)+${right}$3"
                cells[f"{c}{row + 4}"] = f"=MAX(0,{total})"
        for down, row in ((0, 5), (1, 7)):
            for across, n in ((0, 0), (1, 2)):
                pool = f"{columns[across]}{11 + down}"
                cells[pool] = f"=MAX({columns[n]}{row}:{columns[n + 1]}{row + 1})"
                cells |= {f"C{number}": f"={pool}", f"D{number}": round(0.21 * (number - 23), 2)}
                cells[f"E{number}"] = f"=C{number}*D{number}"
                number += 1
    return cells | {"D28": 0.05, "E28": "=SUM(E20:E27)+D28", "E29": "=1/(1+EXP(-E28))"}


def test_maps_of_filters_are_pooled_and_stand_in_a_column(tmp_path: Path) -> None:
    """Rule: a copy of a pooled number is that number, wherever it stands."""
    assert answer(_cells(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("cell", "formula"), [("P6", "=MAX(0,SUMPRODUCT(C2:D3,$H$1:$I$2)+$O$3)"), ("I11", "=MAX(J5:K5)")]
)
def test_a_slip_in_a_map_is_no_pass(cell: str, formula: str, tmp_path: Path) -> None:
    """Rule: a map with another map's filter, and a pool that is too small."""
    code, wrong = answer(_cells() | {cell: formula}, tmp_path)
    assert code != 0
    assert wrong <= {cell}


def _stacked() -> dict[str, object]:
    """An image of 6 by 6 in A1:F6, two filters of 2 by 2, maps of 5 by 5, filters over both of these, maps of 4 by 4.

    The filters stand to the right, and nothing has a bias.
    """
    image = {
        f"{'ABCDEF'[n]}{row}": round(0.7 * ((3 * row + 5 * n) % 7) / 7, 2) for row in range(1, 7) for n in range(6)
    }
    rows = [row for row in range(1, 18) if row % 3]
    filters = {f"{c}{row}": round(0.9 - 0.31 * ((row + 2 * n) % 6), 2) for n, c in enumerate("XY") for row in rows}
    cells: dict[str, object] = {**image, **filters}
    for k, first in enumerate((1, 8)):
        for row in range(5):
            for n, c in enumerate("HIJKL"):
                area = f"{'ABCDEF'[n]}{row + 1}:{'ABCDEF'[n + 1]}{row + 2}"
                cells[f"{c}{first + row}"] = f"=MAX(0,SUMPRODUCT({area},$X${1 + 3 * k}:$Y${2 + 3 * k}))"
        for row in range(4):
            for n, c in enumerate("NOPQ"):
                sums = (
                    f"SUMPRODUCT({'HIJKL'[n]}{top + row}:{'HIJKL'[n + 1]}{top + row + 1},$X${own}:$Y${own + 1})"
                    for top, own in ((1, 7 + 6 * k), (8, 10 + 6 * k))
                )
                cells[f"{c}{first + row}"] = f"=MAX(0,{'+'.join(sums)})"
    return cells


def test_maps_of_maps_agree(tmp_path: Path) -> None:
    """Rule: windows that overlap share a filter and a part of the image, and what reads them says nothing of either."""
    assert answer(_stacked(), tmp_path) == (0, set())


def test_a_window_of_another_map_is_found(tmp_path: Path) -> None:
    """Rule: a map that reads one map with both of its filters is wrong there."""
    formula = "=MAX(0,SUMPRODUCT(I2:J3,$X$7:$Y$8)+SUMPRODUCT(I2:J3,$X$10:$Y$11))"
    assert answer(_stacked() | {"O2": formula}, tmp_path) == (1, {"O2"})


def test_the_order_of_sets_says_nothing(tmp_path: Path) -> None:
    """Rule: a workbook gets one answer, whichever order Python gives to what stands in sets."""
    path = save(_stacked(), tmp_path / "w.xlsx")
    command = [sys.executable, "-m", "xlcheck", "check", str(path)]
    for seed in range(4):
        found = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": str(seed)}, check=False)
        assert found.returncode == 0
