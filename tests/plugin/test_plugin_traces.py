"""The fixture `xlcheck_trace` over the life of a golden file, with an implementation that is not Keras."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from runs import failure, said

pytest_plugins = ["pytester"]

GOLDEN = """\
{
  "format": "xlcheck-golden-1",
  "source": "a mapping of arrays",
  "quantities": {
    "dense.kernel": [[0.5]],
    "input.x": [[1.0], [2.0]],
    "dense.z": [[0.5], [1.0]],
    "dense.y": [[0.3333333333333333], [0.5]]
  }
}
"""
FAILURE = """\
✗ test_port/test_port.json: 3 of 4 quantities differ
  a mapping of arrays against its golden values

  1  dense.kernel  1 of 1 element  (the first to differ)
     actual   0.75  at [0][0]
     golden   0.5  (difference 0.25)

  2  dense.z  2 of 2 elements
     actual   1.5  at [1][0]
     golden   1  (difference 0.5)

  3  dense.y  2 of 2 elements
     actual   0.6  at [1][0]
     golden   0.5  (difference 0.1)

  Keep the new values: pytest test_port.py::test_port --xlcheck-update
"""


def test_missing_golden_is_written_and_fails(project: pytest.Pytester) -> None:
    """The first run writes every quantity, one a line and exact, fails, and says so; the second run passes."""
    first = project.runpytest()

    first.assert_outcomes(failed=1)
    said(first).fnmatch_lines(
        [
            "test_port/test_port.json did not exist and was written; look at it,",
            "commit it, and run the test again",
            "golden file written (new): test_port/test_port.json",
        ]
    )
    assert (project.path / "test_port" / "test_port.json").read_text() == GOLDEN
    second = project.runpytest()

    second.assert_outcomes(passed=1)
    second.stdout.no_fnmatch_line("*golden file*")


def test_failure_names_the_first_difference(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """A changed weight fails with a text of at most 80 columns that begins with the weight, and writes nothing."""
    project.runpytest()
    set_kernel(0.75)
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    assert FAILURE in said(result).str() + "\n"
    assert max(map(len, FAILURE.splitlines())) <= 72
    assert "trace_check.py" not in result.stdout.str()
    assert (project.path / "test_port" / "test_port.json").read_text() == GOLDEN


def test_update_writes_what_changed(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """With --xlcheck-update the test passes, and exactly the quantities that differ are written."""
    project.runpytest()
    set_kernel(0.75)
    updated = project.runpytest("--xlcheck-update")

    updated.assert_outcomes(passed=1)
    updated.stdout.fnmatch_lines(["golden file written (changed): test_port/test_port.json"])
    lines = (project.path / "test_port" / "test_port.json").read_text().splitlines()
    changed = [new for new, old in zip(lines, GOLDEN.splitlines(), strict=True) if new != old]
    assert [line.split('"')[1] for line in changed] == ["dense.kernel", "dense.z", "dense.y"]
    project.runpytest().assert_outcomes(passed=1)


def test_update_leaves_a_right_golden_alone(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """Values that agree within the tolerance are not written anew, not even with --xlcheck-update."""
    project.runpytest()
    set_kernel(0.5 + 1e-13)
    project.runpytest("--xlcheck-update").assert_outcomes(passed=1)

    assert (project.path / "test_port" / "test_port.json").read_text() == GOLDEN


def test_update_writes_missing_goldens_without_a_failure(project: pytest.Pytester) -> None:
    """Whoever asks for golden files does not have to run the tests twice."""
    for option in ("--xlcheck-update", "--xlcheck-update-new-only"):
        project.runpytest(option).assert_outcomes(passed=1)

        assert (project.path / "test_port" / "test_port.json").read_text() == GOLDEN
        (project.path / "test_port" / "test_port.json").unlink()


def test_new_only_keeps_what_is_there(project: pytest.Pytester, set_kernel: Callable[[float], None]) -> None:
    """--xlcheck-update-new-only changes no golden value: a difference still fails."""
    project.runpytest()
    set_kernel(0.75)
    project.runpytest("--xlcheck-update-new-only").assert_outcomes(failed=1)

    assert (project.path / "test_port" / "test_port.json").read_text() == GOLDEN


def test_new_only_adds_quantities(project: pytest.Pytester) -> None:
    """A quantity that the golden file does not have fails, and --xlcheck-update-new-only adds it in its place."""
    project.runpytest()
    port = project.path / "port.py"
    port.write_text(port.read_text().replace('"dense.y"', '"dense.two_z": [[2.0], [3.0]],\n        "dense.y"'))
    failed = project.runpytest()

    failed.assert_outcomes(failed=1)
    said(failed).fnmatch_lines(
        ["✗ *: 0 of 4 quantities differ", "  a mapping *", "", "  Not in the golden file: dense.two_z."]
    )
    project.runpytest("--xlcheck-update-new-only").assert_outcomes(passed=1)
    lines = GOLDEN.splitlines(keepends=True)
    lines.insert(7, '    "dense.two_z": [[2.0], [3.0]],\n')
    assert (project.path / "test_port" / "test_port.json").read_text() == "".join(lines)


def test_options_that_exclude_each_other(project: pytest.Pytester) -> None:
    """Two kinds of update at once end the run with one sentence."""
    result = project.runpytest("--xlcheck-update", "--xlcheck-update-new-only")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --xlcheck-update and --xlcheck-update-new-only exclude each other*"])


def test_names_of_golden_files(pytester: pytest.Pytester) -> None:
    """Classes, parameters and names tell golden files apart; what no file name can hold is replaced, never merged."""
    pytester.makepyfile(
        test_names="""
        import pytest

        class TestPort:
            @pytest.mark.parametrize("p", ["a/b", "a:b", 1.5])
            def test_p(self, xlcheck_trace, p):
                xlcheck_trace({"x": [1.0]}, name="first")
                xlcheck_trace({"x": [2.0]}, name="second")
        """
    )
    pytester.runpytest("--xlcheck-update").assert_outcomes(passed=3)

    names = sorted(path.name for path in (pytester.path / "test_names").iterdir())
    assert len(names) == 6
    assert "TestPort.test_p[1.5].first.json" in names
    assert sum(name.startswith("TestPort.test_p[a_b]-") for name in names) == 4
    pytester.runpytest().assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            "xlcheck_trace(7)",
            "xlcheck_trace compares a keras.Model, a .keras file, or a mapping of names to arrays, not int",
        ),
        ("xlcheck_trace({})", "the mapping holds no array, so there is nothing to compare"),
        ("xlcheck_trace({'x': ['a']})", "x holds *U1, not real numbers"),
        ("xlcheck_trace({'x': [1j]})", "x holds complex128, not real numbers"),
        ("xlcheck_trace({'x': [[1], [1, 2]]})", "x is no array: its rows have different lengths"),
        ("xlcheck_trace({'x': []})", "x is empty; leave it out"),
        ("xlcheck_trace({'x': [2**53 + 1]})", "x holds numbers that float64 cannot hold; round them first"),
        ("xlcheck_trace({3: [1]})", "3 is no name of a quantity; names are texts such as 'lstm.i[[]0[]]'"),
        ("xlcheck_trace({'x': [1]}, [[1]])", "inputs, targets and states go with a Keras model; leave them out *"),
        (
            "xlcheck_trace({'x': [1]}, name='a/b')",
            "'a/b' cannot be part of a file's name; use letters, digits, - and _",
        ),
        (
            "xlcheck_trace({'x': [1]}, name='')",
            "'' cannot be part of a file's name; use letters, digits, - and _",
        ),
        (
            "xlcheck_trace({'x': [1]}, name='x' * 300)",
            "a name of 300 letters cannot be part of a file's name; use up to 100",
        ),
        (
            "xlcheck_trace({'x': [1]}, atol=-1)",
            "xlcheck_trace: a tolerance is one number, or two (absolute, relative), *",
        ),
        (
            "xlcheck_trace('gone.keras', [[1]])",
            "gone.keras: there is no such file; give a .keras file, as model.save writes it",
        ),
        ("xlcheck_trace('gone.keras')", "a Keras model is traced on inputs; call xlcheck_trace(model, inputs)"),
        (
            "[xlcheck_trace({'x': [1]}) for _ in '12']",
            "test_use/test_use.json was compared before in this test; tell the traces apart with name=…",
        ),
    ],
)
def test_errors_of_use(pytester: pytest.Pytester, call: str, sentence: str) -> None:
    """A wrong call is one sentence, without a traceback."""
    pytester.makepyfile(test_use=f"def test_use(xlcheck_trace):\n    {call}")
    result = pytester.runpytest("--xlcheck-update")

    result.assert_outcomes(failed=1)
    pytest.LineMatcher([failure(result)]).fnmatch_lines([sentence])
    assert "test_use.py:2: Failed" in result.outlines
    assert "trace_check.py" not in result.stdout.str()


@pytest.mark.parametrize("content", ["", "{", "<<<<<<< HEAD\n" + GOLDEN, GOLDEN.replace("[2.0]", "[2.0, 3.0]")])
def test_damaged_golden(project: pytest.Pytester, content: str) -> None:
    """A golden file that cannot be read is one sentence that names it, and --xlcheck-update writes it anew."""
    project.runpytest()
    golden = project.path / "test_port" / "test_port.json"
    golden.write_text(content)
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(
        [
            "test_port/test_port.json: the golden file is damaged; restore it from",
            "version control, or write it anew with --xlcheck-update",
        ]
    )
    assert golden.read_text() == content
    project.runpytest("--xlcheck-update").assert_outcomes(passed=1)
    assert golden.read_text() == GOLDEN


def test_file_of_somebody_else_is_never_overwritten(project: pytest.Pytester) -> None:
    """A JSON file of another format stands in the way: one sentence, also with --xlcheck-update."""
    (project.path / "test_port").mkdir()
    other = project.path / "test_port" / "test_port.json"
    other.write_text(json.dumps({"format": "other"}))
    for option in ((), ("--xlcheck-update",)):
        result = project.runpytest(*option)

        result.assert_outcomes(failed=1)
        assert "this is not a golden file that this version of xlcheck reads" in failure(result)
        assert other.read_text() == '{"format": "other"}'


def test_golden_that_cannot_be_written(project: pytest.Pytester) -> None:
    """A file where the folder of golden files should be is one sentence."""
    (project.path / "test_port").write_text("a file")
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    assert "cannot make the folder" in failure(result)
    assert "Traceback" not in result.stdout.str()


def test_golden_of_another_model(project: pytest.Pytester) -> None:
    """A golden file with other quantities, or other shapes, is one sentence and no list of differences."""
    project.runpytest()
    project.makepyfile(
        test_port="def test_port(xlcheck_trace):\n    xlcheck_trace({'gru.kernel': [[1.0]], 'gru.h': [[2.0]]})"
    )
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(
        [
            "test_port/test_port.json is of another model: it holds dense.kernel,",
            "input.x, dense.z, dense.y, and now there are gru.kernel, gru.h; if that",
            "is right, run pytest test_port.py::test_port --xlcheck-update",
        ]
    )
    project.runpytest("--xlcheck-update").assert_outcomes(passed=1)


def test_other_shape(project: pytest.Pytester) -> None:
    """A quantity of another shape is named with both shapes."""
    project.runpytest()
    port = project.path / "port.py"
    port.write_text(port.read_text().replace('"dense.z": z', '"dense.z": [z]'))
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(
        ["✗ *: 1 of 4 quantities differs", "  dense.z has the shape (1, 2, 1) instead of (2, 1)."]
    )


def test_one_number_may_be_all_there_is(pytester: pytest.Pytester) -> None:
    """A quantity without axes is kept, and compared in the next run, as any other."""
    pytester.makepyfile(test_loss="def test_loss(xlcheck_trace):\n    xlcheck_trace({'loss': 0.5})")
    pytester.runpytest("--xlcheck-update").assert_outcomes(passed=1)
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(test_loss="def test_loss(xlcheck_trace):\n    xlcheck_trace({'loss': 0.75})")
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(["  1  loss  1 of 1 element*"])
