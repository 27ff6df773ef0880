"""Keras models to compare with: random weights of a given seed, random inputs, and what Keras makes of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.record import record

keras: Any = import_keras()
keras.config.dtype_policy()  # Keras makes it at first use, in the precision of that moment, and keeps it
# What Keras says of models that are odd, and yet must be right.
_ODD = (
    "When providing `inputs` as a dict, all keys in the dict must match the names",
    "Layer .* was passed an input with a mask attached",
    "You are using a softmax over axis .* size 1",
)


@dataclass(frozen=True)
class Case:
    """A model and what it reads.

    Attributes:
        make: builds the model.
        inputs: one array, or one for each input.
        states: initial states of recurrent layers.
    """

    make: Callable[[], Any]
    inputs: np.ndarray | Sequence[np.ndarray]
    states: Mapping[str, np.ndarray] = field(default_factory=dict)


@contextmanager
def odd_models_allowed() -> Iterator[None]:
    """Say nothing of what Keras finds odd."""
    with warnings.catch_warnings():
        for message in _ODD:
            warnings.filterwarnings("ignore", message=f"(?s).*{message}")
        yield


def build(make: Callable[[], Any], seed: int = 0) -> Any:
    """A float64 model with every weight drawn anew, so that no bias is 0 and no gamma is 1."""
    keras.config.set_floatx("float64")
    try:
        with odd_models_allowed():
            model = make()
    finally:
        keras.config.set_floatx("float32")
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.name != "count":
            values = rng.normal(0, _spread(weight.shape), weight.shape)
            weight.assign(np.abs(values) + 0.1 if "variance" in weight.name else values)
    for layer in model._flatten_layers():
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    return model


def _spread(shape: tuple[int, ...]) -> float:
    """Lively numbers in small layers; in large ones so small that sums of hundreds stay near 1."""
    return 0.7 if len(shape) < 2 or shape[-2] < 20 else shape[-2] ** -0.5


def chain(shape: tuple[int, ...], *layers: Any) -> Any:
    """A Sequential model."""
    return keras.Sequential([keras.Input(shape), *layers])


def numbers(*shape: int, seed: int = 1) -> np.ndarray:
    """Normal inputs."""
    return np.random.default_rng(seed).normal(size=shape)


def padded(samples: int, timesteps: int, features: int, seed: int = 1) -> np.ndarray:
    """Sequences with steps of zeros in front, at the end and in the middle."""
    x = numbers(samples, timesteps, features, seed=seed)
    x[np.random.default_rng(seed).random((samples, timesteps)) < 0.4] = 0
    return x


def codes(samples: int, timesteps: int, size: int, seed: int = 1) -> np.ndarray:
    """Codes from 0, which fills up short texts."""
    return np.random.default_rng(seed).integers(0, size, (samples, timesteps)).astype(np.float64)


def traced(
    model: Any, inputs: np.ndarray | Sequence[np.ndarray], states: Mapping[str, np.ndarray] | None = None
) -> tuple[Graph, Trace]:
    """The model's graph, and every quantity out of Keras."""
    with odd_models_allowed():
        desired = record(model, inputs, initial_states=states)
    return forward_graph(described(model, inputs)), desired


def described(model: Any, inputs: np.ndarray | Sequence[np.ndarray]) -> ModelSpec:
    """The model as xlcheck reads it, for inputs of this length."""
    arrays = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    return read_model(model, [item.shape[1:] for item in arrays])


def evaluated(graph: Graph, desired: Trace) -> Trace:
    """Our values for what was given to Keras."""
    given = {q.name: desired[q.name] for q in graph if q.expr is None}
    return Trace("numpy float64", evaluate(graph, given))


def largest_difference(graph: Graph, actual: Trace, desired: Trace, sample: int | None = None) -> tuple[float, str]:
    """The largest difference of a computed quantity, relative to its largest magnitude; and which one it is."""
    differences = [(0.0, "")]
    for q in graph:
        if q.expr is not None:
            truth = desired[q.name] if sample is None else desired[q.name][sample]
            difference = np.abs(actual[q.name] - truth).max() / max(1.0, np.abs(truth).max())
            differences.append((float(difference) if np.isfinite(difference) else np.inf, q.name))
    return max(differences)
