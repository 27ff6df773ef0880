"""Traces out of Keras: every quantity of the forward pass, as Keras itself computes it.

A copy of the model is run once as it is, and once while `listen` notes what happens in its layers
and cells. Both runs must give the same output to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlcheck.errors import ModelError, OracleError
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.layers.forward import forward_graph
from xlcheck.oracle.listen import LayerCall, listening
from xlcheck.oracle.losses import loss_quantities
from xlcheck.oracle.recorders import recorder_of
from xlcheck.spec.keras_builder import to_keras
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.keras_reader import read_model, weights_of
from xlcheck.spec.model_spec import ModelSpec

Array = NDArray[np.float64]


def record(
    model: Any,
    inputs: ArrayLike | Sequence[ArrayLike],
    targets: ArrayLike | None = None,
    initial_states: Mapping[str, ArrayLike] | None = None,
    dtype: str = "float64",
) -> Trace:
    """Record a Keras model.

    The copy that is run is made by Keras from the model's own configuration, so that an error in
    xlcheck's reading of the model cannot hide.

    Args:
        model: a `keras.Model` that xlcheck supports; it is not changed.
        inputs: one array with a leading axis of samples, or one for each input of the model.
        targets: what the model should answer; without it the loss is left out.
        initial_states: `{"lstm.h_init": (samples, units)}`; zeros without it.
        dtype: `float64` for the exact values, `float32` for those that a user of the model sees.

    Returns:
        Weights, inputs, initial states, targets and every computed quantity.

    Raises:
        ModelError: the arrays do not fit the model.
        NotSupportedError: the model is not supported.
        OracleError: Keras did not give every quantity, or its values contradict its own prediction.
    """
    arrays = _input_arrays(model, inputs)
    timesteps = next((a.shape[1] for a in arrays if a.ndim > 1), None)
    spec = read_model(model, timesteps)
    if targets is None:
        spec = replace(spec, loss=None)
    return _record(spec, _clone(model, dtype), arrays, targets, initial_states or {}, dtype)


def retrace(spec: ModelSpec, given: Mapping[str, Array], dtype: str = "float64") -> Trace:
    """Record the model that a spec describes, with weights, inputs, initial states and targets by their names.

    Args:
        spec: the model.
        given: at least every quantity that is not computed; computed ones are not looked at.
        dtype: as in `record`.

    Raises:
        ModelError: a given quantity is missing or has another shape than the spec says.
        NotSupportedError: the model is not supported.
        OracleError: as in `record`.
    """
    graph = forward_graph(spec)
    for q in graph:
        if q.expr is None and q.name not in given:
            raise ModelError(f"the value of {q.name} is missing; the model {spec.name!r} cannot be run without it")
    inputs = [_gather(graph, f"{item.tensor}.x", given).reshape(-1, *item.shape) for item in spec.inputs]
    targets = None if spec.loss is None else _gather(graph, "target.y", given)
    states = {q.name: given[q.name] for q in graph if q.expr is None and q.band.symbol.endswith("_init")}
    return _record(spec, to_keras(spec, given, dtype), inputs, targets, states, dtype)


def _record(
    spec: ModelSpec,
    model: Any,
    inputs: list[Array],
    targets: ArrayLike | None,
    states: Mapping[str, ArrayLike],
    dtype: str,
) -> Trace:
    graph = forward_graph(spec)
    keras = import_keras()
    tensors = [keras.ops.convert_to_tensor(array, dtype=dtype) for array in inputs]
    argument = tensors if len(tensors) > 1 else tensors[0]

    _start_from(model, states, dtype)
    plain = model(argument, training=False)
    _unroll(model)
    with listening(model) as root:
        output = model(argument, training=False)
    _same_output(spec, plain, output)

    values: dict[str, Array] = dict(weights_of(model))
    for item, array in zip(spec.inputs, tensors, strict=True):
        _spread(graph, f"{item.tensor}.x", np.asarray(array, dtype=np.float64), values)
    for name, call in _calls(root):
        layer = spec.layer(call.layer.name)
        for symbol, array in recorder_of(layer.kind, name)(call).items():
            _spread(graph, f"{name}.{symbol}", array, values)
    if spec.loss is not None:
        goal = np.asarray(targets, dtype=dtype).reshape(output.shape)
        _spread(graph, "target.y", goal.astype(np.float64), values)
        for symbol, array in loss_quantities(spec.loss, goal, output, dtype).items():
            _spread(graph, f"loss.{symbol}", array, values)
    return Trace(f"keras {dtype}", _complete(graph, values, len(inputs[0])))


def _input_arrays(model: Any, inputs: ArrayLike | Sequence[ArrayLike]) -> list[Array]:
    wanted = [tuple(tensor.shape) for tensor in model.inputs]
    several = len(wanted) > 1
    given = [np.asarray(item, dtype=np.float64) for item in (inputs if several else [inputs])]  # type: ignore[union-attr]
    if len(given) != len(wanted):
        raise ModelError(f"model {model.name!r} has {len(wanted)} inputs; {len(given)} arrays were given")
    for array, shape in zip(given, wanted, strict=True):
        if array.ndim != len(shape) or any(w not in (None, a) for a, w in zip(array.shape, shape, strict=True)):
            raise ModelError(f"model {model.name!r} reads the shape {shape}; the array has {array.shape}")
        if not np.isfinite(array).all():
            raise ModelError(f"the inputs of model {model.name!r} must be finite numbers; there is a NaN or infinity")
    return given


def _clone(model: Any, dtype: str) -> Any:
    """The same model in another precision, from its own configuration, with its own weights."""
    copy = type(model).from_config(_with_dtype(model.get_config(), dtype))
    if not copy.built:
        copy.build(model.input_shape)
    copy.set_weights([weight.astype(dtype) for weight in model.get_weights()])
    return copy


def _with_dtype(config: Any, dtype: str) -> Any:
    """Keras's configuration with every floating-point precision replaced."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {"name": dtype}}
        return {
            key: dtype if key == "dtype" and value in ("float32", "float64") else _with_dtype(value, dtype)
            for key, value in config.items()
        }
    if isinstance(config, (list, tuple)):
        return type(config)(_with_dtype(item, dtype) for item in config)
    return config


