"""Conv1D, Conv2D, depthwise, separable and transposed ones: the weighted sum of a window, then the activation.

Source: `keras.layers`; a depthwise layer is one with as many groups as features, whose kernel is stored as
`(places of the window, 1, filters)`. In a transposed one each input is spread over a window of the output; its kernel
stands as `(places, features, filters)`, too. Padding as in TensorFlow: `same` puts the larger half behind. A sequence
is an image with one column, whose rows are its steps; the places of an image's window stand row by row in the kernel.
"""

from __future__ import annotations

from dataclasses import replace

from xlcheck.graph.expressions import Concat, Const, Dot, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import (
    Signal,
    Use,
    activated,
    bands_of_sums,
    channels,
    each_pixel,
    of_image,
    only_sequence,
    pixel,
    side_by_side,
)
from xlcheck.layers.windows import Place, grid, transposed_windows, windows


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the sum over the window and its activation for every output step or row."""
    options, (signal,) = use.layer.options, use.inputs
    bias = use.weights.get("bias")
    groups = channels(use.build, signal) if use.layer.kind.startswith("Depthwise") else options.get("groups", 1)
    places, columns = _places(use)
    z_band, y_band = bands_of_sums(
        use.name, activation(use.layer.name, options["activation"]), _over_window(columns, "kernel", bias),
        f"The weighted sum of a window of {_size(options['kernel_size'])}",
    )  # fmt: skip
    if groups > 1:
        z_band = replace(z_band, meaning=f"{z_band.meaning} Each filter reads one of {groups} groups of features.")
    outputs = []
    for t, row in enumerate(places):
        sums = [_sum(use.build, signal, use.weights["kernel"], window, groups) for window in row]
        z = use.build.let(of_image(z_band, columns), side_by_side([s + bias if bias else s for s in sums]), t)
        outputs.append(_activated(use, y_band, z, columns, t))
    return (Signal(tuple(outputs), timed=True, columns=columns),)


def separable(use: Use) -> tuple[Signal, ...]:
    """Write down the windows of each feature by itself, what is made of all of them at a place, and its activation."""
    options, (signal,) = use.layer.options, use.inputs
    own, across, bias = use.weights["depthwise_kernel"], use.weights["pointwise_kernel"], use.weights.get("bias")
    places, columns = _places(use)
    d_band = Band(
        use.name, "d", Role.INTERMEDIATE, "dₜ", _over_window(columns, "depthwise_kernel"),
        f"The weighted sum of a window of {_size(options['kernel_size'])}, of each feature by itself.",
    )  # fmt: skip
    z_band, y_band = bands_of_sums(
        use.name, activation(use.layer.name, options["activation"]), "dₜ · pointwise_kernel" + " + bias" * bool(bias),
        "The sums of all features at one place, weighted",
    )  # fmt: skip

    def mixed(x: Expr) -> Expr:
        return Dot(x, across) + bias if bias else Dot(x, across)

    outputs = []
    for t, row in enumerate(places):
        sums = [_sum(use.build, signal, own, window, channels(use.build, signal)) for window in row]
        d = use.build.let(of_image(d_band, columns), side_by_side(sums), t)
        z = use.build.let(of_image(z_band, columns), each_pixel(use.build, d, columns, mixed), t)
        outputs.append(_activated(use, y_band, z, columns, t))
    return (Signal(tuple(outputs), timed=True, columns=columns),)


def _places(use: Use) -> tuple[list[list[list[Place]]], int]:
    """What each window reads, row by row, and the columns of the output; 0 of a sequence."""
    (signal,), options = use.inputs, use.layer.options
    only_sequence(use.layer.name, signal)
    places = grid(
        (len(signal.steps), signal.columns), options["kernel_size"], options["strides"], options["padding"],
        options["dilation_rate"], transposed_windows if use.layer.kind.endswith("Transpose") else windows,
    )  # fmt: skip
    return places, len(places[0]) if places and signal.columns else 0


def _over_window(columns: int, kernel: str, bias: Ref | None = None) -> str:
    return f"Σₖ {'pixelₖ' if columns else 'xₜ₊ₖ'} · {kernel}[k]" + (" + bias" if bias else "")


def _activated(use: Use, band: Band, z: Ref, columns: int, t: int) -> Ref:
    act = activation(use.layer.name, use.layer.options["activation"])
    return use.build.let(of_image(band, columns), activated(use.build, act, z, columns), t)


def _size(kernel_size: list[int]) -> str:
    return f"{kernel_size[0]} steps" if len(kernel_size) == 1 else f"{kernel_size[0]} × {kernel_size[1]} pixels"


def _sum(build: GraphBuilder, signal: Signal, kernel: Ref, window: list[Place], groups: int) -> Expr:
    """The pixels or steps under a window, each times its place in the kernel; zeros where it reads only the border."""
    total: Expr | None = None
    for k, row, column in window:
        product = _product(build, signal, (row, column), kernel, k, groups)
        total = product if total is None else total + product
    return Concat((Const(0.0),) * build.shape(kernel)[-1]) if total is None else total


def _product(build: GraphBuilder, signal: Signal, at: tuple[int, int], kernel: Ref, k: int, groups: int) -> Expr:
    """A pixel or step times one place of the window: of each group its share of features times its share of filters."""
    read, filters = channels(build, signal) // groups, build.shape(kernel)[-1] // groups
    parts = [
        Dot(
            pixel(build, signal, *at, group * read, (group + 1) * read),
            Slice(kernel, group * filters, (group + 1) * filters, row=k),
        )
        for group in range(groups)
    ]
    return side_by_side(parts)
