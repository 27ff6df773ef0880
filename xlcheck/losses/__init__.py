"""The losses' equations by Keras's identifier; each adds target and loss quantities to a graph."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import BatchMean, Expr, Ref, Sum
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal
from xlcheck.losses.binary_crossentropy import BINARY_CROSSENTROPY
from xlcheck.losses.categorical_crossentropy import CATEGORICAL_CROSSENTROPY
from xlcheck.losses.loss import Loss
from xlcheck.losses.mean_squared_error import MEAN_SQUARED_ERROR

LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (BINARY_CROSSENTROPY, CATEGORICAL_CROSSENTROPY, MEAN_SQUARED_ERROR)
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
    own = LOSSES[loss]
    band = Band("loss", "loss", Role.LOSS, f"loss{t_}", own.equation, own.meaning)
    losses = []
    for t, p in enumerate(output.steps):
        step = t if output.timed else None
        y = build.given(target, build.shape(p), step)
        losses.append(build.let(band, own.expr(build, y, p), step))
    units = build.shape(losses[0])[-1]
    whole = len(losses) == 1 and not output.timed and units == 1
    per_sample = losses[0] if whole else build.let(_SAMPLE, _mean(losses, units))
    build.let(_MEAN, BatchMean(per_sample))


_SAMPLE = Band(
    "loss", "sample", Role.LOSS, "loss", "the average over the time steps",
    "How wrong the answers are, over all steps of this sample.",
)  # fmt: skip
_MEAN = Band(
    "loss", "mean", Role.LOSS, "mean loss", "the average over all samples",
    "The one number that training makes smaller.",
)  # fmt: skip


def _mean(items: Sequence[Ref], units: int) -> Expr:
    """The average over the steps, and over the units that have a loss each."""
    total: Expr = items[0]
    for item in items[1:]:
        total = total + item
    if units > 1:
        total = Sum(total)
    return total / (len(items) * units)
