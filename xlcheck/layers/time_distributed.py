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
    return _each_step(use.layer.name, use.of_inner(inner, use.inputs))


def _each_step(wrapper: str, use: Use) -> tuple[Signal, ...]:
    """A layer, or one after the other of those in a Sequential model, for every step."""
    if use.layer.kind == "Sequential":
        signals = use.inputs
        for layer in use.layer.inner:
            signals = _each_step(wrapper, use.of_inner(layer, signals))
        return signals
    if use.layer.kind not in PER_STEP:
        raise NotSupportedError(
            f"layer {wrapper!r}: TimeDistributed({use.layer.kind}) is not supported; supported are "
            f"{', '.join(sorted(PER_STEP))}, and Sequential models of them"
        )
    return PER_STEP[use.layer.kind](use)
