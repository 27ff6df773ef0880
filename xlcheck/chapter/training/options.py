"""The models of the matrix of options: one recurrent layer and a Dense layer, with drawn weights and inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.recordings.options import FOLDER, OPTIONS
from xlcheck.chapter.recordings.store import Fixture
from xlcheck.chapter.training.lessons import SEED, versions, weights_hash
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.record import record

_SAMPLES, _TIMESTEPS, _FEATURES, _UNITS = 2, 3, 2, 2
_GRID = 64


def option_model(name: str) -> Any:
    """The float32 Keras model of one fixture of the matrix, with its weights."""
    keras = import_keras()
    case = OPTIONS[name]
    layer = getattr(keras.layers, case.kind)(_UNITS, name=_snake(case.kind), **case.options)
    model = keras.Sequential(
        [
            keras.Input((_TIMESTEPS, _FEATURES), name="input"),
            layer,
            keras.layers.Dense(1, activation="sigmoid", name="dense"),
        ],
        name="options",
    )
    model.compile(loss="binary_crossentropy")
    stream = _stream()
    model.set_weights([_draw(stream, weight.shape, 1) for weight in model.get_weights()])
    return model


def option_fixture(name: str) -> Fixture:
    """Record what Keras computes with one model of the matrix.

    Raises:
        OracleError: Keras contradicts itself.
    """
    model = option_model(name)
    stream = _stream()
    inputs = _draw(stream, (_SAMPLES, _TIMESTEPS, _FEATURES), 2)
    targets = stream.randint(0, 2, (_SAMPLES, *model.output_shape[1:])).astype(np.float64)
    return Fixture(
        name=name,
        lesson=FOLDER,
        weights="drawn",
        spec=read_model(model),
        samples=tuple(f"sample {number + 1}" for number in range(_SAMPLES)),
        trace=record(model, inputs, targets),
        trace_float32=record(model, inputs, targets, dtype="float32"),
        provenance={"seed": str(SEED), **versions(), "weights_sha256": weights_hash(weights_of(model))},
    )


def _stream() -> np.random.RandomState:
    """Numbers that NumPy promises never to change."""
    return np.random.RandomState(SEED)


def _draw(stream: np.random.RandomState, shape: tuple[int, ...], largest: int) -> Array:
    return stream.randint(-largest * _GRID, largest * _GRID + 1, shape) / _GRID


def _snake(kind: str) -> str:
    return {"SimpleRNN": "simple_rnn"}.get(kind, kind.lower())
