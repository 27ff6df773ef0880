"""Dot: products of two inputs, summed over one axis of each; with `normalize` their cosine.

Source: `keras.layers.Dot`.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Const, Expr, Maximum, Ref, Slice, Sqrt, Sum, Total
from xlcheck.layers.signals import Signal, Use, output_band, side_by_side

_EPSILON = 1e-12  # of keras.utils' l2 normalisation


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the products; the output has the axes that are not summed, those of the first input first."""
    a, b = use.inputs
    axes = use.layer.options["axes"]
    first, second = (
        axis % (3 if signal.timed else 2)
        for axis, signal in zip([axes, axes] if isinstance(axes, int) else axes, use.inputs, strict=True)
    )
    normalize = use.layer.options["normalize"]
    timed = a.timed and b.timed
    band = output_band(
        use.name, timed, "Σ x₁ · x₂" + (" / (‖x₁‖ · ‖x₂‖)" if normalize else ""),
        "How similar the inputs are" + (", whatever their lengths." if normalize else ": their products, added up."),
    )  # fmt: skip

    def product(u: Ref, v: Ref) -> Expr:
        return Sum(u * v) / (_length(u) * _length(v)) if normalize else Sum(u * v)

    over_features = (first == (2 if a.timed else 1), second == (2 if b.timed else 1))
    if over_features == (True, True):
        if timed:
            rows = [side_by_side([product(u, v) for v in b.steps]) for u in a.steps]
            return (Signal.sequence(tuple(use.build.let(band, row, t) for t, row in enumerate(rows))),)
        return (Signal.vector(use.build.let(band, side_by_side([product(u, v) for u in a.steps for v in b.steps]))),)
    if normalize:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: Dot with normalize=True is supported only over the features"
        )
    if over_features == (True, False):
        outputs = [Total(tuple(Slice(u, k, k + 1) * v for k, v in enumerate(b.steps))) for u in a.steps]
        if timed:
            return (Signal.sequence(tuple(use.build.let(band, row, t) for t, row in enumerate(outputs))),)
        return (Signal.vector(use.build.let(band, outputs[0])),)
    if over_features == (False, False):
        size = use.build.shape(a.steps[0])[0]
        pairs = list(zip(a.steps, b.steps, strict=True))
        rows = [Total(tuple(Slice(u, i, i + 1) * v for u, v in pairs)) for i in range(size)]
        return (Signal.sequence(tuple(use.build.let(band, row, i) for i, row in enumerate(rows))),)
    if not b.timed:
        total = Total(tuple(u * Slice(b.steps[0], k, k + 1) for k, u in enumerate(a.steps)))
        return (Signal.vector(use.build.let(band, total)),)
    raise NotSupportedError(
        f"layer {use.layer.name!r}: Dot with axes={axes} is not supported; put Permute((2, 1)) before it"
    )


def _length(u: Ref) -> Expr:
    return Sqrt(Maximum(Sum(u * u), Const(_EPSILON)))
