"""Inputs that formulas read by copies of them, and two cells that compute the same for one formula."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, verdict

Cells = dict[str, object]

pytestmark = pytest.mark.keras

_DATA = ((34, 2.8, 1), (51, 4.1, 0), (23, 1.9, 1), (45, 3.6, 0), (62, 2.2, 0), (29, 3.1, 1))


def _sheet(order: str = "DEF") -> Cells:
    """Raw data in A to C, its scaled numbers in D and E, a copy of the third in F, two units in G and H."""
    cells: Cells = {"A6": 1.3, "A7": -0.8, "A8": 0.25}
    cells |= {f"{c}20": f"=AVERAGE({c}10:{c}15)" for c in "AB"} | {f"{c}21": f"=STDEV({c}10:{c}15)" for c in "AB"}
    for row, numbers in enumerate(((0.42, -0.31), (-0.65, 0.92), (0.83, -0.05), (0.21, 0.08)), 1):
        cells[f"A{row}"], cells[f"B{row}"] = numbers
    for row, (cells[f"A{row}"], cells[f"B{row}"], cells[f"C{row}"]) in enumerate(_DATA, 10):
        cells |= {f"{c}{row}": f"=({raw}{row}-{raw}$20)/{raw}$21" for c, raw in (("D", "A"), ("E", "B"))}
        cells[f"F{row}"] = f"=C{row}"
        for unit, weights in (("G", "A"), ("H", "B")):
            total = "+".join(f"{x}{row}*${weights}${at}" for at, x in enumerate(order, 1))
            cells[f"{unit}{row}"] = f"=TANH({total}+${weights}$4)"
        cells[f"I{row}"] = f"=1/(1+EXP(-(G{row}*$A$6+H{row}*$A$7+$A$8)))"
    return cells


def test_an_input_stands_where_formulas_read_it(tmp_path: Path) -> None:
    """Rule: a copy behind scaled inputs is the last input, though what it repeats stands before them."""
    assert answer(_sheet(), tmp_path) == (0, set())


def test_inputs_that_are_mixed_up_are_no_pass(tmp_path: Path) -> None:
    """Rule: nobody is blamed who reads all of them in another order, and no edit of one sample mends that."""
    assert answer(_sheet("DFE"), tmp_path) == (3, set())


def test_two_units_that_are_filled_from_one_are_no_pass(tmp_path: Path) -> None:
    """Rule: of two sums over all steps, which one formula reads, one should be another if they are the same."""
    cells: Cells = {"G1": 0.6, "G2": -0.4, "H1": -0.9, "H2": 0.7, "G3": 0.1, "H3": -0.2}
    cells |= {"J1": 0.3, "J2": -0.8, "J3": 0.15, "M1": 0.55, "M2": 0.25, "M3": -0.1}
    cells |= {"O1": 0.93, "O2": 0.1, "O3": -0.78, "P1": -0.56, "P2": -1.65, "P3": -0.35}
    cells |= {f"N{row}": f"=TANH($A$8*{w}$1+$B$8*{w}$2+{w}$3)" for row, w in ((9, "O"), (10, "P"))}
    for row, (cells[f"K{row}"], cells[f"L{row}"]) in enumerate(((0.5, 0.2), (-0.3, 0.9), (0.8, -0.6), (0.1, 0.4)), 5):
        cells |= {f"{unit}{row}": f"=TANH(K{row}*{w}$1+L{row}*{w}$2+{w}$3)" for unit, w in (("A", "J"), ("B", "M"))}
        cells |= {f"C{row}": f"=A{row}*N$9+B{row}*N$10", f"D{row}": f"=EXP(C{row})", f"E{row}": f"=D{row}/SUM(D$5:D$8)"}
    cells |= {f"{unit}12": f"=SUMPRODUCT($E5:$E8,{unit}5:{unit}8)" for unit in "AB"}
    cells |= {f"{c}14": f"=TANH($A$12*{c}1+$B$12*{c}2+{c}3)" for c in "GH"}
    assert verdict(cells, tmp_path).code == 0
    found = verdict(cells | {"B12": "=SUMPRODUCT($E5:$E8,A5:A8)"}, tmp_path, effort=4)
    assert (found.code, found.roots) == (3, set())
    assert "S!A12 and S!B12 compute the same" in found.said
