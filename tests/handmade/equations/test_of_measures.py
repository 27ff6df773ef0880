"""What is made of errors and losses alone, and targets that formulas make: neither is a layer, nor hides one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import TOYS, answer

pytestmark = pytest.mark.keras

_ROWS = (6, 7, 8)


def _judged(more: Mapping[str, object]) -> dict[str, object]:
    """Three samples with typed targets in column G, squared errors in column H, and their sum."""
    targets = {"G6": 0.3, "G7": 0.9, "G8": 0.4}
    errors = {f"H{row}": f"=(E{row}-G{row})^2" for row in _ROWS} | {"H9": "=SUM(H6:H8)"}
    return {**TOYS["xor"], **targets, **errors, **more}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"J1": "=1-H9/DEVSQ(G6:G8)"}, id="explained"),
        pytest.param({"J1": "=1-H9/J2", "J2": "=3*VARP(G6:G8)"}, id="by a sum of its own"),
        pytest.param(
            {**{f"J{row}": f"=(G{row}-AVERAGE(G$6:G$8))^2" for row in _ROWS}, "J1": "=(J9-H9)/J9", "J9": "=SUM(J6:J8)"},
            id="by a column of its own",
        ),
    ],
)
def test_how_much_is_explained_is_no_layer(more: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: 1 − Σ(t − y)² / Σ(t − t̄)², in whatever cells, leaves nothing open."""
    assert answer(_judged(more), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"J1": "=1-H9/DEVSQ(G6:G7)"}, id="another sample"),
        pytest.param({"J1": "=1-H9/VARP(G6:G8)"}, id="a mean for a sum"),
        pytest.param({"J1": "=1-H9/DEVSQ(G6:G8)", "H9": "=SUM(H6:H7)"}, id="one error left out"),
        pytest.param({"J1": "=1-H9/DEVSQ(E6:E8)"}, id="results for targets"),
        pytest.param({"J1": "=1-H9/DEVSQ(G6:G8)", "K1": "=J1*2"}, id="read by another formula"),
    ],
)
def test_another_share_is_not_known(more: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: what is explained is said of all samples, or the check is not complete."""
    assert answer(_judged(more), tmp_path) == (3, set())


def _again(more: Mapping[str, object]) -> dict[str, object]:
    """The same inputs and targets with other weights ten rows below."""
    first = _judged({"H9": "=AVERAGE(H6:H8)"})

    def moved(text: str) -> str:
        return re.sub(r"(?<=[A-H])(\$?)(\d+)", lambda found: f"{found[1]}{int(found[2]) + 10}", text)

    below = {moved(cell): moved(own) if isinstance(own, str) else own for cell, own in first.items()}
    below |= dict.fromkeys(("A11", "B12", "D13"), 0.6)
    return {**first, **below, **more}


def test_two_errors_of_one_kind_are_compared(tmp_path: Path) -> None:
    """Rule: by how much an error fell may be said in any way, of errors that are computed alike."""
    assert answer(_again({"J1": "=1-H19/H9"}), tmp_path) == (0, set())
    assert answer(_again({"J1": "=1-H19/H7"}), tmp_path)[0] == 3


@pytest.mark.parametrize(
    "targets",
    [
        {f"G{row}": f"=IF(AND(A{row}>0,B{row}>0),1,0)" for row in _ROWS},
        {"G6": "=MOD(INT(A6+9),2)", "G7": "=MOD(INT(A7+9),2)", "G8": "=MOD(INT(A8+9),2)"},
        {f"G{row}": f'=IF($L{row}="yes",1,0)' for row in _ROWS} | {"L6": "yes", "L7": "no", "L8": "yes"},
    ],
)
def test_formulas_may_make_targets(targets: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: what is made of typed numbers or words in one way, and compared with results, is a target."""
    assert answer(_judged(targets), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "targets",
    [
        pytest.param(
            {**{f"G{row}": f"=IF(A{row}>0,1,0)" for row in _ROWS}, "G7": "=IF(A6>0,1,0)"}, id="of another row"
        ),
        pytest.param({f"G{row}": f"=IF(A{row}>$A$3,1,0)" for row in _ROWS}, id="by a weight"),
        pytest.param({f"G{row}": f"=IF(E{row}>0.5,1,0)" for row in _ROWS}, id="by the result"),
        pytest.param(
            {f"G{row}": f"=IF(A{row}>0,1,0)" for row in _ROWS} | {"H7": "=(E7-G6)^2"}, id="compared crosswise"
        ),
    ],
)
def test_other_targets_are_no_pass(targets: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: targets that are made in several ways, of weights or of results, or compared crosswise, are no pass."""
    code, roots = answer(_judged(targets), tmp_path)

    assert code != 0
    assert roots <= {"H7"}
