"""MultiHeadAttention: several attentions side by side, each of which looks at the steps in its own way.

Source: Vaswani et al., "Attention is all you need" (2017); `keras.layers.MultiHeadAttention`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from math import sqrt

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Const, Dot, Expr, Mul, NotEqual, Ref, Slice, Softmax, Sum, Total, Where
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.element_grids import of_rows
from xlcheck.layers.signals import Signal, Use, only_sequence, output_band, side_by_side

_UNSEEN = -1e9
"""The score of a step that may not be seen, in any precision but half."""


def equations(use: Use) -> tuple[Signal, ...]:
    """Queries, keys and values; for each head scores, shares and the values weighed by them; all heads joined."""
    query, value, *rest = (only_sequence(use.layer.name, signal) for signal in use.inputs)
    told = rest.pop() if use.layer.options.get("attention_mask") else None
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
    looks = _looks(use, len(query), len(value), told)
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
            shares = _shares(use, head, scores, t, looks)
            every_share[head].append(shares)
            weighed = [Slice(shares, s, s + 1) * _part(v, head, width) for s, v in enumerate(values)]
            parts.append(Total(tuple(weighed)))
        found = use.build.let(joined, side_by_side(parts), t)
        outputs.append(use.build.let(band, _weighed(found, "attention_output", use.weights), t))
    found_in_all = Signal.sequence(tuple(outputs), use.inputs[0].mask)
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


def _looks(use: Use, queries: int, values: int, told: tuple[Ref, ...] | None) -> list[Ref] | None:
    """For each step of the query 1 for each step that it may look at, else 0; None where no mask says anything."""
    masks = [signal.mask for signal in use.inputs[: None if told is None else -1]]
    if told is None and not any(masks):
        return None
    causal = use.layer.options.get("use_causal_mask", False)
    asked, read = masks[0], [mask for mask in masks[1:] if mask]
    conditions = [
        *["this step is read"] * bool(asked), *["that one is read"] * bool(read),
        *["that one is not later"] * causal, *["attention_mask is not 0"] * (told is not None),
    ]  # fmt: skip
    band = Band(
        use.name, "looks", Role.INTERMEDIATE, "looksₜ", f"1 where {' and '.join(conditions)}, else 0",
        "At which steps this one may look.",
    )  # fmt: skip
    rows = []
    for t in range(queries):
        each: list[Expr] = []
        for k in range(values):
            factors: list[Expr] = [asked[t]] if asked else []
            factors += [mask[k] for mask in read]
            if told is not None:
                factors.append(_element(use, told, t, k))
            may = NotEqual(reduce(Mul, factors), Const(0.0)) if factors else Const(1.0)  # which has no gradient
            each.append(Const(0.0) if causal and k > t else may)
        rows.append(use.build.let(band, side_by_side(each), t))
    return rows


def _element(use: Use, told: tuple[Ref, ...], t: int, k: int) -> Expr:
    """One number of a mask that may have a single row or column for all."""
    row = told[t if len(told) > 1 else 0]
    return Slice(row, k, k + 1) if use.build.shape(row)[0] > 1 else row


def _shares(use: Use, head: int, scores: Sequence[Expr], t: int, looks: list[Ref] | None) -> Ref:
    """How much each step counts for a head at step t; what may not be seen counts nothing.

    Where nothing may be seen, all count alike on Keras's fused way, and nothing on the other.
    """
    number, build = head + 1, use.build
    scores_band = Band(
        use.name, f"scores_{number}", Role.INTERMEDIATE, f"scores {number}ₜ", "queryₜ · key / √units, of this head",
        f"How well this step of the query fits each step, as head {number} sees it.",
    )  # fmt: skip
    every = build.let(scores_band, side_by_side(scores), t)
    causal = looks is None and use.layer.options.get("use_causal_mask", False)
    limit, later = (" up to step t", ", and what comes later counts nothing") if causal else ("", "")
    shares_band = Band(
        use.name, f"shares_{number}", Role.INTERMEDIATE, f"shares {number}ₜ", f"softmax(scores {number}ₜ{limit})",
        f"How much each step counts for head {number}: all of them add up to 1{later}.",
    )  # fmt: skip
    if looks is not None:
        seen_band = Band(
            use.name, f"seen_{number}", Role.INTERMEDIATE, f"seen {number}ₜ",
            f"scores {number}ₜ if looksₜ, else −10⁹, or 0 if all looksₜ are 0",
            "The scores, so low where this step may not look that the share is 0.",
        )  # fmt: skip
        low = Where(NotEqual(Sum(looks[t]), Const(0.0)), Const(_UNSEEN), Const(0.0))  # else 0 / 0 without a largest
        shares: Expr = Softmax(build.let(seen_band, Where(looks[t], every, low), t))
        equation = f"softmax(seen {number}ₜ)"
        if use.layer.options.get("dropout") or use.layer.options.get("return_attention_scores"):
            shares, equation = Where(looks[t], shares, Const(0.0)), f"{equation} if looksₜ, else 0"
        return build.let(replace(shares_band, equation=equation), shares, t)
    if not causal:
        return build.let(shares_band, Softmax(every), t)
    seen = min(t + 1, len(scores))
    return build.let(
        shares_band, side_by_side([Softmax(Slice(every, 0, seen)), *[Const(0.0)] * (len(scores) - seen)]), t
    )


def _part(ref: Ref, head: int, size: int) -> Expr:
    return Slice(ref, head * size, (head + 1) * size)
