"""The JSON Schema that comes with the package describes every report that xlcheck writes as JSON."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import openpyxl
import pytest
from sample_reports import BAD, EMPTY, GOOD, OPEN, ROOT, STRAY

from xlcheck.cli import run
from xlcheck.reports.render_json import render_json
from xlcheck.verdicts.cell_result import Cells
from xlcheck.verdicts.findings import Refusal

ROOT_FOLDER = Path(__file__).parents[2]
LSTM = ROOT_FOLDER / "workbooks" / "lstm.xlsx"
SCHEMA = json.loads(files("xlcheck.reports").joinpath("reports.schema.json").read_text(encoding="utf-8"))


def closed(schema: Any) -> Any:
    """The same, but what is not described is refused, so that nothing is forgotten."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: closed(value) for key, value in schema.items()}
    return {**inside, "additionalProperties": False} if "required" in schema else inside


def holds(data: Any, name: str | None = None) -> None:
    """Fail unless the data is what the schema, or a part of it, describes."""
    schema = {**SCHEMA, "$defs": SCHEMA["$defs"]} if name is None else {"$ref": f"#/$defs/{name}", **_parts()}
    jsonschema.Draft202012Validator(closed(schema)).validate(data)


def _parts() -> dict[str, Any]:
    return {"$defs": SCHEMA["$defs"]}


def test_it_is_a_schema_and_describes_each_property() -> None:
    """By the rules of JSON Schema itself."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "report",
    [
        GOOD, BAD, OPEN, EMPTY, STRAY,
        replace(GOOD, max_abs_error=math.inf, max_ulps=math.nan),
        replace(BAD, cells=Cells([replace(ROOT, actual=-math.inf, desired="good", desired_from_precedents=math.nan)])),
        replace(BAD, cells=Cells([replace(ROOT, actual=True, formula=None, sample=None, quantity=None)])),
        Refusal("x.xlsx", "ironcalc", "WorkbookError", "x.xlsx is no workbook", 2),
    ],
    ids=str,
)  # fmt: skip
def test_reports_made_by_hand(report: Any) -> None:
    """Every verdict, every kind of value, numbers that JSON does not have, and a refusal."""
    holds(json.loads(render_json([report])))


def _wrong(path: Path) -> None:
    book = openpyxl.load_workbook(LSTM)
    book["lstm"]["G10"] = "=1/0"
    book["lstm"]["H10"] = 3.0
    book["lstm"]["G11"] = None
    book["Weights"]["B12"] = 7.0
    book["Check"]["A1"] = "other words"
    book.save(path)


@pytest.mark.keras
def test_real_workbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Right, wrong in many ways, unreadable; compared by two engines, with all rules on and off."""
    _wrong(tmp_path / "wrong.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    shutil.copy(LSTM, tmp_path)

    for options in ([], ["--strict", "--engine", "cellrune", "--engine", "ironcalc"]):
        assert run(["check", str(tmp_path), "--format", "json", *options]) == 1
        found = json.loads(capsys.readouterr().out)
        holds(found)
        assert {"error" in report for report in found} == {True, False}


@pytest.mark.keras
def test_workbooks_made_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """They are reported by the same words."""
    assert run(["check", str(ROOT_FOLDER / "fixtures/handmade/time_down.xlsx"), "--format", "json"]) == 0
    holds(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    "change",
    [
        lambda report: report.pop("counts"),
        lambda report: report.update(ok="yes"),
        lambda report: report.update(format="xlcheck-report-2"),
        lambda report: report.update(unknown=1),
        lambda report: report["cells"][0].update(status="wrong"),
        lambda report: report["cells"][0].update(cell="15M"),
        lambda report: report["counts"].update(root=-1),
    ],
)
def test_what_is_no_report_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    """The schema is no rubber stamp."""
    report = json.loads(render_json([BAD]))[0]
    change(report)

    with pytest.raises(jsonschema.ValidationError):
        holds([report])


def test_comparisons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Differences, an infinity, other shapes, more and less than was wanted; and a comparison that agrees."""
    desired, actual = tmp_path / "desired.npz", tmp_path / "actual.npz"
    np.savez(desired, a=[1.0, 2.0], b=[1.0], c=[1.0], d=[4.0])
    np.savez(actual, a=[1.0, 3.0], b=[np.inf], c=[1.0, 2.0], e=[4.0])

    for first, code in ((actual, 1), (desired, 0)):
        assert run(["compare", str(first), str(desired), "--format", "json"]) == code
        holds(json.loads(capsys.readouterr().out), "comparison")
