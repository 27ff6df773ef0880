"""Sums that Keras on TensorFlow takes along another axis than it does on every other backend.

`keras.ops.add` hands a second tensor that has one axis longer than 1 to `tf.nn.bias_add`, which knows two places for
it: the last axis, if that is as long, or else the first one after the samples. A tensor of the shape (1, 3, 1) is so
added along the features of one of (1, 3, 3), where for two samples it is added along the steps, as it should be; and
the bias of heads of size 1 is added along the steps, if there are as many steps as heads. What such a model predicts
depends on how many samples it is given, and no formula can agree with that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.exclusive import standing_in
from xlcheck.model.keras_import import import_keras

_ROUNDING = 1e-5
"""How far the sums of two backends may lie apart, in proportion to their size; along another axis it is far more."""


@contextmanager
def only_aligned_sums() -> Iterator[None]:
    """Refuse what is added along another axis, in this thread, while the context is open.

    Raises:
        NotSupportedError: the model that runs adds so.
    """
    if import_keras().config.backend() != "tensorflow":
        yield
        return
    module, thread = sys.modules["keras.src.backend.tensorflow.numpy"], get_ident()
    add, found = module.add, dict[str, None]()  # raised within, an error would come out as one of Keras's own

    def looked_at(x1: Any, x2: Any) -> Any:
        result = add(x1, x2)
        one, two = (tuple(getattr(x, "shape", ())) for x in (x1, x2))
        if get_ident() == thread and one != two and one and two and hasattr(result, "numpy"):
            wanted = np.add(np.asarray(x1), np.asarray(x2))
            if not np.allclose(np.asarray(result), wanted, rtol=_ROUNDING, atol=_ROUNDING, equal_nan=True):
                found[f"a tensor of the shape {two} to one of the shape {one}"] = None
        return result

    with standing_in(module, "add", looked_at):
        yield
    if found:
        raise NotSupportedError(
            f"Keras on TensorFlow adds {next(iter(found))} along another axis than for other numbers of samples or "
            "steps, so no formula can agree with it; give another number of samples, or of units"
        )
