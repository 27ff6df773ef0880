"""The losses' equations by Keras's identifier; each adds target and loss quantities to a graph."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import BatchMean, Expr, Ref, Sum
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal
from xlcheck.learning.losses.binary_crossentropy import BINARY_CROSSENTROPY, BINARY_CROSSENTROPY_FROM_LOGITS
from xlcheck.learning.losses.categorical_crossentropy import (
    CATEGORICAL_CROSSENTROPY,
    CATEGORICAL_CROSSENTROPY_FROM_LOGITS,
)
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss
from xlcheck.learning.losses.mean_squared_error import MEAN_SQUARED_ERROR
from xlcheck.learning.losses.sparse_categorical_crossentropy import (
    SPARSE_CATEGORICAL_CROSSENTROPY,
    SPARSE_CATEGORICAL_CROSSENTROPY_FROM_LOGITS,
)

__all__ = ["FROM_LOGITS", "LOSSES", "Loss", "add_loss", "loss_named"]

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        BINARY_CROSSENTROPY,
        BINARY_CROSSENTROPY_FROM_LOGITS,
        CATEGORICAL_CROSSENTROPY,
        CATEGORICAL_CROSSENTROPY_FROM_LOGITS,
        SPARSE_CATEGORICAL_CROSSENTROPY,
        SPARSE_CATEGORICAL_CROSSENTROPY_FROM_LOGITS,
        MEAN_SQUARED_ERROR,
    )
}


def loss_named(name: str) -> Loss:
    """The loss with this identifier.

    Raises:
        NotSupportedError: xlcheck does not know it.
    """
    if name not in LOSSES:
        known = ", ".join(sorted(name for name in LOSSES if not name.endswith(FROM_LOGITS)))
        raise NotSupportedError(f"loss {name!r} is not supported; supported are {known}")
    return LOSSES[name]


def add_loss(build: GraphBuilder, loss: str, output: Signal, *, has_logits: bool) -> None:
    """Add the target, the loss at each step, of each sample, and the mean over all samples.

    Args:
        build: the forward pass.
        loss: the identifier of the loss.
        output: the model's output.
        has_logits: whether Keras still knows what the activation was applied to that made the output.

    Raises:
        NotSupportedError: xlcheck does not know this loss, or the output has a mask.
    """
    own = loss_named(loss)
    if output.mask is not None:
        raise NotSupportedError(
            f"loss {loss!r}: the output is a sequence with a mask, whose skipped steps Keras leaves out of the mean "
            "loss; that is not supported"
        )
    t_ = "ₜ" if output.timed else ""
    target = Band("target", "y", Role.TARGET, f"target{t_}", "", "What the network should have answered.")
    band = Band("loss", "loss", Role.LOSS, f"loss{t_}", own.equation, own.meaning)
    losses = []
    for t, p in enumerate(output.steps):
        step = t if output.timed else None
        y = build.given(target, (1,) if own.codes else build.shape(p), step)
        losses.append(build.let(band, own.expr(build, y, p, has_logits), step))
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
