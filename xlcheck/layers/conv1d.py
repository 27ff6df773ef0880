"""Conv1D and DepthwiseConv1D: every output step is the weighted sum of a window of input steps, then the activation.

Source: `keras.layers`; a DepthwiseConv1D is a Conv1D with as many groups as features, whose kernel is stored as
`(window, features, filters of each)`. Padding as in TensorFlow: `same` puts the larger half of the zeros behind.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Const, Dot, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import Signal, only_sequence, side_by_side
from xlcheck.layers.windows import windows
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Write down the sum over the window and its activation for every output step."""
    options = layer.options
    act = activation(layer.name, options["activation"])
    kernel, bias = weights["kernel"], weights.get("bias")
    steps = only_sequence(layer.name, inputs[0])
    groups = build.shape(steps[0])[0] if layer.kind == "DepthwiseConv1D" else options.get("groups", 1)
    (size,), (stride,), (dilation,) = options["kernel_size"], options["strides"], options["dilation_rate"]
    z_band = Band(
        name, "z", Role.INTERMEDIATE, "zₜ", "Σₖ xₜ₊ₖ · kernel[k]" + (" + bias" if bias else ""),
        f"The weighted sum of a window of {size} steps, before the activation."
        + (f" Each filter reads one of {groups} groups of features." if groups > 1 else ""),
    )  # fmt: skip
    y_band = Band(
        name, "y", Role.OUTPUT, "yₜ", f"{act.notation}(zₜ)" if act.notation else "zₜ",
        f"The output: the sum {act.meaning}.",
    )  # fmt: skip
    outputs = []
    for t, window in enumerate(windows(len(steps), size, stride, options["padding"], dilation)):
        total: Expr | None = None
        for k, source in window:
            product = _product(build, steps[source], kernel, k, groups)
            total = product if total is None else total + product
        if total is None:
            total = Const(0.0)
        z = build.let(z_band, total + bias if bias else total, t)
        outputs.append(build.let(y_band, act.apply(z), t))
    return (Signal.sequence(tuple(outputs)),)


def _product(build: GraphBuilder, x: Ref, kernel: Ref, k: int, groups: int) -> Expr:
    """A step times one place of the window: of each group its share of features times its share of filters."""
    read, filters = build.shape(x)[0] // groups, build.shape(kernel)[-1] // groups
    parts = [
        Dot(
            Slice(x, group * read, (group + 1) * read) if groups > 1 else x,
            Slice(kernel, group * filters, (group + 1) * filters, row=k),
        )
        for group in range(groups)
    ]
    return side_by_side(parts)
