"""Compare two traces of one network: which quantity differs first, and by how much?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.graph.trace import Trace
from xlcheck.verdicts.tolerance import Array, Tolerance, magnitude, ulps

_DEFAULT = Tolerance(atol=1e-12)


@dataclass(frozen=True)
class Difference:
    """One quantity whose values differ.

    Attributes:
        quantity: its name.
        mismatched: how many of its elements differ by more than the tolerance.
        size: how many elements it has, all samples together.
        index: where the difference is largest; for a sample's quantity the sample comes first.
        actual: the value there.
        desired: the value that was wanted there.
        max_abs_error: the largest absolute difference; infinity where a value is no number.
        max_ulps: the same in units in the last place of the quantity's largest magnitude.
    """

    quantity: str
    mismatched: int
    size: int
    index: tuple[int, ...]
    actual: float
    desired: float
    max_abs_error: float
    max_ulps: float

    def __str__(self) -> str:
        place = "".join(f"[{i}]" for i in self.index)
        return (
            f"{self.quantity}: {self.mismatched} of {self.size} elements differ, most at {place}: "
            f"{self.actual!r} instead of {self.desired!r} "
            f"(difference {self.max_abs_error:.3g}, {self.max_ulps:.3g} ULP)"
        )


@dataclass(frozen=True)
class TraceComparison:
    """How one trace differs from another.

    Attributes:
        actual: where the values under test come from.
        desired: where the wanted values come from.
        compared: how many quantities both traces have in the same shape.
        differences: quantities that differ, in the order of the wanted trace.
        reshaped: (quantity, actual shape, desired shape) where the shapes differ.
        missing: quantities that only the wanted trace has.
        unexpected: quantities that only the trace under test has.
    """

    actual: str
    desired: str
    compared: int
    differences: tuple[Difference, ...] = ()
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether at least one quantity was compared, all of them agree, and none is missing or new."""
        return self.compared > 0 and not (self.differences or self.reshaped or self.missing or self.unexpected)

    @property
    def first(self) -> Difference | None:
        """The first divergence; what comes after it may only follow from it."""
        return self.differences[0] if self.differences else None

    def __str__(self) -> str:
        lines = [f"{self.actual} against {self.desired}: {self.compared} quantities compared, {self._verdict()}"]
        lines += [f"first divergence: {self.first}"] if self.first else []
        lines += [f"then: {difference}" for difference in self.differences[1:]]
        lines += [f"{name}: shape {actual} instead of {desired}" for name, actual, desired in self.reshaped]
        lines += [f"missing: {', '.join(self.missing)}"] if self.missing else []
        lines += [f"unexpected: {', '.join(self.unexpected)}"] if self.unexpected else []
        return "\n".join(lines)

    def _verdict(self) -> str:
        if self.ok:
            return "all agree"
        return f"{len(self.differences)} differ" if self.compared else "so nothing is known"


def compare(
    actual: Trace | Mapping[str, ArrayLike],
    desired: Trace | Mapping[str, ArrayLike],
    *,
    atol: float = 1e-12,
    rtol: float = 0.0,
) -> TraceComparison:
    """Compare two traces, or what another implementation gives as a mapping of names to arrays.

    Args:
        actual: what is under test.
        desired: what is wanted, in order of computation, such as `xlcheck.load_fixture("lstm").trace`.
        atol: largest absolute difference that counts as agreement.
        rtol: the same relative to a quantity's largest magnitude; the larger of the two counts.

    Returns:
        The differences; `first` is where the two part.
    """
    return compare_traces(_trace(actual), _trace(desired), Tolerance(atol, rtol))


def compare_traces(
    actual: Trace, desired: Trace, tolerance: Tolerance | Callable[[str], Tolerance] = _DEFAULT
) -> TraceComparison:
    """Compare every quantity of two traces.

    Args:
        actual: the trace under test.
        desired: the wanted trace; its order decides which divergence is the first.
        tolerance: what counts as agreement, for all quantities or for each name.
    """
    differences = []
    reshaped = []
    compared = 0
    for name in desired.values:
        if name not in actual:
            continue
        have = np.asarray(actual[name], dtype=np.float64)
        want = np.asarray(desired[name], dtype=np.float64)
        if have.shape != want.shape:
            reshaped.append((name, have.shape, want.shape))
            continue
        compared += 1
        allowed = tolerance(name) if callable(tolerance) else tolerance
        difference = _difference(name, have, want, allowed)
        if difference is not None:
            differences.append(difference)
    return TraceComparison(
        actual.source,
        desired.source,
        compared,
        tuple(differences),
        tuple(reshaped),
        tuple(name for name in desired.values if name not in actual),
        tuple(name for name in actual.values if name not in desired),
    )


def _trace(values: Trace | Mapping[str, ArrayLike]) -> Trace:
    if isinstance(values, Trace):
        return values
    return Trace("a mapping of arrays", {name: np.asarray(array, dtype=np.float64) for name, array in values.items()})


def _difference(name: str, have: Array, want: Array, tolerance: Tolerance) -> Difference | None:
    scale = magnitude(want)
    with np.errstate(invalid="ignore"):
        error = np.abs(have - want)
    error[(have == want) | (np.isnan(have) & np.isnan(want))] = 0.0
    error[np.isnan(error)] = np.inf
    wrong = error > tolerance.limit(scale)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    largest = float(error[index])
    return Difference(
        name, int(wrong.sum()), error.size, index, float(have[index]), float(want[index]), largest, ulps(largest, scale)
    )
