"""Normalisations of results, by the statistics of each vector or by typed ones, in whatever cells they are computed.

Each formula is a function of the numbers that it normalises and of typed ones. What these are is found by trying: which
of them is gamma, beta, a mean, a variance, and which an epsilon, that is added to the variance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.forms.functions import Functions
from xlcheck.model.model_spec import LayerSpec

_Fit = tuple[float, bool, tuple[tuple[str, Address], ...]]
"""The epsilon of a formula, whether it is a relu of the rest, and the cells of the weights and of the epsilon."""
_Fits = tuple[_Fit, ...]
_Made = Sequence[tuple[Address, _Fit]]
"""The formulas that normalise one number, that with the fewest weights first."""
_EPSILON = "epsilon"
_TRIALS = 12
_ENOUGH = 3
"""Trials in which a relu of what is normalised is more than 0."""
_DIGITS = 6
"""Digits to which an epsilon that is typed into a formula is found again."""


@dataclass(frozen=True)
class Normalised:
    """A normalisation of some vectors.

    Attributes:
        layer: what Keras calls it, without a name.
        vectors: the cells that it reads, a vector a sample.
        outputs: the cells of its results, in the same order.
        weights: its cells, an element a unit.
        constants: the cells of numbers that Keras has as options.
        is_bent: whether the results are those of a relu behind it.
    """

    layer: LayerSpec
    vectors: Sequence[tuple[Address, ...]]
    outputs: Sequence[tuple[Address, ...]]
    weights: Mapping[str, tuple[Address, ...]]
    constants: frozenset[Address]
    is_bent: bool = False


@dataclass(frozen=True)
class _Kind:
    """A layer: what its formulas read beside the numbers, in the order in which it is tried, and what must be there."""

    name: str
    weights: tuple[str, ...]
    needed: frozenset[str]
    axis: object


_BY_VECTOR = _Kind("LayerNormalization", ("gamma", "beta"), frozenset(), [-1])
_BY_TYPED = _Kind(
    "BatchNormalization",
    ("gamma", "beta", "moving_mean", "moving_variance"),
    frozenset({"moving_mean", "moving_variance"}),
    -1,
)


def normalised(
    vectors: Sequence[Sequence[Address]], functions: Functions, *, by_typed: bool = True
) -> Normalised | None:
    """The layer normalisation of some vectors, or their batch normalisation, by a typed mean and variance of each unit.

    With gamma and beta or without; None if there is none.

    Args:
        vectors: the cells, a vector a sample.
        functions: the formulas behind them.
        by_typed: whether a batch normalisation counts.
    """
    if not functions.take_roots:
        return None
    found = _found(_BY_VECTOR, vectors, functions) if len(vectors[0]) > 1 else None
    return found or (_found(_BY_TYPED, vectors, functions) if by_typed else None)


def _found(kind: _Kind, vectors: Sequence[Sequence[Address]], functions: Functions) -> Normalised | None:
    """The normalisation of some vectors: with gamma and beta, or what these multiply, if that has cells of its own."""
    made = [list[_Made]() for _ in vectors]
    for own, found in zip(vectors, made, strict=True):
        trial = _Trial(own, functions)
        for unit, normal in enumerate(own):
            x = own if kind is _BY_VECTOR else own[unit : unit + 1]
            fits = ((cell, _fit(kind, cell, x, normal, trial, functions)) for cell in trial.reading[frozenset(x)])
            known = [(cell, fit) for cell, fit in fits if fit is not None]
            known = [(cell, fit) for cell, fit in known if not fit[1]] or known  # a relu of it may stand behind it
            by_names = {frozenset(name for name, _ in fit[2]): (cell, fit) for cell, fit in known}
            if not known or len(by_names) < len(known):
                return None
            found.append([by_names[names] for names in sorted(by_names, key=len)])
    several = any(len(each) > 1 for found in made for each in found)
    return _of_cells(kind, vectors, made, -1) or (_of_cells(kind, vectors, made, 0) if several else None)


def _of_cells(
    kind: _Kind, vectors: Sequence[Sequence[Address]], made: Sequence[Sequence[_Made]], which: int
) -> Normalised | None:
    """The normalisation by the formulas with the most weights (-1) or the fewest (0) of each number."""
    outputs = [tuple(each[which][0] for each in found) for found in made]
    kinds: set[_Fits] = {tuple(each[which][1] for each in found) for found in made}
    if len(kinds) != 1:
        return None
    (same,) = kinds
    epsilons, roles = {(epsilon, is_bent) for epsilon, is_bent, _ in same}, [dict(own) for *_, own in same]
    constants = frozenset(own.pop(_EPSILON) for own in roles if _EPSILON in own)
    names, typed = [*roles[0]], [cell for own in roles for cell in own.values()]
    if len(epsilons) != 1 or len({*typed}) < len(typed) or len(constants) > 1 or any([*own] != names for own in roles):
        return None
    epsilon, is_bent = epsilons.pop()
    options = {"axis": kind.axis, "epsilon": epsilon, "center": "beta" in names, "scale": "gamma" in names}
    layer = LayerSpec(kind.name, "", options, dict.fromkeys(names, (len(roles),)))
    weights = {name: tuple(own[name] for own in roles) for name in names}
    return Normalised(layer, [*map(tuple, vectors)], outputs, weights, constants, is_bent)


class _Trial:
    """What the formulas behind a vector give for random numbers in all that they are computed from.

    Attributes:
        reading: cells of the vector → the formulas that are computed from just these.
        given: cell → the numbers in it, one a trial.
        values: formula → what it gives, one a trial.
    """

    def __init__(self, vector: Sequence[Address], functions: Functions) -> None:
        reading = defaultdict[frozenset[Address], list[Address]](list)
        for cell, leaves in functions.of.items():
            read = leaves & functions.known
            if read and read <= {*vector}:
                reading[read].append(cell)
        cells = [cell for found in reading.values() for cell in found]
        given = sorted({leaf for cell in cells for leaf in functions.of[cell]})
        low = [-2.0 if leaf in functions.known else 0.2 for leaf in given]
        numbers = np.random.default_rng(11).uniform(low, 2.0, (_TRIALS, len(given)))
        self.reading: Mapping[frozenset[Address], Sequence[Address]] = reading
        self.given = dict(zip(given, numbers.T, strict=True))
        self.values = functions.values_of(cells, given, numbers)


def _fit(
    kind: _Kind, cell: Address, own: Sequence[Address], normal: Address, trial: _Trial, functions: Functions
) -> _Fit | None:
    """The epsilon of a formula that normalises one of some cells, and the cells of the weights that it reads."""
    beside = sorted(functions.of[cell] - functions.known - {*own})
    if len(beside) > len(kind.weights) + 1 or len(beside) < len(kind.needed):
        return None
    x = np.stack([trial.given[leaf] for leaf in own], axis=1)
    y = trial.values[cell]
    if not np.isfinite(y).all():
        return None
    is_bent = bool((y == 0).any() and (y >= 0).all())
    if is_bent and np.count_nonzero(y) < _ENOUGH:
        return None
    fits = []
    for names in _roles(kind, len(beside)):
        given = {name: trial.given[leaf] for name, leaf in zip(names, beside, strict=True)}
        epsilon = _epsilon(x, own.index(normal), given, y, is_bent=is_bent)
        if epsilon is not None:
            roles = dict(zip(names, beside, strict=True))
            found = functions.number(roles[_EPSILON]) if _EPSILON in roles else epsilon
            fits.append(
                (found, is_bent, tuple((name, roles[name]) for name in (*kind.weights, _EPSILON) if name in roles))
            )
    # A variance and an epsilon are summands alike; the epsilon is the small one.
    return min(fits, key=lambda fit: fit[0], default=None)


def _roles(kind: _Kind, count: int) -> Iterator[tuple[str, ...]]:
    """What so many cells may be, each another thing."""
    for names in permutations((*kind.weights, _EPSILON), count):
        if kind.needed <= {*names}:
            yield names


def _epsilon(x: Array, unit: int, given: Mapping[str, Array], y: Array, *, is_bent: bool) -> float | None:
    """The epsilon with which numbers are normalised to y, or to a relu of which y is; None if they are not."""
    mean = given.get("moving_mean", x.mean(axis=1))
    variance = given.get("moving_variance", x.var(axis=1))
    scaled = given.get("gamma", 1.0) * (x[:, unit] - mean)
    without = y - given.get("beta", 0.0)
    seen = y > 0 if is_bent else np.isfinite(y)
    if (np.sign(without) != np.sign(scaled))[seen].any():
        return None
    epsilon: float | Array
    if _EPSILON in given:
        epsilon = given[_EPSILON]
    elif (without[seen] == 0).any():
        return None
    else:
        epsilons = (scaled[seen] / without[seen]) ** 2 - np.broadcast_to(variance, y.shape)[seen]
        epsilon = max(0.0, float(f"{np.median(epsilons):.{_DIGITS}g}"))
        epsilon = 0.0 if epsilon < 1e-12 else epsilon
    desired = scaled / np.sqrt(variance + epsilon) + given.get("beta", 0.0)
    fits = np.allclose(y, np.maximum(desired, 0.0) if is_bent else desired, rtol=1e-9, atol=1e-9)
    return None if not fits else 0.0 if _EPSILON in given else float(np.max(epsilon))
