"""Walking through a Keras model: models inside models, layers inside wrappers, and the names of their weights."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from xlcheck.model.keras_import import import_keras
from xlcheck.model.option_values import axes_of_einsum

_WRAPPED = {
    "Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",), "RNN": ("cell",),
    "MultiHeadAttention": ("query_dense", "key_dense", "value_dense", "output_dense"),
}  # fmt: skip


def is_graph(layer: Any) -> bool:
    """Whether it is a model that is only a graph of layers; a subclass may compute anything in its own code."""
    keras = import_keras()
    return type(layer) is keras.Sequential or (
        type(layer).__name__ == "Functional" and type(layer).__module__.startswith("keras.")
    )


def wrapped_layers(layer: Any) -> tuple[Any, ...]:
    """The layers inside a wrapper, the cells of an RNN, the projections of an attention; none for any other layer.

    Of a model inside a wrapper those of the model.
    """
    if is_graph(layer):
        return tuple(layer.layers)
    inner = [getattr(layer, name) for name in _WRAPPED.get(type(layer).__name__, ())]
    if inner and type(inner[0]).__name__ == "StackedRNNCells":
        inner = list(inner[0].cells)
    return tuple(inner)


def walk(layer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every layer that computes something itself, with its path: `encoder.lstm`, `bidirectional.forward_lstm`."""
    inner = layer.layers if is_graph(layer) else wrapped_layers(layer)
    if not inner:
        yield path, layer
    for item in inner:
        yield from walk(item, f"{path}.{item.name}" if path else item.name)


def weights_by_name(layer: Any) -> dict[str, Any]:
    """The variables of a layer by their Keras names, without those that count what training has seen."""
    found = {weight.name: weight for weight in getattr(layer, "weights", ()) if weight.name != "count"}
    return {name: _as_equations_read_it(layer, variable) for name, variable in found.items()}


def own_variable(variable: Any) -> Any:
    """Keras's own variable behind what `weights_by_name` gives."""
    return variable.variable if isinstance(variable, Folded) else variable


def folded(variable: Any, array: np.ndarray) -> np.ndarray:
    """What belongs to Keras's own variable, such as a gradient, in the shape of what `weights_by_name` gives."""
    return variable.fold(array) if isinstance(variable, Folded) else array


def _as_equations_read_it(layer: Any, variable: Any) -> Any:
    """A variable, in another shape where the equations do not read Keras's own."""
    kind, sizes = type(layer).__name__, tuple(variable.shape)
    own = sizes
    swapped = kind.startswith("Conv") and kind.endswith("Transpose") and variable.name == "kernel"
    if kind == "EinsumDense":  # as in a MultiHeadAttention: the heads, each with its features, stand side by side
        summed = axes_of_einsum(layer.equation, layer.bias_axes)[0]
        sizes = (prod(own[:summed]), prod(own[summed:])) if variable.name == "kernel" else (prod(own),)
    elif variable.name == "depthwise_kernel" or (kind.startswith("DepthwiseConv") and variable.name == "kernel"):
        # Each filter reads one feature, so they stand as those of a convolution in groups.
        sizes = (prod(own[:-2]), 1, prod(own[-2:]))
    elif kind.startswith("Conv") and variable.name == "kernel":
        # The places of the window, row by row; what is transposed is kept with its filters before what they read.
        sizes = (prod(own[:-2]), *(own[:-3:-1] if swapped else own[-2:]))
    elif variable.name == "pointwise_kernel":
        sizes = own[-2:]
    elif not own:
        sizes = (1,)  # a single number is a vector of one
    return Folded(variable, sizes, swapped=swapped) if swapped or sizes != own else variable


class Folded:
    """A weight in another shape than Keras's own.

    Args:
        variable: Keras's own.
        shape: in which it is read and assigned.
        swapped: whether the last two axes have changed places; else the numbers keep their order.
    """

    def __init__(self, variable: Any, shape: tuple[int, ...], *, swapped: bool = False) -> None:
        self.variable, self.shape = variable, shape
        self.name, self.trainable = variable.name, variable.trainable
        self._swapped = swapped

    @property
    def value(self) -> Any:
        """The tensor, in Keras's own shape."""
        return self.variable.value

    def fold(self, array: np.ndarray) -> np.ndarray:
        """An array of Keras's own shape in this one."""
        array = np.asarray(array)
        return (array.swapaxes(-1, -2) if self._swapped else array).reshape(self.shape)

    def numpy(self) -> Any:
        """The numbers, folded."""
        return self.fold(self.variable.numpy())

    def assign(self, numbers: Any) -> None:
        """Take other numbers, folded."""
        own = tuple(self.variable.shape)
        if self._swapped:
            unfolded = np.asarray(numbers).reshape(*own[:-2], *own[:-3:-1]).swapaxes(-1, -2)
        else:
            unfolded = np.asarray(numbers).reshape(own)
        self.variable.assign(unfolded)
