"""Nudge: one run a row, each weight up and down, and the gradient that follows from two rows."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.nudges import SIZE, nudges
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training.nudges import FIRST, _weights, differences, lay_out
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


def test_each_run_has_every_weight_and_one_of_them_is_nudged() -> None:
    """From the first run to the last, none twice: a nudged one reads how far, all others are those of the workbook."""
    epoch = epoch_graph(sequential("model", (2,), (DENSE,), "mean_squared_error"), 1)
    loss = next(q.name for q in epoch.scalars if q.name.endswith("loss.mean"))
    table = lay_out(epoch, {loss: np.zeros((4, 1))})
    draft = Draft(epoch.scalars, Trace("numbers", {name: np.array([0.5]) for name in table.own}), ["one"], Style.ROBUST)
    for row, name in enumerate(table.own):
        draft.place(name, Range("Weights", row, 0))
    sheet = SheetDraft("Nudge")
    _weights(draft, sheet, epoch, table)

    runs = range(FIRST, FIRST + 4)
    nudged = {(h.cell.top, h.cell.left): h.desired for h in draft.helpers if h.cell.left in table.own.values()}
    others = [(row, f.area.left) for f in draft.filled for row in range(f.area.top, f.area.top + f.area.rows)]
    assert sorted([*nudged, *others]) == sorted((row, column) for row in runs for column in table.own.values())
    assert nudged == dict(zip(zip(runs, (3, 3, 4, 4), strict=True), [(0.5 + SIZE,), (0.5 - SIZE,)] * 2, strict=True))
