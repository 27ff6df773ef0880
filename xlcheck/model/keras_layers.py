"""Walking through a Keras model: models inside models, layers inside wrappers, and the names of their weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlcheck.model.keras_import import import_keras

_WRAPPED = {
    "Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",), "RNN": ("cell",),
}  # fmt: skip


def is_graph(layer: Any) -> bool:
    """Whether it is a model that is only a graph of layers; a subclass may compute anything in its own code."""
    keras = import_keras()
    return type(layer) is keras.Sequential or (
        type(layer).__name__ == "Functional" and type(layer).__module__.startswith("keras.")
    )


def wrapped_layers(layer: Any) -> tuple[Any, ...]:
    """The layers inside a wrapper, the cells of an RNN; none for any other layer."""
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
    return {weight.name: weight for weight in getattr(layer, "weights", ()) if weight.name != "count"}
