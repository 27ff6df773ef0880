"""Golden files that no test compares any more are reported, and never those that are only not looked at now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from thorough import part_of

pytest_plugins = ["pytester"]

TWO = """
import port, pytest

def test_port(xlcheck_trace):
    xlcheck_trace(port.port())

@pytest.mark.parametrize("n", [1, 2])
def test_other(xlcheck_trace, n):
    xlcheck_trace({"x": [n]}, name="numbers")
"""


@pytest.fixture
def golden(project: pytest.Pytester) -> Path:
    """The folder of golden files of a module with two tests, one of them for two parameters."""
    project.makepyfile(test_port=TWO)
    project.runpytest("--xlcheck-update").assert_outcomes(passed=3)
    return project.path / "test_port"


def stale(result: pytest.RunResult) -> list[str]:
    """The names of the golden files that a run calls stale and leaves there."""
    lines = [line for line in result.outlines if line.startswith("stale golden file: ")]
    return [line.removeprefix("stale golden file: ").partition(";")[0].rpartition("/")[2] for line in lines]


def deleted(result: pytest.RunResult) -> list[str]:
    """The names of the golden files that a run has deleted."""
    start = "golden file deleted, no test compares it: "
    return [line.rpartition("/")[2] for line in result.outlines if line.startswith(start)]


def test_nothing_is_stale(project: pytest.Pytester, golden: Path) -> None:
    """While every golden file has its test, none is reported, whatever part of the tests runs."""
    for options in (
        (),
        ("-k", "other"),
        ("test_port.py::test_port",),
        ("--deselect", "test_port.py::test_port"),
        ("--lf",),
    ):
        assert stale(project.runpytest(*options)) == []


@pytest.mark.parametrize("options", part_of([(), ("-k", "port"), ("-n", "2")], 2))
def test_removed_test(project: pytest.Pytester, golden: Path, options: tuple[str, ...]) -> None:
    """The golden files of tests and parameters that are gone are reported, and deleted by an update."""
    project.makepyfile(test_port=TWO.replace("[1, 2]", "[1, 3]").replace("test_port", "test_new"))
    old = ["test_other[2].numbers.json", "test_port.json"]
    run = project.runpytest_subprocess if "-n" in options else project.runpytest
    if not options:
        assert stale(run()) == old
        assert deleted(run("--collect-only", "--xlcheck-update")) == []
    result = run("--xlcheck-update", *options)

    assert deleted(result) == old
    assert [name for name in old if (golden / name).exists()] == []
    if not options:
        assert stale(run()) == []


def test_a_stale_file_can_fail_the_run(project: pytest.Pytester, golden: Path) -> None:
    """If the configuration says so, a run in which every test passes ends with 1, also with xdist."""
    project.makepyfile(test_port=TWO.replace("xlcheck_trace(port.port())", "pass"))
    assert project.runpytest().ret == 0
    project.makeini("[pytest]\nxlcheck_fail_on_stale = true")

    for run, options in ((project.runpytest, ()), (project.runpytest_subprocess, ("-n", "2"))):
        result = run(*options)
        assert stale(result) == ["test_port.json"]
        result.assert_outcomes(passed=3)
        assert result.ret == 1
    assert project.runpytest("--xlcheck-update").ret == 0
    assert project.runpytest().ret == 0


def test_unused_by_its_test(project: pytest.Pytester, golden: Path) -> None:
    """A test that passes without comparing its golden file leaves it stale; one that fails does not."""
    project.makepyfile(test_port=TWO.replace("xlcheck_trace(port.port())", "pass"))

    assert stale(project.runpytest("test_port.py::test_port")) == ["test_port.json"]
    project.makepyfile(test_port=TWO.replace("xlcheck_trace(port.port())", "assert False"))
    assert stale(project.runpytest()) == []


def test_one_of_two_golden_files_of_a_test(project: pytest.Pytester, golden: Path) -> None:
    """The other one is stale once the test has passed, whatever other tests are asked for."""
    project.makepyfile(test_port=TWO.replace('name="numbers"', 'name="digits"'))

    assert stale(project.runpytest("--xlcheck-update-new-only", "test_port.py::test_other")) == [
        "test_other[1].numbers.json", "test_other[2].numbers.json",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", [".", "nets"])
def test_removed_module(project: pytest.Pytester, folder: str) -> None:
    """The folder of a module that is gone is stale as a whole, also where no module is left beside it."""
    project.makeini("[pytest]\nxlcheck_golden_dir = .golden")
    project.makepyfile(test_here="def test_here(): pass")
    module = project.mkdir("sub") / folder / "test_net.py"
    module.parent.mkdir(exist_ok=True)
    module.write_text("def test_net(xlcheck_trace): xlcheck_trace({'x': [1.0]})")
    project.runpytest("--xlcheck-update", "sub").assert_outcomes(passed=1)
    module.rename(project.path / "sub" / "test_moved.py")

    assert stale(project.runpytest("test_here.py")) == []
    assert stale(project.runpytest("--ignore=sub")) == []
    assert stale(project.runpytest("-k", "here")) == ["test_net.json"]
    assert deleted(project.runpytest("--xlcheck-update", "test_here.py", "sub")) == ["test_net.json"]


def test_other_files_are_left_alone(project: pytest.Pytester, golden: Path) -> None:
    """JSON files of another kind are none of the plugin's business, nor are traces that no test is called like."""
    (golden / "data.json").write_text("{}")
    golden_file = golden / "test_port.json"
    for place in ("data/test_port.json", "test_data/port.json", "test_port/port.json"):
        (project.path / place).parent.mkdir(exist_ok=True)
        shutil.copy(golden_file, project.path / place)

    assert stale(project.runpytest()) == []
