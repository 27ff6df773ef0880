"""What recorders share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import OracleError
from xlcheck.oracle.noted import LayerCall

T = TypeVar("T")
Recorded = dict[str, Array]
"""Symbol → values: `(samples, n)` without a step, `(samples, timesteps, n)` with steps."""

Recorder = Callable[[LayerCall], Recorded]


def array(tensor: Any) -> Array:
    """A Keras tensor or variable as float64, whatever its precision; no value changes."""
    return np.asarray(getattr(tensor, "value", tensor), dtype=np.float64)


def exactly(events: list[T], count: int, call: LayerCall, what: str) -> list[T]:
    """The events or calls, of which Keras must have made `count`.

    Raises:
        OracleError: this Keras computes the layer in another way than the one that is known.
    """
    if len(events) != count:
        raise OracleError(
            f"layer {call.layer.name!r}: Keras called {what} {len(events)} times where {count} were expected; "
            "this version of Keras computes the layer in another way"
        )
    return events
