"""From the name of a lesson, or of a model of the matrix of options, to its fixture: data, weights, traces of Keras."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.catalogue import book_of, lesson_named
from xlcheck.chapter.recordings.options import FOLDER, OPTIONS
from xlcheck.chapter.recordings.store import Fixture
from xlcheck.chapter.training.fit import fit, set_seed
from xlcheck.chapter.training.model_file import Companion, save_model, write_model
from xlcheck.errors import UsageError
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.record import record
from xlcheck.progress import Progress

SEED = 19  # of the first 43 seeds the one with which both toy models tell the two documents apart best
EPOCHS = 500
_SMALL = (-2.0, -1.0, 1.0, 2.0)


def untrained(lesson: str) -> Any:
    """A lesson's float32 Keras model before it is trained.

    Raises:
        UsageError: there is no such lesson, or its model is only made by its training.
    """
    model = lesson_named(lesson).model
    if model is None:
        raise UsageError(f"the model of the lesson {lesson!r} is only made by its training")
    return model()


def save_lesson(lesson: str, model: Any, path: Path) -> None:
    """Save a lesson's model; one that reads words together with its vocabulary.

    Raises:
        UsageError: there is no such lesson, the name does not end in `.keras`, or the file cannot be written there.
    """
    text = lesson_named(lesson).text
    if text is None:
        save_model(model, path)
    else:
        write_model(path, model, Companion(text.encoding()))


def train_model(
    lesson: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> tuple[Any, tuple[float, ...]]:
    """Build and train a lesson's model.

    Returns:
        The float32 Keras model and the loss of each epoch.

    Raises:
        UsageError: there is no such lesson, or the seed is out of range.
    """
    own = lesson_named(lesson)
    if own.train is not None:
        return own.train(seed, epochs, progress)
    data = own.data()
    set_seed(seed)
    model = untrained(lesson)
    if data.targets is None:
        return model, ()
    return model, fit(model, _inputs(data), data.targets, epochs, progress, data.step_weights)


def book_model(lesson: str) -> Any:
    """A lesson's float32 Keras model with the book's weights.

    Raises:
        UsageError: there is no such lesson, or the book prints no weights for it.
    """
    weights = book_of(lesson).weights
    model = untrained(lesson)
    for layer in model.layers:
        layer.set_weights([weights[f"{layer.name}.{variable.name}"] for variable in layer.weights])
    model.optimizer.build(model.trainable_variables)  # so that the saved model is a whole one, ready to train
    return model


def small_fixture(lesson: str) -> Fixture:
    """Record what Keras computes with weights that are small whole numbers, drawn once and for all.

    Raises:
        UsageError: there is no such lesson, or its model is only made by its training.
        OracleError: Keras contradicts itself.
    """
    model, draw = untrained(lesson), np.random.default_rng(SEED)
    for layer in model.layers:
        layer.set_weights([draw.choice(_SMALL, size=array.shape) for array in layer.get_weights()])
    return replace(trained_fixture(lesson, model, ()), weights="small")


def trained_fixture(lesson: str, model: Any, history: tuple[float, ...], seed: int = SEED) -> Fixture:
    """Record a trained model of a lesson on the lesson's data."""
    own = lesson_named(lesson)
    data, spec = own.data(), read_model(model)
    return Fixture(
        name=lesson,
        lesson=lesson,
        weights="trained",
        spec=spec if data.targets is not None else replace(spec, loss=None),
        samples=data.samples,
        trace=record(model, _inputs(data), data.targets),
        trace_float32=record(model, _inputs(data), data.targets, dtype="float32"),
        history=history,
        provenance={
            "seed": str(seed),
            "epochs": str(len(history)),
            **versions(),
            "weights_sha256": weights_hash(ordered_weights(model)),
        },
        further={} if own.further is None else own.further(model, seed),
    )


def book_fixture(lesson: str) -> Fixture:
    """Record what Keras computes with the book's weights and encoding.

    In float64 the weights are the printed decimal numbers, as a reader types them into a cell; in
    float32 they are what Keras rounds them to, which is what the book's model had.

    Raises:
        UsageError: there is no such lesson, or the book prints no weights for it.
        OracleError: Keras contradicts itself.
    """
    book = book_of(lesson)
    data = book.data()
    model = book_model(lesson)
    spec = read_model(model)
    return Fixture(
        name=f"{lesson}-book",
        lesson=lesson,
        weights="book",
        spec=spec,
        samples=data.samples,
        trace=record(to_keras(spec, book.weights), data.inputs, data.targets),
        trace_float32=record(model, data.inputs, data.targets, dtype="float32"),
        provenance={**versions(), "weights_sha256": weights_hash(book.weights)},
    )


def ordered_weights(model: Any) -> dict[str, Array]:
    """A model's weights in the order in which its graph names them."""
    weights = weights_of(model)
    graph = forward_graph(replace(read_model(model), loss=None))
    return {q.name: weights[q.name] for q in graph if q.is_weight}


def weights_hash(weights: Mapping[str, Array]) -> str:
    """SHA-256 of weights: each name, a zero byte, and the values as little-endian float64 in row-major order."""
    digest = hashlib.sha256()
    for name, values in weights.items():
        digest.update(name.encode() + b"\0" + np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()


def _inputs(data: Dataset) -> Any:
    """As Keras takes them: an array, or a list of arrays."""
    return list(data.inputs) if isinstance(data.inputs, tuple) else data.inputs


def versions() -> dict[str, str]:
    """Versions of the libraries that a fixture's numbers come from."""
    keras = import_keras()
    import tensorflow as tf

    return {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}


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