def _start_from(model: Any, states: Mapping[str, ArrayLike], dtype: str) -> None:
    """Let the recurrent layers begin with the given states instead of zeros."""
    keras = import_keras()
    for layer in model.layers:
        symbols = [name for name in states if name.rpartition(".")[0] == layer.name]
        if symbols:
            order = [f"{layer.name}.h_init", f"{layer.name}.c_init"][: len(symbols)]
            if sorted(order) != sorted(symbols) or len(order) != len(layer.state_size):
                raise ModelError(f"layer {layer.name!r} starts from {len(layer.state_size)} states; given: {symbols}")
            tensors = [keras.ops.convert_to_tensor(states[name], dtype=dtype) for name in order]
            layer.get_initial_state = lambda batch_size, tensors=tensors: list(tensors)


def _unroll(model: Any) -> None:
    """One call of the cell for each step, none to find out shapes, and never cuDNN's closed kernel."""
    for layer in model._flatten_layers():
        if hasattr(layer, "unroll"):
            layer.unroll = True
        if hasattr(layer, "use_cudnn"):
            layer.use_cudnn = False


def _same_output(spec: ModelSpec, plain: Any, recorded: Any) -> None:
    import_keras()
    pairs = zip(*(value if isinstance(value, list) else [value] for value in (plain, recorded)), strict=True)
    for name, (a, b) in zip(spec.outputs, pairs, strict=True):
        if not np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True):
            raise OracleError(f"the values recorded inside Keras lead to another {name} than Keras's own prediction")


def _calls(root: LayerCall) -> Iterator[tuple[str, LayerCall]]:
    """Each call of a layer with the prefix of its quantities: the layer's name, `name#2` for its second call."""
    seen: dict[str, int] = {}
    for call in root.calls:
        if call.layer.weights or type(call.layer).__name__ != "InputLayer":
            name = call.layer.name
            seen[name] = seen.get(name, 0) + 1
            yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), call


def _spread(graph: Graph, name: str, array: Array, values: dict[str, Array]) -> None:
    """Store an array as the quantities that the graph makes of it: one, or one for each step."""
    if f"{name}[0]" not in graph:
        values[name] = array
        return
    for t in range(array.shape[1]):
        values[f"{name}[{t}]"] = array[:, t]


def _gather(graph: Graph, name: str, values: Mapping[str, Array]) -> Array:
    """The array that `_spread` would take apart."""
    if name in graph:
        return np.asarray(values[name])
    steps = [q.name for q in graph if q.band.name == name]
    return np.stack([values[step] for step in steps], axis=1)


def _complete(graph: Graph, values: Mapping[str, Array], samples: int) -> dict[str, Array]:
    """The graph's quantities in its order.

    Raises:
        OracleError: Keras did not give one of them, or gave another shape.
    """
    complete = {}
    for q in graph:
        shape = q.shape if q.is_weight else (samples, *q.shape)
        if q.name not in values:
            raise OracleError(f"Keras gave no value for {q.name}; it cannot be checked")
        if values[q.name].shape != shape:
            raise OracleError(f"Keras gave {q.name} in the shape {values[q.name].shape}; {shape} is needed")
        complete[q.name] = values[q.name]
    return complete
