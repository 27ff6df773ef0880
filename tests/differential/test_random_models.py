"""Random models: every quantity, and every cell of the workbook that is built, against Keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn import Drawn, drawing, models
from drawn_branches import Branching, branching_models
from drawn_images import image_models
from hypothesis import assume, given
from models import build, evaluated, largest_difference, odd_models_allowed, traced
from thorough import EVERY_CASE

from xlcheck.building.build import build_model

pytestmark = pytest.mark.keras


@drawing(40 if EVERY_CASE else 4)
@given(drawn=models() | image_models())
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
    assert report.exit_code == 0, report.reservations


@drawing(25 if EVERY_CASE else 2)
@given(drawn=branching_models())
def test_random_models_of_several_inputs_and_outputs_agree_with_keras(drawn: Branching, tmp_path: Path) -> None:
    """The same for two inputs with masks of their own, for outputs on the way, and in every style without overflow."""
    model = build(drawn.make, drawn.seed)
    inputs = list(drawn.inputs)
    graph, desired = traced(model, inputs)
    assume(all(np.isfinite(values).all() for values in desired.values.values()))

    difference, where = largest_difference(graph, evaluated(graph, desired), desired)
    assert difference < 1e-12, where

    with odd_models_allowed():
        report = build_model(model, inputs, tmp_path / "drawn.xlsx", style=drawn.style).report
    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]
    assert report.exit_code == 0, report.reservations
