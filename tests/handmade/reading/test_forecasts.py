"""Results that stand in line with the series from which they are computed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from forecast_sheets import forecast
from recognised_sheets import a1, sheet

from xlcheck.handmade.reading.forecasts import forecasts

_ALL = {"B12": "I12", "B13": "I13", "B14": "I14"}


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        ({}, _ALL),
        ({"B14": None}, {"B12": "I12", "B13": "I13"}),
        ({f"B{row}": 0.07 * row for row in range(3, 12)}, _ALL),  # a series that is given as it is
        ({"B12": "=I11", "B13": "=I12", "B14": "=I13"}, {}),  # each shows the forecast before it
        ({"B13": "=I12"}, {"B12": "I12"}),
        ({"D13": "=B10"}, {}),  # a window with a gap
        ({"C12": "=B10", "D12": "=B9", "E12": "=B8"}, {}),  # one that ends early
        ({"B12": "=J12", "B13": "=J13", "B14": "=J14"}, {"B12": "J12", "B13": "J13", "B14": "J14"}),  # by the same rule
        ({f"{lag}{row}": f"=A{row}" for lag in "CDE" for row in range(6, 15)}, {}),  # of other numbers
    ],
)
def test_what_goes_on_with_a_series(other: Mapping[str, object], shown: Mapping[str, str], tmp_path: Path) -> None:
    """Rule: it stands right behind the numbers that its result is computed from, as all other results do."""
    found = sheet({cell: own for cell, own in (forecast() | dict(other)).items() if own is not None}, tmp_path)
    own = forecasts(found.table, found.part.precedents)
    assert {a1(cell): a1(place) for cell, place in own.items()} == shown


def test_states_that_are_copied_from_step_to_step_are_no_forecasts(tmp_path: Path) -> None:
    """Rule: no number of the series before is shown so, as those of a series that begins anew are."""
    cells: dict[str, object] = {"I2": 0.8, "I3": 0.5, "D4": 0, "D7": 0}
    for row in range(4, 11):
        cells |= {f"C{row}": 0.1 * row, f"E{row}": f"=TANH(C{row}*$I$2+D{row}*$I$3)"}
        cells |= {f"D{row}": f"=E{row - 1}"} if row not in {4, 7} else {}
    found = sheet(cells, tmp_path)
    assert forecasts(found.table, found.part.precedents) == {}
