"""TimeDistributed: the same layer at every time step.

Source: `keras.layers.TimeDistributed`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers import activation_layers, dense, identity, normalization, preprocessing
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.layers.wrapping import weights_of_inner
from xlcheck.model.model_spec import LayerSpec

# Layers whose equations for a sequence are those for a vector, at every step.
PER_STEP = {
    "Dense": dense.equations,
    "Activation": activation_layers.equations,
    "ReLU": activation_layers.equations,
    "LeakyReLU": activation_layers.equations,
    "ELU": activation_layers.equations,
    "Dropout": identity.equations,
    "LayerNormalization": normalization.layer_normalization,
    "BatchNormalization": normalization.batch_normalization,
    "Rescaling": preprocessing.rescaling,
}


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Write down the inner layer for every step."""
    (inner,) = layer.inner
    only_sequence(layer.name, inputs[0])
    if inner.kind not in PER_STEP:
        raise NotSupportedError(
            f"layer {layer.name!r}: TimeDistributed({inner.kind}) is not supported; "
            f"supported are {', '.join(sorted(PER_STEP))}"
        )
    return PER_STEP[inner.kind](build, f"{name}.{inner.name}", inner, weights_of_inner(inner, weights), inputs)
