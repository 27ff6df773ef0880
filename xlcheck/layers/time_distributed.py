"""TimeDistributed: the same layer at every time step.

Source: `keras.layers.TimeDistributed`.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.layers import activation_layers, dense, identity, normalization, preprocessing
from xlcheck.layers.signals import Signal, Use, only_sequence

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


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the inner layer for every step."""
    (inner,) = use.layer.inner
    only_sequence(use.layer.name, use.inputs[0])
    if inner.kind not in PER_STEP:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: TimeDistributed({inner.kind}) is not supported; "
            f"supported are {', '.join(sorted(PER_STEP))}"
        )
    return PER_STEP[inner.kind](use.of_inner(inner, use.inputs))
