"""What flows between layers: a vector, or a sequence of vectors, one for each time step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role

Element = tuple[Ref, int]
"""One element of a quantity."""


@dataclass(frozen=True)
class Signal:
    """One tensor of a sample: shape `(features,)` or `(timesteps, features)`.

    Attributes:
        steps: the quantities that hold it: one for each time step; one for a vector, or, for a vector of
            word codes that only an Embedding or CategoryEncoding reads, one for each code.
        timed: whether it has a time axis.
        mask: for each time step a quantity of one element, 1 to read the step and 0 to skip it;
            None if every step is read.
    """

    steps: tuple[Ref, ...]
    timed: bool
    mask: tuple[Ref, ...] | None = None

    @staticmethod
    def vector(ref: Ref) -> Signal:
        """A tensor without a time axis."""
        return Signal((ref,), timed=False)

    @staticmethod
    def sequence(refs: tuple[Ref, ...], mask: tuple[Ref, ...] | None = None) -> Signal:
        """A tensor with a time axis."""
        return Signal(refs, timed=True, mask=mask)


def output_band(name: str, timed: bool, equation: str, meaning: str) -> Band:
    """The band `y` of a layer's output; `{x}` in the equation stands for the input of this step."""
    index = "ₜ" if timed else ""
    return Band(name, "y", Role.OUTPUT, f"y{index}", equation.replace("{x}", f"x{index}"), meaning)


def each_step(build: GraphBuilder, band: Band, signal: Signal, expression: Callable[[Ref], Expr]) -> Signal:
    """A quantity for each step of a signal, made from that step alone; the mask stays."""
    refs = tuple(build.let(band, expression(ref), t if signal.timed else None) for t, ref in enumerate(signal.steps))
    return Signal(refs, signal.timed, signal.mask)


def elements(build: GraphBuilder, signal: Signal) -> list[Element]:
    """All elements of a signal, the last axis fastest, as NumPy and Keras flatten an array."""
    return [(ref, i) for ref in signal.steps for i in range(build.shape(ref)[0])]


def side_by_side(parts: Sequence[Expr]) -> Expr:
    """One vector of all parts."""
    return parts[0] if len(parts) == 1 else Concat(tuple(parts))


def pick(build: GraphBuilder, chosen: Iterable[Element]) -> Expr:
    """A vector of chosen elements; neighbours are taken together."""
    runs: list[tuple[Ref, int, int]] = []
    for ref, i in chosen:
        if runs and runs[-1][0] == ref and runs[-1][2] == i:
            runs[-1] = (ref, runs[-1][1], i + 1)
        else:
            runs.append((ref, i, i + 1))
    parts = [ref if (start, stop) == (0, build.shape(ref)[0]) else Slice(ref, start, stop) for ref, start, stop in runs]
    return side_by_side(parts)


def only_sequence(layer: str, signal: Signal) -> tuple[Ref, ...]:
    """The steps of a sequence.

    Raises:
        NotSupportedError: the signal has no time axis.
    """
    if not signal.timed:
        raise NotSupportedError(f"layer {layer!r} needs a sequence (timesteps, features) as its input")
    return signal.steps


def without_mask(layer: str, inputs: Iterable[Signal], what: str) -> None:
    """Refuse masked inputs.

    Raises:
        NotSupportedError: an input has a mask; `what` says what is not supported under one.
    """
    if any(signal.mask is not None for signal in inputs):
        raise NotSupportedError(f"layer {layer!r}: {what} is not supported where a mask skips time steps")
