"""ModelSpec → Graph: give each layer its weights and inputs, and let it write its equations."""

from __future__ import annotations

import weakref

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import OneHot, Ref
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Role
from xlcheck.layers import equations_of
from xlcheck.layers.signals import Signal
from xlcheck.learning.losses import add_loss
from xlcheck.model.layer_options import TRAINING_ONLY
from xlcheck.model.model_spec import InputSpec, LayerSpec, ModelSpec

# Found by trying every layer: wrappers and recurrent layers put their outputs together anew.
_LEAVE_LOGITS = {"Dense", "Conv1D", "Activation", "Softmax"}
_CODE_READERS = {"Embedding", "CategoryEncoding"}


_graphs: dict[int, tuple[weakref.ref[ModelSpec], Graph]] = {}
"""By the identity of a spec, which cannot be a key itself. Building, recording and checking all ask for it again."""


def forward_graph(spec: ModelSpec) -> Graph:
    """The forward pass of a model, with its loss if the model has one; written down once for each spec.

    Weights are quantities `layer.kernel`, inputs `input.x[t]`, targets `target.y`.

    Raises:
        NotSupportedError: a layer, option or loss is not supported.
    """
    key = id(spec)
    known = _graphs.get(key)
    if known is not None and known[0]() is spec:
        return known[1]
    graph = _forward_graph(spec)
    _graphs[key] = (weakref.ref(spec, lambda _: _graphs.pop(key, None)), graph)
    return graph


def _forward_graph(spec: ModelSpec) -> Graph:
    build = GraphBuilder()
    tensors = _tensors(build, spec)
    if spec.loss is not None:
        add_loss(build, spec.loss, tensors[spec.outputs[0]], has_logits=has_logits(spec))
    return build.build(tuple(ref for name in spec.outputs for ref in tensors[name].steps))


def has_logits(spec: ModelSpec) -> bool:
    """Whether Keras knows the logits of the output: its activation was the last thing that made a new tensor."""
    made_by = {tensor: call for call in spec.calls for tensor in call.outputs}
    call = made_by.get(spec.outputs[0])
    while call is not None:
        layer = spec.layer(call.layer)
        passes_on = layer.kind in TRAINING_ONLY or layer.options.get("activation") == "linear"
        if not passes_on or layer.weights:
            return layer.kind in _LEAVE_LOGITS
        call = made_by.get(call.inputs[0])
    return False


def tensor_shapes(spec: ModelSpec) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a model, without the batch axis.

    Raises:
        NotSupportedError: a layer or an option is not supported.
    """
    build = GraphBuilder()
    shapes: dict[str, tuple[int, ...]] = {}
    for name, signal in _tensors(build, spec).items():
        sizes = [build.shape(ref)[-1] for ref in signal.steps]
        shapes[name] = (len(sizes), sizes[0]) if signal.timed else (sum(sizes),)
    return shapes


def _tensors(build: GraphBuilder, spec: ModelSpec) -> dict[str, Signal]:
    """Let every layer write its equations; what flows between the layers, by the tensors' names."""
    weights = {layer.name: _weights(build, layer.name, layer) for layer in spec.layers}
    tensors = {item.tensor: _input(build, spec, item) for item in spec.inputs}
    for call in spec.calls:
        layer = spec.layer(call.layer)
        inputs = tuple(tensors[name] for name in call.inputs)
        outputs = equations_of(layer)(build, call.name, layer, weights[layer.name], inputs)
        if not all(signal.steps for signal in outputs):
            steps = len(inputs[0].steps)
            raise ModelError(
                f"layer {layer.name!r} ({layer.kind}) leaves nothing of {steps} time step{'s' if steps > 1 else ''}; "
                "give longer inputs"
            )
        tensors.update(zip(call.outputs, outputs, strict=True))
    return tensors


def _weights(build: GraphBuilder, name: str, layer: LayerSpec) -> dict[str, Ref]:
    """The weights of a layer by their names, those of the layers it wraps as `inner.weight`."""
    weights = {
        weight: build.given(Band(name, weight, Role.WEIGHT, weight), shape) for weight, shape in layer.weights.items()
    }
    for inner in layer.inner:
        own = _weights(build, f"{name}.{inner.name}", inner)
        weights |= {f"{inner.name}.{weight}": ref for weight, ref in own.items()}
    return weights


def _input(build: GraphBuilder, spec: ModelSpec, item: InputSpec) -> Signal:
    """One quantity for a vector, one for each step of a sequence, one for each of the codes of words."""
    band = Band(item.tensor, "x", Role.INPUT, "xₜ", "", "What the network reads at this step.")
    readers = {spec.layer(call.layer).kind for call in spec.calls if item.tensor in call.inputs}
    if len(item.shape) == 1 and readers and readers <= _CODE_READERS:
        return Signal(tuple(build.given(band, (1,), t) for t in range(item.shape[0])), timed=False)
    if item.one_hot:
        return _one_hot(build, item)
    if len(item.shape) == 1:
        return Signal.vector(build.given(band, item.shape))
    if len(item.shape) != 2:
        raise NotSupportedError(
            f"input {item.tensor!r} has the shape {item.shape}; supported are (features,) and (timesteps, features)"
        )
    timesteps, features = item.shape
    return Signal.sequence(tuple(build.given(band, (features,), t) for t in range(timesteps)))


def _one_hot(build: GraphBuilder, item: InputSpec) -> Signal:
    """The place of each vector's 1, and the vectors made from it."""
    place_band = Band(
        item.tensor, "place", Role.INPUT, "placeₜ", "",
        "The place of the only 1 in xₜ (0: xₜ is all zeros), so that xₜ times a kernel is this row of the kernel.",
    )  # fmt: skip
    band = Band(
        item.tensor, "x", Role.INPUT, "xₜ", "one-hot(placeₜ)",
        "What the network reads at this step: 1 at one place, 0 everywhere else.",
    )  # fmt: skip
    depth = item.shape[-1]
    steps: tuple[int | None, ...] = (None,) if len(item.shape) == 1 else tuple(range(item.shape[0]))
    places = [build.given(place_band, (1,), t) for t in steps]
    refs = tuple(build.let(band, OneHot(place - 1, depth), t) for place, t in zip(places, steps, strict=True))
    return Signal(refs, timed=len(item.shape) == 2)
