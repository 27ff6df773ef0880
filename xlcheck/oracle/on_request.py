"""Keras for those who check workbooks: imported when it is asked, and not before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

# What needs NumPy is imported where it is used: whoever checks a generated workbook asks nothing.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xlcheck.graph.trace import Trace
    from xlcheck.learning.optimisers.batch import Batch
    from xlcheck.model.model_spec import ModelSpec


def dense_gradients(*arguments: Any) -> Any:
    """What `xlcheck.oracle.dense_steps.dense_gradients` returns, which imports TensorFlow when it is asked."""
    from xlcheck.oracle import dense_steps

    return dense_steps.dense_gradients(*arguments)


def keras_if_installed() -> Callable[..., Trace] | None:
    """What asks Keras to compute a model, to run its batch, or to train it anew; None if Keras is not installed."""
    if find_spec("keras") is None or find_spec("tensorflow") is None:
        return None
    return _recompute


def _recompute(spec: ModelSpec, given: Mapping[str, NDArray[np.float64]], batch: Batch | None = None) -> Trace:
    from xlcheck.learning.optimisers.table import EPOCHS, SAMPLES
    from xlcheck.oracle.batch import retrace_batch
    from xlcheck.oracle.numpy_process import retrace

    if EPOCHS in given:
        from xlcheck.oracle.training import retrain

        return retrain(spec, given, int(given[SAMPLES][0, 0]), int(given[EPOCHS][0, 0]))
    return retrace(spec, given) if batch is None else retrace_batch(spec, given, batch)
