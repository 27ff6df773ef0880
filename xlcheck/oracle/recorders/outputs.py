"""Layers of which only the output, and a mask that they make, is a quantity."""

from __future__ import annotations

from xlcheck.oracle.listen import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array
from xlcheck.spec.keras_import import import_keras


def quantities(call: LayerCall) -> Recorded:
    """`y`; and `mask` as 1 and 0 if Keras attached one to the output."""
    recorded = {"y": array(call.result)}
    mask = getattr(call.result, "_keras_mask", None)
    return recorded if mask is None else recorded | {"mask": array(mask)[:, :, None]}


def layer_normalization(call: LayerCall) -> Recorded:
    """`mean` and `variance` over the features as Keras computes them for the layer's input, and `y`."""
    if not call.holds_values:
        return quantities(call)
    mean, variance = import_keras().ops.moments(call.args[0], axes=[-1], keepdims=True)
    return quantities(call) | {"mean": array(mean), "variance": array(variance)}
