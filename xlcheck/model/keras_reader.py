"""keras.Model → ModelSpec: the only reader of Keras layers."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.model.keras_calls import ATTENTIONS, MASK, TOLD, input_names, operations_between, read_calls
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph, walk, weights_by_name, wrapped_layers
from xlcheck.model.keras_operations import is_operation, kind_of, read_operation
from xlcheck.model.keras_optimiser import read_loss
from xlcheck.model.layer_options import options_of, require_known
from xlcheck.model.model_spec import InputSpec, LayerSpec, ModelSpec

Shape = tuple[int, ...]

_RESERVED = ("input", "target", "loss")  # quantities with these names belong to no layer
_PRECISIONS = ("float32", "float64")


def read_model(model: Any, input_shapes: Sequence[Shape] | None = None) -> ModelSpec:
    """Read a model's layers, calls and, if it has one output, its loss.

    Args:
        model: a built `keras.Sequential` or functional `keras.Model`.
        input_shapes: shape of each input without the axis of samples; needed where Keras leaves a dimension open.

    Raises:
        ModelError: it is not a Keras model, has no weights yet, or does not read inputs of these shapes.
        NotSupportedError: a layer, an option or a way of calling a layer is not supported.
    """
    keras = import_keras()
    if not isinstance(model, keras.Model):
        raise ModelError(f"a Keras model is needed, not {type(model).__name__}")
    if not is_graph(model):
        raise NotSupportedError(
            f"model {model.name!r} is of the class {type(model).__name__}, whose Python code xlcheck cannot read; "
            "build it with keras.Sequential or the functional API"
        )
    if not model.built:
        raise ModelError(f"model {model.name!r} has no weights yet; give it keras.Input(shape) as its first layer")

    names = input_names(model)
    require_known(
        [(type(layer).__name__, path) for path, layer in walk(model) if _is_keras_s_own(layer)]
        + [(kind_of(item), item.name) for item in operations_between(model)]
    )
    require_numbers(model, names)
    loss = read_loss(model) if len(model.outputs) == 1 else None
    layers, calls, outputs = read_calls(model, read_layer)
    if not calls:
        raise NotSupportedError(f"model {model.name!r} computes nothing: what it answers are its inputs")
    shapes = _input_shapes(model, input_shapes)
    inputs = tuple(InputSpec(name, shape) for name, shape in zip(names, shapes, strict=True))
    return ModelSpec(model.name, inputs, layers, calls, outputs, loss)


def require_supported(model: Any) -> ModelSpec:
    """Read a model before it is known how long its inputs are; dimensions that it leaves open count as 1.

    Raises:
        ModelError: as in `read_model`.
        NotSupportedError: as in `read_model`.
    """
    tensors = getattr(model, "inputs", None) or ()
    return read_model(model, [tuple(size or 1 for size in tensor.shape[1:]) for tensor in tensors])


def read_layer(layer: Any, name: str | None = None) -> LayerSpec:
    """Read one layer: its kind, the options its equations need, the shapes of its weights, the layers it wraps.

    It has another name in the model if one is given.

    Raises:
        NotSupportedError: the layer is not one of Keras's own, or an option is not supported.
    """
    kind = type(layer).__name__
    if is_operation(layer):
        return read_operation(layer, name or layer.name)
    if kind == "Sequential" and is_graph(layer):  # inside a wrapper; elsewhere models are taken apart
        if len({id(item) for item in layer.layers}) < len(layer.layers):
            raise NotSupportedError(f"the model {layer.name!r} inside a wrapper calls a layer twice; wrap its layers")
        return LayerSpec(kind, name or layer.name, inner=tuple(read_layer(item) for item in layer.layers))
    if is_graph(layer):
        raise NotSupportedError(
            f"layer {layer.name!r}: a whole model inside a wrapper is supported only if it is Sequential; wrap its "
            "layers one by one"
        )
    if not _is_keras_s_own(layer):
        raise NotSupportedError(
            f"layer {layer.name!r}: {type(layer).__module__}.{kind} is not one of Keras's own layers; "
            "only those are supported"
        )
    options = options_of(kind, layer.name, {**layer.get_config(), **_other_options(layer)})
    if layer.name in _RESERVED:
        raise NotSupportedError(f"a layer is called {layer.name!r}, a name that xlcheck needs itself; rename it")
    if layer.dtype_policy.name not in _PRECISIONS:
        raise NotSupportedError(
            f"layer {layer.name!r}: the precision {layer.dtype_policy.name} is not supported, "
            f"only {' and '.join(_PRECISIONS)}"
        )
    inner = tuple(read_layer(item) for item in wrapped_layers(layer))
    weights = {} if inner else {key: tuple(weight.shape) for key, weight in weights_by_name(layer).items()}
    return LayerSpec(kind, name or layer.name, options, weights, inner)


def _other_options(layer: Any) -> dict[str, Any]:
    """What a layer has learnt, or is told when it is called, and is the same each time, as if it were an option.

    Raises:
        NotSupportedError: one call is told something else than another.
    """
    if type(layer).__name__ == "IntegerLookup":  # what it was adapted to is not in its configuration
        return {"vocabulary": [int(number) for number in layer.get_vocabulary(include_special_tokens=False)]}
    if type(layer).__name__ not in ATTENTIONS:
        return {}
    options: dict[str, Any] = {}
    for key in (*TOLD, MASK):
        told = {_is_told(layer, node, key) for node in layer._inbound_nodes} or {False}
        if len(told) > 1:
            raise NotSupportedError(
                f"layer {layer.name!r} is called with {key}{'' if key == MASK else '=True'} and without, which is "
                "not supported"
            )
        options |= {key: told.pop()} if key != MASK or type(layer).__name__ == "MultiHeadAttention" else {}
    return options


def _is_told(layer: Any, node: Any, key: str) -> bool:
    """Whether a call says so, by name or in its place, or gives a mask."""
    names = list(inspect.signature(type(layer).call).parameters)[1:]  # without self
    value = {**dict(zip(names, node.arguments.args, strict=False)), **node.arguments.kwargs}.get(key)
    return value is not None if key == MASK else bool(value)


def _is_keras_s_own(layer: Any) -> bool:
    kind, own = type(layer).__name__, import_keras().layers
    # Some are called otherwise inside Keras than where everybody takes them from.
    return kind != "InputLayer" and (getattr(own, kind, None) is type(layer) or type(layer) in vars(own).values())


def weights_of(model: Any) -> dict[str, Array]:
    """Every weight by its quantity's name (`lstm.kernel`), as Keras stores it, cast to float64."""
    return {
        f"{path}.{name}": np.asarray(weight.numpy(), dtype=np.float64)
        for path, layer in walk(model)
        for name, weight in weights_by_name(layer).items()
    }


