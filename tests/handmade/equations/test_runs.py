"""Tables with the same weights, some of them narrower: nobody is blamed for units that a table does not have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from recognised_sheets import sheet

from xlcheck.handmade.equations.runs import most_beside_have

_CASES = ((0, 0), (0, 1), (1, 0), (1, 1))
_Weights = tuple[object, object, object]
_TYPED: tuple[_Weights, _Weights, _Weights] = ((20, 20, -10), (-20, -20, 30), (20, 20, -30))
_IN_CELLS: tuple[_Weights, _Weights, _Weights] = tuple((f"${x}$20", f"${x}$21", f"${x}$22") for x in "ABC")


def _gate(weights: _Weights, first: str, second: str) -> str:
    return f"=1/(1+EXP(-({weights[0]}*{first}+{weights[1]}*{second}+{weights[2]})))"


def _gates(beside: str, gates: tuple[_Weights, _Weights, _Weights] = _TYPED) -> dict[str, object]:
    """OR alone in the rows 2 to 5, something beside it in column D; in 10 to 13 XOR, made of OR, NAND and AND."""
    (either, not_both, both), cells = gates, dict[str, object]()
    for number, (one, other) in enumerate(_CASES):
        above, below = number + 2, number + 10
        for row in (above, below):
            cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": _gate(either, f"A{row}", f"B{row}")}
        cells[f"D{above}"] = beside.format(row=above)
        cells[f"D{below}"] = _gate(not_both, f"A{below}", f"B{below}")
        cells[f"E{below}"] = _gate(both, f"C{below}", f"D{below}")
    return cells


@pytest.mark.keras
@pytest.mark.parametrize(
    "beside", ["=ROUND(C{row},0)", "=IF(C{row}>0.5,1,0)", "=C{row}-1", "=1-C{row}", "=-LN(C{row})"]
)
def test_a_narrower_table_is_a_layer_of_its_own(beside: str, tmp_path: Path) -> None:
    """Rule: what stands where a second unit would is none, if no step beside it has one."""
    found = verdict(_gates(beside), tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert "Dense(1, sigmoid), 4 samples" in found.said
    assert "Dense(2, sigmoid), 4 samples" in found.said


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("slips", "told"),
    [
        ({"D12": "=1/(1+EXP(-(-20*A12-20*A12+30)))"}, {"D12"}),
        ({"C4": "=1/(1+EXP(-(20*B4+20*B4-10)))"}, {"C4"}),
        ({"D11": "=ROUND(C11,0)"}, {"D11"}),
        ({"D10": "=ROUND(C10,0)", "D11": "=ROUND(C11,0)"}, set()),
    ],
)
def test_a_slip_in_one_of_the_tables_is_no_pass(slips: Mapping[str, object], told: set[str], tmp_path: Path) -> None:
    """Rule: where others beside have the unit, one that has something else is wrong, or nobody knows."""
    code, roots = answer(_gates("=ROUND(C{row},0)") | slips, tmp_path, 3)

    assert code in {1, 3}
    assert roots <= told


def test_what_half_of_a_run_lacks_may_not_be_missing(tmp_path: Path) -> None:
    """Rule: most steps of the run have the sum; where the whole run lacks it, these are two tables."""
    cells = _gates("=C{row}-1", _IN_CELLS)
    cells |= {f"{x}{row}": 0.3 * row + ord(x) for x in "ABC" for row in (20, 21, 22)}
    tables = [own.layer for own in sheet(cells, tmp_path).arrangement.readings]
    assert [len(own.rows) for own in tables] == [1, 2, 1]

    for row in (10, 11):
        del cells[f"D{row}"]
        (wide,) = (own.layer for own in sheet(cells, tmp_path).arrangement.readings if len(own.layer.rows) > 1)
        (gap,) = (place for place in wide.gaps if wide.line is not None and wide.line[1][place[1]] == row - 1)
        assert most_beside_have(wide, gap) == (row == 10)
