"""Tolerances by pattern, at every level; the nearest one wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from runs import failure, said

from xlcheck.errors import UsageError
from xlcheck.pytest_plugin.settings import (
    DEFAULT,
    as_patterns,
    level_of,
    parse_level,
    tolerance_of,
    tolerance_of_everything,
)
from xlcheck.verdicts.tolerance import Tolerance, fitting

pytest_plugins = ["pytester"]


def test_forms_of_a_level() -> None:
    """A text is `[PATTERN=]ATOL[,RTOL]`; in Python a pattern stands for one number or two."""
    assert parse_level(["lstm.* = 1e-9", "dense.y=1e-6,1e-3", "0.5"], "here") == {
        "lstm.*": Tolerance(1e-9),
        "dense.y": Tolerance(1e-6, 1e-3),
        "*": Tolerance(0.5),
    }
    assert level_of("here", 1e-3, None, {"lstm.*": 1, "dense.y": (1e-6, 1e-3)}) == {
        "*": Tolerance(1e-3),
        "lstm.*": Tolerance(1.0),
        "dense.y": Tolerance(1e-6, 1e-3),
    }


@pytest.mark.parametrize("text", ["", "x", "lstm.*", "lstm.*=", "lstm.*=1e-9,", "1,2,3", "-1", "lstm.*=nan"])
def test_unusable_text(text: str) -> None:
    """Whatever is no tolerance is refused with the place where it stands."""
    with pytest.raises(UsageError, match=r"^here: "):
        parse_level([text], "here")


@pytest.mark.parametrize("value", [-1, "1e-3", None, True, (1, 2, 3), float("nan")])
def test_unusable_value(value: object) -> None:
    """A tolerance in Python is one number or two, and never negative."""
    with pytest.raises(UsageError, match="a tolerance is one number, or two"):
        level_of("here", tolerances={"x": value})


def test_nearest_level_wins() -> None:
    """The first level with a fitting pattern decides, however general the pattern is; then the default."""
    levels = [{"lstm.f*": Tolerance(1.0)}, {"*": Tolerance(2.0), "dense.y": Tolerance(3.0)}]

    assert tolerance_of(levels, "lstm.f[1]") == Tolerance(1.0)
    assert tolerance_of(levels, "lstm.i[1]") == Tolerance(2.0)
    assert tolerance_of(levels, "dense.y") == Tolerance(3.0)
    assert tolerance_of(levels[:1], "dense.y") == DEFAULT
    assert tolerance_of_everything(levels) == Tolerance(2.0)
    assert tolerance_of_everything(levels[:1]) is None


def test_last_fitting_pattern_wins() -> None:
    """Within a level later patterns refine earlier ones."""
    assert tolerance_of(
        [{"*": Tolerance(1.0), "lstm.*": Tolerance(2.0), "lstm.f[?]": Tolerance(3.0)}], "lstm.f[0]"
    ) == Tolerance(3.0)
    assert tolerance_of([{"lstm.*": Tolerance(2.0), "*": Tolerance(1.0)}], "lstm.f[0]") == Tolerance(1.0)


@pytest.mark.parametrize("quantity", ["lstm.f[1]", "lstm.f[0]", "lstm.i[1]", "dense.y", "dense.z", "loss.loss"])
def test_levels_as_one(quantity: str) -> None:
    """What decides among several levels decides among their patterns put together."""
    levels = [
        {"lstm.f*": Tolerance(1.0), "dense.y": Tolerance(2.0)},
        {"*": Tolerance(3.0), "lstm.f[1]": Tolerance(4.0)},
        {"dense.*": Tolerance(5.0), "lstm.f*": Tolerance(6.0), "*": Tolerance(7.0)},
    ]
    for some in (levels, levels[::-1], levels[1:], levels[:1], []):
        assert (fitting(as_patterns(some), quantity) or DEFAULT) == tolerance_of(some, quantity)


def test_brackets_stand_for_themselves() -> None:
    """`lstm.f[1]` is the name of a quantity and no set of characters."""
    levels = [{"lstm.f[1]": Tolerance(1.0)}]

    assert tolerance_of(levels, "lstm.f[1]") == Tolerance(1.0)
    assert tolerance_of(levels, "lstm.f1") == DEFAULT


def test_levels_of_a_run(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """Configuration file, command line, marker and call, each nearer than the one before, decide about one change."""
    project.runpytest()
    set_kernel(0.6)
    wide, narrow = "*=0.3", "*=0.01"
    config = project.path / "pyproject.toml"

    def outcome(*options: str) -> bool:
        return project.runpytest("-p", "no:cacheprovider", *options).ret == 0

    def declare(tolerance: str) -> None:
        config.write_text(f'[tool.pytest.ini_options]\nxlcheck_tolerances = ["{tolerance}"]\n')

    def test(marker: str, argument: str = "") -> None:
        body = f"def test_port(xlcheck_trace):\n    xlcheck_trace(port.port(){argument})"
        project.makepyfile(test_port=f"import port, pytest\n{marker}\n{body}")

    assert not outcome()
    declare(wide)
    assert outcome()
    assert not outcome(f"--xlcheck-tolerance={narrow}")
    declare(narrow)
    assert not outcome()
    assert outcome(f"--xlcheck-tolerance={wide}")
    test("@pytest.mark.xlcheck(atol=0.01)")
    assert not outcome(f"--xlcheck-tolerance={wide}")
    test("@pytest.mark.xlcheck(atol=0.3)")
    assert outcome(f"--xlcheck-tolerance={narrow}")
    test("@pytest.mark.xlcheck(atol=0.3)", ", atol=0.01")
    assert not outcome()
    test("@pytest.mark.xlcheck(atol=0.01)", ", tolerances={'dense.*': 0.3}")
    assert outcome()


def test_nearest_marker_wins(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """A marker of the function is nearer than one of its module."""
    project.runpytest()
    set_kernel(0.6)
    project.makepyfile(
        test_port="""
        import port, pytest
        pytestmark = pytest.mark.xlcheck(atol=0.01)

        @pytest.mark.xlcheck(tolerances={"dense.*": 0.3})
        def test_port(xlcheck_trace):
            xlcheck_trace(port.port())
        """
    )
    project.runpytest("--strict-markers").assert_outcomes(passed=1)


def test_unusable_tolerance_ends_the_run(pytester: pytest.Pytester) -> None:
    """A wrong tolerance on the command line is one sentence before the first test."""
    result = pytester.runpytest("--xlcheck-tolerance=lstm.*")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --xlcheck-tolerance: 'lstm.[*]' is no tolerance; write PATTERN=ATOL*"])


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("atoll=1", "the marker xlcheck has no argument 'atoll'; it takes atol, engine, rtol, tolerances"),
        ("1e-3", "the marker xlcheck has named arguments only; it takes atol, engine, rtol, tolerances"),
        ("atol='1'", "marker xlcheck: a tolerance is one number, or two (absolute, relative), and never negative"),
    ],
)
def test_unusable_marker(pytester: pytest.Pytester, marker: str, sentence: str) -> None:
    """A marker with a wrong argument fails its test with one sentence."""
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.xlcheck({marker})\ndef test_m(xlcheck_trace):\n    xlcheck_trace({{'x': [1]}})"
    )
    result = pytester.runpytest("--xlcheck-update")

    result.assert_outcomes(failed=1)
    assert sentence in failure(result)


@pytest.fixture
def near_workbook(pytester: pytest.Pytester, add_to: Callable[[str, float, Path], str]) -> Path:
    """A project with a workbook in which `lstm.f[1]` and what follows from it are off by 1e-7 and less."""
    path = pytester.mkdir("workbooks") / "lstm.xlsx"
    add_to("lstm.f[1]", 1e-7, path)
    pytester.makepyfile(
        test_w="""
        def test_w(xlcheck_workbook):
            xlcheck_workbook("workbooks/lstm.xlsx")
        """
    )
    return path


EVERY = "--xlcheck-tolerance=lstm.*=1e-6", "--xlcheck-tolerance=dense.*=1e-6", "--xlcheck-tolerance=loss.*=1e-6"


def test_patterns_apply_to_workbooks(pytester: pytest.Pytester, near_workbook: Path) -> None:
    """With the command line's patterns the test passes; where one is missing, what follows from the rest fails."""
    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest(*EVERY).assert_outcomes(passed=1)
    pytester.runpytest(*EVERY, "--xlcheck-tolerance=lstm.f[1]=1e-9").assert_outcomes(failed=1)
    result = pytester.runpytest(*EVERY[:1])

    result.assert_outcomes(failed=1)
    assert "0 carried" not in "\n".join(result.outlines)
    assert "cells above read a constant that was changed, or what was allowed to differ" in " ".join(
        failure(result).split()
    )


