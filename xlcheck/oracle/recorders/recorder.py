"""What recorders share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import OracleError
from xlcheck.oracle.listen import LayerCall

Array = NDArray[np.float64]
T = TypeVar("T")
Recorded = dict[str, Array]
"""Symbol → values: `(samples, n)` without a step, `(samples, timesteps, n)` with steps."""

Recorder = Callable[[LayerCall], Recorded]


def array(tensor: Any) -> Array:
    """A Keras tensor or variable as float64, whatever its precision; no value changes."""
    return np.asarray(getattr(tensor, "value", tensor), dtype=np.float64)


def over_time(steps: Sequence[dict[str, Any]]) -> Recorded:
    """Join the tensors `(samples, n)` of each step, by symbol, along a new time axis."""
    return {symbol: np.stack([array(step[symbol]) for step in steps], axis=1) for symbol in steps[0]}


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
