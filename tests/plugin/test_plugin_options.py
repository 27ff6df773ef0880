"""What the configuration file says: folder and format of golden files, engine, report; and where commands lead."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import failure, said

import xlcheck.pytest_plugin
from xlcheck.graph.trace_file import read_trace
from xlcheck.pytest_plugin import trace_check, workbook_check

pytest_plugins = ["pytester"]

AddTo = Callable[[str, float, Path], str]


def test_golden_files_have_their_folder_and_their_format(
    project: pytest.Pytester, set_kernel: Callable[[float], None]
) -> None:
    """Both are the configuration's; an archive is compared, updated and found stale as a text is."""
    project.makeini("[pytest]\nxlcheck_golden_dir = kept/goldens\nxlcheck_golden_format = npz")
    golden = project.path / "kept" / "goldens" / "test_port" / "test_port.npz"

    said(project.runpytest()).fnmatch_lines(["golden file written (new): kept/goldens/test_port/test_port.npz"])
    assert read_trace(golden)["dense.z"].tolist() == [[0.5], [1.0]]
    written = golden.read_bytes()
    project.runpytest().assert_outcomes(passed=1)
    set_kernel(0.75)
    project.runpytest().assert_outcomes(failed=1)
    assert golden.read_bytes() == written
    project.runpytest("--xlcheck-update").assert_outcomes(passed=1)
    project.runpytest().assert_outcomes(passed=1)
    set_kernel(0.5)
    project.runpytest("--xlcheck-update")
    assert golden.read_bytes() == written, "the same numbers are the same bytes"
    (project.path / "test_port.py").rename(project.path / "test_moved.py")
    result = project.runpytest("--xlcheck-update")
    said(result).fnmatch_lines(["golden file deleted, *: kept/goldens/test_port/test_port.npz"])
    assert not golden.exists()


def test_a_golden_file_of_the_other_format_is_read_until_it_is_updated(
    project: pytest.Pytester, set_kernel: Callable[[float], None]
) -> None:
    """Nothing is lost when the configuration changes; an update leaves one file."""
    project.runpytest()
    project.makeini("[pytest]\nxlcheck_golden_format = npz")
    folder = project.path / "test_port"

    project.runpytest().assert_outcomes(passed=1)
    set_kernel(0.75)
    project.runpytest().assert_outcomes(failed=1)
    assert [path.name for path in folder.iterdir()] == ["test_port.json"]
    set_kernel(0.5)
    project.runpytest("--xlcheck-update").assert_outcomes(passed=1)
    assert [path.name for path in folder.iterdir()] == ["test_port.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"other"])
def test_an_archive_that_is_none(project: pytest.Pytester, content: bytes) -> None:
    """It is never overwritten, nor deleted."""
    project.makeini("[pytest]\nxlcheck_golden_format = npz")
    golden = project.path / "test_port" / "test_port.npz"
    golden.parent.mkdir()
    golden.write_bytes(content)
    result = project.runpytest("--xlcheck-update")

    result.assert_outcomes(failed=1)
    assert "this is not a golden file" in failure(result)
    assert golden.read_bytes() == content


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("xlcheck_golden_dir = ../elsewhere", "xlcheck_golden_dir is a folder beside each module of tests"),
        ("xlcheck_golden_format = csv", "there is no xlcheck_golden_format 'csv'; choose one of json, npz"),
        ("xlcheck_engine = excel", "there is no formula engine 'excel'"),
    ],
)
def test_a_wrong_setting_ends_the_run(project: pytest.Pytester, line: str, sentence: str) -> None:
    """Before the first test, in one sentence."""
    project.makeini(f"[pytest]\n{line}")
    result = project.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in result.stderr.str()


