"""Models drawn at random whose sheets are looked at: many or few units and steps, long names, large numbers."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential

KINDS = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}  # and how many columns of weights belong to a unit


def drawn(seed: int) -> tuple[ModelSpec, Trace, list[str]]:
    """A model of recurrent layers, some in both directions, and a dense one: random names, sizes, weights."""
    r, rng = random.Random(seed), np.random.default_rng(seed)
    steps, features = r.choice([1, 2, 3, 8, 9, 14, 18, 30]), r.choice([1, 2, 4, 10])
    first, layers = features, []
    for depth in range(r.randint(1, 3)):
        kind, units = r.choice([*KINDS]), r.choice([1, 2, 3, 5, 12, 30])
        options = {"units": units, "activation": r.choice(["tanh", "relu"]), "use_bias": True, "return_sequences": True,
                   "go_backwards": r.random() < 0.3}  # fmt: skip
        options |= {} if kind == "SimpleRNN" else {"recurrent_activation": "sigmoid"}
        columns = KINDS[kind] * units
        weights = {"kernel": (features, columns), "recurrent_kernel": (units, columns), "bias": (columns,)}
        if kind == "GRU":
            options, weights = options | {"reset_after": True}, weights | {"bias": (2, columns)}
        name = "".join(r.choices("aeinorst_", k=r.randint(3, 18))) + str(depth)
        layer = LayerSpec(kind, name, options, weights)
        if r.random() < 0.2:
            directions = (replace(layer, name=f"{way}_{name}", options={**options, "go_backwards": way == "backward"})
                          for way in ("forward", "backward"))  # fmt: skip
            layer, units = LayerSpec("Bidirectional", name, {"merge_mode": "concat"}, {}, tuple(directions)), 2 * units
        layers.append(layer)
        features = units
    units = r.choice([1, 2, 9, 30])
    options = {"units": units, "activation": r.choice(["softmax", "sigmoid"]), "use_bias": True}
    layers.append(LayerSpec("Dense", "dense", options, {"kernel": (features, units), "bias": (units,)}))
    spec = sequential("drawn", (steps, first), tuple(layers))
    graph = forward_graph(spec)
    samples, size = r.choice([1, 2, 5]), r.choice([0.5, 3.0, 200.0])
    given = {q.name: size * rng.normal(size=q.shape if q.is_weight else (samples, *q.shape))
             for q in graph if q.expr is None}  # fmt: skip
    return spec, Trace("numpy float64", evaluate(graph, given)), [f"sample {k}" for k in range(samples)]
