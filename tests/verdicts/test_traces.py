"""Two traces side by side: the first divergence, and what is missing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import UsageError
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.verdicts.traces import compare, compare_traces

WANTED = Trace(
    "keras float64",
    {
        "lstm.kernel": np.array([[1.0, 2.0]]),
        "lstm.i[0]": np.array([[0.5], [0.25]]),
        "lstm.h[0]": np.array([[0.1], [0.2]]),
    },
)


def port(**changes: list) -> Trace:
    """The wanted trace as another implementation computes it."""
    names = {"kernel": "lstm.kernel", "i": "lstm.i[0]", "h": "lstm.h[0]"}
    values = {**WANTED.values, **{names[k]: np.array(v) for k, v in changes.items()}}
    return Trace("C port", values)


def test_equal_traces_agree() -> None:
    """Every quantity is compared."""
    comparison = compare_traces(port(), WANTED)

    assert comparison.ok
    assert comparison.compared == 3
    assert comparison.first is None
    assert str(comparison) == "C port against keras float64: 3 quantities compared, all agree"


def test_the_first_divergence_is_named() -> None:
    """In the order of the wanted trace, with the place, both values and the size of the difference."""
    comparison = compare_traces(port(h=[[0.5], [0.6]], i=[[0.5], [0.25 + 2.0**-20]]), WANTED)

    assert not comparison.ok
    assert comparison.first is not None
    assert (comparison.first.quantity, comparison.first.index, comparison.first.mismatched) == ("lstm.i[0]", (1, 0), 1)
    assert comparison.first.max_abs_error == 2.0**-20
    assert comparison.first.max_ulps == 2.0**33
    assert str(comparison).splitlines() == [
        "C port against keras float64: 3 quantities compared, 2 differ",
        "first divergence: lstm.i[0]: 1 of 2 elements differ, most at [1][0]: 0.25000095367431640625 instead of 0.25 "
        "(difference 9.54e-07, 8.59e+09 ULP)".replace("0.25000095367431640625", repr(0.25 + 2.0**-20)),
        "then: lstm.h[0]: 2 of 2 elements differ, most at [0][0]: 0.5 instead of 0.1 (difference 0.4, 1.44e+16 ULP)",
    ]


def test_tolerances_may_differ_by_quantity() -> None:
    """One for all, or one for each name."""
    other = port(i=[[0.5], [0.26]], h=[[0.1], [0.21]])

    assert compare_traces(other, WANTED, Tolerance(0.1)).ok
    loose = compare_traces(other, WANTED, lambda name: Tolerance(0.1 if name == "lstm.i[0]" else 1e-12))
    assert [d.quantity for d in loose.differences] == ["lstm.h[0]"]


def test_missing_new_and_reshaped_quantities_are_named() -> None:
    """A trace with other quantities is another trace."""
    other = Trace("port", {"lstm.kernel": np.zeros((2, 2)), "lstm.i[0]": WANTED["lstm.i[0]"], "lstm.g[0]": np.zeros(1)})
    comparison = compare_traces(other, WANTED)

    assert not comparison.ok
    assert comparison.missing == ("lstm.h[0]",)
    assert comparison.unexpected == ("lstm.g[0]",)
    assert comparison.reshaped == (("lstm.kernel", (2, 2), (1, 2)),)
    assert str(comparison).splitlines()[1:] == [
        "lstm.kernel: shape (2, 2) instead of (1, 2)",
        "missing: lstm.h[0]",
        "unexpected: lstm.g[0]",
    ]


def test_nothing_in_common_is_no_agreement() -> None:
    """A comparison of nothing never passes."""
    assert not compare_traces(Trace("a", {}), Trace("b", {})).ok
    assert "so nothing is known" in str(compare_traces(Trace("a", {}), Trace("b", {})))


def test_other_shapes_differ() -> None:
    """Where nothing could be compared because every shape is another one, that is what is said, and it is no doubt."""
    found = compare_traces(Trace("a", {"x": np.zeros((1, 2))}), Trace("b", {"x": np.zeros((1, 3))}))

    assert (found.exit_code, found.compared) == (1, 0)
    assert "since their shapes differ" in str(found)
    assert "nothing is known" not in str(found)


def test_not_a_number_differs_from_every_number() -> None:
    """And is as unknown beside itself, unless that is asked for; infinities of one sign are equal."""
    nan, inf = float("nan"), float("inf")
    both = Trace("a", {"x": np.array([nan, inf])})

    found = compare_traces(both, both)
    assert (found.ok, found.exit_code, found.undecided) == (False, 3, (("x", 1),))
    assert "x: 1 element is NaN in both, so nothing is known of it" in str(found)
    assert compare_traces(both, both, equal_nan=True).ok
    assert compare_traces(Trace("b", {"x": np.array([nan, 1.0])}), both).exit_code == 1
    assert "so nothing is known" in str(compare_traces(*[Trace("c", {"x": np.array(nan)})] * 2))
    difference = compare_traces(Trace("b", {"x": np.array([1.0, -inf])}), both).first
    assert difference is not None
    assert difference.mismatched == 2
    assert difference.max_abs_error == inf


def test_public_comparison_takes_mappings() -> None:
    """`xlcheck.compare` takes what another implementation gives as it is, and names the first divergence."""
    import xlcheck

    given = {name: values.tolist() for name, values in port(h=[[0.5], [0.75]]).values.items()}
    comparison = xlcheck.compare(given, WANTED)

    assert comparison.first is not None
    assert comparison.first.quantity == "lstm.h[0]"
    assert xlcheck.compare(given, given).ok
    assert xlcheck.compare(given, WANTED, atol=1.0).ok


@pytest.mark.parametrize("tolerance", [math.nan, math.inf, -1.0, "1", None])
@pytest.mark.parametrize("name", ["atol", "rtol"])
def test_a_tolerance_within_which_everything_agrees_is_refused(name: str, tolerance: Any) -> None:
    """No difference is larger than NaN."""
    with pytest.raises(UsageError, match=rf"^{name}(: a tolerance is one number| is a number, not)"):
        compare({"a": 1.0}, {"a": 2.0}, **{name: tolerance})


def test_arrays_without_numbers_are_no_comparison() -> None:
    """Where nothing was compared, nothing agrees."""
    comparison = compare({"h": np.ones((0, 3))}, {"h": np.ones((0, 3))})

    assert comparison.compared == 0
    assert not comparison.ok
    assert comparison.exit_code == 3


def test_one_number_is_compared_like_an_array() -> None:
    """Neither a mapping nor an array is needed for a single number, nor axes in it."""
    import xlcheck

    assert xlcheck.compare(0.5, 0.5).ok
    assert str(xlcheck.compare(0.5, 0.25)).endswith(
        "first divergence: value: 0.5 instead of 0.25 (difference 0.25, 4.5e+15 ULP)"
    )
    assert xlcheck.compare({"loss": 0.5}, {"loss": np.float32(0.5)}).ok
