"""Layers that do something only while a model is trained: Dropout, noise, activity regularisation.

Source: `keras.layers`, called with `training=False`.
"""

from __future__ import annotations

from xlcheck.layers.signals import Signal, Use, each_step, output_band


def equations(use: Use) -> tuple[Signal, ...]:
    """Pass the input on."""
    (signal,) = use.inputs
    meaning = f"{use.layer.kind} works only while the network is trained; an answer passes through unchanged."
    return (each_step(use.build, output_band(use.name, signal.timed, "{x}", meaning), signal, lambda x: x),)
