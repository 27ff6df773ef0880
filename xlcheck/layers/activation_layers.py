"""Activation and the activations that are layers: ReLU, LeakyReLU, PReLU, ELU, Softmax.

Source: `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Expr, Ref, Relu, Slice
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.activations import ACTIVATIONS, Activation, activation, elu, relu
from xlcheck.layers.signals import Signal, each_step, output_band, without_mask
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Apply the activation to each step."""
    (signal,) = inputs
    act = _activation(layer, signal)
    band = output_band(
        name, signal.timed, f"{act.notation}({{x}})" if act.notation else "{x}", f"The input {act.meaning}."
    )
    return (each_step(build, band, signal, act.apply),)


def prelu_equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """PReLU: the slope below 0 is a weight `alpha`, of each unit and, if not shared, of each step."""
    (signal,) = inputs
    alpha = weights["alpha"]
    band = output_band(
        name,
        signal.timed,
        "relu({x}) − alpha·relu(−{x})",
        "The input is kept if it is positive, else multiplied by alpha.",
    )
    outputs = []
    for t, x in enumerate(signal.steps):
        slope: Expr = alpha
        if signal.timed:
            rows, columns = build.shape(alpha)
            slope = Slice(alpha, 0, columns, row=0 if rows == 1 else t)
        outputs.append(build.let(band, Relu(x) - slope * Relu(-x), t if signal.timed else None))
    return (Signal(tuple(outputs), signal.timed, signal.mask),)


def _activation(layer: LayerSpec, signal: Signal) -> Activation:
    options = layer.options
    match layer.kind:
        case "ReLU":
            return Activation(
                lambda x: relu(x, options["negative_slope"], options["max_value"], options["threshold"]),
                "relu", "is kept if it is positive, as the layer's options say",
            )  # fmt: skip
        case "LeakyReLU":
            slope = options["negative_slope"]
            return Activation(
                lambda x: relu(x, slope), "leaky relu", f"is kept if it is positive, else multiplied by {slope:g}"
            )
        case "ELU":
            alpha = options["alpha"]
            return Activation(
                lambda x: elu(x, alpha), "elu", f"is kept if it is positive, else bent towards −{alpha:g}"
            )
        case "Softmax":
            without_mask(layer.name, (signal,), "Softmax")
            if options["axis"] not in (-1, 2 if signal.timed else 1):
                raise NotSupportedError(
                    f"layer {layer.name!r}: Softmax over axis {options['axis']!r} is not supported, only over the "
                    "last; put Permute((2, 1)) before and after it"
                )
            return ACTIVATIONS["softmax"]
        case _:
            return activation(layer.name, options["activation"])
