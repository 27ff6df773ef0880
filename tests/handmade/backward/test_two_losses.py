"""Errors that are handed back without the slope of the output: which loss was meant decides what is wrong."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _step(slope: str) -> dict[str, object]:
    """Inputs in A1:A2, weights in C:D and F:G, outputs and errors in rows 4 and 5, changes and new weights below."""
    cells: dict[str, object] = {"A1": 0.9, "A2": 0.3, "A4": 0.3, "J1": 0.2, "J2": 0.8}
    cells |= {"C1": 0.9, "D1": -0.3, "C2": 0.4, "D2": 0.7, "F1": 0.3, "G1": 0.8, "F2": -0.6, "G2": 0.5}
    for unit in (1, 2):
        cells[f"C{3 + unit}"] = f"=1/(1+EXP(-(C{unit}*$A$1+D{unit}*$A$2)))"
        cells[f"F{3 + unit}"] = f"=1/(1+EXP(-(F{unit}*$C$4+G{unit}*$C$5)))"
        cells[f"J{3 + unit}"] = f"=J{unit}-F{3 + unit}"
    for unit, weights in ((1, "F"), (2, "G")):
        errors = (f"{weights}{k}*J{3 + k}{slope.format(f'F{3 + k}')}" for k in (1, 2))
        cells[f"C{6 + unit}"] = f"={'+'.join(errors)}"
    for unit, number in product((1, 2), repeat=2):
        out, hidden = "FG"[number - 1], "CD"[number - 1]
        cells[f"{out}{9 + unit}"] = f"=$A$4*J{3 + unit}*F{3 + unit}*(1-F{3 + unit})*C{3 + number}"
        cells[f"{hidden}{9 + unit}"] = f"=$A$4*C{6 + unit}*C{3 + unit}*(1-C{3 + unit})*A{number}"
        cells |= {f"{c}{12 + unit}": f"={c}{unit}+{c}{9 + unit}" for c in (out, hidden)}
    return cells


@pytest.mark.parametrize(("slope", "code"), [("*{0}*(1-{0})", 0), ("", 3)])
def test_which_of_two_losses_is_meant_is_nobody_s_mistake(slope: str, code: int, tmp_path: Path) -> None:
    """Rule: as many updates follow the squared error as the cross-entropy, and no cell says which one it is: then
    neither those that have a slope nor those that lack it are called wrong."""
    assert answer(_step(slope), tmp_path) == (code, set())