def test_patterns_of_the_file_the_marker_and_the_call_apply_to_workbooks(
    pytester: pytest.Pytester, near_workbook: Path
) -> None:
    """The nearest place that knows a quantity decides, as for traces."""
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nxlcheck_tolerances = ["*=1e-6"]\n')
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(
        test_w="""
        import pytest

        @pytest.mark.xlcheck(tolerances={"lstm.f[1]": 1e-9})
        def test_marker(xlcheck_workbook):
            xlcheck_workbook("workbooks/lstm.xlsx")

        @pytest.mark.xlcheck(tolerances={"lstm.f[1]": 1e-9})
        def test_call(xlcheck_workbook):
            xlcheck_workbook("workbooks/lstm.xlsx", tolerances={"lstm.?[1]": (1e-6, 0)})
        """
    )
    result = pytester.runpytest("-rf")

    result.assert_outcomes(passed=1, failed=1)
    said(result).fnmatch_lines(["FAILED test_w.py::test_marker - *"])


def test_patterns_apply_to_collected_workbooks(pytester: pytest.Pytester, near_workbook: Path) -> None:
    """Each quantity of `pytest --xlcheck` has its own limit."""
    assert pytester.runpytest("--xlcheck", "workbooks").ret == pytest.ExitCode.TESTS_FAILED
    assert pytester.runpytest("--xlcheck", "workbooks", *EVERY).ret == pytest.ExitCode.OK
    result = pytester.runpytest("--xlcheck", "workbooks", *EVERY, "--xlcheck-tolerance=lstm.f[1]=1e-9", "-rf")

    assert [line for line in result.outlines if line.startswith("FAILED")] == [
        line for line in result.outlines if line.startswith("FAILED workbooks/lstm.xlsx::lstm.f[1]")
    ]
    assert result.ret == pytest.ExitCode.TESTS_FAILED