def _input_shapes(model: Any, given: Sequence[Shape] | None) -> tuple[Shape, ...]:
    """The shape of each input without the axis of samples.

    Raises:
        ModelError: the given shapes are not the model's, or a dimension stays open.
    """
    wanted = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    if given is None:
        if any(size is None for shape in wanted for size in shape):
            raise ModelError(
                f"model {model.name!r} leaves dimensions of its input open {wanted}; say how long inputs are"
            )
        return tuple(wanted)
    if not fits(wanted, given):
        raise ModelError(
            f"model {model.name!r} reads {in_words(wanted)} for each sample; the inputs have {in_words(given)}"
        )
    return tuple(tuple(shape) for shape in given)


def fits(wanted: Sequence[tuple[int | None, ...]], given: Sequence[Shape]) -> bool:
    """Whether inputs have the shapes that a model reads, where None stands for any size; both without the samples."""
    return len(given) == len(wanted) and all(
        len(a) == len(b) and all(size in (None, actual) for actual, size in zip(a, b, strict=True))
        for a, b in zip(given, wanted, strict=True)
    )


def in_words(shapes: Sequence[tuple[int | None, ...]]) -> str:
    """`(2, any) and (3)`."""
    return " and ".join("(" + ", ".join("any" if n is None else str(n) for n in shape) + ")" for shape in shapes)


_ROUNDED = ("float32", "float64")  # in which inputs are usual; a workbook shows them in double precision


def require_numbers(model: Any, names: Sequence[str]) -> None:
    """Refuse inputs that are no numbers, or are not stored one by one.

    Raises:
        NotSupportedError: the model reads texts, complex numbers, or sparse or ragged tensors.
    """
    for name, tensor in zip(names, model.inputs, strict=True):
        kind = "sparse" if tensor.sparse else "ragged" if getattr(tensor, "ragged", False) else tensor.dtype
        if kind in ("sparse", "ragged", "string") or kind.startswith("complex"):
            raise NotSupportedError(f"input {name!r} of the model is {kind}; only plain numbers are supported")


def check_types(model: Any, names: Sequence[str], arrays: Sequence[Array]) -> None:
    """Refuse numbers that the model would round when it reads them, as whole numbers or in half precision.

    Args:
        model: the model.
        names: what its inputs are called.
        arrays: `(samples, …)` for each input.

    Raises:
        ModelError: there is such a number.
    """
    ops = import_keras().ops
    for name, tensor, values in zip(names, model.inputs, arrays, strict=True):
        if tensor.dtype in _ROUNDED:
            continue
        read = np.asarray(ops.cast(ops.cast(ops.convert_to_tensor(values), tensor.dtype), "float64"))
        different = np.argwhere(read != values)
        if different.size:
            index = tuple(different[0])
            raise ModelError(
                f"input {name!r} holds {float(values[index])!r} for sample {index[0] + 1}, but the model reads "
                f"{tensor.dtype} and would take it for {float(read[index])!r}; round the inputs yourself first"
            )
