"""The graph of a Keras model: which layer reads which tensors; models inside models are taken apart.

The graph is read as Keras runs it: a model's tensors are objects, and one that a layer reads is the very
object that an earlier call made. The numbers by which Keras names calls in a configuration have no part in it.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import is_graph, own_variable, walk, weights_by_name
from xlcheck.model.keras_operations import is_operation, tensors_of
from xlcheck.model.model_spec import Call, LayerSpec

TOLD = ("use_causal_mask", "return_attention_scores")
"""What an attention is told each time that it is called; read as options of the layer."""
MASK = "attention_mask"
"""What a MultiHeadAttention may be given, a tensor, after all others."""
ATTENTIONS = ("Attention", "AdditiveAttention", "MultiHeadAttention")
_SEVERAL = ("MultiHeadAttention",)
"""Layers that are called with several tensors, each an argument of its own."""
Reader = Callable[[Any, str], LayerSpec]
"""`(Keras layer, its name) → LayerSpec`."""


def read_calls(model: Any, read_layer: Reader) -> tuple[tuple[LayerSpec, ...], tuple[Call, ...], tuple[str, ...]]:
    """Read the graph of a `keras.Sequential` or functional `keras.Model`.

    The only input is called `input`; several have the names of their input layers. A layer of a model
    inside the model is called `inner.layer`, its second call `inner.layer#2`.

    Returns:
        The layers, the calls in order of computation, names of the output tensors.

    Raises:
        NotSupportedError: a layer is not supported, or is called with something else than tensors.
    """
    inputs = input_names(model)
    graph = _Graph(read_layer, inputs)
    outputs = graph.model(model, inputs)
    return tuple(graph.layers.values()), tuple(graph.calls), outputs


def input_names(model: Any) -> tuple[str, ...]:
    """Names of the model's input tensors, in the order in which Keras lists them."""
    if len(model.inputs) == 1:
        return ("input",)
    return tuple(str(tensor._keras_history.operation.name) for tensor in model.inputs)


