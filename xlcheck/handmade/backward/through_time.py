"""What textbooks compute of a recurrent layer besides its gradients: the products and sums of the chain through time.

∂h(t)/∂h(s) over several steps, a state by a weight through all steps, and what the loss of one step alone is by those
before it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlcheck.arrays import Array
from xlcheck.handmade.backward.truth import Truth
from xlcheck.handmade.equations.reading import documents_of

_MOST_STEPS, _MOST_UNITS = 12, 4
"""What people show in so many ways is small."""
Named = tuple[str, Array]


def through_time(truth: Truth) -> Iterator[Named]:
    """The names and the values of these, under all settings; none of a network without a recurrent layer."""
    before = truth.network.before
    lines = documents_of(range(len(before)), {s: own for s, own in enumerate(before) if own is not None}) or []
    if truth.network.layers[0].states > _MOST_UNITS or any(len(line) > _MOST_STEPS for line in lines):
        return
    for line in lines:
        chains = dict(_chains(truth, line))
        yield from _products(truth, chains)
        if truth.network.with_targets > 1:
            for t in (step for step in line if truth.network.samples[step].targets):
                yield from _of_one_loss(truth, line, t, chains)


def _chains(truth: Truth, line: list[int]) -> Iterator[tuple[tuple[int, int], Array]]:
    """∂h(t)/∂h(s) for all steps s before t, `(settings, units of t, units of s)`."""
    units = truth.network.layers[0].states
    back, slope = truth.kernels[0][:, -units:].transpose(0, 2, 1), truth.layers[0].slope
    for k, s in enumerate(line):
        chain = np.broadcast_to(np.eye(units), (len(back), units, units))
        for t in line[k + 1 :]:
            chain = slope[:, t, :, None] * (back @ chain)
            yield (t, s), chain


def _products(truth: Truth, chains: dict[tuple[int, int], Array]) -> Iterator[Named]:
    """∂h(t)/∂h(s), what it makes of the slope at s and of what a weight is multiplied with there, and sums of these."""
    slope, totals = truth.layers[0].slope, dict[tuple[int, int, str], Array]()
    for (t, s), chain in chains.items():
        for k, j in np.ndindex(chain.shape[1:]):
            name, own = f"∂o1({t + 1})[{k + 1}]/∂%s1({s + 1})[{j + 1}]", chain[:, k, j]
            yield name % "o", own
            yield name % "z", own * slope[:, s, j]
            for weight, read in _reads(truth, s, j):
                yield f"∂o1({t + 1})[{k + 1}]/∂{weight}({s + 1})", own * slope[:, s, j] * read
                key = t, k, weight
                totals[key] = totals.get(key, 0.0) + own * slope[:, s, j] * read
    for (t, k, weight), total in totals.items():
        now = slope[:, t, k] * dict(_reads(truth, t, k)).get(weight, 0.0)
        yield f"∂o1({t + 1})[{k + 1}]/∂{weight}, through all steps", total + now


def _reads(truth: Truth, s: int, unit: int) -> Iterator[Named]:
    """The weights of a unit, and what each is multiplied with at a step; 1 for the bias."""
    signal = truth.signal(0, s)
    for i, name in enumerate(truth.network.layers[0].input_names):
        yield f"w1[{name},{unit + 1}]", signal[:, i]
    yield f"b1[{unit + 1}]", np.ones(len(signal))


def _of_one_loss(
    truth: Truth, line: list[int], t: int, chains: dict[tuple[int, int], Array]
) -> Iterator[Named]:  # fmt: skip
    """What the loss of one step is by the states, sums and weights of the steps up to it."""
    units, slope = truth.network.layers[0].states, truth.layers[0].slope
    last = _by_own_output(truth, line, t)
    totals = dict[str, Array]()
    for s in line[: line.index(t) + 1]:
        flow = last if s == t else np.einsum("nk,nkj->nj", last, chains[t, s])
        for j in range(units):
            yield f"∂E({t + 1})/∂o1({s + 1})[{j + 1}]", flow[:, j]
            yield f"∂E({t + 1})/∂z1({s + 1})[{j + 1}]", flow[:, j] * slope[:, s, j]
            for weight, read in _reads(truth, s, j):
                share = flow[:, j] * slope[:, s, j] * read
                yield f"∂E({t + 1})/∂{weight}({s + 1})", share
                totals[weight] = totals.get(weight, 0.0) + share
    for weight, total in totals.items():
        yield f"∂E({t + 1})/∂{weight}", total


def _by_own_output(truth: Truth, line: list[int], t: int) -> Array:
    """What the loss of a step is by its own state, past the steps after it: `(settings, units)`."""
    if len(truth.layers) > 1:
        return np.asarray(np.einsum("nu,niu->ni", truth.layers[1].dz[:, t], truth.kernels[1]))
    units = truth.network.layers[0].states
    later = line[line.index(t) + 1 :][:1]
    flow = np.einsum("nu,niu->ni", truth.layers[0].dz[:, later[0]], truth.kernels[0][:, -units:]) if later else 0.0
    return truth.layers[0].dy[:, t] - flow
