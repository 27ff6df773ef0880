"""A decoder that is fed with its own results: typed at the first step, and what it gave before from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import sheet

from xlcheck.handmade.objections.unread_results import left_out

pytestmark = pytest.mark.keras

_ROWS = range(20, 25)


def _decoder() -> dict[str, object]:
    """A SimpleRNN(1) in D and a Dense(1) in E that reads it; the first input is typed, each other one is a result."""
    cells: dict[str, object] = {"A1": 0.8, "B1": -0.6, "C1": 0.25, "E1": 1.3, "E2": -0.35, "B20": 0.7, "D19": 0}
    for row in _ROWS:
        cells |= {f"D{row}": f"=TANH(B{row}*$A$1+D{row - 1}*$B$1+$C$1)", f"E{row}": f"=D{row}*$E$1+$E$2"}
        cells |= {f"B{row}": f"=E{row - 1}"} if row > _ROWS[0] else {}
    return cells


@pytest.mark.parametrize(
    ("other", "named"),
    [({}, []), ({"B21": "=B20"}, ["B20"]), ({"B21": 0.4}, []), ({"B22": 0.4}, ["B20"]), ({"B22": "=E20"}, ["B20"])],
)
def test_only_the_first_steps_read_what_was_typed(other: dict[str, object], named: list[str], tmp_path: Path) -> None:
    """Rule: several words may begin a sentence; a step that reads the first one again may have forgotten a result."""
    said = [*left_out(sheet(_decoder() | other, tmp_path).recognised.readings)]

    wanted = [f"S!{cell} is read where other steps read what a layer computes" for cell in named]
    assert [own for own in said if "where other steps" in own] == wanted
