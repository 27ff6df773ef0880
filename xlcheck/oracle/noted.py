"""What was noted of Keras: its calls, and the operations and activations inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlcheck.model.keras_import import import_keras


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
