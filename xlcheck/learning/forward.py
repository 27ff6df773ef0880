"""ModelSpec → Graph: what its layers compute, and the loss on top of the last one."""

from __future__ import annotations

import json
import weakref

from xlcheck.errors import NotSupportedError
from xlcheck.graph.quantities import Graph, GraphBuilder
from xlcheck.layers.signals import Signal
from xlcheck.layers.tensors import tensors_of
from xlcheck.learning.losses import add_loss
from xlcheck.model.layer_options import CONVOLUTIONS, SEPARABLE, TRAINING_ONLY
from xlcheck.model.model_spec import ModelSpec

# Found by trying every layer: wrappers and recurrent layers put their outputs together anew.
_LEAVE_LOGITS = {"Dense", "EinsumDense", *CONVOLUTIONS, *SEPARABLE, "Activation", "Softmax"}

_graphs: dict[int, tuple[weakref.ref[ModelSpec], Graph]] = {}
"""By the identity of a spec, as long as there is one. Building, recording and checking all ask for its graph again."""
_equal: weakref.WeakValueDictionary[str, Graph] = weakref.WeakValueDictionary()
"""By what a spec says, as long as somebody has the graph: what is read back from a workbook says the same."""


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
    text = json.dumps(spec.to_json())
    graph = _equal.get(text)
    if graph is None:
        graph = _equal[text] = _forward_graph(spec)
    _graphs[key] = (weakref.ref(spec, lambda _: _graphs.pop(key, None)), graph)
    return graph


def _forward_graph(spec: ModelSpec) -> Graph:
    build = GraphBuilder()
    tensors = tensors_of(build, spec)
    if spec.loss is not None:
        if tensors[spec.outputs[0]].columns:
            raise NotSupportedError(
                f"the loss of a model that answers with an image is not supported; add a Flatten layer behind "
                f"{spec.outputs[0]!r}, or leave the targets out"
            )
        add_loss(build, spec.loss, tensors[spec.outputs[0]], has_logits=has_logits(spec))
    shapes = {name: _shape(build, signal) for name, signal in tensors.items()}
    return build.build(tuple(ref for name in spec.outputs for ref in tensors[name].steps), shapes)


def _shape(build: GraphBuilder, signal: Signal) -> tuple[int, ...]:
    sizes = [build.shape(ref)[-1] for ref in signal.steps]
    columns = (signal.columns,) if signal.columns else ()
    return (len(sizes), *columns, sizes[0] // (signal.columns or 1)) if signal.timed else (sum(sizes),)


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
