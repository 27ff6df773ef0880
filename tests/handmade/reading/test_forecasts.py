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
        ({"B13": "=I12"}, {"B12": "I12", "B14": "I14"}),
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
