"""Layers that do something only while a model is trained: Dropout, noise, activity regularisation.

Source: `keras.layers`, called with `training=False`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.signals import Signal, each_step, output_band
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Pass the input on."""
    (signal,) = inputs
    meaning = f"{layer.kind} works only while the network is trained; an answer passes through unchanged."
    return (each_step(build, output_band(name, signal.timed, "{x}", meaning), signal, lambda x: x),)
