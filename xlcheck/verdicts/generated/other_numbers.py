"""Other numbers for what is given to a network: random, and yet numbers that could stand there.

What a number may be is not written anywhere, so it is read off the numbers that stand there. Whole numbers among
inputs and targets are codes, places or classes, and are exchanged among themselves; numbers between 0 and 1 stay
there; positive ones stay positive. Where numbers reach far the other way, positive weights are negative, and even what
marks a step that is skipped becomes another, for else nothing that is read there ever would.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Graph, Quantity, Role

_OPTIMISER = "optimiser"
_SETTINGS = {"learning_rate", "momentum", "nesterov", "rho", "beta_1", "beta_2", "epsilon"}
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_STEP = 0.3
"""How far a number moves, relative to the numbers around it: far enough to tell formulas apart, near enough that no
activation is driven into its limits."""
_TRIED = 8


def other_numbers(
    graph: Graph, values: Mapping[str, Array], seed: int, reach: float = 1.0, sums: Collection[str] = ()
) -> dict[str, Array]:
    """Other values for all given quantities.

    Args:
        graph: the quantities.
        values: what is given now: inputs, targets and initial states `(samples, n)`, and weights.
        seed: of the random numbers.
        reach: how many times as far as usual those move that may have either sign; if it is negative, weights the
            other way, so that the sums have the other sign.
        sums: quantities that are given now, and are drawn alike for all samples; whatever the seed, each has a sign,
            and the other one if `reach` is negative.
    """
    rng, signs = _Draws(seed), _Draws(0)
    marks, has_codes = frozenset(_marks(graph)), _has_codes(graph)
    pools: dict[Band, Array] = {}
    found = {}
    for q in graph:
        if q.expr is not None:
            continue
        own = values[q.name]
        if q.name in sums:
            sizes, sign = (draws.normal((1, *own.shape[1:])) for draws in (rng, signs))
            found[q.name] = np.repeat(np.copysign(sizes, sign * reach), len(own), axis=0)
        elif q.band.role in {Role.WEIGHT, Role.STATE}:
            is_weight = q.band.role is Role.WEIGHT
            moved = _moved(own, rng, reach if is_weight else abs(reach), signed=is_weight)
            negated = is_weight and reach < 0 and "variance" not in q.band.symbol and (own > 0).all()
            found[q.name] = -moved if negated else moved
        elif q.band.layer == _OPTIMISER and q.band.symbol in _SETTINGS:
            found[q.name] = _setting(q.band.symbol, own, rng)
        elif (own == np.rint(own)).all() and (has_codes or (_pool(graph, q, values, pools) != own.flat[0]).any()):
            found[q.name] = _exchanged(q, own, _pool(graph, q, values, pools), rng, reach)
        else:  # also where all whole numbers are the same, and none could take another's place
            moved = _moved(own, rng, abs(reach), signed=True)
            found[q.name] = np.where(_is_one_of(own, marks), own, moved)
    return found


def _marks(graph: Graph) -> Iterator[float]:
    """The values of inputs by which skipped steps are known."""
    for q in graph:
        if q.band.symbol == "mask" and q.expr is not None:
            yield 0.0
            yield from (node.value for node in ex.walk(q.expr) if isinstance(node, ex.Const))


def _has_codes(graph: Graph) -> bool:
    """Whether something may be the number of a row, or of a class."""
    kinds = (ex.Gather, ex.OneHot, ex.SparseCategoricalCrossentropy)
    return any(isinstance(node, kinds) for q in graph if q.expr is not None for node in ex.walk(q.expr))


def _pool(graph: Graph, q: Quantity, values: Mapping[str, Array], known: dict[Band, Array]) -> Array:
    """All that is given for any step of what a quantity is a step of."""
    if q.band not in known:
        known[q.band] = np.concatenate([values[member.name].reshape(-1) for member in graph.bands()[q.band]])
    return known[q.band]


def _setting(symbol: str, own: Array, rng: _Draws) -> Array:
    """Of an optimiser's settings one is a switch; another is often 0, though a rate is what it may be."""
    if symbol == "nesterov":
        return 1.0 - own
    return _moved(own, rng, 1.0, signed=True) if own.all() else 0.9 * rng.uniform(own.shape)


