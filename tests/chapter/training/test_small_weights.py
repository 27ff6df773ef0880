"""Small whole numbers as weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck import build
from xlcheck.errors import UsageError
from xlcheck.verdicts.expectation import expectation_of
from xlcheck.workbook.reader import read_workbook


def test_weights_are_small_whole_numbers(tmp_path: Path) -> None:
    """Every weight is a whole number from -2 to 2, the same on every machine, and the workbook agrees with Keras."""
    built = build("simple-rnn", tmp_path / "small.xlsx", weights="small")
    manifest, graph = expectation_of(read_workbook(built.path))
    weights = np.concatenate([manifest.trace[q.name].reshape(-1) for q in graph if q.is_weight and q.expr is None])

    assert built.report.ok
    assert set(weights.tolist()) <= {-2.0, -1.0, 1.0, 2.0}


def test_no_small_numbers_for_a_model_that_training_makes(tmp_path: Path) -> None:
    """A lesson without a model of its own says so."""
    with pytest.raises(UsageError, match="only made by its training"):
        build("sentiment", tmp_path / "small.xlsx", weights="small")
