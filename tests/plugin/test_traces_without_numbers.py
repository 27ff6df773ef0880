"""The fixture `xlcheck_trace` where results are infinite or no numbers."""

from __future__ import annotations

import pytest
from runs import failure, said

pytest_plugins = ["pytester"]

_GOLDEN = """\
{
  "format": "xlcheck-golden-1",
  "source": "a mapping of arrays",
  "quantities": {
    "x": ["NaN", "NaN"]
  }
}
"""


def test_not_finite_values(pytester: pytest.Pytester) -> None:
    """NaN and infinities are kept, and equal themselves; a NaN where a number was is a difference."""
    pytester.makepyfile(
        test_odd="def test_odd(xlcheck_trace):\n    xlcheck_trace({'x': [float('nan'), float('inf'), -0.0]})"
    )
    pytester.runpytest("--xlcheck-update").assert_outcomes(passed=1)

    assert '"x": ["NaN", "Infinity", -0.0]' in (pytester.path / "test_odd" / "test_odd.json").read_text()
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(
        test_odd="def test_odd(xlcheck_trace):\n    xlcheck_trace({'x': [float('nan'), 1.0, float('nan')]})"
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(["  1  x  2 of 3 elements*"])


@pytest.mark.parametrize("option", [(), ("--xlcheck-update",), ("--xlcheck-update-new-only",)])
def test_a_trace_of_nothing_but_nan_is_never_a_pass(pytester: pytest.Pytester, option: tuple[str, ...]) -> None:
    """Nothing would be compared: such a trace is never written, and fails beside a golden file that is all NaN, too."""
    pytester.makepyfile(test_x="def test_x(xlcheck_trace):\n    xlcheck_trace({'x': [float('nan')] * 2})")
    golden = pytester.path / "test_x" / "test_x.json"
    for text in ("", _GOLDEN):
        if text:
            golden.parent.mkdir()
            golden.write_text(text)
        result = pytester.runpytest(*option)

        result.assert_outcomes(failed=1)
        assert "every number that is compared with it is NaN, of which nothing is known" in failure(result)
        assert golden.exists() == bool(text)


def test_nan_where_numbers_were_is_a_difference(pytester: pytest.Pytester) -> None:
    """The golden numbers are named, and stay even with --xlcheck-update as long as nothing else is computed."""
    call = "def test_x(xlcheck_trace):\n    xlcheck_trace({'x': [float('nan'), VALUE]})"
    pytester.makepyfile(test_x=call.replace("VALUE", "1.0"))
    pytester.runpytest("--xlcheck-update").assert_outcomes(passed=1)
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(test_x=call.replace("VALUE", "float('nan')"))

    said(pytester.runpytest()).fnmatch_lines(["  1  x  1 of 2 elements*"])
    pytester.runpytest("--xlcheck-update").assert_outcomes(failed=1)
    assert '"x": ["NaN", 1.0]' in (pytester.path / "test_x" / "test_x.json").read_text()
