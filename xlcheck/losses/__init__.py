"""The losses' equations by Keras's identifier; each adds target and loss quantities to a graph."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import (
    BatchMean,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Expr,
    Ref,
    Sigmoid,
    Softmax,
)
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal

LOSSES: dict[str, type[BinaryCrossentropy] | type[CategoricalCrossentropy]] = {
    "binary_crossentropy": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
}
_EQUATIONS = {
    "binary_crossentropy": "−(y·ln p + (1−y)·ln(1−p))",
    "categorical_crossentropy": "−Σ y·ln p",
}


def add_loss(build: GraphBuilder, loss: str, output: Signal) -> None:
    """Add the target, the loss at each step, of each sample, and the mean over all samples.

    Raises:
        NotSupportedError: xlcheck does not know this loss.
    """
    if loss not in LOSSES:
        raise NotSupportedError(f"loss {loss!r} is not supported; supported are {', '.join(sorted(LOSSES))}")
    t_ = "ₜ" if output.timed else ""
    target = Band("target", "y", Role.TARGET, f"target{t_}", "", "What the network should have answered.")
    band = Band(
        "loss", "loss", Role.LOSS, f"loss{t_}", _EQUATIONS[loss],
        "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong.",
    )  # fmt: skip
    losses = []
    for t, p in enumerate(output.steps):
        step = t if output.timed else None
        y = build.given(target, build.shape(p), step)
        losses.append(build.let(band, LOSSES[loss](y, p, _logit(build, loss, p)), step))
    per_sample = losses[0] if len(losses) == 1 and not output.timed else build.let(_SAMPLE, _mean(losses))
    build.let(_MEAN, BatchMean(per_sample))


_SAMPLE = Band(
    "loss", "sample", Role.LOSS, "loss", "the average over the time steps",
    "How wrong the answers are, over all steps of this sample.",
)  # fmt: skip
_MEAN = Band(
    "loss", "mean", Role.LOSS, "mean loss", "the average over all samples",
    "The one number that training makes smaller.",
)  # fmt: skip


def _mean(items: Sequence[Ref]) -> Expr:
    total: Expr = items[0]
    for item in items[1:]:
        total = total + item
    return total / len(items)


def _logit(build: GraphBuilder, loss: str, p: Ref) -> Expr:
    """The input of the activation that gave `p`; Keras's TensorFlow backend recovers it in the same way."""
    expr = build.expr(p)
    wanted = Sigmoid if loss == "binary_crossentropy" else Softmax
    if not isinstance(expr, wanted):
        raise NotSupportedError(f"loss {loss!r} needs an output layer with the activation {wanted.__name__.lower()}")
    return expr.x
