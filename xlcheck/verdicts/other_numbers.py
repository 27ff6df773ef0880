"""Other numbers for what is given to a network: random, and yet numbers that could stand there.

What a number may be is not written anywhere, so it is read off the numbers that stand there. Whole numbers among
inputs and targets are codes, places or classes, and are exchanged among themselves; numbers between 0 and 1 stay
there; positive ones stay positive; what marks a step that is skipped stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Graph, Quantity, Role

Array = NDArray[np.float64]

_STEP = 0.3
"""How far a number moves, relative to the numbers around it: far enough to tell formulas apart, near enough that no
activation is driven into its limits."""


def other_numbers(graph: Graph, values: Mapping[str, Array], seed: int) -> dict[str, Array]:
    """Other values for all given quantities.

    Args:
        graph: the quantities.
        values: what is given now: inputs, targets and initial states `(samples, n)`, and weights.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    marks = frozenset(_marks(graph))
    pools: dict[Band, Array] = {}
    found = {}
    for q in graph:
        if q.expr is not None:
            continue
        own = values[q.name]
        if q.band.role in {Role.WEIGHT, Role.STATE}:
            found[q.name] = _moved(own, rng, signed=q.band.role is Role.WEIGHT)
        elif (own == np.rint(own)).all():
            if q.band not in pools:
                pools[q.band] = np.concatenate([values[member.name].reshape(-1) for member in graph.bands()[q.band]])
            found[q.name] = _exchanged(q, own, pools[q.band], rng)
        else:
            moved = _moved(own, rng, signed=True)
            found[q.name] = np.where(np.isin(own, list(marks)), own, moved) if marks else moved
    return found


def _marks(graph: Graph) -> Iterator[float]:
    """The values of inputs by which skipped steps are known."""
    for q in graph:
        if q.band.symbol == "mask" and q.expr is not None:
            yield 0.0
            stack: list[ex.Expr] = [q.expr]
            while stack:
                node = stack.pop()
                if isinstance(node, ex.Const):
                    yield node.value
                stack.extend(ex.operands(node))


def _moved(values: Array, rng: np.random.Generator, *, signed: bool) -> Array:
    noise = _STEP * rng.standard_normal(values.shape)
    if (values > 0).all():
        power = np.exp(noise)
        return values**power if (values < 1).all() else values * power
    size = float(np.sqrt(np.mean(values**2))) or 1.0
    if not signed and (values >= 0).all():
        return np.asarray(values + size * np.abs(noise))
    return np.asarray(values + size * noise)


def _exchanged(q: Quantity, values: Array, pool: Array, rng: np.random.Generator) -> Array:
    """Numbers become others that occur, of vectors the elements change places; a code 0 marks a skipped step."""
    if q.is_weight:
        return values
    if q.shape[-1] > 1:
        return rng.permuted(values, axis=-1)
    if q.band.role is Role.TARGET:
        return rng.choice(np.unique(pool), values.shape)
    codes = np.unique(pool[pool != 0])
    return np.where(values == 0, values, rng.choice(codes, values.shape)) if codes.size else values
