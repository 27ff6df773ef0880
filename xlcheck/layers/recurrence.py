"""What all recurrent layers share: the loop over the time steps, and what happens to their states."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Const, Expr, Ref, Where
from xlcheck.graph.notation import label_of
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, Use, only_sequence
from xlcheck.model.model_spec import LayerSpec

MEMORY = "memory and output"


@dataclass(frozen=True)
class State:
    """The words of one state of a recurrent layer; the first state of a layer is its output.

    Attributes:
        symbol: its symbol (`h`).
        label: the symbol as a reader sees it (`hₜ`).
        equation: how a step computes it.
        meaning: one sentence.
        start: one sentence about its value before the first step.
        group: the heading under which it stands; `MEMORY` for layers with gates.
    """

    symbol: str
    label: str
    equation: str
    meaning: str
    start: str
    group: str = ""


Step = Callable[[GraphBuilder, int, Ref, tuple[Ref, ...], tuple[Band, ...]], tuple[Ref, ...]]
"""`(build, t, x, states before, bands of the states) → states after`."""


def recurrent(use: Use, states: tuple[State, ...], step: Step) -> tuple[Signal, ...]:
    """Write down every time step of a recurrent layer.

    Quantities carry the time step of the input they read, also with `go_backwards`. Where a mask skips
    a step, `h_new` is what the step would have made, `h` stays as it was, and `y` is what the layer
    hands on: the output before, at first 0, or always 0 with `zero_output_for_mask`. When another layer
    hands over the initial states, Keras skips no step, and only hands the mask on.

    Args:
        use: of the layer; it reads the sequence, and after it the initial states if another layer hands them over.
        states: the layer's states, the output first.
        step: the equations of one time step.

    Returns:
        The last output `(units,)`, or with `return_sequences` all of them, in the order in which they were
        made; with `return_state` then the last value of each state.
    """
    build, name, layer = use.build, use.name, use.layer
    sequence, *given = use.inputs
    order = list(enumerate(only_sequence(layer.name, sequence)))
    values = _start(build, name, layer, states, given)
    if layer.options.get("go_backwards", False):
        order.reverse()
        build = _Backwards(build)

    outputs = []
    if sequence.mask is None or given:
        bands = tuple(Band(name, s.symbol, Role.STATE, s.label, s.equation, s.meaning, s.group) for s in states)
        for t, x in order:
            values = step(build, t, x, values, bands)
            outputs.append(values[0])
    else:
        _refuse_unrolled(layer)
        skip = _Skipping(name, states, layer.options.get("zero_output_for_mask", False))
        for t, x in order:
            new = step(build, t, x, values, skip.new_bands)
            values, y = skip.apply(build, sequence.mask[t], t, values, new, outputs)
            outputs.append(y)

    result = Signal.vector(outputs[-1])
    if layer.options["return_sequences"]:
        result = Signal.sequence(tuple(outputs), sequence.mask)
    ends = values if layer.options.get("return_state", False) else ()
    return (result, *(Signal.vector(value) for value in ends))


def _refuse_unrolled(layer: LayerSpec) -> None:
    if all(layer.options.get(flag, False) for flag in ("unroll", "go_backwards", "zero_output_for_mask")):
        raise NotSupportedError(
            f"layer {layer.name!r}: Keras applies a mask in the wrong order to an unrolled layer that reads backwards; "
            "set unroll=False"
        )


def _start(
    build: GraphBuilder, name: str, layer: LayerSpec, states: tuple[State, ...], given: list[Signal]
) -> tuple[Ref, ...]:
    """The states before the first step: given values, or those that another layer hands over."""
    if given and len(given) != len(states):
        raise ModelError(f"layer {layer.name!r} has {len(states)} states; {len(given)} initial states are handed over")
    units = (layer.options["units"],)
    starts = []
    for number, state in enumerate(states):
        band = Band(
            name, f"{state.symbol}_init", Role.STATE, state.label.replace("ₜ", "₀"), "0", state.start, state.group
        )
        if given:
            (handed_over,) = given[number].steps
            source = build[handed_over.name]
            equation = f"{label_of(source)} of {source.band.layer}"
            band = replace(band, equation=equation, meaning="The network starts from a state of another layer.")
            starts.append(build.let(band, handed_over))
        elif layer.options.get("stateful", False):
            band = replace(band, equation="", meaning="The network starts from the state that it was left in.")
            starts.append(build.given(band, units))
        else:
            starts.append(build.given(band, units))
    return tuple(starts)


class _Backwards(GraphBuilder):
    """Writes for a layer that reads backwards, where the step before t is t + 1."""

    def __init__(self, build: GraphBuilder) -> None:
        self._quantities = build._quantities

    def let(self, band: Band, expr: Expr, step: int | None = None, *, shared: bool = False) -> Ref:
        """Add a computed quantity, with its words turned round."""
        label, equation = (text.replace("ₜ₋₁", "ₜ₊₁") for text in (band.label, band.equation))
        meaning = band.meaning.replace("of the step before", "of the step to the right")
        return super().let(replace(band, label=label, equation=equation, meaning=meaning), expr, step, shared=shared)


class _Skipping:
    """What happens to states and output at the steps that a mask skips."""

    def __init__(self, name: str, states: tuple[State, ...], zero_output: bool) -> None:
        self._zero_output = zero_output
        self.new_bands = tuple(
            Band(
                name, f"{s.symbol}_new", Role.INTERMEDIATE, _new(s.label), _of_new_values(s.equation, states),
                f"{s.meaning} It counts only if this step is read.", s.group,
            )
            for s in states
        )  # fmt: skip
        self._bands = tuple(
            Band(
                name, s.symbol, Role.STATE, s.label, f"{new.label} if maskₜ, else {s.label.replace('ₜ', 'ₜ₋₁')}",
                "The new value if this step is read, else the value of the step before.", s.group,
            )
            for s, new in zip(states, self.new_bands, strict=True)
        )  # fmt: skip
        otherwise = "0" if zero_output else "yₜ₋₁ (at first 0)"
        self._output = Band(
            name, "y", Role.OUTPUT, "yₜ", f"{self.new_bands[0].label} if maskₜ, else {otherwise}",
            "What this layer hands on.", states[0].group,
        )  # fmt: skip

    def apply(
        self, build: GraphBuilder, mask: Ref, t: int, old: tuple[Ref, ...], new: tuple[Ref, ...], outputs: list[Ref]
    ) -> tuple[tuple[Ref, ...], Ref]:
        """States and output after step t."""
        values = tuple(
            build.let(band, Where(mask, after, before), t)
            for band, before, after in zip(self._bands, old, new, strict=True)
        )
        before = outputs[-1] if outputs and not self._zero_output else Const(0.0)
        return values, build.let(self._output, Where(mask, new[0], before), t)


def _new(label: str) -> str:
    """The label of a state's new value, before a mask is asked: `h′ₜ`."""
    return label.replace("ₜ", "′ₜ")


def _of_new_values(equation: str, states: tuple[State, ...]) -> str:
    """An equation that reads another state of the same step reads its new value."""
    for state in states:
        equation = re.sub(f"{state.label}(?!₋)", _new(state.label), equation)
    return equation
