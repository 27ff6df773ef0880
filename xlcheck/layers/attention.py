"""Attention and AdditiveAttention: every step of the query takes a share of each step of the value.

Source: Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation" (2015); Bahdanau,
Cho and Bengio, "Neural machine translation by jointly learning to align and translate" (2014); `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.graph.expressions import Concat, Const, Expr, Ref, Slice, Softmax, Sum, Tanh, Total, Where
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, only_sequence, output_band
from xlcheck.model.model_spec import LayerSpec

_SKIPPED = 1e9
"""What Keras takes away from the score of a step that is skipped, in any precision but half."""


def side_by_side(parts: Sequence[Expr]) -> Expr:
    """One vector of all parts."""
    return parts[0] if len(parts) == 1 else Concat(tuple(parts))


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Scores of each step of the query with every step of the key, their shares, and the values weighed by them."""
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
    asked, read = inputs[0].mask, inputs[1].mask
    seen_band = Band(
        name, "seen", Role.INTERMEDIATE, "seenₜ", "scoresₜ, less 10⁹ where a step is skipped",
        "The scores, so low where a step is skipped that its share is 0.",
    )  # fmt: skip
    shares_band = Band(
        name, "shares", Role.INTERMEDIATE, "sharesₜ", "softmax(seenₜ)" if read else "softmax(scoresₜ)",
        "How much each step counts for this one: all of them add up to 1.",
    )  # fmt: skip
    band = output_band(
        name, True, "Σ sharesₜ · value" + (" if maskₜ, else 0" if asked else ""),
        "The values, each counted by its share.",
    )  # fmt: skip
    outputs = []
    for t, query in enumerate(queries):
        scores = build.let(scores_band, side_by_side([score(query, key) for key in keys]), t)
        if read:
            each = [Slice(scores, k, k + 1) for k in range(len(read))]
            lowered = [Where(mask, one, one - Const(_SKIPPED)) for mask, one in zip(read, each, strict=True)]
            scores = build.let(seen_band, side_by_side(lowered), t)
        shares = build.let(shares_band, Softmax(scores), t)
        found: Expr = Total(tuple(Slice(shares, k, k + 1) * v for k, v in enumerate(values)))
        outputs.append(build.let(band, Where(asked[t], found, Const(0.0)) if asked else found, t))
    return (Signal.sequence(tuple(outputs), asked),)
