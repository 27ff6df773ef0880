"""Layers by their equations alone: drawn numbers go in, and what comes out is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, Use
from xlcheck.model.model_spec import LayerSpec

Array = np.ndarray
STEPS, FEATURES, UNITS = 4, 3, 2
DRAWN = np.random.default_rng(7)
X, Y = DRAWN.normal(size=(2, STEPS, FEATURES))
READ = np.array([1.0, 0.0, 1.0, 0.0])


def weights(gates: int = 1, rows: int | None = None) -> dict[str, Array]:
    """Of a recurrent layer with so many gates; a bias of several rows if it has them."""
    shapes = {"kernel": (FEATURES, gates * UNITS), "recurrent_kernel": (UNITS, gates * UNITS)}
    bias = (gates * UNITS,) if rows is None else (rows, gates * UNITS)
    return {name: DRAWN.normal(size=shape) for name, shape in (shapes | {"bias": bias}).items()}


def made(
    equations: Callable[..., tuple[Signal, ...]],
    layer: LayerSpec,
    inputs: Sequence[Array],
    given: Mapping[str, Array] = {},
    mask: Array | None = None,
) -> list[Array]:
    """Each tensor that the equations make, `(features,)` or `(steps, features)`; every input has the same mask."""
    build, values = GraphBuilder(), {}

    def add(owner: str, symbol: str, role: Role, value: Array, t: int | None = None) -> Any:
        ref = build.given(Band(owner, symbol, role, symbol), value.shape, t)
        values[ref.name] = value if role is Role.WEIGHT else value[None]
        return ref

    refs = {name: add("layer", name, Role.WEIGHT, value) for name, value in given.items()}
    masks = None if mask is None else tuple(add("m", "mask", Role.INPUT, m, t) for t, m in enumerate(mask[:, None]))
    signals = [
        Signal(tuple(add(f"input{n}", "x", Role.INPUT, row, t) for t, row in enumerate(x)), True, masks)
        if x.ndim == 2 else Signal.vector(add(f"input{n}", "x", Role.INPUT, x))
        for n, x in enumerate(inputs)
    ]  # fmt: skip
    tensors = equations(Use(build, "layer", layer, refs, tuple(signals)))
    graph = build.build()
    nothing = {q.name: np.zeros((1, *q.shape)) for q in graph if q.expr is None}  # initial states
    found = evaluate(graph, nothing | values)
    parts = [[found[ref.name][0] for ref in signal.steps] for signal in tensors]
    return [np.array(part if signal.timed else part[0]) for part, signal in zip(parts, tensors, strict=True)]


def layer(kind: str, inner: tuple[LayerSpec, ...] = (), **options: Any) -> LayerSpec:
    return LayerSpec(kind, "layer", options, inner=inner)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
