"""A formula that nobody reads behind the result of a network: it is no activation that went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, verdict

pytestmark = pytest.mark.keras


def _one_sample(last: str) -> dict[str, object]:
    """Two inputs, three units of tanh in rows, a linear output in D8, and one formula behind it that nobody reads."""
    weights = ((0.117, -0.632, -1.41, 0.461), (-0.87, -0.728, -0.308, 0.425), (1.466, -0.115, 1.48, 1.478))
    cells: dict[str, object] = {"B1": 0.4667, "B2": 0.5, "D7": -0.772, "D8": "=SUMPRODUCT(E4:E6,F4:F6)+D7", "D9": last}
    for row, own in enumerate(weights, 4):
        cells |= dict(zip((f"A{row}", f"B{row}", f"C{row}", f"F{row}"), own, strict=True))
        cells |= {f"D{row}": f"=A{row}*$B$1+B{row}*$B$2+C{row}", f"E{row}": f"=TANH(D{row})"}
    return cells


@pytest.mark.parametrize(
    "last",
    ["EXP(D8)", "10^D8", "(D8+1)*(90-10)/2+10", "D8^2", "D8/(1-D8)", "MAX(0,MIN(100,D8*50+50))", "SQRT(D8+2)", "1/D8"],
)
def test_what_is_computed_from_the_result_is_no_activation_that_went_wrong(last: str, tmp_path: Path) -> None:
    """Rule: a formula that nobody reads, behind a network that is right without it, is blamed for nothing.

    One formula on the output of one sample has no cell of its kind that says what it should be.
    """
    found = verdict(_one_sample(f"={last}"), tmp_path)

    assert (found.code, found.roots) == (3, set())


@pytest.mark.parametrize("last", ["1/(1+EXP(D8))", "1/(1-EXP(-D8))", "ROUND(1/(1+EXP(-D8)),1)"])
def test_a_slip_in_the_activation_of_an_output_is_blamed(last: str, tmp_path: Path) -> None:
    """Rule: what is an activation but for a sign or rounding is a slip, though nobody reads it."""
    assert answer(_one_sample(f"={last}"), tmp_path) == (1, {"D9"})
