"""Random models: every quantity, and every cell of the workbook that is built, against Keras.

`XLCHECK_EXAMPLES=300` draws more of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from drawn import Drawn, models
from hypothesis import HealthCheck, assume, given, settings
from models import build, evaluated, largest_difference, odd_models_allowed, traced
from thorough import THOROUGH

from xlcheck.models.build import build_model

pytestmark = pytest.mark.keras

EXAMPLES = int(os.environ.get("XLCHECK_EXAMPLES", "25" if THOROUGH else "12"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="XLCHECK_EXAMPLES" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(drawn=models())
def test_random_models_agree_with_keras(drawn: Drawn, tmp_path: Path) -> None:
    """Whatever is put together from supported layers, each value and each formula cell is Keras's."""
    model = build(drawn.make, drawn.seed)
    graph, desired = traced(model, drawn.inputs)
    assume(all(np.isfinite(values).all() for values in desired.values.values()))

    difference, where = largest_difference(graph, evaluated(graph, desired), desired)
    assert difference < 1e-12, where

    with odd_models_allowed():
        report = build_model(model, drawn.inputs, tmp_path / "drawn.xlsx").report
    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]
