"""A batch whose inputs are scaled before a network of two layers learns from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from equation_sheets import answer

from xlcheck.api import check

pytestmark = pytest.mark.keras

_DATA = ((50, 10, 1), (32, 40, 0), (61, 14, 1), (44, 33, 0), (57, 59, 1), (21, 25, 0))
_ROWS = range(5, 5 + len(_DATA))
_LAST = _ROWS[-1]
_WAYS = {
    "least and largest": "=({0}{r}-MIN({0}$5:{0}$10))/(MAX({0}$5:{0}$10)-MIN({0}$5:{0}$10))",
    "mean and deviation in cells": "=({0}{r}-{0}$2)/{0}$3",
    "a typed number": "={0}{r}/100",
}


def _training(way: str) -> dict[str, object]:
    """Data in A to C, scaled in D and E, two units in F and G, an output in H; deltas in R to T, new weights below."""
    cells: dict[str, object] = {
        "L2": 0.59, "L3": -0.4, "L4": 0.1, "M2": 0.64, "M3": 0.8, "M4": -0.2, "O2": -0.3, "O3": 0.9, "O4": 0.05,
        "L6": 0.1,
    }  # fmt: skip
    for raw in "AB" if "$2" in way else "":
        cells |= {f"{raw}2": f"=AVERAGE({raw}5:{raw}{_LAST})", f"{raw}3": f"=STDEV({raw}5:{raw}{_LAST})"}
    for row, (one, other, target) in zip(_ROWS, _DATA, strict=True):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": target}
        cells |= {scaled + str(row): way.format(raw, r=row) for raw, scaled in zip("AB", "DE", strict=True)}
        for unit, own, delta, k in zip("FG", "LM", "RS", (2, 3), strict=True):
            cells[f"{unit}{row}"] = f"=TANH(D{row}*${own}$2+E{row}*${own}$3+${own}$4)"
            cells[f"{delta}{row}"] = f"=T{row}*$O${k}*(1-{unit}{row}^2)"
        cells |= {f"H{row}": f"=1/(1+EXP(-(F{row}*$O$2+G{row}*$O$3+$O$4)))", f"T{row}": f"=H{row}-C{row}"}
    for own, delta, inputs in (("L", "R", "DE"), ("M", "S", "DE"), ("O", "T", "FG")):
        column = f"{delta}$5:{delta}${_LAST}"
        for k, signal in enumerate(inputs, 2):
            cells[f"{own}{k + 6}"] = f"={own}{k}-$L$6*SUMPRODUCT({column},{signal}$5:{signal}${_LAST})/{len(_DATA)}"
        cells[f"{own}10"] = f"={own}4-$L$6*SUM({column})/{len(_DATA)}"
    return cells


def _answer(cells: Mapping[str, object], path: Path) -> tuple[bool, int]:
    """Whether a workbook passes, and how many cells are called wrong."""
    book = openpyxl.Workbook()
    for place, content in cells.items():
        book.active[place] = content
    book.save(path)
    report = check(path)
    return report.ok, len(report.roots)


@pytest.mark.parametrize("way", _WAYS)
def test_a_network_learns_from_scaled_inputs(way: str, tmp_path: Path) -> None:
    """Rule: inputs may be made from data in whatever way, as nothing in them was learnt; all layers are found."""
    assert _answer(_training(_WAYS[way]), tmp_path / "w.xlsx") == (True, 0)


_WRONG = {
    "a raw input in one row": ("least and largest", {"D7": "=A7"}),
    "the range of the other input": (
        "least and largest",
        {f"E{r}": f"=(B{r}-MIN(A$5:A${_LAST}))/(MAX(B$5:B${_LAST})-MIN(B$5:B${_LAST}))" for r in _ROWS},
    ),
    "the deviation in the place of the mean": (
        "mean and deviation in cells",
        {f"E{r}": f"=(B{r}-B$3)/B$3" for r in _ROWS},
    ),
    "a number in the place of one": ("a typed number", {"E8": 0.3}),
    "a raw input in a gradient": ("a typed number", {"L9": f"=L3-$L$6*SUMPRODUCT(R$5:R${_LAST},B$5:B${_LAST})/6"}),
}


@pytest.mark.parametrize("what", _WRONG)
def test_what_is_scaled_otherwise_is_no_pass(what: str, tmp_path: Path) -> None:
    """Rule: scaled inputs get no verdict, so what is odd about them keeps the whole from passing, and blames nobody."""
    way, change = _WRONG[what]
    assert _answer(_training(_WAYS[way]) | change, tmp_path / "w.xlsx") == (False, 0)


def _of_conditions(rows: int = 6) -> dict[str, object]:
    """A unit that learns a row a step whether two numbers are equal, which a formula asks."""
    cells: dict[str, object] = {"A1": "rate", "B1": 0.5}
    for row in range(3, 3 + rows):
        cells |= {f"A{row}": (row // 2) % 2, f"B{row}": row % 2, f"C{row}": f"=IF(A{row}=B{row},0,1)"}
        for weight, start, factor in (("D", 0.4, f"*A{row - 1}"), ("E", -0.3, f"*B{row - 1}"), ("F", 0.1, "")):
            cells[f"{weight}{row}"] = start if row == 3 else f"={weight}{row - 1}+$B$1*H{row - 1}{factor}"
        cells[f"G{row}"] = f"=1/(1+EXP(-(D{row}*A{row}+E{row}*B{row}+F{row})))"
        cells[f"H{row}"] = f"=(C{row}-G{row})*G{row}*(1-G{row})"
    return cells


def test_a_target_may_be_what_a_condition_gives(tmp_path: Path) -> None:
    """Rule: no equation says how targets are made; one that is made otherwise than those in line with it is no pass."""
    cells = _of_conditions()
    assert answer(cells, tmp_path) == (0, set())
    for odd in ("=IF(A5=B4,0,1)", "=IF(A5=1,0,IF(A5=B5,0,1))", "=IF(A5=B5,0,2)"):
        assert answer(cells | {"C5": odd}, tmp_path)[0] != 0
