"""What people say of all results of a network in one number: errors, shares of right answers, how much is explained.

Each is computed from whole columns: what the network gives, what is decided by that, and what it should be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.handmade.beside.measures import LOSS
from xlcheck.handmade.beside.said_beside import CALLED

Column = NDArray[np.float64] | NDArray[np.object_]
"""The numbers or words of all samples under several draws, `(draws, samples)`."""
_Statistic = tuple[str, Array]
"""What a number is called, and what it is under each draw."""

_MOST_CLASSES = 6
_HUNDRED, _TWO = 100.0, 2
_FEWEST = 3
"""Samples of a class that have a spread which is not just their difference."""
_LIKELIHOOD = "logarithm of the likelihood"
IF_NOTHING_CHANGES: Final = ", if nothing changes"
"""The end of the name of an error of who says that each number is the one before it."""
_OF_ALL = ("sum", "difference of the totals", "total, relative")
"""How the names of numbers begin that grow with the samples, or that are made of such."""
_CALLED: Mapping[str, tuple[str, ...]] = {
    "root of the mean squared error": ("rmse", "reqm", "eqm raiz"),
    "mean squared error": ("mse", "ecm", "eqm"),
    "mean absolute error": ("mae", "mad", "eam"),
    "mean relative error": ("mape",),
    "sum of squared errors": ("sse", "rss", "sce"),
    "share of the spread that is explained": ("r2", "r²", "r^2"),
    "share of right answers": ("accuracy", "genauigkeit", "exactitud", "acurácia", "accuratezza", "nauwkeurigheid"),
    "share of a class that is found": ("recall", "sensitivity", "specificity", "sensibilidad", "rappel"),
    "share of what is found that is right": ("precision", "précision", "precisión", "precisão"),
    "cross-entropy": (
        *(
            "cross-entropy",
            "cross entropy",
            "crossentropy",
            "log loss",
            "logloss",
            "bce",
            "kreuzentropie",
            "korsentropi",
        ),
        *("entropie croisée", "entropía cruzada", "entropia cruzada", "entropia incrociata", "kruisentropie", "交叉熵"),
        *("entropia krzyżowa", "entropy chéo", "кросс-энтропия", "交差エントロピー", "교차 엔트로피", "kryssentropi"),
    ),
}
"""What a number is called here → the names that people give it, of which each is that of no other."""


@dataclass(frozen=True)
class Columns:
    """What is known of the samples of a network.

    Attributes:
        given: what the network says of each sample, and what is made of that alone: numbers scaled back, decisions.
        wanted: what it should be.
        others: what else is known of the samples, by which they may be told apart.
    """

    given: Sequence[Column]
    wanted: Sequence[Column]
    others: Sequence[Column] = ()

    def statistics(self, constants: Collection[float]) -> Iterator[_Statistic]:
        """All that people say of such columns.

        Args:
            constants: the numbers with which something may be compared.
        """
        yield from _of(self.given, self.wanted, constants)
        for own in self.wanted:
            yield from _of_changes(own) if _is_numeric(own) else ()
        for own in self.others:
            for value in _classes(own):
                # Under each draw as many samples are of a class, as its words only change their places.
                rows = own == value
                counts = {*rows.sum(axis=1).tolist()}
                if len(counts) == 1 and min(counts) >= _FEWEST:
                    given, wanted = ([_taken(each, rows) for each in some] for some in (self.given, self.wanted))
                    yield from _of(given, wanted, constants)


def is_called(name: str, words: str) -> bool:
    """Whether a number may be called so: no words, or none that name another one.

    What falls with errors is no loss, and what is added up of all samples no mean.

    Args:
        name: what it is.
        words: those beside it.
    """
    named = names_in(words)
    is_loss = name.startswith(_LIKELIHOOD) and LOSS.search(words) is not None
    said = {kind for kind in ("mean", "total") if CALLED[kind].search(words.casefold())}
    is_mean = (name.startswith(_OF_ALL) or name.endswith("as a sum")) and said == {"mean"}
    return not (is_loss or is_mean) and (not named or any(name.startswith(own) for own in named))


def names_in(words: str) -> list[str]:
    """What is named by some words, as far as the name is that of one statistic alone.

    Args:
        words: those beside a number.
    """
    said = words.casefold()
    return [own for own, names in _CALLED.items() if any(_is_word(each, said) for each in names)]


def _is_word(name: str, said: str) -> bool:
    before, found, behind = said.partition(name)
    return bool(found) and not before[-1:].isalnum() and not behind[:1].isalnum()


def _of(given: Sequence[Column], wanted: Sequence[Column], constants: Collection[float]) -> Iterator[_Statistic]:
    for own in (*given, *wanted):
        yield from _of_one(own, constants)
    for y, t in product(given, wanted):
        if _is_numeric(y) and _is_numeric(t):
            yield from _of_errors(y, t, constants)
        for decided in (y, *_sides(y, constants)):
            yield from _of_classes(decided, t)
        yield from _of_shares(y, t)
        yield from _of_words(y, t, constants)


def _of_one(v: Column, constants: Collection[float]) -> Iterator[_Statistic]:
    """How many there are, and what they are together."""
    yield "number of samples", np.full(len(v), float(v.shape[1]))
    for value in _classes(v):
        yield from _counted("samples of a class", v == value)
    if not _is_numeric(v):
        return
    yield "sum", v.sum(axis=1)
    yield "mean", v.mean(axis=1)
    yield "median", np.median(v, axis=1)
    yield "largest", v.max(axis=1)
    yield "least", v.min(axis=1)
    yield "range", np.ptp(v, axis=1)
    yield "sum of squares", (v**2).sum(axis=1)
    yield from _spread("spread", v)
    for own in constants:
        yield from _counted("samples above a number", v > own)
        yield from _counted("samples below a number", v < own)


def _of_errors(y: Array, t: Array, constants: Collection[float]) -> Iterator[_Statistic]:
    """How far results are from what they should be."""
    error, count = y - t, y.shape[1]
    size, relative = np.abs(error), np.abs(error / t)
    squares = (error**2).sum(axis=1)
    around = ((t - t.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    mean, root = size.mean(axis=1), np.sqrt(squares / count)
    for name, own in (("absolute", size), ("relative", relative), ("squared", error**2)):
        yield f"mean {name} error", own.mean(axis=1)
        yield f"sum of {name} errors", own.sum(axis=1)
        yield f"largest {name} error", own.max(axis=1)
        yield f"median {name} error", np.median(own, axis=1)
    yield "mean squared error, halved", squares / count / 2
    yield "sum of squared errors, halved", squares / 2
    yield "root of the mean squared error", root
    yield "root of the sum of squared errors", np.sqrt(squares)
    for less in (1, 2):
        yield "mean squared error, unbiased", squares / (count - less)
        yield "root of the mean squared error, unbiased", np.sqrt(squares / (count - less))
    yield from _spread("spread of the errors", error)
    yield "mean error", error.mean(axis=1)
    yield "mean error, downwards", -error.mean(axis=1)
    yield "share of the spread that is explained", 1 - squares / around
    together = np.array([_correlation(*own) for own in zip(y, t, strict=True)])
    yield "correlation", together
    yield "share of the spread that is explained by a line", together**2
    for name, typical in (("mean absolute error", mean), ("root of the mean squared error", root)):
        yield f"{name}, relative to the mean", typical / t.mean(axis=1)
        yield f"{name}, relative to the range", typical / np.ptp(t, axis=1)
    yield "what the relative errors leave", 1 - relative.mean(axis=1)
    yield "total error, relative to the total", size.sum(axis=1) / t.sum(axis=1)
    yield "total, relative to the other one", y.sum(axis=1) / t.sum(axis=1)
    yield "total, relative to the other one", t.sum(axis=1) / y.sum(axis=1)
    yield "difference of the totals", y.sum(axis=1) - t.sum(axis=1)
    yield "difference of the totals", t.sum(axis=1) - y.sum(axis=1)
    for limit in constants:
        for name, is_near in (("absolute", size <= limit), ("relative", relative <= limit)):
            yield from _counted(f"samples within an {name} error", is_near)
            yield from _counted(f"samples beyond an {name} error", ~is_near)


def _of_changes(v: Array) -> Iterator[_Statistic]:
    """How far each number is from the one before it: the errors of who says that nothing changes."""
    error = np.diff(v, axis=1)
    mean = (error**2).mean(axis=1)
    yield f"mean absolute error{IF_NOTHING_CHANGES}", np.abs(error).mean(axis=1)
    yield f"mean squared error{IF_NOTHING_CHANGES}", mean
    yield f"root of the mean squared error{IF_NOTHING_CHANGES}", np.sqrt(mean)


def _of_words(p: Column, t: Column, constants: Collection[float]) -> Iterator[_Statistic]:
    """How far numbers are from 1 for the one of two words, and from 0 for the other: those nearer to them today."""
    classes = _classes(t)
    if len(classes) != _TWO or _is_numeric(t) or not _is_numeric(p):
        return
    codes = [np.where(t == value, 1.0, 0.0) for value in classes]
    yield from _of_errors(p, min(codes, key=lambda own: ((p[0] - own[0]) ** 2).sum()), constants)


def _of_classes(decided: Column, t: Column) -> Iterator[_Statistic]:
    """How many answers are right, and of which class."""
    names, wanted = _classes(decided), _classes(t)
    if len(wanted) < _TWO or not names:
        return
    pairs = [(own, own) for own in wanted] if {*names} <= {*wanted} else []
    pairings = [pairs] if pairs else []
    if not pairs and len(names) == len(wanted) == _TWO:
        pairings = [[*zip(names, wanted, strict=True)], [*zip(names, wanted[::-1], strict=True)]]
    for own in pairings:
        cells = {(a, b): (decided == u) & (t == v) for a, (u, _) in enumerate(own) for b, (_, v) in enumerate(own)}
        right = np.logical_or.reduce([cells[k, k] for k in range(len(own))])
        yield from _counted("right answers", right)
        yield from _counted("wrong answers", ~right)
        counts = {place: held.sum(axis=1).astype(float) for place, held in cells.items()}
        for (a, b), count in counts.items():
            yield f"samples of class {b} that are taken for class {a}", count
        yield from _by_class(counts, range(len(own)))


def _by_class(counts: Mapping[tuple[int, int], Array], classes: Sequence[int]) -> Iterator[_Statistic]:
    """The shares of classes that are found, and of what is found that is right; and what is made of these."""
    with np.errstate(all="ignore"):
        found = [counts[k, k] / np.sum([counts[a, k] for a in classes], axis=0) for k in classes]
        right = [counts[k, k] / np.sum([counts[k, b] for b in classes], axis=0) for k in classes]
        for k in classes:
            yield "share of a class that is found", found[k]
            yield "share of a class that is missed", 1 - found[k]
            yield "share of what is found that is right", right[k]
            yield "share of what is found that is wrong", 1 - right[k]
            yield "harmonic mean of both shares", 2 * found[k] * right[k] / (found[k] + right[k])
        yield "mean share of the classes that is found", np.mean(found, axis=0)
        yield "mean share of what is found that is right", np.mean(right, axis=0)


def _of_shares(p: Column, t: Column) -> Iterator[_Statistic]:
    """The cross-entropies of shares of one class, whichever of two it is."""
    classes = _classes(t)
    if len(classes) != _TWO or not _is_numeric(p) or not ((p > 0) & (p < 1)).all():
        return
    for value in classes:
        own = -np.log(np.where(t == value, p, 1 - p))
        yield "cross-entropy, as a mean", own.mean(axis=1)
        yield "cross-entropy, as a sum", own.sum(axis=1)
        yield f"{_LIKELIHOOD}, as a mean", -own.mean(axis=1)
        yield f"{_LIKELIHOOD}, as a sum", -own.sum(axis=1)


def _counted(name: str, which: NDArray[np.bool_]) -> Iterator[_Statistic]:
    yield f"number of {name}", which.sum(axis=1).astype(float)
    yield f"share of {name}", which.mean(axis=1)
    yield f"share of {name} in per cent", _HUNDRED * which.mean(axis=1)


def _spread(name: str, v: Array) -> Iterator[_Statistic]:
    for less in (0, 1):
        yield f"{name}, as a deviation", v.std(axis=1, ddof=less)
        yield f"{name}, as a variance", v.var(axis=1, ddof=less)
    yield f"{name}, as a sum", v.var(axis=1) * v.shape[1]


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    with np.errstate(all="ignore"):
        return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))


def _sides(y: Column, constants: Collection[float]) -> Iterator[Column]:
    """The decisions that follow from numbers by a threshold: 1 above it, 0 below."""
    if _is_numeric(y):
        yield from ((y > own).astype(float) for own in {0.5, *constants})


def _classes(v: Column) -> list[object]:
    """The few values that a column has; none if there are more, as of measured numbers."""
    values = {*v.ravel().tolist()}
    return sorted(values, key=repr) if len(values) <= _MOST_CLASSES else []


def _is_numeric(v: Column) -> TypeGuard[Array]:
    return v.dtype == np.float64


def _taken(v: Column, rows: NDArray[np.bool_]) -> Column:
    """Some of the samples, as many under each draw."""
    return v[rows].reshape(len(v), -1)
