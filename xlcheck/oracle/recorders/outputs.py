"""Layers of which only the output, and a mask that they make, is a quantity."""

from __future__ import annotations

from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.listen import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly


def quantities(call: LayerCall) -> Recorded:
    """`y`; and `mask` as 1 and 0 if Keras attached one to the output."""
    recorded = {"y": array(call.result)}
    mask = import_keras().src.backend.get_keras_mask(call.result)
    return recorded if mask is None else recorded | {"mask": array(mask)[:, :, None]}


def layer_normalization(call: LayerCall) -> Recorded:
    """`mean` and `variance` over the features, and `y`."""
    (moments,) = exactly(call.named("moments"), 1, call, "moments")
    mean, variance = moments.result
    return quantities(call) | {"mean": array(mean), "variance": array(variance)}
