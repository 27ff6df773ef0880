"""What flows between layers: a vector, a sequence of vectors, one for each time step, or an image, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xlcheck.errors import NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Concat, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import Activation
from xlcheck.model.model_spec import LayerSpec

Element = tuple[Ref, int]
"""One element of a quantity."""


@dataclass(frozen=True)
class Signal:
    """One tensor of a sample: shape `(features,)`, `(timesteps, features)` or `(rows, columns, channels)`.

    Attributes:
        steps: the quantities that hold it: one for each time step; one for a vector, or, for a vector of
            word codes that only an Embedding or CategoryEncoding reads, one for each code.
        timed: whether it has a time axis.
        mask: for each time step a quantity of one element, 1 to read the step and 0 to skip it;
            None if every step is read.
        columns: of an image, whose steps are its rows, how many pixels each row has; the channels of a pixel stand
            side by side in the row's vector. 0 for anything else.
    """

    steps: tuple[Ref, ...]
    timed: bool
    mask: tuple[Ref, ...] | None = None
    columns: int = 0

    @staticmethod
    def vector(ref: Ref) -> Signal:
        """A tensor without a time axis."""
        return Signal((ref,), timed=False)

    @staticmethod
    def sequence(refs: tuple[Ref, ...], mask: tuple[Ref, ...] | None = None) -> Signal:
        """A tensor with a time axis."""
        return Signal(refs, timed=True, mask=mask)

    @staticmethod
    def image(rows: tuple[Ref, ...], columns: int) -> Signal:
        """A tensor with rows, columns and channels."""
        return Signal(rows, timed=True, columns=columns)


@dataclass(frozen=True)
class Use:
    """A layer that is used once, and has its equations written down.

    Attributes:
        build: where the quantities are collected.
        name: what this use is called, in front of the quantities.
        weights: its weights by their names.
        inputs: what it reads.
    """

    build: GraphBuilder
    name: str
    layer: LayerSpec
    weights: Mapping[str, Ref]
    inputs: tuple[Signal, ...]

    def of_inner(self, inner: LayerSpec, inputs: tuple[Signal, ...]) -> Use:
        """The use of a layer that this one wraps; its weights, and those of what it wraps, are `inner.weight` here."""
        prefix = f"{inner.name}."
        own = {name.removeprefix(prefix): ref for name, ref in self.weights.items() if name.startswith(prefix)}
        return Use(self.build, f"{self.name}.{inner.name}", inner, own, inputs)


Equations = Callable[[Use], tuple[Signal, ...]]
"""Writes down the equations of a layer; what it hands on."""


def output_band(name: str, timed: bool, equation: str, meaning: str) -> Band:
    """The band `y` of a layer's output; `{x}` in the equation stands for the input of this step."""
    index = "ₜ" if timed else ""
    return Band(name, "y", Role.OUTPUT, f"y{index}", equation.replace("{x}", f"x{index}"), meaning)


def bands_of_sums(name: str, act: Activation, equation: str, meaning: str, *, timed: bool = True) -> tuple[Band, Band]:
    """The bands `z` of weighted sums, with their equation and meaning, and `y` of their activation."""
    z = "zₜ" if timed else "z"
    y = output_band(name, timed, f"{act.notation}({z})" if act.notation else z, f"The output: the sum {act.meaning}.")
    return Band(name, "z", Role.INTERMEDIATE, z, equation, f"{meaning}, before the activation."), y


def of_image(band: Band, columns: int) -> Band:
    """The same band for the rows of an image of so many columns; as it is if there are none."""
    if not columns:
        return band
    label, equation = (text.replace("ₜ", "ᵣ") for text in (band.label, band.equation))
    return replace(band, label=label, equation=equation, columns=columns)


def each_step(build: GraphBuilder, band: Band, signal: Signal, expression: Callable[[Ref], Expr]) -> Signal:
    """A quantity for each step of a signal, made from that step alone; the mask stays."""
    band = of_image(band, signal.columns)
    refs = tuple(build.let(band, expression(ref), t if signal.timed else None) for t, ref in enumerate(signal.steps))
    return replace(signal, steps=refs)


def channels(build: GraphBuilder, signal: Signal) -> int:
    """How many channels each pixel of an image has; of a sequence, how many features a step has."""
    return build.shape(signal.steps[0])[0] // (signal.columns or 1)


def pixel(build: GraphBuilder, signal: Signal, row: int, column: int, start: int = 0, stop: int | None = None) -> Expr:
    """The channels of one pixel, or some of them; for a sequence, whose steps are rows of one column, its features."""
    size = channels(build, signal)
    stop = size if stop is None else stop
    if signal.columns <= 1 and (start, stop) == (0, size):
        return signal.steps[row]
    return Slice(signal.steps[row], column * size + start, column * size + stop)


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


def each_pixel(build: GraphBuilder, x: Ref, columns: int, expression: Callable[[Expr], Expr]) -> Expr:
    """What is made of each pixel of an image's row by itself, side by side; of any other vector it is one."""
    row = Signal.image((x,), columns)
    return side_by_side([expression(pixel(build, row, 0, column)) for column in range(columns or 1)])


def activated(build: GraphBuilder, act: Activation, x: Ref, columns: int) -> Expr:
    """An activation of a vector; of an image's row it looks at each pixel by itself."""
    return each_pixel(build, x, columns, act.apply) if act.looks_at_all else act.apply(x)


def last_axis(signal: Signal) -> int:
    """The number of the axis of features or channels, where that of samples is 0."""
    return 3 if signal.columns else 2 if signal.timed else 1


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
