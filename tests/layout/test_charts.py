"""The charts of a layer: what they draw, and where they stand if its table is too tall for them to be seen below it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from lesson_plans import plan_of

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.plan import plan_model
from xlcheck.layout.tables import charts
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Call, InputSpec, LayerSpec, ModelSpec


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


@pytest.mark.parametrize(("asked", "read"), [(3, 5), (5, 3), (4, 4), (1, 3)])
def test_the_output_over_time_is_the_layer_s_own(asked: int, read: int) -> None:
    """Rule: of an attention what it finds at each of its own steps, not its queries, keys and values."""
    options = {"num_heads": 1, "key_dim": 2, "value_dim": 2, "use_bias": False, "output_shape": None}
    weights = {f"{name}.kernel": (2, 2) for name in ("query", "key", "value", "attention_output")}
    look = LayerSpec("MultiHeadAttention", "look", options, weights)
    inputs = (InputSpec("a", (asked, 2)), InputSpec("b", (read, 2)))
    spec = ModelSpec("m", inputs, (look,), (Call("look", "look", ("a", "b"), ("look",)),), ("look",))
    graph = forward_graph(spec)
    given = {q.name: np.ones(q.shape if q.is_weight else (1, *q.shape)) for q in graph if q.expr is None}
    trace = Trace("numpy float64", evaluate(graph, given))
    (page,) = (sheet for sheet in plan_model(spec, trace, trace, ["a"]).sheets if sheet.name == "look")
    drawn = [
        [(series.name, series.values.columns, series.categories.columns) for series in chart.series]
        for chart in page.charts
    ]

    assert drawn == ([[("y 1", asked, asked), ("y 2", asked, asked)]] if asked > 1 else [])
