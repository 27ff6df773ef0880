"""The graph of a functional Keras model, from its configuration: which layer reads which tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.spec.model_spec import Call

Place = tuple[str, int, int]
"""Keras's `(layer, call, output)`: where a tensor comes from."""


def read_calls(model: Any) -> tuple[tuple[str, ...], tuple[Call, ...], tuple[str, ...]]:
    """Read a functional model's graph.

    Returns:
        Names of the input tensors, the calls in order of computation, names of the output tensors. The only
        input is called `input`, as in a Sequential model; several have the names of their input layers.

    Raises:
        NotSupportedError: a layer is called with something else than tensors.
    """
    config = model.get_config()
    inputs = tuple(_places(config["input_layers"]))
    tensors = {place: "input" if len(inputs) == 1 else place[0] for place in inputs}
    waiting = [
        (layer["name"], number, _read_places(layer["name"], node))
        for layer in config["layers"]
        for number, node in enumerate(layer["inbound_nodes"])
    ]
    calls = []
    while waiting:  # each round finds at least one call whose inputs are there: Keras's graphs have no cycles
        ready = [entry for entry in waiting if all(place in tensors for place in entry[2])]
        for layer, number, read in ready:
            name = layer if number == 0 else f"{layer}#{number + 1}"
            calls.append(Call(name, layer, tuple(tensors[place] for place in read), (name,)))
            tensors[layer, number, 0] = name
        waiting = [entry for entry in waiting if entry not in ready]
    outputs = tuple(tensors[place] for place in _places(config["output_layers"]))
    return tuple(tensors[place] for place in inputs), tuple(calls), outputs


def _places(nested: Any) -> Iterator[Place]:
    """The places in Keras's list of inputs or outputs, which is bare if there is only one."""
    if isinstance(nested, dict):
        raise NotSupportedError("a model whose inputs or outputs form a dictionary is not supported; use a list")
    if len(nested) == 3 and isinstance(nested[0], str):
        yield nested[0], nested[1], nested[2]
    else:
        for item in nested:
            yield from _places(item)


def _read_places(layer: str, node: Any) -> tuple[Place, ...]:
    """Where the tensors come from that a call reads."""
    given, *rest = node["args"] or [None]
    extra = [f"a {number}. argument" for number, value in enumerate(rest, start=2) if value is not None]
    extra += [f"{key}=…" for key, value in node["kwargs"].items() if value is not None and value is not False]
    items = given if isinstance(given, list) else [given]
    if not all(isinstance(item, dict) and item.get("class_name") == "__keras_tensor__" for item in items):
        extra.append("an input that is not a tensor")
    if extra:
        raise NotSupportedError(f"layer {layer!r} is called with {extra[0]}, which is not supported")
    return tuple(tuple(item["config"]["keras_history"]) for item in items)
