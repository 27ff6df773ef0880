"""Losses out of Keras: of each step and unit, of each sample, and the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.errors import OracleError
from xlcheck.learning.losses import FROM_LOGITS
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.recorders.recorder import Recorded, array

_CLASSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
}


def loss_quantities(loss: str, targets: Any, output: Any, dtype: str) -> Recorded:
    """`loss`, `sample` and `mean`, as Keras computes them.

    Args:
        loss: Keras's identifier.
        targets: a tensor of the output's shape, `(samples, n)` or `(samples, timesteps, n)`; of a sparse
            cross-entropy with one class number in place of n.
        output: the model's output tensor itself: Keras recovers from it the logits behind a sigmoid or
            softmax, and so does not clip; a copy of its values would be clipped at 1e-7.
        dtype: precision.

    Returns:
        `loss` with one value for each element of a binary cross-entropy, one for each step of a
        categorical; `sample` is a sample's average over the steps; `mean` is Keras's loss, the same for each sample.

    Raises:
        OracleError: nothing is known of this loss.
    """
    mean = array(mean_loss(loss, targets, output, dtype))
    recorded = {symbol: array(values) for symbol, values in loss_parts(loss, targets, output).items()}
    return recorded | {"mean": np.broadcast_to(mean, (len(output), 1)).copy()}


def loss_parts(loss: str, targets: Any, output: Any) -> dict[str, Any]:
    """`loss`, and with time steps `sample`, as tensors; see `loss_quantities`."""
    keras = import_keras()
    if loss == "mean_squared_error":
        elements = keras.losses.mean_squared_error(targets, output)
    else:
        name, options = _name_and_options(loss)
        elements = getattr(keras.ops, name)(targets, output, **options)
    if not loss.startswith("binary_crossentropy"):
        elements = keras.ops.expand_dims(elements, axis=-1)
    if elements.ndim > 2 or elements.shape[-1] > 1:
        axes = list(range(1, elements.ndim))
        return {"loss": elements, "sample": keras.ops.reshape(keras.ops.mean(elements, axis=axes), (-1, 1))}
    return {"loss": elements}


def mean_loss(loss: str, targets: Any, output: Any, dtype: str, step_weights: Any = None) -> Any:
    """The number that Keras minimises, as a tensor; see `loss_quantities`.

    The loss of each step counts as much as `step_weights` say, `(samples, timesteps)`.

    Raises:
        OracleError: nothing is known of this loss.
    """
    name, options = _name_and_options(loss)
    if name not in _CLASSES:
        raise OracleError(f"nothing is known of the loss {loss!r} in Keras; known are {', '.join(_CLASSES)}")
    own = getattr(import_keras().losses, _CLASSES[name])(dtype=dtype, **options)
    return own(targets, output, sample_weight=step_weights)


def _name_and_options(loss: str) -> tuple[str, dict[str, bool]]:
    """Keras's identifier, and what else Keras must be told."""
    if loss.endswith(FROM_LOGITS):
        return loss.removesuffix(FROM_LOGITS), {"from_logits": True}
    return loss, {}
