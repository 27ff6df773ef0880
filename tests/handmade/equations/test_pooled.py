"""Pooling found by what formulas compute: all results of each unit, or windows of as many each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.equations.found import Found
from xlcheck.handmade.equations.pooling import pooled
from xlcheck.handmade.forms.functions import Functions, Results

_GLOBAL = {"D1": "=MAX(A1:A5)", "E1": "=MAX(B1:B5)"}
_WRITTEN_OTHERWISE = {"D1": "=MAX(IF(A1>A2,A1,A2),A3:A4,A5)", "E1": "=-MIN(-B5,-B4,-B3,-B2,-B1)"}


def _found(of: Results, formulas: Mapping[str, str], folder: Path) -> Found | None:
    numbers = {a1(cell): round(0.7 * step % 1 - 0.3 * unit, 3) for (step, unit), cell in of.items()}
    found = sheet({**numbers, **formulas}, folder)
    return pooled(of, Functions(found.terms, (), of.values()), ())


def _of_units(formulas: Mapping[str, str], folder: Path, steps: int = 5) -> Found | None:
    """What pools two units in A and B, a step a row."""
    return _found({(n, unit): ("S", n, unit) for n in range(steps) for unit in (0, 1)}, formulas, folder)


def _means(*windows: str) -> dict[str, str]:
    """Means of some steps of each unit, as `1:2`."""
    areas = [[f"{c}{row}" for row in own.split(":")] for own in windows for c in "AB"]
    return {f"{'DE'[n % 2]}{n // 2 + 1}": f"=AVERAGE({':'.join(own)})" for n, own in enumerate(areas)}


@pytest.mark.parametrize(
    ("formulas", "kind", "windows"),
    [
        (_GLOBAL, "GlobalMaxPooling1D", ["D1 E1"]),
        (_WRITTEN_OTHERWISE, "GlobalMaxPooling1D", ["D1 E1"]),
        ({"D1": "=D2/5", "D2": "=SUM(A1:A5)", "E1": "=AVERAGE(B1:B5)"}, "GlobalAveragePooling1D", ["D1 E1"]),
        (_GLOBAL | {"G1": "=A1"}, "GlobalMaxPooling1D", ["D1 E1"]),
        (_means("1:2", "3:4"), "GlobalAveragePooling1D", ["D1 E1", "D2 E2"]),  # the fifth step has no whole window
    ],
)
def test_each_unit_is_pooled_by_itself(formulas: dict[str, str], kind: str, windows: list[str], tmp_path: Path) -> None:
    """Rule: however the largest, or the mean, is written, and through whatever cells."""
    found = _of_units(formulas, tmp_path)

    assert found is not None
    assert found.layer.kind == kind
    wanted = {(n, unit): name for n, own in enumerate(windows) for unit, name in enumerate(own.split())}
    assert {key: a1(cell) for key, cell in found.results.items()} == wanted
    assert {cells[0] for cells in found.outputs} == {cell_at(name) for name in wanted.values()}
    read = {frozenset(map(a1, cells)) for cells in found.inputs[0]}
    size = 5 // len(windows)
    assert read == {frozenset(f"{c}{size * n + k + 1}" for k in range(size)) for c in "AB" for n in range(len(windows))}


@pytest.mark.parametrize(
    "formulas",
    [
        _GLOBAL | {"E1": "=MAX(B1:B4)"}, _GLOBAL | {"E1": "=MIN(B1:B5)"}, _GLOBAL | {"E1": "=MAX(A1:B5)"},
        _GLOBAL | {"E2": "=MAX(B1:B5)"}, {"D1": _GLOBAL["D1"]}, {"D1": "=MAX(A1:A4)", "E1": "=MAX(B1:B4)"},
        _means("1:2", "3:4") | {"E2": "=AVERAGE(B4:B5)"}, _means("1:2", "3:4") | {"E2": "=SUM(B3:B4)"},
        _means("1:3", "2:4"), _means("1:2", "3:5"), _means("2:3", "4:5"), {"D1": "=SUM(A1:A5)", "E1": "=SUM(B1:B5)"},
    ],
)  # fmt: skip
def test_what_leaves_out_a_number_pools_nothing(formulas: dict[str, str], tmp_path: Path) -> None:
    """Rule: neither does what takes one twice, is done for one unit only, or is no maximum and no mean."""
    assert _of_units(formulas, tmp_path) is None


def test_no_whole_window_is_left_out(tmp_path: Path) -> None:
    """Rule: of seven steps three windows of two may be pooled, and not two of them."""
    assert _of_units(_means("1:2", "3:4", "5:6"), tmp_path, 7) is not None
    assert _of_units(_means("1:2", "3:4"), tmp_path, 7) is None


@pytest.mark.parametrize(
    ("formulas", "is_found"),
    [
        ({"F1": "=MAX(A1:B2)", "G1": "=MAX(C1:D2)"}, True),
        ({"F1": "=MAX(A2:B3)", "G1": "=MAX(C2:D3)"}, False),
        ({"F1": "=MAX(A1:B2)", "G1": "=MAX(C1,D2,C3,D3)"}, False),
    ],
)
def test_windows_of_a_picture_begin_in_its_first_corner(
    formulas: dict[str, str], is_found: bool, tmp_path: Path
) -> None:
    """Rule: of three rows of four pixels, windows of two by two leave out the last row, and no other one."""
    found = _found({(4 * row + k, 0): ("S", row, k) for row in range(3) for k in range(4)}, formulas, tmp_path)
    assert (found is not None) is is_found
