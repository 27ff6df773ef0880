"""A small convolution: filters over an image, the largest of each square, these in a column, and a unit behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

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
