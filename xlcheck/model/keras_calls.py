"""The graph of a Keras model: which layer reads which tensors; models inside models are taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph
from xlcheck.model.model_spec import Call, LayerSpec

Place = tuple[str, int, int]
"""Keras's `(layer, call, output)`: where a tensor comes from."""

Reader = Callable[[Any, str], LayerSpec]
"""`(Keras layer, its name) → LayerSpec`."""


def read_calls(model: Any, read_layer: Reader) -> tuple[tuple[LayerSpec, ...], tuple[Call, ...], tuple[str, ...]]:
    """Read a model's graph.

    The only input is called `input`; several have the names of their input layers. A layer of a model
    inside the model is called `inner.layer`, its second call `inner.layer#2`.

    Args:
        model: a `keras.Sequential` or functional `keras.Model`.
        read_layer: reads one layer.

    Returns:
        The layers, the calls in order of computation, names of the output tensors.

    Raises:
        NotSupportedError: a layer is not supported, or is called with something else than tensors.
    """
    graph = _Graph(read_layer)
    outputs = graph.model(model, input_names(model))
    return tuple(graph.layers.values()), tuple(graph.calls), outputs


def input_names(model: Any) -> tuple[str, ...]:
    """Names of the model's input tensors."""
    if len(model.inputs) == 1:
        return ("input",)
    return tuple(place[0] for place in _places(model.get_config()["input_layers"]))


class _Graph:
    def __init__(self, read_layer: Reader) -> None:
        self._read_layer = read_layer
        self._times: Counter[str] = Counter()
        self._owners: dict[str, Any] = {}
        self.layers: dict[str, LayerSpec] = {}
        self.calls: list[Call] = []

    def model(self, model: Any, inputs: tuple[str, ...], prefix: str = "") -> tuple[str, ...]:
        """Note the calls inside a model that reads the given tensors; return the names of its outputs."""
        if type(model) is import_keras().Sequential:
            for layer in model.layers:
                inputs = self.call(layer, inputs, prefix)
            return inputs
        config = model.get_config()
        operations = {operation.name: operation for operation in model.operations}
        tensors = dict(zip(_places(config["input_layers"]), inputs, strict=True))
        waiting = _needed(config, lambda name: is_graph(operations[name]) or self._read_layer(operations[name], name))
        while waiting:  # each round finds at least one call whose inputs are there: Keras's graphs have no cycles
            ready = [entry for entry in waiting if all(place in tensors for place in entry[2])]
            for name, number, read in ready:
                outputs = self.call(operations[name], tuple(tensors[place] for place in read), prefix)
                tensors.update({(name, number, i): tensor for i, tensor in enumerate(outputs)})
            waiting = [entry for entry in waiting if entry not in ready]
        return tuple(tensors[place] for place in _places(config["output_layers"]))

    def call(self, layer: Any, inputs: tuple[str, ...], prefix: str) -> tuple[str, ...]:
        """Note one call of a layer; return the names of its outputs."""
        path = prefix + layer.name
        if is_graph(layer):
            return self.model(layer, inputs, path + ".")
        if self._owners.setdefault(path, layer) is not layer:
            raise NotSupportedError(f"two layers of the model are both called {path!r}; rename one of them")
        if path not in self.layers:
            self.layers[path] = self._read_layer(layer, path)
        self._times[path] += 1
        name = path if self._times[path] == 1 else f"{path}#{self._times[path]}"
        outputs = (name, *(f"{name}:{i}" for i in range(1, self.layers[path].outputs)))
        self.calls.append(Call(name, path, inputs, outputs))
        return outputs


def _needed(config: Any, require_supported: Callable[[str], Any]) -> list[tuple[str, int, tuple[Place, ...]]]:
    """The calls that lead to the outputs: layer, number of the call, and the places it reads.

    Keras's own operations on masks are calls, too, but lead to outputs only as masks, which the layers'
    equations write down themselves.
    """
    nodes = {
        (layer["name"], number): node
        for layer in config["layers"]
        for number, node in enumerate(layer["inbound_nodes"])
    }
    made_by_layers = {layer["name"] for layer in config["layers"] if layer["module"] == "keras.layers"}
    operations = {
        layer["name"]: layer["class_name"] for layer in config["layers"] if layer["module"].startswith("keras.src.ops")
    }
    found: dict[tuple[str, int], tuple[Place, ...]] = {}
    look_at = list(_places(config["output_layers"]))
    while look_at:
        name, number, _ = look_at.pop()
        if name in operations:
            raise NotSupportedError(
                f"the model computes {operations[name]} outside of its layers, in its operation {name!r}; "
                "only layers are supported, such as Add, Multiply or Activation"
            )
        if (name, number) in nodes and (name, number) not in found:
            require_supported(name)  # a layer that is not has ways of being called of its own
            found[name, number] = _read_places(name, nodes[name, number], made_by_layers)
            look_at += found[name, number]
    return [(name, number, found[name, number]) for name, number in nodes if (name, number) in found]


def _places(nested: Any) -> Iterator[Place]:
    """The places in Keras's list of inputs or outputs, which is bare if there is only one."""
    if isinstance(nested, dict):
        raise NotSupportedError("a model whose inputs or outputs form a dictionary is not supported; use a list")
    if len(nested) == 3 and isinstance(nested[0], str):
        yield nested[0], nested[1], nested[2]
    else:
        for item in nested:
            yield from _places(item)


def _read_places(layer: str, node: Any, made_by_layers: set[str]) -> tuple[Place, ...]:
    """Where the tensors come from that a call reads; the initial states of a recurrent layer come last."""
    given, *rest = node["args"] or [None]
    kwargs = {key: value for key, value in node["kwargs"].items() if value is not None and value is not False}
    tensors = [given, kwargs.pop("initial_state", [])]
    mask = list(_tensors(kwargs.get("mask", [])))
    if mask and not any(place is None or place[0] in made_by_layers for place in mask):
        del kwargs["mask"]  # Keras has handed it on by itself
    extra = [f"a {number}. argument" for number, value in enumerate(rest, start=2) if value is not None]
    extra += [f"{key}=…" for key in kwargs]
    places = tuple(_tensors(tensors))
    if None in places:
        extra.append("an input that is not a tensor")
    if extra:
        raise NotSupportedError(f"layer {layer!r} is called with {extra[0]}, which is not supported")
    return tuple(place for place in places if place is not None)


def _tensors(nested: Any) -> Iterator[Place | None]:
    """The places of serialised tensors in nested lists; None for anything else."""
    if isinstance(nested, list):
        for item in nested:
            yield from _tensors(item)
    elif isinstance(nested, dict) and nested.get("class_name") == "__keras_tensor__":
        layer, number, output = nested["config"]["keras_history"]
        yield layer, number, output
    else:
        yield None
