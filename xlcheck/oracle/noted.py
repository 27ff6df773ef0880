"""What was noted of Keras: its calls, and what is inside them; which of them is which call of the spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import is_
from typing import Any

import numpy as np

from xlcheck.errors import ModelError, OracleError
from xlcheck.model.keras_calls import arguments_of
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph
from xlcheck.model.keras_operations import is_operation
from xlcheck.model.model_spec import Call, ModelSpec


@dataclass(frozen=True, eq=False)
class Event:
    """One operation or activation inside a call, such as `matmul` or `recurrent_activation`."""

    name: str
    args: tuple[Any, ...]
    result: Any


@dataclass(eq=False)  # each call is only equal to itself
class LayerCall:
    """One call of a layer or cell, with everything that happened inside.

    Attributes:
        layer: the Keras layer or cell.
        args: its positional arguments: inputs, and for a cell the states.
        kwargs: its keyword arguments.
        result: what it returned.
        events: operations and activations of its own code, in order.
        calls: calls of layers and cells inside this one, in order.
        holds_values: whether the tensors are values, from which others follow; gradients may stand in their place.
        steps: how many calls of a cell this one stands for, whose values stand along a first axis; 0 for a single call.
    """

    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    events: list[Event] = field(default_factory=list)
    calls: list[LayerCall] = field(default_factory=list)
    holds_values: bool = True
    steps: int = 0

    def named(self, name: str) -> list[Event]:
        """The events of one name, in order."""
        return [event for event in self.events if event.name == name]


def tensors_of(calls: Sequence[LayerCall]) -> Iterator[Any]:
    """Everything that was noted in these calls and inside them."""
    for call in calls:
        events = [(event.args, event.result) for event in call.events]
        yield from import_keras().tree.flatten((call.args, call.kwargs, call.result, events))
        yield from tensors_of(call.calls)


def mapped(call: LayerCall, replace: Callable[[Any], Any], *, holds_values: bool = False) -> LayerCall:
    """A noted call with every tensor in it replaced."""

    def replaced(structure: Any) -> Any:
        return import_keras().tree.map_structure(replace, structure)

    return LayerCall(
        call.layer,
        replaced(call.args),
        replaced(call.kwargs),
        replaced(call.result),
        [Event(event.name, replaced(event.args), replaced(event.result)) for event in call.events],
        [mapped(inner, replace, holds_values=holds_values) for inner in call.calls],
        holds_values=holds_values,
    )


def joined(calls: Sequence[LayerCall]) -> LayerCall:
    """Calls of a cell, one for each step, as a single one in which values have a first axis of steps."""
    tree = import_keras().tree

    def stack(*structures: Any) -> Any:
        return tree.map_structure(_stack, *structures)

    return LayerCall(
        calls[0].layer,
        stack(*(call.args for call in calls)),
        stack(*(call.kwargs for call in calls)),
        stack(*(call.result for call in calls)),
        [
            Event(events[0].name, stack(*(e.args for e in events)), stack(*(e.result for e in events)))
            for events in zip(*(call.events for call in calls), strict=True)
        ],
        holds_values=calls[0].holds_values,
        steps=len(calls),
    )


def _stack(*leaves: Any) -> Any:
    """Values along a new first axis; weights, options and what else is the same at each step as it is."""
    first = leaves[0]
    is_value = isinstance(first, np.ndarray) or (hasattr(first, "numpy") and not hasattr(first, "assign"))
    return np.stack([np.asarray(leaf) for leaf in leaves]) if is_value else first


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
            found = (_given(found, given, is_) or _given(found, given, _is_equal))[:1]
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


def _is_equal(a: Any, b: Any) -> bool:
    """Whether two tensors have the same values and masks, which lead to the same results."""
    one, other = ((t, import_keras().src.backend.get_keras_mask(t)) for t in (a, b))
    return all(
        x is y or (x is not None and y is not None and np.array_equal(np.asarray(x), np.asarray(y), equal_nan=True))
        for x, y in zip(one, other, strict=True)
    )
