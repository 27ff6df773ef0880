"""Compare two traces of one network: which quantity differs first, and by how much?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.arguments import checked
from xlcheck.arrays import Array, array_of, in_double
from xlcheck.errors import DataError
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.cell_result import finite_or_text
from xlcheck.verdicts.layer_numbers import trace_called, traces_numbering
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.placement import magnitude, ulps
from xlcheck.verdicts.tolerance import Tolerance, tolerance_from

if TYPE_CHECKING:
    import pandas as pd

_DEFAULT = Tolerance(atol=1e-12)
_SHOWN = 8
FORMAT = "xlcheck-comparison-1"


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
        where = f"{self.mismatched} of {self.size} elements differ, most at {place}: " if place else ""
        return (
            f"{self.quantity}: {where}"
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
        subset: whether the trace under test may leave quantities out.
        undecided: (quantity, how many of its elements) that are NaN in both traces, of which nothing is known.
    """

    actual: str
    desired: str
    compared: int
    differences: tuple[Difference, ...] = ()
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    subset: bool = False
    undecided: tuple[tuple[str, int], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether something was compared and all of it agrees; nothing is new, unknown or, but in a subset, missing."""
        return self.compared > 0 and not (self._differs or self.undecided)

    @property
    def exit_code(self) -> int:
        """0: all agree; 1: something disagrees; 3: nothing, or not everything, could be compared."""
        if self.ok:
            return 0
        return 1 if self._differs and (self.compared or self.reshaped) else 3

    @property
    def _differs(self) -> bool:
        left_out = () if self.subset else self.missing
        return bool(self.differences or self.reshaped or left_out or self.unexpected)

    @property
    def first(self) -> Difference | None:
        """The first divergence; what comes after it may only follow from it."""
        return self.differences[0] if self.differences else None

    def __str__(self) -> str:
        many = "1 quantity" if self.compared == 1 else f"{self.compared} quantities"
        lines = [f"{self.actual} against {self.desired}: {many} compared, {self._verdict()}"]
        lines += [f"first divergence: {self.first}"] if self.first else []
        lines += [f"then: {difference}" for difference in self.differences[1:]]
        lines += [f"{name}: shape {actual} instead of {desired}" for name, actual, desired in self.reshaped]
        lines += [
            f"{name}: {count} {'element is' if count == 1 else 'elements are'} NaN in both, so nothing is known of "
            f"{'it' if count == 1 else 'them'}"
            for name, count in self.undecided
        ]
        lines += [f"missing: {first_of(self.missing, _SHOWN)}"] if self.missing and not self.subset else []
        lines += [f"unexpected: {first_of(self.unexpected, _SHOWN)}"] if self.unexpected else []
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The object that `xlcheck compare --format json` prints."""
        differences = [
            {name: finite_or_text(value) if isinstance(value, float) else value for name, value in asdict(item).items()}
            for item in self.differences
        ]
        return {"format": FORMAT, **asdict(self), "differences": differences, "ok": self.ok}

    def to_frame(self) -> pd.DataFrame:
        """One row for each quantity that differs, one column for each field of `Difference`.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        from xlcheck.reports.frame import table

        return table(map(asdict, self.differences), Difference)

    def raise_if_failed(self) -> None:
        """Raise an `AssertionError` that says where the traces part, unless they agree."""
        if not self.ok:
            raise AssertionError(str(self))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def _verdict(self) -> str:
        if self.ok:
            return "all agree"
        if not self.compared:
            return "since their shapes differ" if self.reshaped else "so nothing is known"
        if self.undecided and not self.differences:
            return "and these agree as far as they are numbers"
        return f"{len(self.differences)} differ" if self.differences else "and these agree"


@checked
def compare(
    actual: Trace | Mapping[str, ArrayLike] | ArrayLike,
    desired: Trace | Mapping[str, ArrayLike] | ArrayLike,
    *,
    atol: float = 1e-12,
    rtol: float = 0.0,
    subset: bool = False,
    equal_nan: bool = False,
) -> TraceComparison:
    """Compare two traces, or what another implementation gives as a mapping of names to arrays or numbers, or as one.

    Args:
        actual: what is under test.
        desired: what is wanted, in order of computation, such as `xlcheck.load_fixture("lstm").trace`.
        atol: largest absolute difference that counts as agreement.
        rtol: the same relative to a quantity's largest magnitude; the larger of the two counts.
        subset: what is under test may leave quantities out; at least one must be there.
        equal_nan: NaN in both agrees, as in `numpy.testing`; by default nothing is known of it, which is no pass.

    Returns:
        The differences; `first` is where the two part.

    Raises:
        DataError: a value is no array of real numbers.
        UsageError: a tolerance is no number, negative, or infinite.
    """
    tolerance = Tolerance(tolerance_from(atol, "atol").atol, tolerance_from(rtol, "rtol").atol)
    found = compare_traces(_trace(actual), _trace(desired), tolerance, equal_nan=equal_nan)
    return replace(found, subset=subset)


def assert_agrees(
    actual: Trace | Mapping[str, ArrayLike],
    desired: Trace | Mapping[str, ArrayLike],
    *,
    atol: float = 1e-12,
    rtol: float = 0.0,
    subset: bool = False,
    equal_nan: bool = False,
) -> None:
    """Raise an `AssertionError` that names the first divergence unless two traces agree; see `compare`."""
    __tracebackhide__ = True
    compare(actual, desired, atol=atol, rtol=rtol, subset=subset, equal_nan=equal_nan).raise_if_failed()


def compare_traces(
    actual: Trace,
    desired: Trace,
    tolerance: Tolerance | Callable[[str], Tolerance] = _DEFAULT,
    *,
    equal_nan: bool = False,
) -> TraceComparison:
    """Compare every quantity of two traces, in the order of the desired one.

    Where Keras has numbered its layers otherwise, those of the actual one are called as in the other. A tolerance holds
    for all quantities, or is made for each name. NaN in both is no agreement without `equal_nan`: it says nothing.
    """
    actual = trace_called(actual, traces_numbering(actual, desired))
    differences = []
    reshaped = []
    undecided = []
    compared = 0
    for name in desired.values:
        if name not in actual:
            continue
        have = np.asarray(actual[name], dtype=np.float64)
        want = np.asarray(desired[name], dtype=np.float64)
        if have.shape != want.shape:
            reshaped.append((name, have.shape, want.shape))
            continue
        unknown = 0 if equal_nan else int((np.isnan(have) & np.isnan(want)).sum())
        undecided += [(name, unknown)] if unknown else []
        compared += have.size > unknown  # an array without numbers says nothing
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
        undecided=tuple(undecided),
    )


def _trace(values: Trace | Mapping[str, ArrayLike] | ArrayLike) -> Trace:
    if isinstance(values, Trace):
        return values
    if not isinstance(values, Mapping):  # one array or number, of which nobody has said what it is
        values = {"value": values}
    if strange := [name for name in values if not isinstance(name, str)]:
        raise DataError(f"{strange[0]!r} is no name of a quantity; names are texts such as 'lstm.i[0]'")
    return Trace("a mapping of arrays", {name: _numbers(name, array) for name, array in values.items()})


def _numbers(name: str, values: ArrayLike) -> Array:
    try:
        array = array_of(values)
        if array.dtype.kind not in "biufO":  # of which NumPy would take what looks like one
            raise TypeError(f"it holds {array.dtype}")
        return in_double(array)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{name} is no array of real numbers: {error}") from None


def _difference(name: str, have: Array, want: Array, tolerance: Tolerance) -> Difference | None:
    if not have.size:
        return None
    scale = magnitude(want)
    with np.errstate(invalid="ignore"):
        error = np.atleast_1d(np.abs(have - want))
    error[np.atleast_1d((have == want) | (np.isnan(have) & np.isnan(want)))] = 0.0
    error[np.isnan(error)] = np.inf
    wrong = error > tolerance.limit(scale)
    if not wrong.any():
        return None
    largest = float(error.max())
    index = tuple(int(i) for i in np.unravel_index(error.argmax(), have.shape))
    return Difference(
        name, int(wrong.sum()), error.size, index, float(have[index]), float(want[index]), largest, ulps(largest, scale)
    )