def test_engine_and_report_of_the_configuration(pytester: pytest.Pytester, add_to: AddTo) -> None:
    """The command line comes before it; its report is beside it, wherever pytest was called."""
    add_to("lstm.f[1]", 0.001, pytester.path / "lstm.xlsx")
    call = "xlcheck_workbook(Path(__file__).with_name('lstm.xlsx'))"
    pytester.makepyfile(test_w=f"from pathlib import Path\ndef test_w(xlcheck_workbook):\n    {call}")
    pytester.makeini("[pytest]\nxlcheck_engine = cellrune\nxlcheck_report = out")
    said(pytester.runpytest()).fnmatch_lines(["  cellrune * against keras float64*", "1 failure reported in out"])
    said(pytester.runpytest("--xlcheck-engine=ironcalc")).fnmatch_lines(["  ironcalc * against keras float64*"])
    shutil.rmtree(pytester.path / "out")
    (pytester.path / "below").mkdir()
    os.chdir(pytester.path / "below")
    pytester.runpytest("..")

    (failed,) = json.loads((pytester.path / "out" / "xlcheck.json").read_text(encoding="utf-8"))["workbooks"]
    assert failed["engine"].startswith("cellrune")


VALUES = """
import numpy as np
import pandas as pd

def test_values(xlcheck_trace):
    table = pd.DataFrame({"h": [1.0, 2.0], "c": [3, 4]}, index=["a", "b"])
    lstm = {"i": [0.5], "deep": {"o": table["h"]}}
    xlcheck_trace({"loss": 0.25, "count": np.int64(3), "lstm": lstm, "states": table})
    xlcheck_trace(table, name="table")
"""


def test_numbers_tables_and_mappings_inside(pytester: pytest.Pytester) -> None:
    """Each is taken apart by names with points; names that meet are refused."""
    pytest.importorskip("pandas")
    pytester.makepyfile(test_values=VALUES)
    pytester.runpytest("--xlcheck-update-new-only").assert_outcomes(passed=1)
    folder = pytester.path / "test_values"
    found = read_trace(folder / "test_values.json")

    assert list(found.values) == ["loss", "count", "lstm.i", "lstm.deep.o", "states.h", "states.c"]
    assert found["loss"].tolist() == 0.25
    assert found["states.c"].tolist() == [3.0, 4.0]
    assert list(read_trace(folder / "test_values.table.json").values) == ["h", "c"]
    pytester.makepyfile(test_values=VALUES.replace('{"loss": 0.25', '{"lstm.i": 0.25'))
    assert "lstm.i stands there twice" in failure(pytester.runpytest())


def test_commands_work_where_pytest_was_called(
    project: pytest.Pytester, set_kernel: Callable[[float], None], add_to: AddTo
) -> None:
    """In a folder below the root, and for a test that goes elsewhere; the commands are run here as they are printed."""
    (project.path / "tests").mkdir()
    (project.path / "test_port.py").rename(project.path / "tests" / "test_port.py")
    (project.path / "tests" / "conftest.py").write_text("import sys\nsys.path.insert(0, '..')\n", encoding="utf-8")
    add_to("lstm.f[1]", 0.001, project.path / "tests" / "lstm.xlsx")
    (project.path / "tests" / "test_w.py").write_text(
        "from pathlib import Path\n"
        "def test_w(xlcheck_workbook, monkeypatch, tmp_path):\n"
        "    monkeypatch.chdir(tmp_path)\n"
        "    xlcheck_workbook(Path(__file__).with_name('lstm.xlsx'))\n",
        encoding="utf-8",
    )
    project.makeini("[pytest]")
    os.chdir(project.path / "tests")
    project.runpytest("test_port.py")
    set_kernel(0.75)
    text = said(project.runpytest()).str()
    update, check = (
        shlex.split(re.search(pattern, text)[1])  # type: ignore[index]
        for pattern in (r"Keep the new values: pytest (.*)", r"Every cell: xlcheck (.*)")
    )

    assert update == ["test_port.py::test_port", "--xlcheck-update"]
    assert check == ["check", "lstm.xlsx", "--as-built", "--all"]
    project.runpytest(*update).assert_outcomes(passed=1)
    assert subprocess.run([sys.executable, "-m", "xlcheck", *check], capture_output=True, check=False).returncode == 1


def test_fixtures_have_public_types() -> None:
    """They can be written into annotations, and are what the fixtures give."""
    assert xlcheck.pytest_plugin.TraceCheck is trace_check.TraceCheck
    assert xlcheck.pytest_plugin.WorkbookCheck is workbook_check.WorkbookCheck
