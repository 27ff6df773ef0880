"""What xlcheck knows of a model once Keras is out of the way; plain data, stored in the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, field
from typing import Any

from xlcheck.frozen import dataclass

_STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}


@dataclass(frozen=True)
class LayerSpec:
    """One layer: its Keras class, name, options, and the shapes of its weights.

    Attributes:
        kind: the Keras class name (`LSTM`).
        name: the layer's name in the model.
        options: the part of Keras's `get_config()` that changes the arithmetic, as JSON values.
        weights: shape of each weight by its Keras name (`kernel`, `recurrent_kernel`, `bias`).
        inner: the wrapped layers of a wrapper (`Bidirectional`, `TimeDistributed`), the cells of an `RNN`.
    """

    kind: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    weights: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    inner: tuple[LayerSpec, ...] = ()

    @property
    def outputs(self) -> int:
        """How many tensors a call makes: outputs (two if a Bidirectional does not merge), then states or scores."""
        if self.kind == "Bidirectional":
            forward, backward = self.inner
            merged = self.options["merge_mode"] is not None
            return forward.outputs + backward.outputs - (1 if merged else 0)
        if self.kind == "ops.split":
            parts = self.options["indices_or_sections"]
            return parts if isinstance(parts, int) else len(parts) + 1
        if self.options.get("return_attention_scores", False):
            return 2
        return 1 + (self.states if self.options.get("return_state", False) else 0)

    @property
    def states(self) -> int:
        """How many states a recurrent layer or cell hands from step to step; 0 for any other."""
        return _STATES.get(self.kind.removesuffix("Cell"), 0) or sum(inner.states for inner in self.inner)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> LayerSpec:
        """Rebuild from `asdict`'s output after a round trip through JSON."""
        return LayerSpec(
            kind=data["kind"],
            name=data["name"],
            options=dict(data["options"]),
            weights={name: tuple(shape) for name, shape in data["weights"].items()},
            inner=tuple(LayerSpec.from_json(item) for item in data["inner"]),
        )


@dataclass(frozen=True)
class InputSpec:
    """One input of the model.

    Attributes:
        tensor: its tensor's name.
        shape: its shape without the batch axis.
        one_hot: its vectors are one-hot, and are kept as the places of their 1.
    """

    tensor: str
    shape: tuple[int, ...]
    one_hot: bool = False


def numpy_key(key: Sequence[Any]) -> tuple[Any, ...]:
    """What stands in `x[…]`, out of the option `key` of an operation `ops.get_item`.

    Args:
        key: for each axis a number, `[start, stop, step]`, "..." or "new" for one more axis.
    """
    words = {"new": None, "...": Ellipsis}
    return tuple(
        words[item] if isinstance(item, str) else slice(*item) if isinstance(item, (list, tuple)) else item
        for item in key
    )


@dataclass(frozen=True)
class Call:
    """One application of a layer to tensors; a shared layer has several.

    Attributes:
        name: the prefix of its quantities: the layer's name, `name#2` for its second call.
        layer: the name of the `LayerSpec`.
        inputs: the tensors it reads, in Keras's order; for a recurrent layer the sequence, then initial states.
        outputs: the tensors it makes; the first is named like the call, further ones `name:1`, `name:2`.
    """

    name: str
    layer: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class ModelSpec:
    """A model as layers and calls in order of computation.

    Attributes:
        layers: every layer once.
        calls: every application of a layer, each after those whose tensors it reads.
        outputs: the tensors that the model returns.
        loss: the Keras identifier of the loss (`binary_crossentropy`), or None without one.
    """

    name: str
    inputs: tuple[InputSpec, ...]
    layers: tuple[LayerSpec, ...]
    calls: tuple[Call, ...]
    outputs: tuple[str, ...]
    loss: str | None = None

    def layer(self, name: str) -> LayerSpec:
        """The layer with this name.

        Raises:
            KeyError: there is none.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists."""
        data = asdict(self)
        for item in data["inputs"]:
            if not item["one_hot"]:
                del item["one_hot"]
        return data

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> ModelSpec:
        """Rebuild from `to_json`'s output after a round trip through JSON."""
        return ModelSpec(
            name=data["name"],
            inputs=tuple(InputSpec(i["tensor"], tuple(i["shape"]), i.get("one_hot", False)) for i in data["inputs"]),
            layers=tuple(LayerSpec.from_json(layer) for layer in data["layers"]),
            calls=tuple(Call(c["name"], c["layer"], tuple(c["inputs"]), tuple(c["outputs"])) for c in data["calls"]),
            outputs=tuple(data["outputs"]),
            loss=data["loss"],
        )


def sequential(
    name: str, input_shape: tuple[int, ...], layers: tuple[LayerSpec, ...], loss: str | None = None
) -> ModelSpec:
    """A chain of layers, each called once on the output of the one before."""
    calls = []
    tensor = "input"
    for layer in layers:
        calls.append(Call(layer.name, layer.name, (tensor,), (layer.name,)))
        tensor = layer.name
    return ModelSpec(name, (InputSpec("input", input_shape),), layers, tuple(calls), (tensor,), loss)
