"""Listening to Keras: what its layers and cells compute while Keras itself runs a model.

Nothing is computed here. The model's layers are called by Keras as always; each call of a layer or
cell, each of its activations and each operation that its code takes from `keras.ops` is noted with
arguments and result.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident
from typing import Any

import numpy as np

from xlcheck.exclusive import exclusively, standing_in
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_operations import operations_of
from xlcheck.oracle.loops import Steps, in_one_graph, is_long
from xlcheck.oracle.noted import Event, LayerCall

# What the modules of a backend call the library that computes for them.
_LIBRARIES = {"tensorflow": "tf", "numpy": "np"}


@contextmanager
def listening(model: Any, made: Callable[[Any], None] | None = None) -> Iterator[LayerCall]:
    """Note what every layer of a model computes in this thread while the context is open.

    The model's layers are changed and stay so: give it a model that nobody else uses.

    Args:
        model: the model.
        made: told of each result, before anything is computed from it: a tape, for which loops run step by step.

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
    with exclusively(), ExitStack() as stand_ins:
        for module in _modules(layers):
            stand_ins.enter_context(standing_in(module, "ops", _NotedOperations(module.ops, stack)))
        backend = import_keras().config.backend()
        loops = sys.modules[f"keras.src.backend.{backend}.rnn"]  # where a mask chooses between old and new
        library = _LIBRARIES[backend]
        stand_ins.enter_context(standing_in(loops, library, _NotedLibrary(getattr(loops, library), stack)))
        inside = sys.modules["keras.src.ops.nn"]  # where Keras normalises a layer's input
        stand_ins.enter_context(standing_in(inside, "moments", _noted("moments", inside.moments, stack)))
        yield root
    for tensor, mask in stack.masks:
        import_keras().src.backend.set_keras_mask(tensor, mask)


class _Stack(list[LayerCall]):
    """The calls that are under way, the innermost last, and who is told of results."""

    def __init__(self, root: LayerCall, made: Callable[[Any], None] | None) -> None:
        super().__init__([root])
        self.made = made or (lambda result: None)
        self.copies = made is not None
        self.steps: Steps | None = None
        self.masks: list[tuple[Any, Any]] = []
        self.thread = get_ident()

    def remember_masks(self, layer: Any, given: Any) -> None:
        """Note the masks of what a MultiHeadAttention reads, which takes them away."""
        if type(layer).__name__ != "MultiHeadAttention":
            return
        keras = import_keras()
        tensors = [item for item in keras.tree.flatten(given) if keras.ops.is_tensor(item)]
        masks = ((item, keras.src.backend.get_keras_mask(item)) for item in tensors)
        self.masks += [(item, mask) for item, mask in masks if mask is not None]

    def apart(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a call, with copies of initial states, which are tensors of another layer as well.

        Gradients belong to a tensor: without a copy, those of both layers would be the same.
        """
        if not self.copies or kwargs.get("initial_state") is None:
            return kwargs
        return kwargs | {"initial_state": import_keras().tree.map_structure(_copy, kwargs["initial_state"])}

    def own(self, layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a call, with a copy of the input where it is noted as a quantity of this layer alone."""
        if not self.copies or type(layer).__name__ != "Softmax":
            return args
        copied = _copy(args[0])
        self.made(copied)
        return (copied, *args[1:])

    def other(self, result: Any, args: tuple[Any, ...]) -> Any:
        """The result of a call, or a copy if it is what was given, so that each has a gradient of its own."""
        given = bool(args) and result is args[0]
        return _copy(result) if self.copies and given else result


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
        stack.remember_masks(layer, (args, kwargs))
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
        if stack.steps is not None and stack.steps.owner is stack[-1]:
            stack.steps.follow(inside)
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

    def followed(**arguments: Any) -> Any:
        if stack.copies or not is_long(layer, arguments["sequences"]):  # a tape follows no loop in a graph
            return whole_loop(**arguments)
        owner = stack[-1]
        events = list(owner.events)
        stack.steps = Steps(owner)
        try:
            result = in_one_graph(whole_loop, **arguments)
            owner.calls[:] = [stack.steps.joined()]
        finally:
            stack.steps = None
        owner.events[:] = events  # those of the loop were noted while the graph was made, and hold no values
        return result

    layer.inner_loop = _noted("inner_loop", followed, stack)


def _noted(name: str, function: Callable[..., Any], stack: _Stack) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        if get_ident() != stack.thread:  # a module of Keras's serves somebody else's model, too
            return function(*args, **kwargs)
        result = stack.other(function(*args, **kwargs), args)  # an activation may be none
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

    def separable_conv(self, inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, **options: Any) -> Any:
        """Its two convolutions, one after the other, so that what is between them is noted."""
        between = self.depthwise_conv(inputs, depthwise_kernel, **options)
        return self.conv(between, pointwise_kernel, data_format=options["data_format"])

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._ops, name)
        return _noted(name, value, self._stack) if callable(value) else value


class _NotedLibrary:
    """The backend's library for the code of one module, noting each choice, with the steps of a loop in their order."""

    def __init__(self, library: Any, stack: _Stack) -> None:
        self._library = library
        self.where = _noted("where", library.where, stack)

    def while_loop(self, **arguments: Any) -> Any:
        """TensorFlow's loop, where no step begins before all of the one before has ended."""
        return self._library.while_loop(**arguments | {"parallel_iterations": 1})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def _modules(layers: list[Any]) -> list[Any]:
    """The modules that hold the layers' code, each once; their code reaches `keras.ops` by a global name."""
    classes = {cls for layer in layers for cls in type(layer).__mro__}
    names = sorted({cls.__module__ for cls in classes if cls.__module__.startswith("keras.")})
    return [sys.modules[name] for name in names if hasattr(sys.modules[name], "ops")]
