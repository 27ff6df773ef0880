"""Layers × options × engines: every quantity, as NumPy and as a formula, against Keras."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import CASES
from grids import recalculated
from models import build, evaluated, largest_difference, traced

from xlcheck.excel.formulas import Style

pytestmark = pytest.mark.keras

TOY, LARGE = 1e-14, 1e-12


@pytest.mark.parametrize("name", CASES)
def test_every_quantity_agrees_with_keras(name: str, tmp_path: Path) -> None:
    """Values and formulas of every layer and option are Keras's, to 1e-14 and at hundreds of units to 1e-12."""
    case = CASES[name]
    tolerance = LARGE if name == "hundreds of units" else TOY
    graph, desired = traced(build(case.make), case.inputs, case.states)

    difference, where = largest_difference(graph, evaluated(graph, desired), desired)
    assert difference < tolerance, where

    if name != "hundreds of units":  # 8,000 formulas take their time; the builder's own tests have large models
        for style, engine in ((Style.ROBUST, "ironcalc"), (Style.TEACHING, "cellrune")):
            actual = recalculated(graph, desired, tmp_path / f"{style}.xlsx", style, engine)
            difference, where = largest_difference(graph, actual, desired, sample=0)
            assert difference < tolerance, (style, engine, where)
