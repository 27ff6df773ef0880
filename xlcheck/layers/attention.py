"""Attention and AdditiveAttention: every step of the query takes a share of each step of the value.

Source: Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation" (2015); Bahdanau,
Cho and Bengio, "Neural machine translation by jointly learning to align and translate" (2014); `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlcheck.graph.expressions import Const, Expr, Ref, Slice, Softmax, Sum, Tanh, Total, Where
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.signals import Signal, Use, only_sequence, output_band, side_by_side
from xlcheck.model.model_spec import LayerSpec

_SKIPPED = 1e9
"""What Keras takes away from the score of a step that is skipped, in any precision but half."""


def equations(use: Use) -> tuple[Signal, ...]:
    """Scores of each step of the query with every step of the key, their shares, and the values weighed by them."""
    queries, values, *rest = (only_sequence(use.layer.name, signal) for signal in use.inputs)
    keys = rest[0] if rest else values
    equation, score = _scoring(use.layer, use.weights)
    weight, weighed = _weight(use.layer, use.weights)
    raw_band = Band(
        use.name, "raw", Role.INTERMEDIATE, "rawₜ", equation, "The scores before all of them are weighed alike.",
    )  # fmt: skip
    scores_band = Band(
        use.name, "scores", Role.INTERMEDIATE, "scoresₜ", weighed or equation,
        "How well this step of the query fits each step.",
    )  # fmt: skip
    asked, read = use.inputs[0].mask, use.inputs[1].mask
    causal = use.layer.options.get("use_causal_mask", False)
    skipped = " or ".join(["is skipped"] * (read is not None) + ["comes later"] * causal)
    seen_band = Band(
        use.name, "seen", Role.INTERMEDIATE, "seenₜ", f"scoresₜ, less 10⁹ where a step {skipped}",
        f"The scores, so low where a step {skipped} that its share is 0.",
    )  # fmt: skip
    shares_band = Band(
        use.name, "shares", Role.INTERMEDIATE, "sharesₜ", "softmax(seenₜ)" if skipped else "softmax(scoresₜ)",
        "How much each step counts for this one: all of them add up to 1.",
    )  # fmt: skip
    band = output_band(
        use.name, True, "Σ sharesₜ · value" + (" if maskₜ, else 0" if asked else ""),
        "The values, each counted by its share.",
    )  # fmt: skip
    outputs, every_share = [], []
    for t, query in enumerate(queries):
        fits = side_by_side([score(query, key) for key in keys])
        scores = use.build.let(scores_band, fits if weight is None else weight * use.build.let(raw_band, fits, t), t)
        if skipped:
            each = enumerate(read or [None] * len(keys))
            lowered = [_lowered(Slice(scores, k, k + 1), mask, is_later=causal and k > t) for k, mask in each]
            scores = use.build.let(seen_band, side_by_side(lowered), t)
        shares = use.build.let(shares_band, Softmax(scores), t)
        every_share.append(shares)
        found: Expr = Total(tuple(Slice(shares, k, k + 1) * v for k, v in enumerate(values)))
        outputs.append(use.build.let(band, Where(asked[t], found, Const(0.0)) if asked else found, t))
    found_in_all = Signal.sequence(tuple(outputs), asked)
    if not use.layer.options.get("return_attention_scores", False):
        return (found_in_all,)
    return (found_in_all, Signal.sequence(tuple(every_share)))


def _lowered(score: Expr, mask: Ref | None, *, is_later: bool) -> Expr:
    """A score, or what Keras makes of it where its step is not to be seen."""
    low = score - Const(_SKIPPED)
    return low if is_later else score if mask is None else Where(mask, score, low)


def _scoring(layer: LayerSpec, weights: Mapping[str, Ref]) -> tuple[str, Callable[[Ref, Ref], Expr]]:
    """How well a step of the query fits a key: in mathematical notation, and as an expression of the two."""
    scale = weights.get("scale")
    scaled = "" if scale is None else "scale · "
    if layer.kind == "AdditiveAttention":  # one number for each feature
        return f"Σ {scaled}tanh(queryₜ + key)", lambda query, key: Sum(_times(scale, Tanh(query + key)))
    if layer.options.get("score_mode") == "concat":
        inside = f"{scaled}(queryₜ + key)" if scaled else "queryₜ + key"
        return f"Σ tanh({inside})", lambda query, key: Sum(Tanh(_times(scale, query + key)))
    return "Σ queryₜ · key", lambda query, key: Sum(query * key)


def _weight(layer: LayerSpec, weights: Mapping[str, Ref]) -> tuple[Ref | None, str]:
    """The one number by which an Attention multiplies all scores, if it has one, and how that is written."""
    name = "concat_score_weight" if layer.options.get("score_mode") == "concat" else "scale"
    weight = weights.get(name) if layer.kind == "Attention" else None
    return weight, "" if weight is None else f"{name} · rawₜ"


def _times(scale: Ref | None, value: Expr) -> Expr:
    return value if scale is None else scale * value
