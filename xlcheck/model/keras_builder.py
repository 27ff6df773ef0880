"""ModelSpec → keras.Model: the way back, for weights that were edited in a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError
from xlcheck.model.keras_calls import ATTENTIONS, MASK, TOLD
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import weights_by_name, wrapped_layers
from xlcheck.model.keras_operations import Rebuilt
from xlcheck.model.keras_optimiser import to_keras_loss
from xlcheck.model.layer_options import HARD_SIGMOID_KERAS2, OPERATIONS, TRAINING_ONLY
from xlcheck.model.model_spec import LayerSpec, ModelSpec

_ACTIVATIONS = frozenset({"activation", "recurrent_activation"})


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
        made = _call(layers[call.layer], spec.layer(call.layer), [tensors[name] for name in call.inputs])
        tensors.update(zip(call.outputs, keras.tree.flatten(made), strict=True))
    outputs = [tensors[name] for name in spec.outputs]
    model = keras.Model(
        list(inputs.values()) if len(inputs) > 1 else next(iter(inputs.values())),
        outputs if len(outputs) > 1 else outputs[0],
        name=spec.name,
    )
    for layer in spec.layers:
        if layer.kind not in OPERATIONS:
            _assign(layers[layer.name], layer, weights)
    if spec.loss is not None:
        model.compile(loss=to_keras_loss(spec.loss))
    return model


def _build(keras: Any, layer: LayerSpec, dtype: str) -> Any:
    if layer.kind in OPERATIONS:
        return Rebuilt(layer)
    if layer.kind in TRAINING_ONLY:
        return keras.layers.Identity(name=layer.name, dtype=dtype)
    options = {key: value for key, value in layer.options.items() if key not in ("stateful", MASK, *TOLD)}
    if layer.kind == "MultiHeadAttention":
        return keras.layers.MultiHeadAttention(**options, name=layer.name, dtype=dtype)
    for key in _ACTIVATIONS & options.keys():
        if options[key] == HARD_SIGMOID_KERAS2:
            options[key] = partial(_hard_sigmoid_keras2, keras.ops)
    inner = [_build(keras, item, dtype) for item in layer.inner]
    if layer.kind == "Sequential":
        return keras.Sequential(inner, name=layer.name)
    if layer.kind == "Bidirectional":
        options |= {"layer": inner[0], "backward_layer": inner[1]}
    elif layer.kind == "RNN":
        options |= {"cell": keras.layers.StackedRNNCells(inner, dtype=dtype) if len(inner) > 1 else inner[0]}
    elif inner:
        options |= {"layer": inner[0]}
    return getattr(keras.layers, layer.kind)(**options, name=layer.name, dtype=dtype)


def _hard_sigmoid_keras2(ops: Any, x: Any) -> Any:
    """The hard sigmoid of Keras 2, by operations of Keras 3."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def _call(built: Any, layer: LayerSpec, given: list[Any]) -> Any:
    """Call a layer or operation on its inputs; what a recurrent layer reads after its sequence are initial states."""
    if layer.states:
        return built(given[0], initial_state=_nested(layer, given[1:]) or None)
    if layer.kind in ATTENTIONS:
        told = {key: layer.options.get(key, False) for key in TOLD}
        if layer.options.get(MASK):
            *given, told[MASK] = given
        return built(*given, **told) if layer.kind == "MultiHeadAttention" else built(given, **told)
    if layer.kind in OPERATIONS:
        return built(given)
    is_list = len(given) > 1 or hasattr(built, "_merge_function")
    return built(given if is_list else given[0])


def _nested(layer: LayerSpec, states: list[Any]) -> list[Any]:
    """Initial states as Keras wants them: those of each cell for themselves where there are several cells."""
    if layer.kind != "RNN" or len(layer.inner) == 1 or not states:
        return states
    left = iter(states)
    return [[next(left) for _ in range(cell.states)] for cell in layer.inner]


def _assign(built: Any, layer: LayerSpec, weights: Mapping[str, Array], path: str = "") -> None:
    path = path or layer.name
    for item, inner in zip(wrapped_layers(built), layer.inner, strict=True):
        _assign(item, inner, weights, f"{path}.{inner.name}")
    for weight, variable in weights_by_name(built).items() if not layer.inner else ():
        name = f"{path}.{weight}"
        if name not in weights:
            raise ModelError(f"the weight {name} is missing; {layer.kind} needs {', '.join(layer.weights)}")
        value = np.asarray(weights[name])
        if value.shape != tuple(variable.shape):
            raise ModelError(f"the weight {name} has shape {value.shape}; {tuple(variable.shape)} is needed")
        variable.assign(value)
    if layer.kind == "Normalization":
        built.finalize_state()
