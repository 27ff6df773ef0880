"""Random models: every quantity, as NumPy and as a formula, against Keras.

`XLCHECK_EXAMPLES=300` draws more of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from drawn import Drawn, models
from grids import recalculated
from hypothesis import HealthCheck, assume, given, settings
from models import build, evaluated, largest_difference, traced

from xlcheck.excel.formulas import Style

pytestmark = pytest.mark.keras

EXAMPLES = int(os.environ.get("XLCHECK_EXAMPLES", "25"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="XLCHECK_EXAMPLES" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(drawn=models())
def test_random_models_agree_with_keras(drawn: Drawn, tmp_path: Path) -> None:
    """Whatever is put together from supported layers, values and formulas are Keras's to 1e-12."""
    graph, desired = traced(build(drawn.make, drawn.seed), drawn.inputs)
    assume(all(np.isfinite(values).all() for values in desired.values.values()))

    difference, where = largest_difference(graph, evaluated(graph, desired), desired)
    assert difference < 1e-12, where

    actual = recalculated(graph, desired, tmp_path / "drawn.xlsx", Style.ROBUST)
    difference, where = largest_difference(graph, actual, desired, sample=0)
    assert difference < 1e-12, where
