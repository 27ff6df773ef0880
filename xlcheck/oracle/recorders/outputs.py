"""Layers that compute little beside their output: sums, means and shares, and a mask that they make."""

from __future__ import annotations

import numpy as np

from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly


def quantities(call: LayerCall) -> Recorded:
    """`y`; and `mask` as 1 and 0 if Keras attached one to the output."""
    recorded = {"y": array(call.result)}
    mask = import_keras().src.backend.get_keras_mask(call.result)
    return recorded if mask is None else recorded | {"mask": array(mask)[:, :, None]}


def softmax(call: LayerCall) -> Recorded:
    """`y`; over the time steps also `scores_1`, `scores_2`, … and `shares_1`, …, all steps of each feature."""
    recorded = quantities(call)
    y = recorded["y"]
    if y.ndim == 3 and call.layer.axis in (1, -2):
        for i in range(y.shape[-1]):
            recorded |= {f"scores_{i + 1}": array(call.args[0])[:, :, i], f"shares_{i + 1}": y[:, :, i]}
    return recorded


def parts(call: LayerCall) -> Recorded:
    """`y`, `y_2`, … of what is cut into several."""
    return {f"y_{k}" if k > 1 else "y": array(part) for k, part in enumerate(call.result, 1)}


def spread(call: LayerCall) -> Recorded:
    """`mean` as Keras takes it over the same axes, on which a spread does not depend, and `y`."""
    operation, y = call.layer, array(call.result)
    if not call.holds_values:
        return {"y": y, "mean": np.zeros(y.shape)}
    mean = import_keras().ops.mean(call.args[0], axis=operation.axis, keepdims=operation.keepdims)
    return {"y": y, "mean": array(mean)}


def layer_normalization(call: LayerCall) -> Recorded:
    """`mean` and `variance` over the features, and `y`."""
    (moments,) = exactly(call.named("moments"), 1, call, "moments")
    mean, variance = moments.result
    return quantities(call) | {"mean": array(mean), "variance": array(variance)}


def group_normalization(call: LayerCall) -> Recorded:
    """`mean` and `variance` of each group of features, and `y`."""
    (moments,) = exactly(call.named("moments"), 1, call, "moments")
    mean, variance = (array(moment) for moment in moments.result)
    return quantities(call) | {"mean": mean.reshape(len(mean), -1), "variance": variance.reshape(len(mean), -1)}


def separable(call: LayerCall) -> Recorded:
    """`d`, what each feature's own windows give, `z`, the sum before the activation, and `y`."""
    (windows,) = exactly(call.named("depthwise_conv"), 1, call, "depthwise_conv")
    return {"d": array(windows.result), **dense(call)}


def dense(call: LayerCall) -> Recorded:
    """Of Dense and convolutions `z`, the sum before the activation, and `y`."""
    (activation,) = exactly(call.named("activation"), 1, call, "the activation")
    return {"z": array(activation.args[0]), "y": array(call.result)}