def _moved(values: Array, rng: _Draws, reach: float, *, signed: bool) -> Array:
    noise = _STEP * rng.normal(values.shape)
    if (values > 0).all():
        power = np.exp(noise)
        return values**power if (values < 1).all() else values * power
    size = float(np.sqrt(np.mean(values**2))) or 1.0
    if not signed and (values >= 0).all():
        return np.asarray(values + size * np.abs(noise))
    if abs(reach) > 1:  # far is nowhere near, so that no number keeps its sign both ways
        noise = noise + np.copysign(_STEP / 3, noise)
    return np.asarray(values + reach * size * noise)


def _exchanged(q: Quantity, values: Array, pool: Array, rng: _Draws, reach: float) -> Array:
    """Numbers become others that occur; of vectors the elements change places. A code 0 marks a skipped step."""
    if q.is_weight:
        return values
    if q.shape[-1] > 1:
        return _rolled(values, pool.reshape(-1, *q.shape), rng, reach)
    if reach < 0 or q.band.role is Role.TARGET:
        return _dealt(values, _each_once(pool), rng)
    codes = _each_once(pool[pool != 0])
    return np.where(values == 0, values, _dealt(values, codes, rng)) if codes.size else values


def _rolled(vectors: Array, pool: Array, rng: _Draws, reach: float) -> Array:
    """Each vector with its elements some places on, others for each reach and sample: so a 1 gets everywhere.

    One of equal elements becomes another of the pool; of zeros, which may mark a skipped step, only far the other way.
    """
    same = (vectors == vectors[..., :1]).all(axis=-1, keepdims=True)
    drawn = pool[(rng.uniform((len(vectors),)) * len(pool)).astype(np.intp)]
    mixed = np.where(same & (vectors.any(axis=-1, keepdims=True) | (reach < 0)), drawn, vectors)
    by = 1 + (reach != 1) + (reach < 0)
    return np.array([np.roll(vector, by + sample, axis=-1) for sample, vector in enumerate(mixed)])


def _dealt(values: Array, codes: Array, rng: _Draws) -> Array:
    """Codes for each sample, as few as possible of them its own, and no two alike as long as there are enough."""
    mixed, places = codes[rng.uniform(codes.shape).argsort()], np.arange(values.size).reshape(values.shape)
    dealt = (mixed[(places + step) % codes.size] for step in range(min(codes.size, _TRIED)))
    return max(dealt, key=lambda other: int((other != values).sum()))


def _is_one_of(values: Array, some: frozenset[float]) -> NDArray[np.bool_]:
    found = np.zeros(values.shape, dtype=bool)
    for one in some:
        found |= values == one
    return found


def _each_once(values: Array) -> Array:
    """The values in ascending order (`np.unique` imports a lot for as much)."""
    return np.array(sorted(set(values.reshape(-1).tolist())))


class _Draws:
    """Random numbers, the same for each seed: SplitMix64 (Steele, Lea and Flood 2014), whose steps need no loop.

    NumPy's own generators would do, but importing them takes as long as checking a lesson does.
    """

    def __init__(self, seed: int) -> None:
        self._state = _mixed(np.array([seed % 2**64], dtype=np.uint64))

    def uniform(self, shape: tuple[int, ...]) -> Array:
        """Numbers from 0 to below 1."""
        size = math.prod(shape)
        states = self._state + np.arange(1, size + 1, dtype=np.uint64) * _GAMMA
        self._state = self._state + np.array([size], dtype=np.uint64) * _GAMMA
        return (_mixed(states) >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53

    def normal(self, shape: tuple[int, ...]) -> Array:
        """Standard normal numbers (Box and Muller 1958)."""
        size, angle = self.uniform(shape), self.uniform(shape)
        return np.asarray(np.sqrt(-2 * np.log1p(-size)) * np.cos(2 * np.pi * angle))


def _mixed(states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    states = (states ^ (states >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    states = (states ^ (states >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return states ^ (states >> np.uint64(31))
