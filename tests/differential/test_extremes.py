"""The `robust` style far outside the range of everyday numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cases import L, side_by_side
from grids import recalculated
from models import build, traced

from xlcheck.formulas.printing import Style
from xlcheck.layers.activations import ACTIVATIONS

pytestmark = pytest.mark.keras

POINTS = np.array(
    [[-1000.0, -800.0, -700.0, -40.0, -20.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 20.0, 40.0, 700.0, 800.0, 1000.0]]
)
# e^800 is no number; everything else is one.
FINITE = [name for name in ACTIVATIONS if name != "exponential"]
# Keras itself takes differences of numbers near 1 for the others.
EXACT_IN_THE_TAILS = ("sigmoid", "softplus", "silu", "log_sigmoid", "softmax", "tanh", "gelu", "mish")


@pytest.mark.parametrize("engine", ["ironcalc", "cellrune"])
def test_robust_formulas_hold_for_every_finite_number(engine: str, tmp_path: Path) -> None:
    """No overflow, no division by 0: every activation is Keras's from −1000 to 1000, its tails to twelve digits."""
    layers = [L.Activation(name, name=name) for name in FINITE]
    graph, desired = traced(build(lambda: side_by_side((POINTS.size,), *layers)), POINTS)
    actual = recalculated(graph, desired, tmp_path / "extremes.xlsx", Style.ROBUST, engine)

    for name in FINITE:
        truth = desired[f"{name}.y"][0]
        np.testing.assert_allclose(actual[f"{name}.y"], truth, rtol=1e-14, atol=1e-14, err_msg=name)
        if name in EXACT_IN_THE_TAILS:
            np.testing.assert_allclose(actual[f"{name}.y"], truth, rtol=1e-12, atol=1e-300, err_msg=name)
