"""keras.Model → ModelSpec: the only reader of Keras layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.layer_options import options_of
from xlcheck.spec.model_spec import Array, Call, InputSpec, LayerSpec, ModelSpec, sequential

_RESERVED = ("input", "target", "loss")  # quantities of these names are not a layer's
_FLOATS = ("float32", "float64")


def read_model(model: Any, timesteps: int | None = None) -> ModelSpec:
    """Read a model's layers, calls and loss.

    Args:
        model: a built `keras.Sequential` or functional `keras.Model`.
        timesteps: length to give to inputs whose time dimension is open (`None` in Keras).

    Raises:
        ModelError: it is not a Keras model, or has no weights yet.
        NotSupportedError: a layer, an option or a way of calling a layer is not supported.
    """
    keras = import_keras()
    if not isinstance(model, keras.Model):
        raise ModelError(f"a Keras model is needed, not {type(model).__name__}")
    if not model.built:
        raise ModelError(f"model {model.name!r} has no weights yet; give it keras.Input(shape) as its first layer")
    if isinstance(model, keras.Sequential):
        layers = tuple(read_layer(layer) for layer in model.layers)
        _check_names([layer.name for layer in layers])
        return sequential(model.name, _shape("input", model.input_shape, timesteps), layers, _loss(model))
    if hasattr(model, "input_layers") or type(model).__name__ == "Functional":
        return _functional(model, timesteps)
    raise NotSupportedError(
        f"model {model.name!r} is a subclass of keras.Model, whose Python code xlcheck cannot read; "
        "build it with keras.Sequential or the functional API"
    )


def read_layer(layer: Any) -> LayerSpec:
    """Read one layer: its kind, the options its equations need, the shapes of its weights.

    Raises:
        NotSupportedError: the layer is not one of Keras's own, or an option is not supported.
    """
    keras = import_keras()
    kind = type(layer).__name__
    if getattr(keras.layers, kind, None) is not type(layer):
        raise NotSupportedError(
            f"layer {layer.name!r}: {type(layer).__module__}.{kind} is not one of Keras's own layers; "
            "only those are supported"
        )
    options = options_of(kind, layer.name, layer.get_config())
    precision = layer.dtype_policy.name
    if precision not in _FLOATS:
        raise NotSupportedError(
            f"layer {layer.name!r}: precision {precision} is not supported, only float32 and float64"
        )
    return LayerSpec(kind, layer.name, options, {v.name: tuple(v.shape) for v in layer.weights})


def weights_of(model: Any) -> dict[str, Array]:
    """Every weight by its quantity's name (`lstm.kernel`), cast to float64, as Keras stores it."""
    return {
        f"{layer.name}.{variable.name}": np.asarray(variable.numpy(), dtype=np.float64)
        for layer in model.layers
        for variable in layer.weights
    }


def _functional(model: Any, timesteps: int | None) -> ModelSpec:
    config = model.get_config()
    tensors = _input_names(_histories(config["input_layers"]))
    inputs = tuple(
        InputSpec(name, _shape(name, tensor.shape, timesteps))
        for name, tensor in zip(tensors.values(), model.inputs, strict=True)
    )
    waiting: list[tuple[str, int, Any]] = []
    layers = []
    for operation, item in zip(model.operations, config["layers"], strict=True):
        if item["inbound_nodes"]:
            layers.append(read_layer(operation))
            waiting += [(item["name"], number, node) for number, node in enumerate(item["inbound_nodes"])]
    _check_names([layer.name for layer in layers])

    calls: list[Call] = []
    while waiting:  # each round finds at least one call whose inputs are known: Keras's graphs have no cycles
        for entry in tuple(waiting):
            layer, number, node = entry
            read = _read_tensors(layer, node)
            if all(history in tensors for history in read):
                name = layer if number == 0 else f"{layer}#{number + 1}"
                tensors[layer, number, 0] = name
                calls.append(Call(name, layer, tuple(tensors[history] for history in read), (name,)))
                waiting.remove(entry)
    outputs = tuple(tensors[history] for history in _histories(config["output_layers"]))
    return ModelSpec(model.name, inputs, tuple(layers), tuple(calls), outputs, _loss(model))


def _input_names(histories: Iterator[tuple[str, int, int]]) -> dict[tuple[str, int, int], str]:
    """The only input is called `input`, as in a Sequential model; several have the names of their layers."""
    found = list(histories)
    return {history: "input" if len(found) == 1 else history[0] for history in found}


def _histories(nested: Any) -> Iterator[tuple[str, int, int]]:
    """Keras's `(layer, call, output)` coordinates of tensors in its nested lists."""
    if isinstance(nested, dict):
        nested = list(nested.values())
    if len(nested) == 3 and isinstance(nested[0], str):
        yield nested[0], nested[1], nested[2]
    else:
        for item in nested:
            yield from _histories(item)


def _read_tensors(layer: str, node: Any) -> tuple[tuple[str, int, int], ...]:
    """The tensors that a call reads, from its serialised arguments."""
    given, *rest = node["args"]
    extra = [f"argument {number}" for number, value in enumerate(rest, start=2) if value is not None]
    extra += [f"{key}=…" for key, value in node["kwargs"].items() if value not in (None, False)]
    items = given if isinstance(given, list) else [given]
    if extra or not all(isinstance(i, dict) and i.get("class_name") == "__keras_tensor__" for i in items):
        what = extra[0] if extra else "an input that is not a tensor"
        raise NotSupportedError(f"layer {layer!r} is called with {what}, which is not supported")
    return tuple(tuple(item["config"]["keras_history"]) for item in items)


def _shape(name: str, shape: tuple[int | None, ...], timesteps: int | None) -> tuple[int, ...]:
    sizes = [timesteps if size is None and axis == 0 else size for axis, size in enumerate(shape[1:])]
    if any(size is None for size in sizes):
        raise ModelError(f"{name!r} has the open shape {tuple(shape)}; say how many time steps it has")
    return tuple(int(size) for size in sizes if size is not None)


def _check_names(names: list[str]) -> None:
    for name in names:
        if name in _RESERVED:
            raise NotSupportedError(f"a layer is called {name!r}, a name that xlcheck needs itself; rename it")


def _loss(model: Any) -> str | None:
    """Keras's identifier of the loss that the model was compiled with.

    Raises:
        NotSupportedError: there are several losses, or the loss is not one of Keras's own with its default options.
    """
    compiled = model.get_compile_config() or {}
    loss = compiled.get("loss")
    if loss is None:
        return None
    losses = import_keras().losses
    try:
        found = losses.get(loss)
    except (ValueError, TypeError) as error:
        raise NotSupportedError(f"the loss {loss!r} is not one of Keras's own") from error
    if isinstance(found, losses.Loss):
        default = type(found)().get_config()
        changed = {key: value for key, value in found.get_config().items() if key != "name" and value != default[key]}
        if changed:
            raise NotSupportedError(
                f"the loss {type(found).__name__} with {changed} is not supported, only its defaults"
            )
        return str(default["name"])
    if not callable(found) or getattr(losses, found.__name__, None) is not found:
        raise NotSupportedError(f"the loss {loss!r} is not one of Keras's own, or there are several")
    return str(found.__name__)
