"""What flows between layers: a vector, or a sequence of vectors, one for each time step."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Ref


@dataclass(frozen=True)
class Signal:
    """One tensor of a sample: shape `(features,)` or `(timesteps, features)`.

    Attributes:
        steps: the quantities that hold it, one for each time step; one in all for a vector.
        timed: whether it has a time axis.
    """

    steps: tuple[Ref, ...]
    timed: bool

    @staticmethod
    def vector(ref: Ref) -> Signal:
        """A tensor without a time axis."""
        return Signal((ref,), timed=False)

    @staticmethod
    def sequence(refs: tuple[Ref, ...]) -> Signal:
        """A tensor with a time axis."""
        return Signal(refs, timed=True)


def only_sequence(layer: str, signal: Signal) -> tuple[Ref, ...]:
    """The steps of a sequence.

    Raises:
        NotSupportedError: the signal has no time axis.
    """
    if not signal.timed:
        raise NotSupportedError(f"layer {layer!r} needs a sequence (timesteps, features) as its input")
    return signal.steps
