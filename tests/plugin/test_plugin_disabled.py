"""The plugin costs nothing until it is used, and can be switched off."""

from __future__ import annotations

import sys

import pytest

pytest_plugins = ["pytester"]

HEAVY = ["numpy", "openpyxl", "xlsxwriter", "ironcalc", "cellrune", "jinja2", "rich", "click", "keras", "tensorflow"]


def test_nothing_heavy_is_imported(pytester: pytest.Pytester) -> None:
    """A run that uses no fixture of the plugin imports none of the libraries that it could need."""
    pytester.makepyfile(f"import sys\ndef test_nothing():\n    assert not set(sys.modules) & set({HEAVY})")

    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


def test_switched_off(project: pytest.Pytester) -> None:
    """With -p no:xlcheck its fixtures and options do not exist, and other tests run."""
    project.makepyfile(test_other="def test_other():\n    pass")
    result = project.runpytest_subprocess("-p", "no:xlcheck")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'xlcheck_trace' not found"])
    assert project.runpytest_subprocess("-p", "no:xlcheck", "--xlcheck").ret == pytest.ExitCode.USAGE_ERROR


def test_found_by_its_entry_point(pytester: pytest.Pytester) -> None:
    """pytest finds the plugin by itself, and the marker and options explain themselves."""
    help_text = pytester.runpytest_subprocess("--help").stdout
    help_text.fnmatch_lines(["*--xlcheck-update-new-only*", "*xlcheck_tolerances*"])
    markers = pytester.run(sys.executable, "-m", "pytest", "--markers").stdout

    markers.fnmatch_lines(["@pytest.mark.xlcheck(*"])


@pytest.mark.exhaustive
def test_life_cycle_with_xdist(project: pytest.Pytester) -> None:
    """With two workers golden files are written, compared and named in the summary as without."""
    first = project.runpytest_subprocess("-n", "2")
    first.assert_outcomes(failed=1)
    first.stdout.fnmatch_lines(["golden file written (new): test_port/test_port.json"])

    project.runpytest_subprocess("-n", "2").assert_outcomes(passed=1)
