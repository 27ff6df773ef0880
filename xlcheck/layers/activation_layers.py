"""Activation and the activations that are layers: ReLU, LeakyReLU, PReLU, ELU, Softmax.

Source: `keras.layers`.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Expr, Relu, Slice, Softmax
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import ACTIVATIONS, Activation, activation, elu, relu
from xlcheck.layers.signals import Signal, Use, activated, each_step, last_axis, output_band, pick, without_mask
from xlcheck.model.model_spec import LayerSpec


def equations(use: Use) -> tuple[Signal, ...]:
    """Apply the activation to each step."""
    (signal,) = use.inputs
    if use.layer.kind == "Softmax" and signal.timed and not signal.columns and use.layer.options["axis"] in (1, -2):
        without_mask(use.layer.name, (signal,), "Softmax")
        return (softmax_over_time(use.build, use.name, signal),)
    act = _activation(use.layer, signal)
    band = output_band(
        use.name, signal.timed, f"{act.notation}({{x}})" if act.notation else "{x}", f"The input {act.meaning}."
    )
    return (each_step(use.build, band, signal, lambda x: activated(use.build, act, x, signal.columns)),)


def softmax_over_time(build: GraphBuilder, name: str, signal: Signal) -> Signal:
    """Softmax of each feature over all steps: attention, which says how much each step counts."""
    size = build.shape(signal.steps[0])[0]
    columns = []
    for i in range(size):
        number = f" {i + 1}" if size > 1 else ""
        scores = build.let(
            Band(
                name, f"scores_{i + 1}", Role.INTERMEDIATE, f"scores{number}", "xₜ of all steps",
                "What the input says of each step, side by side.",
            ),
            pick(build, [(x, i) for x in signal.steps]),
        )  # fmt: skip
        shares = Band(
            name, f"shares_{i + 1}", Role.INTERMEDIATE, f"shares{number}", f"softmax(scores{number})",
            "How much each step counts: all of them add up to 1.",
        )  # fmt: skip
        columns.append(build.let(shares, Softmax(scores)))
    band = output_band(name, True, "the share of step t", "How much this step counts.")
    steps = [build.let(band, pick(build, [(column, t) for column in columns]), t) for t in range(len(signal.steps))]
    return Signal.sequence(tuple(steps))


def prelu_equations(use: Use) -> tuple[Signal, ...]:
    """PReLU: the slope below 0 is a weight `alpha`, of each unit and, if not shared, of each step."""
    (signal,) = use.inputs
    alpha = use.weights["alpha"]
    band = output_band(
        use.name,
        signal.timed,
        "relu({x}) − alpha · relu(−{x})",
        "The input is kept if it is positive, else multiplied by alpha.",
    )
    outputs = []
    for t, x in enumerate(signal.steps):
        slope: Expr = alpha
        if signal.timed:
            rows, columns = use.build.shape(alpha)
            slope = Slice(alpha, 0, columns, row=0 if rows == 1 else t)
        outputs.append(use.build.let(band, Relu(x) - slope * Relu(-x), t if signal.timed else None))
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
            if options["axis"] not in (-1, last_axis(signal)):
                raise NotSupportedError(
                    f"layer {layer.name!r}: Softmax over axis {options['axis']!r} is not supported, only over the "
                    "features or the time steps"
                )
            return ACTIVATIONS["softmax"]
        case _:
            return activation(layer.name, options["activation"])
