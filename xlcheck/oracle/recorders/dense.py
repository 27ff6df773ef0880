"""Dense and the convolutions: the sum before the activation and the output, from Keras's own call."""

from __future__ import annotations

from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly


def quantities(call: LayerCall) -> Recorded:
    """`z` and `y`."""
    (activation,) = exactly(call.named("activation"), 1, call, "the activation")
    return {"z": array(activation.args[0]), "y": array(call.result)}
