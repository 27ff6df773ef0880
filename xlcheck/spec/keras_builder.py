"""ModelSpec → keras.Model: the way back, for weights that were edited in a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xlcheck.errors import ModelError
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.model_spec import Array, LayerSpec, ModelSpec


def to_keras(spec: ModelSpec, weights: Mapping[str, Array], dtype: str = "float64") -> Any:
    """Build the Keras model that a spec describes, with the given weights.

    Args:
        spec: the model.
        weights: every weight by its quantity's name (`lstm.kernel`); other names are not looked at.
        dtype: precision of weights and arithmetic, `float64` or `float32`.

    Returns:
        A functional `keras.Model`, compiled with the spec's loss if it has one.

    Raises:
        ModelError: a weight is missing or has another shape than the spec says.
    """
    keras = import_keras()
    inputs = {item.tensor: keras.Input(item.shape, dtype=dtype, name=item.tensor) for item in spec.inputs}
    layers = {layer.name: _build(keras, layer, dtype) for layer in spec.layers}
    tensors = dict(inputs)
    for call in spec.calls:
        given = [tensors[name] for name in call.inputs]
        tensors[call.outputs[0]] = layers[call.layer](given[0] if len(given) == 1 else given)
    outputs = [tensors[name] for name in spec.outputs]
    model = keras.Model(
        list(inputs.values()) if len(inputs) > 1 else next(iter(inputs.values())),
        outputs if len(outputs) > 1 else outputs[0],
        name=spec.name,
    )
    for layer in spec.layers:
        _assign(layers[layer.name], layer, weights)
    if spec.loss is not None:
        model.compile(loss=spec.loss)
    return model


def _build(keras: Any, layer: LayerSpec, dtype: str) -> Any:
    return getattr(keras.layers, layer.kind)(**layer.options, name=layer.name, dtype=dtype)


def _assign(built: Any, layer: LayerSpec, weights: Mapping[str, Array]) -> None:
    for variable in built.weights:
        name = f"{layer.name}.{variable.name}"
        if name not in weights:
            raise ModelError(f"the weight {name} is missing; {layer.kind} needs {', '.join(layer.weights)}")
        value = np.asarray(weights[name])
        if value.shape != tuple(variable.shape):
            raise ModelError(f"the weight {name} has shape {value.shape}; {tuple(variable.shape)} is needed")
        variable.assign(value)
