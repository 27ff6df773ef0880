"""A formula that all others of its line have otherwise is wrong if everything is right with that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, save

from xlcheck.api import check
from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.families.unlike_kin import unlike_all_others
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras
_WITHIN = "=1/(1+EXP(-(TANH(A{0}*$G$2+B{0}*$G$3+$G$4)*$G$5+TANH(A{0}*$H$2+B{0}*$H$3+$H$4)*$H$5+$G$6)))"
_SCALED = "=TANH(($A{0}-0.4)/3*G$2+$B{0}*G$3+G$4)"


def _cells(column: str, formula: str, rows: range) -> dict[str, object]:
    """Two inputs in A and B, weights in G and H, and a formula for each sample."""
    cells: dict[str, object] = {"G2": 0.6, "G3": 0.4, "G4": 0.1, "G5": 1.5, "G6": 0.25}
    cells |= {"H2": -0.9, "H3": 0.7, "H4": -0.2, "H5": -1.3}
    for row, (one, other) in zip(rows, ((0.2, -0.4), (1, 0.5), (-1, 2), (0.3, -0.7), (2, 1.4)), strict=False):
        cells |= {f"A{row}": one, f"B{row}": other, f"{column}{row}": formula.format(row)}
    return cells


def _units() -> dict[str, object]:
    """The same with two units in C and D that scale an input, and an output in E."""
    cells = _cells("C", _SCALED, range(4, 9)) | {"D3": "second"}
    for row in range(4, 9):
        cells |= {f"D{row}": _SCALED.format(row).replace("G", "H"), f"E{row}": f"=C{row}*$G$5+D{row}*$H$5+$G$6"}
    return cells


def _whole_of_three() -> dict[str, object]:
    """A network of four inputs within a formula a sample, of which the last one is mostly 0."""
    cells: dict[str, object] = {"G9": 1.5, "G10": 0.25, "H9": -1.3}
    cells |= {f"G{row}": 0.6 - 0.2 * n for n, row in enumerate(range(4, 9))}
    cells |= {f"H{row}": 0.3 * n - 0.5 for n, row in enumerate(range(4, 9))}
    for row in range(4, 9):
        cells |= {f"{x}{row}": round(0.3 * row - 0.5 * n, 2) for n, x in enumerate("MNO")} | {f"P{row}": int(row == 5)}
        sums = ["+".join([*(f"${x}{row}*${w}${n}" for n, x in enumerate("MNOP", 4)), f"${w}$8"]) for w in "GH"]
        cells[f"C{row}"] = f"=TANH({sums[0]})*$G$9+TANH({sums[1]})*$H$9+$G$10"
    return cells


_WEIGHTS = ((0.6, 0.4, 0.1), (-0.9, 0.7, -0.2))
"""The kernel and the bias of each unit."""
_WHOLE = _cells("C", _WITHIN, range(4, 9))
_WRONG = {
    "a weight of another unit": (_WHOLE, {"C6": _WITHIN.format(6).replace("$H$3", "$G$3")}),
    "a bias left out": (_WHOLE, {"C6": _WITHIN.format(6).replace("+$G$6", "")}),
    "two of them": (
        _WHOLE,
        {"C5": _WITHIN.format(5).replace("+$G$6", ""), "C7": _WITHIN.format(7).replace("$H$3", "$G$3")},
    ),
    "a weight that breaks the order of all formulas": (
        _whole_of_three(),
        {f"C{row}": str(_whole_of_three()[f"C{row}"]).replace("$H$7", "$G$7") for row in range(4, 9)},
    ),
    "an input scaled otherwise": (_units(), {"C6": _SCALED.format(6).replace("0.4", "0.5")}),
}


@pytest.mark.parametrize("kind", _WRONG)
def test_what_all_others_of_a_line_have_otherwise_is_wrong(kind: str, tmp_path: Path) -> None:
    """Rule: where all others of a line say what a formula should be, and all is right with that, it is wrong."""
    cells, wrong = _WRONG[kind]

    assert answer(cells, tmp_path) == (0, set())
    assert answer({**cells, **wrong}, tmp_path) == (1, {*wrong})


def test_what_follows_from_it_is_carried(tmp_path: Path) -> None:
    cells, wrong = _WRONG["an input scaled otherwise"]
    report = check(save({**cells, **wrong}, tmp_path / "w.xlsx"))

    assert [result.cell for result in report.cells if result.status == "carried"] == ["E6"]
    assert [root.desired_formula for root in report.roots] == [cells["C6"]]


def test_nobody_is_blamed_where_more_than_that_is_unknown(tmp_path: Path) -> None:
    """Rule: one of two odd formulas does not make all right; one that is only written otherwise is right as it is."""
    odd = {"C5": _WITHIN.format(5).replace("TANH", "SIN", 1), "C8": _WITHIN.format(8).replace("$H$5+", "$H$5+A8+")}
    other = {"C6": "=1/(1+EXP(-($G$6+TANH($G$4+A6*$G$2+B6*$G$3)*$G$5+$H$5*TANH(A6*$H$2+$H$4+B6*$H$3))))"}

    assert answer({**_WHOLE, **odd}, tmp_path) == (3, set())
    assert answer({**_WHOLE, **other}, tmp_path) == (0, set())


def _unlike(cells: Mapping[str, object], folder: Path) -> dict[str, str]:
    said = unlike_all_others(CellTable(read_workbook(save(cells, folder / "w.xlsx"))))
    return {cell_name(*cell[1:]): text for cell, text in said.items()}


def test_three_others_on_both_sides_say_what_a_formula_should_be(tmp_path: Path) -> None:
    """Rule: what ends a line may be another formula, as a total is; and of two lines neither says more."""
    line: dict[str, object] = {f"B{row}": f"=A{row}*2+$C$1" for row in range(1, 5)}

    assert _unlike({**line, "B2": "=A2*2"}, tmp_path) == {"B2": "A2*2+$C$1"}
    assert _unlike({**line, "B4": "=A4*2"}, tmp_path) == {}
    assert _unlike({"B1": line["B1"], "B2": "=A2", "B3": line["B3"]}, tmp_path) == {}
    assert _unlike({**line, "B2": "=A2*2", "B4": "=A4*3"}, tmp_path) == {}
    longer = line | {f"B{row}": f"=A{row}*2+$C$1" for row in (5, 6)}
    assert [*_unlike({**longer, "B2": "=A2*2", "B4": "=A4*3"}, tmp_path)] == ["B2", "B4"]


def test_what_is_found_by_printed_numbers_is_named_as_ever(tmp_path: Path) -> None:
    """Rule: where an edit of the network changes the same cells, it says which mistake it is."""
    cells: dict[str, object] = {
        "B2": 0.6,
        "C2": -0.9,
        "B3": 0.4,
        "B4": 0.7,
        "C3": -0.3,
        "C4": 0.5,
        "B5": 0.1,
        "C5": -0.2,
    }
    cells |= {"G7": "h", "J7": "Keras h", "C8": 0, "D8": 0}
    h = np.zeros(2)
    for row, x in zip(range(8, 12), (0.7, -0.4, 1.1, 0.3), strict=False):
        cells |= {f"B{row}": x} | ({} if row == 8 else {f"C{row}": f"=G{row - 1}", f"D{row}": f"=H{row - 1}"})
        for own, unit in zip("GH", "BC", strict=False):
            cells[f"{own}{row}"] = f"=TANH($B{row}*${unit}$2+$C{row}*${unit}$3+$D{row}*${unit}$4+${unit}$5)"
        h = np.tanh(x * np.array([0.6, -0.9]) + h @ [[0.4, -0.3], [0.7, 0.5]] + [0.1, -0.2])
        cells |= {f"J{row}": round(h[0], 7), f"K{row}": round(h[1], 7)}
    report = check(save(cells | {"C10": "=H9"}, tmp_path / "w.xlsx"))

    assert [(own.cell, own.diagnosis) for own in report.roots] == [("C10", "neighbour-unit")]