def arguments_of(layer: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What one call of a layer or operation was given: its tensors, initial states last, and all else by name."""
    if is_operation(layer):
        return tensors_of(layer, args, kwargs), {}
    parameters = inspect.signature(type(layer).call).parameters
    names = list(parameters)[1:]  # without self
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    tensors = [given.pop(names[0]), given.pop("initial_state", None)]
    if type(layer).__name__ in _SEVERAL:
        tensors += [given.pop(name, None) for name in (*names[1:3], MASK)]
    if type(layer).__name__ in ATTENTIONS:
        given = {key: value for key, value in given.items() if key not in TOLD}
    usual = {key: parameters[key].default for key in given if key in parameters}  # Keras notes it as if it were told
    others = {
        key: value
        for key, value in given.items()
        if value is not None and value is not False and value is not usual.get(key)
    }
    return [tensor for tensor in import_keras().tree.flatten(tensors) if tensor is not None], others


class _Graph:
    def __init__(self, read_layer: Reader, inputs: tuple[str, ...]) -> None:
        self._read_layer = read_layer
        self._names = set(inputs)
        self._times: Counter[str] = Counter()
        self._owners: dict[str, Any] = {}
        self._weights: dict[int, str] = {}
        self.layers: dict[str, LayerSpec] = {}
        self.calls: list[Call] = []

    def model(self, model: Any, inputs: tuple[str, ...], prefix: str = "") -> tuple[str, ...]:
        """Note the calls inside a model that reads the given tensors; return the names of its outputs."""
        if type(model) is import_keras().Sequential:
            for layer in model.layers:
                inputs = self.call(layer, inputs, prefix)
            return inputs
        names = {id(tensor): name for tensor, name in zip(model.inputs, inputs, strict=True)}
        waiting = _leading_to_outputs(model, self._read)
        while waiting:  # each round finds at least one call whose inputs are there: Keras's graphs have no cycles
            later = []
            for node, read in waiting:
                if all(id(tensor) in names for tensor in read):
                    made = self.call(node.operation, tuple(names[id(tensor)] for tensor in read), prefix)
                    names.update((id(tensor), name) for tensor, name in zip(node.outputs, made, strict=True))
                else:
                    later.append((node, read))
            waiting = later
        return tuple(names[id(tensor)] for tensor in model.outputs)

    def call(self, layer: Any, inputs: tuple[str, ...], prefix: str) -> tuple[str, ...]:
        """Note one call of a layer; return the names of its outputs."""
        path = prefix + layer.name
        if is_graph(layer):
            return self.model(layer, inputs, path + ".")
        if self._owners.setdefault(path, layer) is not layer:
            raise NotSupportedError(f"two layers of the model are both called {path!r}; rename one of them")
        if path not in self.layers:
            self.layers[path] = self._read_layer(layer, path)
            self._own(layer, path)
        self._times[path] += 1
        name = path if self._times[path] == 1 else f"{path}#{self._times[path]}"
        outputs = (name, *(f"{name}:{i}" for i in range(1, self.layers[path].outputs)))
        if not self._names.isdisjoint(outputs):
            raise NotSupportedError(
                f"a layer is called {name!r}, as xlcheck calls a tensor of another layer or input; rename it"
            )
        self._names.update(outputs)
        self.calls.append(Call(name, path, inputs, outputs))
        return outputs

    def _own(self, layer: Any, path: str) -> None:
        """Note who has which weights; two layers that have one in common would be trained as if they had not."""
        for name, leaf in walk(layer, path):
            for weight, variable in weights_by_name(leaf).items():
                owner = self._weights.setdefault(id(own_variable(variable)), name)
                if owner != name:
                    raise NotSupportedError(
                        f"the layers {owner!r} and {name!r} share their {weight}, and Keras itself does not save "
                        "such a model; call one layer several times, in one model"
                    )

    def _read(self, node: Any) -> list[Any]:
        """The tensors that a call reads; the initial states of a recurrent layer come last."""
        layer = node.operation
        keras = import_keras()
        if not is_graph(layer):
            self._read_layer(layer, layer.name)  # a layer that is not supported has ways of being called of its own
        tensors, others = arguments_of(layer, node.arguments.args, node.arguments.kwargs)
        if all(_is_handed_on(*pair) for pair in _masks(node, tensors, others)):
            for name in ("mask", "query_mask", "value_mask", "key_mask"):
                others.pop(name, None)
        extra = [f"{key}=…" for key in others]
        if not all(isinstance(tensor, keras.KerasTensor) for tensor in tensors):
            extra.append("an input that is not a tensor")
        if extra:
            raise NotSupportedError(f"layer {layer.name!r} is called with {extra[0]}, which is not supported")
        if is_graph(layer):
            first = node.arguments.args[0] if node.arguments.args else node.arguments.kwargs["inputs"]
            _require_fitting(layer, first, tensors)
        return tensors


def operations_between(model: Any) -> list[Any]:
    """The operations, which are no layers, that lead from the inputs of a model to its outputs."""
    found = []
    if type(model) is not import_keras().Sequential:
        found = [
            node.operation for node, _ in _leading_to_outputs(model, _tensors_read) if is_operation(node.operation)
        ]
    for layer in model.layers:
        if is_graph(layer):
            found += operations_between(layer)
    return found


def _tensors_read(node: Any) -> list[Any]:
    layer = node.operation
    tensors, _ = arguments_of(layer, node.arguments.args, node.arguments.kwargs)
    return [tensor for tensor in tensors if isinstance(tensor, import_keras().KerasTensor)]


def _leading_to_outputs(model: Any, read: Callable[[Any], list[Any]]) -> list[tuple[Any, list[Any]]]:
    """Keras's nodes, which are calls, that lead from the inputs to the outputs, with the tensors that they read.

    Keras's own operations on masks are nodes, too, but lead to outputs only as masks, which the layers'
    equations write down themselves.
    """
    inputs = {id(tensor) for tensor in model.inputs}
    found: dict[int, list[Any]] = {}
    look_at = list(model.outputs)
    while look_at:
        tensor = look_at.pop()
        if id(tensor) in inputs or id(node := _made_by(tensor)) in found:
            continue
        found[id(node)] = read(node)
        look_at += found[id(node)]
    nodes = [node for operation in model.operations for node in operation._inbound_nodes]
    return [(node, found[id(node)]) for node in nodes if id(node) in found]


def _made_by(tensor: Any) -> Any:
    """The node that made a tensor."""
    operation, number, _ = tensor._keras_history
    return operation._inbound_nodes[number]


def _masks(node: Any, tensors: list[Any], others: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Each mask that a call was given, with the one that Keras hands on with the tensor; None where there is none."""
    if type(node.operation).__name__ in _SEVERAL:
        for name, tensor in zip(("query_mask", "value_mask", "key_mask"), tensors, strict=False):
            if others.get(name) is not None:
                yield others[name], import_keras().src.backend.get_keras_mask(tensor)
        return
    masks = import_keras().tree.flatten(others.get("mask"))
    own = tensors if len(masks) == len(tensors) else [None] * len(masks)  # with initial states, Keras hands none on
    for mask, tensor in zip(masks, own, strict=True):
        if mask is not None:
            yield mask, import_keras().src.backend.get_keras_mask(tensor)


def _is_handed_on(mask: Any, handed_on: Any) -> bool:
    """Whether two symbolic masks are the same: one object, or, in a loaded model, the same operations on one tensor."""
    keras = import_keras()
    if mask is handed_on:
        return True
    if not isinstance(mask, keras.KerasTensor) or not isinstance(handed_on, keras.KerasTensor):
        return isinstance(mask, (int, float, str)) and bool(type(mask) is type(handed_on) and mask == handed_on)
    a, b = _made_by(mask), _made_by(handed_on)
    if a is b or type(a.operation) is not type(b.operation) or isinstance(a.operation, keras.layers.Layer):
        return a is b and mask._keras_history.tensor_index == handed_on._keras_history.tensor_index
    one, other = (
        keras.tree.flatten((n.arguments.args, n.arguments.kwargs, {**n.operation.get_config(), "name": ""}))
        for n in (a, b)
    )
    return len(one) == len(other) and all(map(_is_handed_on, one, other))


def _require_fitting(model: Any, given: Any, tensors: list[Any]) -> None:
    """Refuse tensors that Keras would reorder, reshape or round before a model inside the model reads them.

    Raises:
        NotSupportedError: it would.
    """
    if getattr(model, "_functional", model) is None:
        return  # a Sequential that begins with a layer of several inputs has none of its own
    changed = ""
    if _structure(given) != _structure(model.inputs if hasattr(model, "_functional") else model.input):
        changed = "tensors that are nested in another way than its inputs"
    for tensor, own in zip(tensors, model.inputs, strict=False):
        if len(tensor.shape) != len(own.shape):
            changed = f"a tensor of the shape {tensor.shape} where its input has {own.shape}"
        elif own.dtype not in (tensor.dtype, "float32", "float64"):
            changed = f"a tensor of {tensor.dtype} where its input has {own.dtype}"
    if changed:
        raise NotSupportedError(f"the model {model.name!r} inside the model is called with {changed}; adapt its inputs")


def _structure(tensors: Any) -> Any:
    """How tensors are nested; one alone counts as a list of one."""
    tree = import_keras().tree
    nested = tree.lists_to_tuples(tensors)
    return tree.map_structure(lambda tensor: None, nested if tree.is_nested(nested) else (nested,))
