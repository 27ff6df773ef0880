"""The losses' equations by Keras's identifier; each adds target and loss quantities to a graph.

Source: `keras.ops.binary_crossentropy` and its categorical siblings with the TensorFlow backend, Keras 3.15. They are
taken of logits if Keras knows them, else of probabilities that it clips. An activation leaves its input, the logits, on
the tensor that it returns; a tensor made from that one has them no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlcheck.errors import NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import (
    BatchMean,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Const,
    Expr,
    Log,
    Maximum,
    Minimum,
    Ref,
    Sigmoid,
    Softmax,
    SparseCategoricalCrossentropy,
    Sum,
)
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal

EPSILON = 1e-7
"""Keras's `config.epsilon()`."""
FROM_LOGITS = "_from_logits"
"""What the identifier of a loss ends with here if Keras was told `from_logits=True`."""


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes:
        name: Keras's identifier; see `FROM_LOGITS`.
        equation: in mathematical notation.
        meaning: one plain sentence.
        expr: (graph so far, target, output of the model, whether the output still has its logits) → the
            loss of one step.
        codes: whether the target is the number of a class, one for each step, and not one value for each unit.
        totals: whether the target's values must add up to 1 at each step.
    """

    name: str
    equation: str
    meaning: str
    expr: Callable[[GraphBuilder, Ref, Ref, bool], Expr]
    codes: bool = False
    totals: bool = False


def _by_logits(
    loss: Callable[[Ref, Expr, Expr], Expr],
    activation: type[Sigmoid | Softmax],
    otherwise: Callable[[Ref, Ref], Expr] | None = None,
) -> Callable[[GraphBuilder, Ref, Ref, bool], Expr]:
    """The equation of a loss that Keras takes of logits wherever it finds them behind the model's output.

    Args:
        loss: makes it of the target, the probability and the logits.
        activation: what makes probabilities of logits.
        otherwise: makes it of the target and an output that has no logits; by default that is taken for the logits.
    """

    def expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
        made_by = _activation_of(build, p) if has_logits else None
        if made_by is None:
            return loss(y, activation(p), p) if otherwise is None else otherwise(y, p)
        # The probability that belongs to the logits is the output itself, unless another activation made it.
        return loss(y, p if isinstance(made_by, activation) else activation(made_by.x), made_by.x)

    return expr


def clipped(p: Expr) -> Expr:
    """A probability kept away from 0 and 1, as Keras does before it takes the logarithm."""
    return Minimum(Maximum(p, Const(EPSILON)), Const(1.0 - EPSILON))


def _activation_of(build: GraphBuilder, p: Ref) -> Sigmoid | Softmax | None:
    """The sigmoid or softmax that gave `p`; None if it comes from something else.

    Keras asks for no certain activation: it takes the logits of a softmax for a binary cross-entropy, too.
    """
    expr = build.expr(p)
    while isinstance(expr, Ref):  # handed on by a layer that only acts during training
        expr = build.expr(expr)
    return expr if isinstance(expr, Sigmoid | Softmax) else None


def _squared(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
    square = (p - y) * (p - y)
    units = build.shape(p)[-1]
    return square if units == 1 else Sum(square) / units


def _binary(y: Ref, p: Ref) -> Expr:
    return -(y * Log(clipped(p)) + (1 - y) * Log(1 - clipped(p)))


def _categorical(y: Ref, p: Ref) -> Expr:
    return -Sum(y * Log(clipped(p / Sum(p))))


def _sparse(y: Ref, p: Ref) -> Expr:
    """Keras takes the logarithms of clipped probabilities as logits."""
    z = Log(clipped(p))
    return SparseCategoricalCrossentropy(y, Softmax(z), z)


_CERTAIN = "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong."
_CLASS = "How wrong the answer is: 0 if the right class is certain, large if another one is."
_LOSSES = (
    Loss("binary_crossentropy", "−(target · ln y + (1 − target) · ln(1 − y))", _CERTAIN,
         _by_logits(BinaryCrossentropy, Sigmoid, _binary)),
    Loss(f"binary_crossentropy{FROM_LOGITS}", "−(target · ln σ(z) + (1 − target) · ln(1 − σ(z)))", _CERTAIN,
         _by_logits(BinaryCrossentropy, Sigmoid)),
    Loss("categorical_crossentropy", "−Σ target · ln y", _CERTAIN,
         _by_logits(CategoricalCrossentropy, Softmax, _categorical), totals=True),
    Loss(f"categorical_crossentropy{FROM_LOGITS}", "−Σ target · ln softmax(z)", _CERTAIN,
         _by_logits(CategoricalCrossentropy, Softmax), totals=True),
    Loss("sparse_categorical_crossentropy", "−ln y of the right class", _CLASS,
         _by_logits(SparseCategoricalCrossentropy, Softmax, _sparse), codes=True),
    Loss(f"sparse_categorical_crossentropy{FROM_LOGITS}", "−ln softmax(z) of the right class", _CLASS,
         _by_logits(SparseCategoricalCrossentropy, Softmax), codes=True),
    Loss("mean_squared_error", "(y − target)², averaged over the units",
         "How far the answer lies from the target: 0 if it is right.", _squared),
)  # fmt: skip
LOSSES = {loss.name: loss for loss in _LOSSES}


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
