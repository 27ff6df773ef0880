"""Where the charts of a layer stand if its table is too tall for them to be seen below it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lesson_plans import plan_of

from xlcheck.layout.tables import charts


@pytest.mark.parametrize("lesson", ["gru", "film-reviews"])
def test_charts_stand_right_of_a_tall_table(lesson: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: one blank column behind all that stands there, from the first row of the table on, none on another one."""
    monkeypatch.setattr(charts, "_IN_SIGHT", 0)
    looked_at = 0
    for sheet in plan_of(lesson).sheets:
        over_time = [chart for chart in sheet.charts if chart.title.partition(":")[0].endswith("over time")]
        for chart in over_time:
            assert chart.column == max(cell.column for cell in sheet.cells) + 2
        rows = [chart.row for chart in over_time]
        assert rows == sorted(rows)
        assert all(later - earlier > 15 for earlier, later in pairwise(rows))
        looked_at += len(rows)

    assert looked_at > 1
