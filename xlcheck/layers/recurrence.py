"""What all recurrent layers share: the loop over the time steps, and what happens to their states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.spec.model_spec import LayerSpec


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


Step = Callable[[int, Ref, tuple[Ref, ...], tuple[Band, ...]], tuple[Ref, ...]]
"""`(t, x, states before, bands of the states) → states after`."""


def recurrent(
    build: GraphBuilder, name: str, layer: LayerSpec, inputs: tuple[Signal, ...], states: tuple[State, ...], step: Step
) -> tuple[Signal, ...]:
    """Write down every time step of a recurrent layer.

    Quantities carry the time step of the input they read, also with `go_backwards`.

    Args:
        build: where the quantities are collected.
        name: the call's name, prefix of the quantities.
        layer: the layer; its options `return_sequences` and `go_backwards` are followed.
        inputs: the sequence.
        states: the layer's states, the output first.
        step: the equations of one time step.

    Returns:
        The last output `(units,)`, or with `return_sequences` all of them.
    """
    bands = tuple(Band(name, s.symbol, Role.STATE, s.label, s.equation, s.meaning, s.group) for s in states)
    units = layer.options["units"]
    values = tuple(
        build.given(Band(name, f"{s.symbol}_init", Role.STATE, s.label.replace("ₜ", "₀"), "0", s.start), (units,))
        for s in states
    )
    outputs = []
    sequence = tuple(enumerate(only_sequence(layer.name, inputs[0])))
    for t, x in reversed(sequence) if layer.options.get("go_backwards", False) else sequence:
        values = step(t, x, values, bands)
        outputs.append(values[0])
    if layer.options["return_sequences"]:
        return (Signal.sequence(tuple(outputs)),)
    return (Signal.vector(outputs[-1]),)
