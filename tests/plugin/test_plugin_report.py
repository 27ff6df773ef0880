"""The files of `--xlcheck-report`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from thorough import part_of

from xlcheck.api import check

pytest_plugins = ["pytester"]

AddTo = Callable[[str, float, Path], str]


@pytest.mark.parametrize("workers", part_of([(), ("-n", "2")], 1))
def test_all_failures_are_reported(
    project: pytest.Pytester, add_to: AddTo, set_kernel: Callable[[float], None], workers: tuple[str, ...]
) -> None:
    """A collected workbook, a checked workbook and a trace that fail are in both files, each once."""
    project.runpytest()
    set_kernel(0.75)
    add_to("lstm.f[1]", 0.001, project.path / "lstm.xlsx")
    project.makepyfile(test_w="def test_w(xlcheck_workbook):\n    xlcheck_workbook('lstm.xlsx')")
    run = project.runpytest_subprocess if workers else project.runpytest
    result = run("--xlcheck", "--xlcheck-report=out/report", *workers)
    data = json.loads((project.path / "out" / "report" / "xlcheck.json").read_text(encoding="utf-8"))
    page = (project.path / "out" / "report" / "xlcheck.html").read_text(encoding="utf-8")

    result.stdout.fnmatch_lines(["3 failures reported in out/report"])
    assert [item["test"] for item in data["workbooks"]] == ["lstm.xlsx", "test_w.py::test_w"]
    assert data["workbooks"][0]["cells"] == check("lstm.xlsx").to_json()["cells"]
    (trace,) = data["traces"]
    schema = json.loads(files("xlcheck.reports").joinpath("reports.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator({"$ref": "#/$defs/run", "$defs": schema["$defs"]}).validate(data)
    assert trace["test"] == "test_port.py::test_port"
    assert [difference["quantity"] for difference in trace["differences"]] == ["dense.kernel", "dense.z", "dense.y"]
    assert trace["differences"][0]["desired"] == 0.5
    for text in ("3 comparisons failed", "lstm.f[1][0]", "test_port.py::test_port", "dense.kernel  1 of 1 element"):
        assert text in page
    assert page.count("<html") == 1


def test_report_of_a_right_run(project: pytest.Pytester) -> None:
    """A run without a failure has a report too, so that nobody takes an old one for it."""
    project.runpytest()
    project.runpytest("--xlcheck-report=report").stdout.fnmatch_lines(["0 failures reported in report"])

    assert json.loads((project.path / "report" / "xlcheck.json").read_text()) == {
        "format": "xlcheck-run-1",
        "workbooks": [],
        "traces": [],
    }


def test_folder_that_is_a_file(project: pytest.Pytester) -> None:
    """A report that cannot be written is one sentence."""
    (project.path / "report").write_text("a file")
    result = project.runpytest("--xlcheck-report=report")

    assert result.ret != 0
    assert "cannot make the folder" in result.stdout.str() + result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
