"""Inputs of other types than float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras

keras: Any = import_keras()


def reading(**options: Any) -> Any:
    x = keras.Input((3,), name="x", **options)
    return keras.Model(x, keras.layers.Dense(2, name="d")(x))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int32", "uint8", "bool"])
def test_numbers_that_the_model_reads_as_they_are(dtype: str) -> None:
    """An input of any type is right as long as it holds the given numbers."""
    model, x = reading(dtype=dtype), np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    trace = record(model, x)

    np.testing.assert_allclose(trace["d.y"], np.asarray(model(x.astype("float32"))), rtol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "number", "read"),
    [("float16", 0.1, "0.0999755859375"), ("int32", 1.5, "1.0"), ("uint8", -1.0, "255.0"), ("bool", 2.0, "1.0")],
)
def test_numbers_that_the_model_would_round(dtype: str, number: float, read: str) -> None:
    """They are refused, with what the model would make of them, instead of computing with others than it reads."""
    with pytest.raises(ModelError, match=f"'input' holds {number} for sample 2, .* reads {dtype} .* for {read};"):
        record(reading(dtype=dtype), np.array([[0.0, 0.0, 0.0], [0.0, number, 0.0]]))


def test_inputs_that_are_no_plain_numbers() -> None:
    """Sparse tensors and complex numbers are refused by name."""
    with pytest.raises(NotSupportedError, match="'input' of the model is sparse"):
        read_model(reading(sparse=True))
    x = keras.Input((3,), dtype="complex64")
    with pytest.raises(NotSupportedError, match="'input' of the model is complex64"):
        read_model(keras.Model(x, keras.layers.Flatten()(x)))
