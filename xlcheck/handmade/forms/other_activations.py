"""Activations that are known by their values, however they are written: softplus, SiLU, ELU, hard sigmoid and the like.

A formula is such an activation if it is a function of one sum, or of one cell, and gives what Keras's gives for numbers
of every range. The sum may occur several times, also with its sign turned, multiplied by a number or added to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Leaf, Sum, Term, below, number_of, subterms
from xlcheck.handmade.forms.kinks import BY_TANH
from xlcheck.layers.activations import ACTIVATIONS, FORMER, activation_function

_SPELT = frozenset({"linear", "tanh", "sigmoid", "relu", "leaky_relu", "exponential"})
"""Those that are known by how they are written; gates of recurrent layers are made of them."""
NAMES = (*(name for name, own in ACTIVATIONS.items() if not own.looks_at_all and name not in _SPELT), *FORMER)
KERAS = frozenset({*_SPELT, *NAMES} - {"exponential"})
"""Those that a layer of a worksheet may have; an exponential alone may be a step on the way to others."""
_POINTS = np.array([-8.3, -4.1, -2.7, -1.4, -0.8, -0.3, 0.2, 0.4, 0.7, 1.3, 2.2, 3.6, 6.9, 9.4])
"""Numbers on either side of every bend that a function in Keras has."""
REACH = float(np.abs(_POINTS).max())
"""The size of the numbers up to which a function is compared."""
_CLOSE = 1e-7
"""Keras rounds constants to single precision."""
_MOST = 60
"""Terms of which a formula of one argument is made."""
_DEEP = 4
"""Levels below a term on which a function is looked for: in `z/2·(1+TANH(…))` it is the fourth one."""

_Parts = tuple[tuple[Term, float], ...]
"""The parts of a sum without its constant, divided by the factor of the first one."""


def _gelu_by_tanh(x: Array) -> Array:
    """Hendrycks and Gimpel 2016, equation 2."""
    return np.asarray(0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))


_FURTHER: Mapping[str, Callable[[Array], Array]] = {BY_TANH: _gelu_by_tanh}
BY_VALUES = frozenset({*NAMES, *_FURTHER})
"""Those that are known by their values, and not by how they are written."""


@lru_cache(maxsize=16_384)
def other_activation(term: Term) -> tuple[str, Term] | None:
    """Keras's activation that a term is, and the term that it is applied to; None if it is none.

    Args:
        term: what a formula computes.
    """
    own = list(subterms(term)) if _bends(term) else []
    cells = _cells(term)
    for parts in _candidates(own) if len(own) <= _MOST else ():
        if len(cells) > sum(len(_cells(part)) for part, _ in parts):
            continue  # it reads more than this sum does
        values = _values(term, parts)
        if values is None:
            continue
        argument = parts[0][0] if len(parts) == 1 else Sum(-term.number - 1, 0.0, parts)
        for is_turned in (False, True):
            name = _name(values, is_turned=is_turned)
            if name is not None:
                turned = Sum(-term.number - 1, 0.0, tuple((part, -factor) for part, factor in parts))
                return name, turned if is_turned else argument
    return None


@lru_cache(maxsize=16_384)
def _cells(term: Term) -> frozenset[Address]:
    return frozenset(part.cell for part in subterms(term) if isinstance(part, Leaf))


def _name(values: Array, *, is_turned: bool) -> str | None:
    """The first activation that has these values at the points, or at the negative ones."""
    is_close = np.isclose(values, _table(is_turned=is_turned), rtol=_CLOSE, atol=_CLOSE)
    return next((name for name, own in zip((*NAMES, *_FURTHER), is_close, strict=True) if own.all()), None)


@cache
def _table(*, is_turned: bool) -> Array:
    """What each activation gives at the points, or at the negative ones."""
    points = -_POINTS if is_turned else _POINTS
    return np.array([_given_by(name, points) for name in (*NAMES, *_FURTHER)])


def gives(name: str, points: Array, values: Array) -> NDArray[np.bool_]:
    """At which of some points one of these activations has a value.

    Args:
        name: the activation's.
        points: what it is applied to.
        values: for each of them one.
    """
    return np.isclose(values, _given_by(name, points), rtol=_CLOSE, atol=_CLOSE)


def _given_by(name: str, points: Array) -> Array:
    function = _FURTHER[name] if name in _FURTHER else activation_function(name)
    with np.errstate(all="ignore"):
        return np.asarray(function(points))


def _bends(term: Term) -> bool:
    """Whether a term is worth a look: there is a function in it, not far down."""
    level: tuple[Term, ...] = (term,)
    for _ in range(_DEEP):
        if any(isinstance(part, Function) for part in level):
            return True
        level = tuple(own for part in level for own in below(part))
    return False


def _candidates(terms: Iterable[Term]) -> list[_Parts]:
    """The sums and cells of which a formula may be a function, the longest first."""
    found = dict.fromkeys(own[0] for term in terms if (own := _as_sum(term)) is not None)
    return sorted(found, key=lambda parts: -len(parts))


def _as_sum(term: Term) -> tuple[_Parts, float, float] | None:
    """A sum as `factor · parts + constant`: these three; a cell is a sum of itself; None where a part is times 0."""
    if isinstance(term, Leaf):
        return ((term, 1.0),), 1.0, 0.0
    if not isinstance(term, Sum) or not term.parts or not all(share for _, share in term.parts):
        return None
    own = sorted(term.parts, key=lambda part: part[0].number)
    factor = own[0][1]
    return tuple((part, round(share / factor, 12)) for part, share in own), factor, term.constant


def _beside(term: Term, parts: _Parts) -> tuple[float, Mapping[Term, float]] | None:
    """How many times a sum stands in a longer one, as in `z + z³`, and what stands beside it; None if it does not."""
    own = dict(term.parts) if isinstance(term, Sum) and len(parts) > 1 else {}
    if len(own) <= len(parts) or parts[0][0] not in own:
        return None
    times = own[parts[0][0]]
    if any(not np.isclose(own.pop(part, np.nan), times * share) for part, share in parts):
        return None
    return times, own


def _values(term: Term, parts: _Parts) -> Array | None:
    """What a term gives if a sum is one of some numbers; None if it is computed from anything else."""

    def value(x: float) -> float:
        def given(part: Term) -> float | None:
            own = _as_sum(part)
            if own is not None and own[0] == parts:
                return own[1] * x + own[2]
            rest = _beside(part, parts)
            if rest is not None:
                more = sum(share * number_of(other, given) for other, share in rest[1].items())
                return rest[0] * x + (part.constant if isinstance(part, Sum) else 0.0) + more
            return np.nan if isinstance(part, Leaf) else None

        return number_of(term, given)

    return np.array([value(x) for x in _POINTS.tolist()]) if np.isfinite(value(float(_POINTS[0]))) else None
