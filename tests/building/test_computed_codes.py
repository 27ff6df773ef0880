"""Embeddings whose codes come through other layers, or are computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sequential import L, keras

from xlcheck.building.build import build_model

pytestmark = pytest.mark.keras

CODES = np.array([[1, 2, 3], [0, 4, 2]])


def reader(between: Callable[[Any], Any], dtype: str = "int32") -> Any:
    """A model that looks up what is made of its input."""
    keras.utils.set_random_seed(1)
    x = keras.Input((3,), dtype=dtype)
    return keras.Model(x, L.SimpleRNN(2)(L.Embedding(6, 2, mask_zero=True)(between(x))))


@pytest.mark.parametrize(
    "between",
    [L.Identity(), lambda x: x + 1, lambda x: x[:, 1:], lambda x: L.Concatenate()([x, x])],
    ids=["handed on", "computed", "some", "twice"],
)
def test_codes_need_not_be_an_input(between: Callable[[Any], Any], tmp_path: Path) -> None:
    """They are looked up, drawn and compared as those that a model is given."""
    report = build_model(reader(between), CODES, tmp_path / "m.xlsx").report

    assert report.ok
    assert report.samples == 2


def test_other_numbers_may_make_codes_that_have_no_row(tmp_path: Path) -> None:
    """A code beyond the rows has no value, so the cells behind it are not compared for such numbers."""
    model = reader(L.Dense(3, activation="relu"), "float32")
    model.layers[1].set_weights([np.eye(3), np.zeros(3)])

    assert build_model(model, CODES, tmp_path / "m.xlsx").report.ok
