"""Numbers that depend on the settings of a training alone: a rate, a share, a schedule; never on data or weights.

Half of the random settings have one set of hyperparameters, the other half another one. What is the same throughout
each half is made of hyperparameters; of which, its values in both halves and for the numbers shown say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Sum, Term, subterms
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.effort import require_time

SETTINGS = 12
"""Random settings; beside them each cell has a setting with the numbers shown."""

HALF = SETTINGS // 2
_WITHIN = 1e-8
_NOTHING, _CLOSE, _ROUGH = 1e-12, 1e-9, 1e-6


@dataclass(frozen=True)
class Coefficient:
    """A number made of hyperparameters.

    Attributes:
        cell: what holds it; None if it is typed into the formula, or made of several.
        factor: what that cell is multiplied with, or the number itself.
        how: a schedule, with what is typed in it; empty without one.
        size: its values under all settings, the last one being the numbers shown.
    """

    cell: Address | None
    factor: float
    how: tuple[str | float, ...] = ()
    size: Array = field(default_factory=lambda: np.array([]), compare=False)

    @property
    def form(self) -> tuple[bool, float, tuple[str | float, ...]]:
        """The same for rows that have a cell each for it."""
        return self.cell is None, float(f"{self.factor:.9g}"), self.how

    def times(self, factor: float) -> Coefficient:
        """So many times this number."""
        return replace(self, factor=self.factor * factor, size=self.size * factor)


def is_set(values: Array) -> bool:
    """Whether values are the same wherever the hyperparameters are, as far as they are known.

    They have to be known under two sets of hyperparameters at least, of which those shown may be one, and under one
    of them more than once.
    """
    parts = [part[np.isfinite(part)] for part in (values[:HALF], values[HALF:SETTINGS], values[SETTINGS:])]
    sizes = sorted(map(len, parts))
    return sizes[-1] > 1 and sizes[1] > 0 and all(_is_constant(part) for part in parts if len(part))


def are_alike_in_halves(rows: Array) -> Array:
    """Which rows of values may be the same wherever the hyperparameters are: most are not, and this says so at once.

    Args:
        rows: values under all settings, `(rows, settings)`.
    """
    halves = rows[:, :SETTINGS].reshape(len(rows), 2, HALF)
    low, high = np.fmin.reduce(halves, axis=2), np.fmax.reduce(halves, axis=2)
    with np.errstate(all="ignore"):
        differs = high - low > 2 * _WITHIN * np.maximum(np.abs(low), np.abs(high))
    return np.asarray(~differs.any(axis=1))


def coefficient(values: Array, settings: Mapping[Address, Array], *, falls: bool = False) -> Coefficient | None:
    """What a number is made of; None if data or weights are in it, or nobody knows.

    Args:
        values: under all settings; not a number where these do not tell, as where a gradient is 0.
        settings: the hyperparameters of which it may be made, numbers that are typed into formulas without a worksheet.
        falls: whether it may be a rate that falls from step to step.
    """
    if not is_set(values):
        return None
    if (factor := only_number(values)) is not None:
        return Coefficient(None, factor, (), np.full(len(values), factor))
    for cell, own in settings.items():
        with np.errstate(all="ignore"):
            share = values / own
        if (factor := only_number(share)) is not None:
            return Coefficient(cell, factor, (), own * factor)
    return next(_schedules(values, settings), None) if falls else None


def _schedules(values: Array, settings: Mapping[Address, Array]) -> Iterator[Coefficient]:
    """The ways in which people let a learning rate fall with the number of the step or of the epoch.

    A whole number above 1 counts steps or epochs, and is no rate, unless it is just the one to begin with.
    """
    counts = values[-1] > 1 and float(values[-1]).is_integer()
    for start, first in settings.items():
        with np.errstate(all="ignore"):
            left = values / first
        if not (left[np.isfinite(left)] > 0).all() or (left > 1 + _WITHIN).any():
            continue
        if counts and left[-1] != 1:
            continue
        for cell, count in settings.items():
            require_time()
            if cell != start and cell[0] and count[-1] >= 0 and float(count[-1]).is_integer():
                for how, parameter, shift, size in _falling(left, count, settings):
                    yield Coefficient(start, 1.0, (how, parameter, shift), first * size)


def _falling(left: Array, count: Array, settings: Mapping[Address, Array]) -> Iterator[tuple[str, float, float, Array]]:
    """Each law under which a rate falls as it does: its name, its typed number, the first step, and what follows.

    Args:
        left: what is left of the rate.
        count: the number of the step.
        settings: where the law's number may stand.
    """
    laws: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array], float]] = {
        "exponential": (np.log, np.exp, 0.0),
        "inverse": (lambda y: 1 / y, lambda z: 1 / z, 1.0),
        "inverse square root": (lambda y: 1 / y**2, lambda z: 1 / np.sqrt(z), 1.0),
    }
    with np.errstate(all="ignore"):
        for how, (straight, back, start) in laws.items():
            line = straight(left)
            for shift in (0.0, 1.0):
                slope = (line - start) / (count - shift)
                size = _number(slope, how, settings)
                if size is not None and agree_as_known(left, back(start + size * (count - shift))):
                    yield how, _typed(size), shift, back(start + size * (count - shift))
        yield from _in_stairs(left, count, settings)
        yield from _along_cosine(left, count, settings)


def _in_stairs(
    left: Array, count: Array, settings: Mapping[Address, Array]
) -> Iterator[tuple[str, float, float, Array]]:
    """A rate that stays for some steps and then falls by a factor."""
    for length in (own for own in settings.values() if (own > 1).all()):
        for shift in (0.0, 1.0):
            stairs = np.floor((count - shift) / length)
            for factor in (own for own in settings.values() if (own > 0).all() and (own < 1).all()):
                if stairs.any() and agree_as_known(left, factor**stairs):
                    yield "stairs", 0.0, shift, factor**stairs


def _along_cosine(
    left: Array, count: Array, settings: Mapping[Address, Array]
) -> Iterator[tuple[str, float, float, Array]]:
    """A rate that falls along half a wave (Loshchilov and Hutter 2017), to 0 or to a share of it that is set."""
    shares = (own for own in settings.values() if (own > 0).all() and (own < 1).all())
    ends = [np.zeros(len(left)), *shares]
    for length in (own for own in settings.values() if (own > 1).all() and own is not count):
        for shift in (0.0, 1.0):
            for done in ((count - shift) / length, np.minimum(1.0, (count - shift) / length)):
                wave = (1 + np.cos(np.pi * done)) / 2
                yield from (
                    ("cosine", 0.0, shift, own)
                    for own in (s + (1 - s) * wave for s in ends)
                    if agree_as_known(left, own)
                )


def _number(values: Array, how: str, settings: Mapping[Address, Array]) -> Array | None:
    """The number of a law: typed, or in a cell; of an exponential also as the factor itself."""
    for known in (values, np.exp(values)) if how == "exponential" else (values,):
        if not is_set(known):
            continue
        typed = known[np.isfinite(known)][0]
        candidates: Iterable[Array] = (np.full(len(known), typed), *settings.values())
        for own in candidates:
            for sign in (1.0, -1.0):
                if own.any() and agree_as_known(known, sign * own):
                    return sign * own if known is values else np.log(own)
    return None


def ratio(values: Array, others: Array) -> Array:
    """Values over others; not a number where these are 0."""
    with np.errstate(all="ignore"):
        return np.where(np.abs(others) > _NOTHING, values / others, np.nan)


def fitted(values: Array, one: Array, other: Array) -> tuple[Array, Array] | None:
    """How many times one and another one make up values, by hyperparameters alone; not a number for those shown."""
    found = np.full((2, len(values)), np.nan)
    for half in (slice(0, HALF), slice(HALF, SETTINGS)):
        basis = np.stack([one[half], other[half]], axis=1)
        if not np.isfinite(basis).all() or not np.isfinite(values[half]).all():
            return None
        parts, *_ = np.linalg.lstsq(basis, values[half], rcond=None)
        if not np.allclose(basis @ parts, values[half], rtol=_CLOSE, atol=_CLOSE * np.abs(values[half]).max()):
            return None
        found[:, half] = parts[:, None]
    return found[0], found[1]


def may_be_fitted(values: Array, rows: Array, other: Array) -> Array:
    """Which rows may make up values, each with another one: as far as three settings tell, which is known at once."""
    found = np.full(len(rows), True)
    for some in (slice(0, 3), slice(HALF, HALF + 3)):
        parts = [np.broadcast_to(own[..., some], (len(rows), 3)) for own in (values, rows, other)]
        with np.errstate(all="ignore"):
            size = np.prod([np.abs(own).max(axis=1) for own in parts], axis=0)
            found &= np.abs(np.linalg.det(np.stack(parts, axis=1))) <= _ROUGH * size
    return found


def only_number(values: Array) -> float | None:
    """The one number that values are, as far as they are known: their median, as a few of them may be inexact."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) > 1 and _is_constant(known) else None


def _typed(size: Array) -> float:
    return float(f"{size[0]:.9g}") if _is_constant(size) else 0.0


def agree_as_known(values: Array, wanted: Array) -> bool:
    """Whether values are what is wanted, as far as they are known; where they are for the numbers shown, for these too.

    Args:
        values: under all settings; not a number where nobody knows.
        wanted: the same.
    """
    shown, meant = float(values[-1]), float(wanted[-1])
    if abs(shown - meant) > _WITHIN * max(abs(meant), _WITHIN):  # most do not, and one number says so at once
        return False
    known = np.isfinite(values)
    return bool(known[:SETTINGS].any() and same(values[known], wanted[known]))


def _is_constant(values: Array) -> bool:
    return bool(np.abs(values - values[0]).max() <= _WITHIN * abs(values[0]))


def numbers_in(term: Term) -> Iterator[float]:
    """The numbers that are typed into a formula, and what they divide by."""
    for item in subterms(term):
        if isinstance(item, Sum):
            yield item.constant
            yield from (share for _, c in item.parts for share in (c, 1 / c))
        elif isinstance(item, Function):
            yield from (argument for argument in item.arguments if not isinstance(argument, Term))
