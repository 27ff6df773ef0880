"""Attention and AdditiveAttention: every step of the query takes a share of each step of the value.

Source: Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation" (2015); Bahdanau,
Cho and Bengio, "Neural machine translation by jointly learning to align and translate" (2014); `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Concat, Expr, Ref, Slice, Softmax, Sum, Tanh, Total
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, only_sequence, output_band, without_mask
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Scores of each step of the query with every step of the key, their shares, and the values weighed by them."""
    without_mask(layer.name, inputs, layer.kind)
    queries, values, *rest = (only_sequence(layer.name, signal) for signal in inputs)
    keys = rest[0] if rest else values
    is_additive = layer.kind == "AdditiveAttention"
    scale = weights.get("scale")

    def score(query: Ref, key: Ref) -> Expr:
        if not is_additive:
            return Sum(query * key)
        return Sum(Tanh(query + key) if scale is None else scale * Tanh(query + key))

    equation = "Σ scale · tanh(queryₜ + key)" if is_additive else "Σ queryₜ · key"
    scores_band = Band(
        name, "scores", Role.INTERMEDIATE, "scoresₜ", equation, "How well this step of the query fits each step.",
    )  # fmt: skip
    shares_band = Band(
        name, "shares", Role.INTERMEDIATE, "sharesₜ", "softmax(scoresₜ)",
        "How much each step counts for this one: all of them add up to 1.",
    )  # fmt: skip
    band = output_band(name, True, "Σ sharesₜ · value", "The values, each counted by its share.")
    outputs = []
    for t, query in enumerate(queries):
        every = [score(query, key) for key in keys]
        scores = build.let(scores_band, every[0] if len(every) == 1 else Concat(tuple(every)), t)
        shares = build.let(shares_band, Softmax(scores), t)
        outputs.append(build.let(band, Total(tuple(Slice(shares, k, k + 1) * v for k, v in enumerate(values))), t))
    return (Signal.sequence(tuple(outputs)),)
