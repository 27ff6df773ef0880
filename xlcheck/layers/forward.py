"""ModelSpec → Graph: give each layer its weights and inputs, and let it write its equations."""

from __future__ import annotations

from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Role
from xlcheck.layers import equations_of
from xlcheck.layers.signals import Signal
from xlcheck.losses import add_loss
from xlcheck.spec.model_spec import InputSpec, ModelSpec


def forward_graph(spec: ModelSpec) -> Graph:
    """The forward pass of a model, with its loss if the model has one.

    Weights are quantities `layer.kernel`, inputs `input.x[t]`, targets `target.y`.

    Raises:
        NotSupportedError: a layer, option or loss is not supported.
    """
    build = GraphBuilder()
    weights = {
        layer.name: {
            name: build.given(Band(layer.name, name, Role.WEIGHT, name), shape) for name, shape in layer.weights.items()
        }
        for layer in spec.layers
    }
    tensors = {item.tensor: _input(build, item) for item in spec.inputs}
    for call in spec.calls:
        layer = spec.layer(call.layer)
        inputs = tuple(tensors[name] for name in call.inputs)
        outputs = equations_of(layer)(build, call.name, layer, weights[layer.name], inputs)
        tensors.update(zip(call.outputs, outputs, strict=True))
    if spec.loss is not None:
        add_loss(build, spec.loss, tensors[spec.outputs[0]])
    return build.build(tuple(ref for name in spec.outputs for ref in tensors[name].steps))


def _input(build: GraphBuilder, item: InputSpec) -> Signal:
    band = Band(item.tensor, "x", Role.INPUT, "xₜ", "", "What the network reads at this step.")
    if len(item.shape) == 1:
        return Signal.vector(build.given(band, item.shape))
    timesteps, features = item.shape
    return Signal.sequence(tuple(build.given(band, (features,), t) for t in range(timesteps)))
