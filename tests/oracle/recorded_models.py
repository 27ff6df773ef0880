"""Small models to be recorded, and what they read."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.model.keras_import import import_keras

SAMPLES, TIMESTEPS, FEATURES, UNITS = 3, 4, 2, 3


def inputs(*shape: int) -> Any:
    """Numbers to be read, always the same."""
    return np.random.default_rng(7).normal(size=shape or (SAMPLES, TIMESTEPS, FEATURES))


def recurrent(kind: str, dtype: str = "float32", **options: Any) -> Any:
    """A model of one recurrent layer with random weights, also where Keras starts with zeros."""
    keras = import_keras()
    keras.utils.set_random_seed(11)
    layer = getattr(keras.layers, kind)(UNITS, name="rnn", bias_initializer="random_normal", dtype=dtype, **options)
    return keras.Sequential([keras.Input((TIMESTEPS, FEATURES), dtype=dtype), layer], name="model")


def classifier(loss: str, *, timed: bool = False) -> Any:
    """An LSTM with a Dense layer, in double precision, that is compiled with a loss."""
    keras = import_keras()
    keras.utils.set_random_seed(12)
    units, activation = (1, "sigmoid") if loss == "binary_crossentropy" else (4, "softmax")
    model = keras.Sequential(
        [
            keras.Input((TIMESTEPS, FEATURES), dtype="float64"),
            keras.layers.LSTM(UNITS, name="lstm", return_sequences=timed, dtype="float64"),
            keras.layers.Dense(units, activation=activation, name="dense", dtype="float64"),
        ]
    )
    model.compile(loss=loss)
    return model
