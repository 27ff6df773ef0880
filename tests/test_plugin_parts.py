"""Parts of the plugin by themselves: golden files, what differs and why, groups of cells, and sentences at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import DataError, UsageError, WorkbookError
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_format import FORMAT
from xlcheck.pytest_plugin.divergence import Divergence, diverge
from xlcheck.pytest_plugin.golden import DamagedGoldenError, merged, read_golden, write_golden
from xlcheck.pytest_plugin.items import CONSTANTS, groups_in
from xlcheck.pytest_plugin.report_files import trace_failure, write_reports
from xlcheck.pytest_plugin.settings import RunRecord, Settings
from xlcheck.pytest_plugin.stale import closing_lines
from xlcheck.pytest_plugin.subject import Subject, subject_of
from xlcheck.pytest_plugin.trace_check import another_model_text, trace_text
from xlcheck.workbook.reader import read_workbook

ROOT = Path(__file__).parents[1]
GOLDEN = Trace("keras", {"a": np.array([1.0, 2.0]), "b": np.array([3.0]), "c": np.array([4.0])})
READS = {"a": (), "b": ("a",), "c": ("b",)}


def changed(**values: float) -> Subject:
    """The golden values with some of them moved; `b` is computed from `a`, and `c` from `b`."""
    moved = {name: array + values.get(name, 0.0) for name, array in GOLDEN.values.items()}
    return Subject(Trace("a port", moved), READS)


@pytest.mark.parametrize(
    ("moved", "roots", "carried"),
    [
        ({"a": 1.0, "b": 1.0}, ["a"], ["b"]),
        ({"a": 1.0, "c": 1.0}, ["a", "c"], []),
        ({"a": 1.0, "b": 1e-13, "c": 1.0}, ["a"], ["c"]),
        ({"c": 1.0}, ["c"], []),
        ({}, [], []),
    ],
)
def test_a_difference_is_carried_along_what_moved(
    moved: dict[str, float], roots: list[str], carried: list[str]
) -> None:
    """It follows from another one through quantities that moved at all, however little; else it is a root."""
    found = diverge(changed(**moved), GOLDEN, [])

    assert [d.quantity for d in found.roots] == roots
    assert [d.quantity for d in found.carried] == carried
    assert found.ok == (not moved)


def test_without_precedents_the_first_is_said_to_be_the_first() -> None:
    """Where nobody knows what is computed from what, all differences are listed alike."""
    found = diverge(Subject(changed(a=1.0, b=1.0).trace), GOLDEN, [])
    text = trace_text(found, "g.json", "test_x.py::test_y")

    assert [d.quantity for d in found.roots] == ["a", "b"]
    assert "a  2 of 2 elements  (the first to differ)" in text
    assert "pytest test_x.py::test_y --xlcheck-update" in text


def test_another_model_is_told_by_its_names_or_its_shapes() -> None:
    """If most golden quantities are gone, or have another shape, one sentence says so in the place of all of them."""
    names = diverge(Subject(Trace("x", {"d": np.ones(2)})), GOLDEN, [])
    shapes = diverge(Subject(Trace("x", {name: np.ones(5) for name in "abc"})), GOLDEN, [])

    assert names.is_another_model
    assert shapes.is_another_model
    assert not diverge(changed(a=1.0), GOLDEN, []).is_another_model
    assert "it holds a, b" in " ".join(another_model_text(names, "g.json", "t").split())
    assert "a has the shape (2,) in it, and (5,) now" in " ".join(another_model_text(shapes, "g.json", "t").split())


@pytest.mark.parametrize("ending", [".json", ".npz"])
def test_golden_files_come_back_bit_for_bit(ending: str, tmp_path: Path) -> None:
    """In both formats; what is kept stays as it was, so that a diff shows what changed."""
    path = tmp_path / "deep" / f"g{ending}"
    write_golden(GOLDEN, path)
    again = read_golden(path, "g")

    assert all(np.array_equal(again[name], GOLDEN[name]) for name in GOLDEN.values)
    kept = merged(GOLDEN, changed(a=1.0, b=1.0).trace, {"a"})
    assert (kept["a"].tolist(), kept["b"].tolist()) == ([1.0, 2.0], [4.0])


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", DamagedGoldenError, "damaged"), ('{"format": "other"}', DataError, "not a golden file"),
        (json.dumps({"format": FORMAT, "values": 1}), DamagedGoldenError, "damaged"),
        ("[1]", DataError, "not a golden file"),
    ],
)  # fmt: skip
def test_a_golden_file_that_is_none(text: str, error: type[Exception], message: str, tmp_path: Path) -> None:
    """One that was cut may be written anew; one of another kind is left alone."""
    (tmp_path / "g.json").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        read_golden(tmp_path / "g.json", "g.json")
    assert isinstance(caught.value, DamagedGoldenError) == (error is DamagedGoldenError)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "holds no array"), ({"a": {}}, "a is empty"), ({"a": []}, "a is empty"), ({"a": ["x"]}, "not real"),
        ({1: [1.0]}, "is no name"), ({"a": [[1.0], [1.0, 2.0]]}, "different lengths"),
        ({"a": [2**62 + 1]}, "cannot hold"), ({"a.b": [1.0], "a": {"b": [1.0]}}, "stands there twice"),
    ],
)  # fmt: skip
def test_arrays_that_are_compared_are_real_numbers_by_name(values: dict[Any, Any], message: str) -> None:
    """Whatever else stands in a mapping is refused by its name; nested mappings make names with points."""
    with pytest.raises(DataError, match=message):
        subject_of(values)
    assert list(subject_of({"a": {"b": 1, "c": [True]}}).trace.values) == ["a.b", "a.c"]
    with pytest.raises(UsageError, match="leave them out"):
        subject_of({"a": 1.0}, inputs=[1.0])


def test_of_a_masked_number_nothing_is_known() -> None:
    """Golden files hold NaN in its place, not what stands behind the mask."""
    values = np.ma.masked_array([1.0, 2.0], [False, True])
    assert np.array_equal(subject_of({"a": values}).trace["a"], [1.0, np.nan], equal_nan=True)


def test_the_groups_of_a_workbook_are_its_live_quantities() -> None:
    """In order of calculation, then what is typed in; a workbook that xlcheck did not write has none."""
    groups = groups_in(read_workbook(ROOT / "workbooks" / "simple-rnn.xlsx"))

    assert groups[-1] == CONSTANTS
    assert groups.index("simple_rnn.z[0]") < groups.index("simple_rnn.h[0]") < groups.index("simple_rnn.z[1]")
    assert "simple_rnn.kernel" not in groups
    with pytest.raises(WorkbookError, match="was not written by xlcheck"):
        groups_in(read_workbook(ROOT / "fixtures" / "handmade" / "time_down.xlsx"))


def test_golden_files_are_spoken_of_at_the_end(tmp_path: Path) -> None:
    """Beside the configuration, which of them were written, and which no test compares."""
    record = RunRecord(
        written=[(str(tmp_path / "golden" / "test_m" / "test_a.json"), "new")],
        stale=[str(tmp_path / "golden" / "test_m" / "test_gone.json")],
    )
    written, gone = closing_lines(
        Settings(tmp_path, "ironcalc", (), False, False, None, Path("golden"), "json", False, record)
    )

    assert written == "golden file written (new): golden/test_m/test_a.json"
    assert gone.startswith("stale golden file: golden/test_m/test_gone.json; no test compares it")


def test_reports_are_written_also_when_nothing_failed(tmp_path: Path) -> None:
    """Failures by test, and numbers that JSON does not have as texts."""
    found: Divergence = diverge(Subject(Trace("x", GOLDEN.values | {"b": np.array([np.inf])}), READS), GOLDEN, [])
    failure = trace_failure(found, "g.json", "test_x", "<b> differs")
    data, page = write_reports([failure], tmp_path)

    (only,) = json.loads(data.read_text("utf-8"))["traces"]
    assert only["differences"][0]["actual"] == "inf"
    assert only["differences"][0]["status"] == "root"
    assert "&lt;b&gt; differs" in page.read_text("utf-8")
    none, _ = write_reports([], tmp_path)
    assert json.loads(none.read_text("utf-8"))["traces"] == []
