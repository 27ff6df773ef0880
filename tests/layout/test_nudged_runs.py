"""Nudge: one run a row, each weight up and down, and the gradient that follows from two rows."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.graph.nudges import SIZE, nudges
from xlcheck.layout.training.nudges import FIRST, differences, lay_out
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.model_spec import LayerSpec, sequential

DENSE = LayerSpec("Dense", "dense", {"units": 1, "activation": "linear", "use_bias": False}, {"kernel": (2, 1)})


def test_a_gradient_is_the_difference_of_the_losses_of_two_neighbouring_rows() -> None:
    """Divided by twice how far the weight was nudged; each weight has its column before those of the forward pass."""
    epoch = epoch_graph(sequential("model", (2,), (DENSE,), "mean_squared_error"), 1)
    runs = len(list(nudges(epoch.whole)))
    loss = next(q.name for q in epoch.scalars if q.name.endswith("loss.mean"))
    losses = np.array([[1.0], [0.5], [3.0], [7.0]])
    table = lay_out(epoch, {loss: losses, "sample1.dense.y": np.zeros((runs, 1))})

    assert runs == len(losses) == table.area.rows
    assert table.columns == {loss: 2, "sample1.dense.y": 5}
    assert table.own == {"dense.kernel[0][0]": 3, "dense.kernel[1][0]": 4}
    found = differences(epoch, table, "One step")
    assert [one.value for one in found.values()] == pytest.approx([0.5 / (2 * SIZE), -4.0 / (2 * SIZE)])
    assert [*found] == ["dense.d_kernel[0][0]", "dense.d_kernel[1][0]"]
    assert [*found.values()][1].text == f"(Nudge!C{FIRST + 3}-Nudge!C{FIRST + 4})/(2*Nudge!$B$6)"
