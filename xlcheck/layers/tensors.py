"""What flows between the layers of a model: give each its weights and inputs, and let it write its equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import OneHot, Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers import READ_IMAGES, equations_of
from xlcheck.layers.element_grids import shape_of
from xlcheck.layers.signals import Signal, Use
from xlcheck.model.layer_options import OPERATIONS, WITHOUT
from xlcheck.model.model_spec import InputSpec, LayerSpec, ModelSpec

_CODE_READERS = {"Embedding", "CategoryEncoding"}


def tensors_of(build: GraphBuilder, spec: ModelSpec) -> dict[str, Signal]:
    """Let every layer write its equations; what flows between the layers, by the tensors' names.

    Raises:
        NotSupportedError: a layer or an option is not supported.
        ModelError: a layer leaves nothing of its input.
    """
    weights = {layer.name: _weights(build, layer.name, layer) for layer in spec.layers}
    tensors = {item.tensor: _input(build, spec, item) for item in spec.inputs}
    for call in spec.calls:
        layer = spec.layer(call.layer)
        inputs = tuple(tensors[name] for name in call.inputs)
        _require_images_where_read(build, layer, inputs)
        try:
            outputs = equations_of(layer)(Use(build, call.name, layer, weights[layer.name], inputs))
        except ValueError as error:  # as of a layer that Keras built for another shape than it is given
            raise ModelError(f"layer {layer.name!r} ({layer.kind}) does not fit what it reads: {error}") from error
        if not all(signal.steps for signal in outputs):
            steps, columns = len(inputs[0].steps), inputs[0].columns
            what = f"{steps} × {columns} pixels" if columns else f"{steps} time step{'s' if steps > 1 else ''}"
            raise ModelError(
                f"layer {layer.name!r} ({layer.kind}) leaves nothing of {what}; give "
                f"{'larger' if columns else 'longer'} inputs"
            )
        tensors.update(zip(call.outputs, outputs, strict=True))
    _require_masks_that_last(spec, tensors)
    return tensors


def _require_masks_that_last(spec: ModelSpec, tensors: Mapping[str, Signal]) -> None:
    """Refuse masks that reach a MultiHeadAttention through a tensor from which another one has taken its mask.

    When Keras runs a model, each takes the masks of what it reads away, and the next one finds none. Layers that are
    called with their mask, as recurrent ones are, keep it.

    Raises:
        NotSupportedError: there are such masks.
    """
    through: dict[str, set[str]] = {}  # of a mask, the tensors that handed it on
    readers = [call for call in spec.calls if spec.layer(call.layer).kind == "MultiHeadAttention"]
    for call in spec.calls:
        before = set() if call in readers else {name for item in call.inputs for name in through.get(item, ())}
        through |= {name: {name, *before} for name in call.outputs if tensors[name].mask}
    for call in readers:
        passed = {name for item in call.inputs for name in through.get(item, ())}
        other = next((other for other in readers if other is not call and passed & {*other.inputs}), None)
        if other is not None:
            raise NotSupportedError(
                f"layer {call.layer!r}: Keras has lost the mask of what it reads, because {other.layer!r} has read it, "
                "too, or what it is made of; add tensors with + instead of Add, which hands no mask on"
            )


def _require_images_where_read(build: GraphBuilder, layer: LayerSpec, inputs: tuple[Signal, ...]) -> None:
    """Refuse what a layer cannot do with an image, that is, with rows, columns and channels.

    Raises:
        NotSupportedError: it reads an image and is not known to do so, or merges it with something of another size.
    """
    if not any(signal.columns for signal in inputs):
        return
    if layer.kind not in READ_IMAGES:
        raise NotSupportedError(
            f"layer {layer.name!r}: {layer.kind} of an image (rows, columns, channels) is not supported; {WITHOUT}"
        )
    if layer.kind in OPERATIONS:
        return
    if not all(signal.columns for signal in inputs):
        raise NotSupportedError(
            f"layer {layer.name!r}: {layer.kind} of an image and of what is none is not supported; Reshape makes one"
        )
    shapes = [shape_of(build, signal) for signal in inputs]
    axes = [set(sizes) for sizes in zip(*shapes, strict=True)]  # one of length 1 is used again and again, if merged
    if layer.kind != "Concatenate" and any(len(sizes - {1}) > 1 for sizes in axes):
        raise NotSupportedError(f"layer {layer.name!r}: {layer.kind} of images of different sizes is not supported")


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
        return Signal.vector(build.given(replace(band, label="x", meaning="What the network reads."), item.shape))
    if len(item.shape) == 3:
        rows, columns, size = item.shape
        band = Band(item.tensor, "x", Role.INPUT, "xᵣ", "", "What the network reads in this row.", columns=columns)
        return Signal.image(tuple(build.given(band, (columns * size,), row) for row in range(rows)), columns)
    if len(item.shape) != 2:
        raise NotSupportedError(
            f"input {item.tensor!r} has the shape {item.shape}; supported are (features,), (timesteps, features) "
            "and (rows, columns, channels)"
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
