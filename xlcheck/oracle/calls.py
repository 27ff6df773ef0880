"""Which noted call of a layer is which call of the spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from xlcheck.errors import ModelError, OracleError
from xlcheck.model.keras_calls import arguments_of
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph
from xlcheck.model.keras_operations import is_operation
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.oracle.noted import LayerCall

_NO_CODE = re.compile(r"= (-?\d+) is not in \[0, (\d+)\)|index (-?\d+) is out of bounds for axis 0 with size (\d+)")


@contextmanager
def codes_are_known() -> Iterator[None]:
    """Say in a sentence that a layer looks up a code that it does not know, and that another layer has handed on."""
    try:
        yield
    except Exception as error:
        if (found := _NO_CODE.search(str(error))) is None:
            raise
        code, size = filter(None, found.groups())
        raise ModelError(f"a layer looks up {code}; it knows the codes 0 to {int(size) - 1}") from error


def match_calls(spec: ModelSpec, root: LayerCall, inputs: Sequence[Any]) -> Iterator[tuple[Call, LayerCall]]:
    """Pair the spec's calls with those that were noted, in the spec's order.

    A layer that is called once is known by its name; the calls of a shared layer are told apart by the
    tensors that they were given.

    Args:
        spec: the model.
        root: what was noted.
        inputs: the tensors that the model was called with.

    Raises:
        OracleError: Keras made other calls than the spec names.
    """
    tensors = {item.tensor: tensor for item, tensor in zip(spec.inputs, inputs, strict=True)}
    # Keras computes masks by operations of its own.
    named = {call.layer for call in spec.calls}
    waiting = [(name, call) for name, call in _calls_of_layers(root) if name in named or not is_operation(call.layer)]
    for call in spec.calls:
        found = [entry for entry in waiting if entry[0] == call.layer]
        if len([other for other in spec.calls if other.layer == call.layer]) > 1:
            given = [tensors[name] for name in call.inputs]
            found = (_given(found, given, _is_one) or _given(found, given, _is_equal))[:1]
        if len(found) != 1:
            raise OracleError(f"Keras called the layer {call.layer!r} in another way than the model's graph shows")
        waiting.remove(found[0])
        noted = found[0][1]
        tensors.update(zip(call.outputs, import_keras().tree.flatten(noted.result), strict=True))
        yield call, noted
    if waiting:
        raise OracleError(f"Keras called the layer {waiting[0][0]!r} more often than the model's graph shows")


def _calls_of_layers(root: LayerCall, prefix: str = "") -> Iterator[tuple[str, LayerCall]]:
    """The calls of layers, with their names; those inside a model of the model are called `inner.layer`."""
    for call in root.calls:
        if is_graph(call.layer):
            yield from _calls_of_layers(call, f"{prefix}{call.layer.name}.")
        else:
            yield prefix + call.layer.name, call


def _given(
    calls: list[tuple[str, LayerCall]], tensors: list[Any], are_same: Callable[[Any, Any], bool]
) -> list[tuple[str, LayerCall]]:
    """The calls that were given these tensors."""
    found = []
    for path, call in calls:
        read, _ = arguments_of(call.layer, call.args, call.kwargs)
        if len(read) == len(tensors) and all(map(are_same, read, tensors)):
            found.append((path, call))
    return found


def _is_one(a: Any, b: Any) -> bool:
    return a is b


def _is_equal(a: Any, b: Any) -> bool:
    """Whether two tensors have the same values and masks, which lead to the same results."""
    one, other = ((t, import_keras().src.backend.get_keras_mask(t)) for t in (a, b))
    return all(
        x is y or (x is not None and y is not None and np.array_equal(np.asarray(x), np.asarray(y), equal_nan=True))
        for x, y in zip(one, other, strict=True)
    )
