"""MultiHeadAttention: several attentions side by side, each of which looks at the steps in its own way.

Source: Vaswani et al., "Attention is all you need" (2017); `keras.layers.MultiHeadAttention`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Const, Dot, Expr, Ref, Slice, Softmax, Sum, Total
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.element_grids import of_rows
from xlcheck.layers.signals import Signal, Use, only_sequence, output_band, side_by_side, without_mask


def equations(use: Use) -> tuple[Signal, ...]:
    """Queries, keys and values; for each head scores, shares and the values weighed by them; all heads joined."""
    without_mask(use.layer.name, use.inputs, use.layer.kind)
    query, value, *rest = (only_sequence(use.layer.name, signal) for signal in use.inputs)
    heads, size, width = (use.layer.options[key] for key in ("num_heads", "key_dim", "value_dim"))
    shape = use.layer.options["output_shape"]
    if shape is not None and len(shape) > 1:
        raise NotSupportedError(f"layer {use.layer.name!r}: output_shape={shape} is not supported, only one number")
    queries = _projected(
        use.build, use.name, "query", query, use.weights, "What this step looks for, one part for each head."
    )
    keys = _projected(
        use.build,
        use.name,
        "key",
        rest[0] if rest else value,
        use.weights,
        "What this step has to offer, one part for each head.",
    )
    values = _projected(
        use.build, use.name, "value", value, use.weights, "What this step hands over, one part for each head."
    )
    causal = use.layer.options.get("use_causal_mask", False)
    joined = Band(
        use.name, "heads", Role.INTERMEDIATE, "headsₜ", "Σ sharesₜ · value, of each head",
        "For each head the values, each counted by its share; all heads side by side.",
    )  # fmt: skip
    band = output_band(
        use.name, True, "headsₜ · attention_output.kernel" + _and_bias(use.weights, "attention_output"),
        "What all heads have found, mixed together.",
    )  # fmt: skip
    outputs = []
    every_share: list[list[Ref]] = [[] for _ in range(heads)]
    for t, one in enumerate(queries):
        parts = []
        for head in range(heads):
            scores = [Sum(_part(one, head, size) * (1 / sqrt(size)) * _part(key, head, size)) for key in keys]
            shares = _shares(use.build, use.name, head, scores, t, causal=causal)
            every_share[head].append(shares)
            weighed = [Slice(shares, s, s + 1) * _part(v, head, width) for s, v in enumerate(values)]
            parts.append(Total(tuple(weighed)))
        found = use.build.let(joined, side_by_side(parts), t)
        outputs.append(use.build.let(band, _weighed(found, "attention_output", use.weights), t))
    found_in_all = Signal.sequence(tuple(outputs))
    if not use.layer.options.get("return_attention_scores", False):
        return (found_in_all,)
    shares_band = Band(
        use.name, "all_shares", Role.INTERMEDIATE, "all sharesₜ", "the shares of a head at all steps",
        "How much each step counts, each head by itself. Units: the shares of the first step, then of the next.",
    )  # fmt: skip
    return found_in_all, of_rows(
        use.build, shares_band, [side_by_side(own) for own in every_share], (heads, len(queries), len(keys))
    )


def _projected(
    build: GraphBuilder, name: str, which: str, steps: tuple[Ref, ...], weights: Mapping[str, Ref], meaning: str
) -> list[Ref]:
    """A query, key or value for each step."""
    band = output_band(f"{name}.{which}", True, f"{{x}} · {which}.kernel" + _and_bias(weights, which), meaning)
    return [build.let(band, _weighed(x, which, weights), t) for t, x in enumerate(steps)]


def _weighed(x: Ref, which: str, weights: Mapping[str, Ref]) -> Expr:
    product, bias = Dot(x, weights[f"{which}.kernel"]), weights.get(f"{which}.bias")
    return product if bias is None else product + bias


def _and_bias(weights: Mapping[str, Ref], which: str) -> str:
    return f" + {which}.bias" if f"{which}.bias" in weights else ""


def _shares(build: GraphBuilder, name: str, head: int, scores: Sequence[Expr], t: int, *, causal: bool) -> Ref:
    """How much each step counts for a head at step t; what comes later than what may be seen counts nothing."""
    number = head + 1
    scores_band = Band(
        name, f"scores_{number}", Role.INTERMEDIATE, f"scores {number}ₜ", "queryₜ · key / √units, of this head",
        f"How well this step of the query fits each step, as head {number} sees it.",
    )  # fmt: skip
    limit, later = (" up to step t", ", and what comes later counts nothing") if causal else ("", "")
    shares_band = Band(
        name, f"shares_{number}", Role.INTERMEDIATE, f"shares {number}ₜ", f"softmax(scores {number}ₜ{limit})",
        f"How much each step counts for head {number}: all of them add up to 1{later}.",
    )  # fmt: skip
    every = build.let(scores_band, side_by_side(scores), t)
    if not causal:
        return build.let(shares_band, Softmax(every), t)
    seen = min(t + 1, len(scores))
    return build.let(
        shares_band, side_by_side([Softmax(Slice(every, 0, seen)), *[Const(0.0)] * (len(scores) - seen)]), t
    )


def _part(ref: Ref, head: int, size: int) -> Expr:
    return Slice(ref, head * size, (head + 1) * size)
