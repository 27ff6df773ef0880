"""Reports as JSON: the documented object, and nothing JSON cannot hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sample_reports import BAD, GOOD, OPEN, ROOT

from xlcheck.reports.render_json import render_json
from xlcheck.verdicts.report import CheckReport


def test_the_documented_object() -> None:
    """Names and types as the documentation of the format gives them."""
    (data,) = json.loads(render_json([BAD]))

    assert list(data) == [
        "format", "workbook", "engine", "oracle", "ok", "exit_code", "counts", "max_abs_error", "max_ulps", "samples",
        "cells", "edits", "notes", "reservations", "gaps", "alterations", "warnings",
    ]  # fmt: skip
    assert data["ok"] is False
    assert data["counts"] == {
        "formula_cells": 85, "checked": 84, "agree": 80, "root": 2, "carried": 2, "unbound": 1, "not_evaluated": 0,
        "stray": 0,
    }  # fmt: skip
    assert data["cells"][0] == {
        "sheet": "lstm", "cell": "M15", "status": "root", "kind": "value", "quantity": "lstm.z[1][0]",
        "actual": 0.045203, "desired": 0.0452044, "desired_from_precedents": 0.0452044,
        "formula": "=G15+SUMPRODUCT(M3:M4,Weights!$B$2:$B$3)", "diagnosis": "pre-activation-fed-back",
        "message": ROOT.message, "sample": 2, "desired_formula": None,
    }  # fmt: skip
    assert data["edits"] == [
        {
            "sheet": "Weights",
            "cell": "B2",
            "quantity": "lstm.kernel[0][0]",
            "actual": 0.5,
            "desired": -0.33,
            "role": "input",
        }
    ]


def test_several_reports_are_one_array() -> None:
    """One object a workbook and engine."""
    assert [item["workbook"] for item in json.loads(render_json([GOOD, BAD]))] == ["books/good.xlsx", "books/bad.xlsx"]


def test_numbers_survive_to_the_last_bit_and_infinities_become_texts() -> None:
    """JSON has no infinities; a reader that follows the standard must not fail on them."""
    report = replace(BAD, cells=(replace(ROOT, actual=float("inf"), desired=0.1 + 0.2),))
    text = render_json([report])

    cell = json.loads(text, parse_constant=lambda name: 1 / 0)[0]["cells"][0]
    assert cell["actual"] == "inf"
    assert cell["desired"] == 0.1 + 0.2


@pytest.mark.parametrize("reports", [[], [GOOD], [BAD, GOOD], [GOOD, BAD, OPEN]])
def test_the_pieces_are_one_json_text(reports: list[CheckReport]) -> None:
    """What is written piece by piece is what the json module writes at once, whatever characters are in it."""
    odd = replace(BAD, workbook='"cells": []', cells=(replace(ROOT, message='\u2028 \x85 "cells": [] \\n'),))
    objects = [report.to_json() for report in [*reports, odd]]

    assert render_json(reports) == json.dumps([r.to_json() for r in reports], indent=2, ensure_ascii=False)
    assert render_json([*reports, odd]) == json.dumps(objects, indent=2, ensure_ascii=False)
