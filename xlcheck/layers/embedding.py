"""Embedding: y_t = row x_t of the matrix `embeddings`; with `mask_zero` the code 0 is skipped later on.

Source: `keras.layers.Embedding`.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Const, Gather, NotEqual
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.signals import Signal, Use, elements, pick


def equations(use: Use) -> tuple[Signal, ...]:
    """Look up the vector of each code."""
    y_band = Band(
        use.name, "y", Role.OUTPUT, "yₜ", "row xₜ of embeddings",
        "The vector that training has given to this word.",
    )  # fmt: skip
    mask_band = Band(
        use.name, "mask", Role.INTERMEDIATE, "maskₜ", "1 if xₜ ≠ 0, else 0",
        "Whether this step is read: the code 0 only fills up short texts.",
    )  # fmt: skip
    if use.inputs[0].timed:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: an Embedding of several codes in one step is not supported, only of one "
            "code a step"
        )
    codes = [pick(use.build, [element]) for element in elements(use.build, use.inputs[0])]
    vectors = tuple(use.build.let(y_band, Gather(use.weights["embeddings"], code), t) for t, code in enumerate(codes))
    mask = None
    if use.layer.options["mask_zero"]:
        mask = tuple(use.build.let(mask_band, NotEqual(code, Const(0.0)), t) for t, code in enumerate(codes))
    return (Signal.sequence(vectors, mask),)
