"""Operations between layers: `x[:, -1]`, `x + y`, `keras.ops.mean(x, axis=1)`, `keras.activations.relu(x)`.

Keras notes each in a model's graph, as it notes the call of a layer. Here each is read as a layer: `ops.mean`.
"""

from __future__ import annotations

import inspect
import operator
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph
from xlcheck.model.layer_options import operation_options
from xlcheck.model.model_spec import LayerSpec, numpy_key

_OF_TRUTHS = {"ops.logical_and", "ops.logical_or", "ops.logical_not", "ops.cast"}
_OF_ANYTHING = {
    "ops.where",
    "ops.get_item",
    "ops.concatenate",
    "ops.stack",
    "ops.expand_dims",
    "ops.squeeze",
    "ops.flip",
    "ops.reshape",
    "ops.transpose",
    "ops.swapaxes",
}
"""What takes truth values for what they are."""
_OTHER_NAMES = {"ReLU": "relu"}  # what `keras.activations.relu` makes with options


def is_operation(item: Any) -> bool:
    """Whether it computes something without being a layer."""
    keras = import_keras()
    return isinstance(item, keras.Operation) and not isinstance(item, keras.layers.Layer)


def kind_of(operation: Any) -> str:
    """`ops.get_item` for `GetItem`: the name of the function that makes such an operation."""
    name = type(operation).__name__
    return "ops." + _OTHER_NAMES.get(name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def read_operation(operation: Any, name: str) -> LayerSpec:
    """Read an operation: its kind, its options, and the numbers between its tensors.

    Raises:
        NotSupportedError: xlcheck does not know it, or it is called with something else than tensors and numbers.
    """
    keras = import_keras()
    if not type(operation).__module__.startswith("keras."):
        raise NotSupportedError(f"operation {operation.name!r}: {type(operation).__name__} is not one of Keras's own")
    specs = []
    for node in operation._inbound_nodes:
        constants = {}
        for key, value in _arguments(operation, node.arguments.args, node.arguments.kwargs).items():
            if not any(isinstance(item, keras.KerasTensor) for item in keras.tree.flatten(value)):
                constants[key] = _key(value) if key == "key" else _plain(value)
            elif not all(isinstance(item, keras.KerasTensor) for item in keras.tree.flatten(value)):
                raise NotSupportedError(f"operation {operation.name!r}: it mixes tensors and numbers in {key}")
        kind = kind_of(operation)
        _require_truth_values(operation, kind, node)
        specs.append(LayerSpec(kind, name, operation_options(kind, operation.name, operation.get_config(), constants)))
    if any(spec != specs[0] for spec in specs[1:]):
        raise NotSupportedError(f"operation {operation.name!r}: it is called several times, with different options")
    return specs[0]


def _require_truth_values(operation: Any, kind: str, node: Any) -> None:
    """Refuse what Keras makes of numbers taken for truth values, or of truth values taken for whole numbers.

    Raises:
        NotSupportedError: a cast or a logical operation reads numbers, or any other operation truth values alone.
    """
    keras = import_keras()
    read = keras.tree.flatten((node.arguments.args, node.arguments.kwargs))
    truths = [item.dtype == "bool" for item in read if isinstance(item, keras.KerasTensor)]
    takes_truths = kind in _OF_TRUTHS
    if (takes_truths and not all(truths)) or (any(truths) and not (takes_truths or kind in _OF_ANYTHING)):
        what = "truth values, such as x > 0" if takes_truths else "numbers; keras.ops.cast makes some of truth values"
        raise NotSupportedError(f"operation {operation.name!r}: {kind} is supported only of {what}")
    if kind == "ops.cast" and "float" not in operation.get_config()["dtype"]:
        raise NotSupportedError(f"operation {operation.name!r}: {kind} is supported only to a floating-point type")


def tensors_of(operation: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
    """The tensors, symbolic or not, that an operation is called with; constants, tensors for Keras, too, are none."""
    keras = import_keras()
    first = operation._inbound_nodes[0].arguments
    graph = _arguments(operation, first.args, first.kwargs)
    read = {
        key for key, value in graph.items() if any(isinstance(x, keras.KerasTensor) for x in keras.tree.flatten(value))
    }
    given = keras.tree.flatten([value for key, value in _arguments(operation, args, kwargs).items() if key in read])
    return [item for item in given if isinstance(item, keras.KerasTensor) or keras.ops.is_tensor(item)]


def operations_of(model: Any) -> Iterator[Any]:
    """The operations of a model, and of the models inside it."""
    for item in getattr(model, "operations", ()):
        if is_operation(item):
            yield item
    for layer in model.layers:
        if is_graph(layer):
            yield from operations_of(layer)


def _arguments(operation: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation is called with, by the names of its parameters; without what is None."""
    parameters = inspect.signature(type(operation).call).parameters
    names = list(parameters)[1:]  # without self
    if parameters[names[0]].kind is inspect.Parameter.VAR_POSITIONAL:
        args = (args,)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    return {key: value for key, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    """A constant array, whoever holds it, as lists of numbers."""
    if not hasattr(value, "shape"):
        return list(value) if isinstance(value, tuple) else value
    return np.asarray(import_keras().ops.convert_to_numpy(value)).tolist()


def _key(key: Any) -> list[Any]:
    """What stands in `x[…]`, for each axis: a number, `[start, stop, step]`, "..." or "new"."""
    plain: list[Any] = []
    for item in key if isinstance(key, (tuple, list)) else (key,):
        if isinstance(item, slice):
            bounds = (item.start, item.stop, item.step)
            plain.append([None if bound is None else operator.index(bound) for bound in bounds])
        elif item is None or item is Ellipsis:
            plain.append("new" if item is None else "...")
        else:
            try:
                plain.append(operator.index(item))
            except TypeError:
                raise NotSupportedError(f"x[{key!r}] is not supported, only numbers and slices") from None
    return plain


def _constant(value: Any) -> list[Any]:
    """A constant as an argument, with the shape that Keras asks for; nothing if there is none."""
    if value is None:
        return []
    return [np.asarray(value, dtype="float64") if isinstance(value, list) else value]


class Rebuilt:
    """An operation that was read, to be called with other tensors: one operation, with its name, however often."""

    def __init__(self, spec: LayerSpec) -> None:
        self._spec = spec
        self._operation: Any = None

    def __call__(self, tensors: list[Any]) -> Any:
        """What it makes of symbolic tensors."""
        options = dict(self._spec.options)
        left, right = options.pop("x1", None), options.pop("x2", None)
        args: list[Any] = [*_constant(left), *tensors, *_constant(right)]
        name = self._spec.kind.removeprefix("ops.")
        if name in ("concatenate", "stack"):
            args = [tensors]
        elif name == "where":
            if left is not None and right is not None:  # Keras rounds them, and all that follows
                left, right = (np.asarray(value, dtype="float32").tolist() for value in (left, right))
                left, right = ([value] if isinstance(value, float) else value for value in (left, right))
            args = [tensors[0], *_constant(left), *tensors[1:], *_constant(right)]
        elif name == "einsum":
            args = [options.pop("subscripts"), *tensors]
        elif name == "cast":
            args = [*tensors, "float64"]
        elif name == "get_item":
            args = [*tensors, numpy_key(options.pop("key"))]
        if self._operation is not None:
            return self._operation(*(tensors if name == "einsum" else args))
        made = args[0][args[1]] if name == "get_item" else getattr(import_keras().ops, name)(*args, **options)
        first = made[0] if isinstance(made, (list, tuple)) else made
        self._operation = first._keras_history.operation
        self._operation.name = self._spec.name
        return made
