"""Options that are larger than the model has values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sequential import L, keras

from xlcheck.building.build import build_model

pytestmark = pytest.mark.keras

LARGE = 10_000


@pytest.mark.parametrize(
    "made",
    [
        lambda x: x + LARGE,
        lambda x: x[:, :LARGE],
        lambda x: keras.ops.clip(x, -LARGE, LARGE),
        L.ReLU(max_value=LARGE),
        L.Rescaling(LARGE),
        L.Masking(LARGE),
        L.Conv1D(1, 2, strides=LARGE),
        L.Conv1D(1, 3, dilation_rate=LARGE, padding="causal"),
        L.MaxPooling1D(LARGE, padding="same"),
    ],
    ids=["sum", "part", "clip", "limit", "factor", "mask", "strides", "dilation", "pool"],
)
def test_a_large_number_is_no_large_model(made: Callable[[Any], Any], tmp_path: Path) -> None:
    """What a number means decides whether a model grows by it: limits, factors and wide windows are no sizes."""
    x = keras.Input((4, 2))

    assert build_model(keras.Model(x, made(x)), np.ones((1, 4, 2)), tmp_path / "m.xlsx").report.ok
