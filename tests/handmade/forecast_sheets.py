"""A sheet of a series that goes on with what a small network forecasts from its last numbers."""

from __future__ import annotations

GIVEN, LAST = 11, 14
"""The last row of the series that is given, and of all."""


def forecast() -> dict[str, object]:
    """The series in A, scaled in B from row 3 on; from row 6 on three lags in C to E, two units in G and H, results."""
    cells: dict[str, object] = {"A1": f"=MIN(A3:A{GIVEN})", "B1": f"=MAX(A3:A{GIVEN})", "G2": "h", "I2": "y"}
    cells |= {"L1": 0.8, "L2": -0.5, "L3": 0.4, "L4": 0.1, "M1": -0.3, "M2": 0.9, "M3": 0.6, "M4": -0.2}
    cells |= {"L6": 0.7, "M6": 0.5, "L7": 0.05}
    for row in range(3, LAST + 1):
        cells |= {f"A{row}": 20 + (row * 13) % 23, f"B{row}": f"=(A{row}-$A$1)/($B$1-$A$1)"} if row <= GIVEN else {}
        cells |= {f"B{row}": f"=I{row}"} if row > GIVEN else {}
        if row >= 6:
            cells |= {f"{lag}{row}": f"=B{row - by}" for by, lag in enumerate("CDE", 1)}
            for unit, w in ("GL", "HM"):
                total = "+".join(f"{lag}{row}*${w}${place}" for place, lag in enumerate("CDE", 1))
                cells[f"{unit}{row}"] = f"=TANH({total}+${w}$4)"
            cells |= {f"I{row}": f"=G{row}*$L$6+H{row}*$M$6+$L$7", f"J{row}": f"=I{row}*($B$1-$A$1)+$A$1"}
    return cells
