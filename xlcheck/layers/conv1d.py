"""Conv1D: every output step is the weighted sum of a window of input steps, then the activation.

Source: `keras.layers.Conv1D`; padding as in TensorFlow: `same` puts the larger half of the zeros behind.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Const, Dot, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.layers.windows import windows
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Write down the sum over the window and its activation for every output step."""
    options = layer.options
    act = activation(layer.name, options["activation"])
    kernel, bias = weights["kernel"], weights.get("bias")
    (size,), (stride,), (dilation,) = options["kernel_size"], options["strides"], options["dilation_rate"]
    z_band = Band(
        name, "z", Role.INTERMEDIATE, "zₜ", "Σₖ xₜ₊ₖ · kernel[k]" + (" + bias" if bias else ""),
        f"The weighted sum of a window of {size} steps, before the activation.",
    )  # fmt: skip
    y_band = Band(
        name, "y", Role.OUTPUT, "yₜ", f"{act.notation}(zₜ)" if act.notation else "zₜ",
        f"The output: the sum {act.meaning}.",
    )  # fmt: skip
    steps = only_sequence(layer.name, inputs[0])
    outputs = []
    for t, window in enumerate(windows(len(steps), size, stride, options["padding"], dilation)):
        total: Expr | None = None
        for k, source in window:
            product = Dot(steps[source], Slice(kernel, 0, options["filters"], row=k))
            total = product if total is None else total + product
        if total is None:
            total = Const(0.0)
        z = build.let(z_band, total + bias if bias else total, t)
        outputs.append(build.let(y_band, act.apply(z), t))
    return (Signal.sequence(tuple(outputs)),)
