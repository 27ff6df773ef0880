"""Listening to Keras: what its layers and cells compute while Keras itself runs a model.

Nothing is computed here. The model's layers are called by Keras as always; each call of a layer or
cell, each of its activations and each operation that its code takes from `keras.ops` is noted with
arguments and result.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np

from xlcheck.exclusive import exclusively
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_operations import operations_of

# What the modules of a backend call the library that computes for them.
_LIBRARIES = {"tensorflow": "tf", "numpy": "np"}


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
    """

    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    events: list[Event] = field(default_factory=list)
    calls: list[LayerCall] = field(default_factory=list)
    holds_values: bool = True

    def named(self, name: str) -> list[Event]:
        """The events of one name, in order."""
        return [event for event in self.events if event.name == name]


@contextmanager
def listening(model: Any, made: Callable[[Any], None] | None = None) -> Iterator[LayerCall]:
    """Note what every layer of a model computes while the context is open.

    The model's layers are changed and stay so: give it a model that nobody else uses.

    Args:
        model: the model.
        made: told of each result, before anything is computed from it.

    Yields:
        A call that stands for the model; its `calls` fill up as the model is called.
    """
    root = LayerCall(model, (), {})
    stack = _Stack(root, made)
    layers = [layer for layer in model._flatten_layers(include_self=False) if layer is not model]
    for operation in operations_of(model):
        _note_calls(operation, stack)
    for layer in layers:
        _note_activations(layer, stack)
        _note_calls(layer, stack)
        _note_loop(layer, stack)
    with exclusively(), ExitStack() as patches:
        for module in _modules(layers):
            patches.enter_context(patch.object(module, "ops", _NotedOperations(module.ops, stack)))
        backend = import_keras().config.backend()
        loops = sys.modules[f"keras.src.backend.{backend}.rnn"]  # where a mask chooses between old and new
        library = _LIBRARIES[backend]
        patches.enter_context(patch.object(loops, library, _NotedWhere(getattr(loops, library), stack)))
        inside = sys.modules["keras.src.ops.nn"]  # where Keras normalises a layer's input
        patches.enter_context(patch.object(inside, "moments", _noted("moments", inside.moments, stack)))
        yield root


class _Stack(list[LayerCall]):
    """The calls that are under way, the innermost last, and who is told of results."""

    def __init__(self, root: LayerCall, made: Callable[[Any], None] | None) -> None:
        super().__init__([root])
        self.made = made or (lambda result: None)
        self._copies = made is not None

    def apart(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a call, with copies of initial states, which are tensors of another layer as well.

        Gradients belong to a tensor: without a copy, those of both layers would be the same.
        """
        if not self._copies or kwargs.get("initial_state") is None:
            return kwargs
        return kwargs | {"initial_state": import_keras().tree.map_structure(_copy, kwargs["initial_state"])}

    def own(self, layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a call, with a copy of the input where it is noted as a quantity of this layer alone."""
        if not self._copies or type(layer).__name__ != "Softmax":
            return args
        copied = _copy(args[0])
        self.made(copied)
        return (copied, *args[1:])

    def other(self, result: Any, args: tuple[Any, ...]) -> Any:
        """The result of a call, or a copy if it is what the layer was given."""
        given = bool(args) and result is args[0]
        return _copy(result) if self._copies and given else result


def _copy(tensor: Any) -> Any:
    """Another tensor of the same values, with what Keras remembers of it."""
    import tensorflow as tf

    copied = tf.identity(tensor)
    for name in ("_keras_mask", "_keras_logits"):
        if hasattr(tensor, name):
            setattr(copied, name, getattr(tensor, name))
    return copied


def _note_activations(layer: Any, stack: _Stack) -> None:
    for name in ("activation", "recurrent_activation"):
        function = vars(layer).get(name)
        if callable(function):
            setattr(layer, name, _noted(name, function, stack))


def _note_calls(layer: Any, stack: _Stack) -> None:
    call = layer.call

    def noted(*args: Any, **kwargs: Any) -> Any:
        kwargs = stack.apart(kwargs)
        args = stack.own(layer, args)
        inside = LayerCall(layer, args, kwargs)
        stack[-1].calls.append(inside)
        stack.append(inside)
        try:
            inside.result = stack.other(call(*args, **kwargs), args)
        finally:
            stack.pop()
        stack.made(inside.result)
        return inside.result

    layer.call = noted


def _note_loop(layer: Any, stack: _Stack) -> None:
    """Note what a recurrent layer's loop over time returns, with the outputs of all steps in any case."""
    if not hasattr(layer, "inner_loop"):
        return
    loop = layer.inner_loop

    def whole_loop(*args: Any, **kwargs: Any) -> Any:
        wanted, layer.return_sequences = layer.return_sequences, True
        try:
            return loop(*args, **kwargs)
        finally:
            layer.return_sequences = wanted

    layer.inner_loop = _noted("inner_loop", whole_loop, stack)


def _noted(name: str, function: Callable[..., Any], stack: _Stack) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        # On NumPy Keras may add a bias to a product in place.
        kept = result.copy() if isinstance(result, np.ndarray) else result
        stack[-1].events.append(Event(name, args, kept))
        stack.made(result)
        return result

    return noted


class _NotedOperations:
    """`keras.ops` for the code of one module, noting each function that is called."""

    def __init__(self, ops: Any, stack: _Stack) -> None:
        self._ops = ops
        self._stack = stack

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._ops, name)
        return _noted(name, value, self._stack) if callable(value) else value


class _NotedWhere:
    """The backend's library for the code of one module, noting each choice."""

    def __init__(self, library: Any, stack: _Stack) -> None:
        self._library = library
        self.where = _noted("where", library.where, stack)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def _modules(layers: list[Any]) -> list[Any]:
    """The modules that hold the layers' code, each once; their code reaches `keras.ops` by a global name."""
    classes = {cls for layer in layers for cls in type(layer).__mro__}
    names = sorted({cls.__module__ for cls in classes if cls.__module__.startswith("keras.")})
    return [sys.modules[name] for name in names if hasattr(sys.modules[name], "ops")]
