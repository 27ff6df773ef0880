"""The files of `--xlcheck-report`: every failure of a run as one JSON file and one HTML page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlcheck.files import write_text
from xlcheck.pytest_plugin.settings import Failure
from xlcheck.reports.templates import template
from xlcheck.verdicts.cell_result import finite_or_text

if TYPE_CHECKING:
    from xlcheck.pytest_plugin.divergence import Divergence
    from xlcheck.verdicts.report import CheckReport

JSON_FILE = "xlcheck.json"
HTML_FILE = "xlcheck.html"
FORMAT = "xlcheck-run-1"


def workbook_failure(report: CheckReport, test: str) -> Failure:
    """The failed check of a workbook."""
    from xlcheck.reports.render_html import render_html

    return Failure("workbook", test, report.to_json(), render_html([report], fragment=True))


def trace_failure(divergence: Divergence, golden: str, test: str, message: str) -> Failure:
    """The failed comparison with a golden file."""
    found = divergence.comparison
    roots = {d.quantity for d in divergence.roots}
    data = {
        "golden": golden,
        "actual": found.actual,
        "desired": found.desired,
        "compared": found.compared,
        "differences": [
            {
                "quantity": d.quantity,
                "status": "root" if d.quantity in roots else "carried",
                "mismatched": d.mismatched,
                "size": d.size,
                "index": list(d.index),
                # JSON has no infinities and no NaN.
                **{key: finite_or_text(getattr(d, key)) for key in ("actual", "desired", "max_abs_error", "max_ulps")},
            }
            for d in found.differences
        ],
        "reshaped": [[name, list(actual), list(desired)] for name, actual, desired in found.reshaped],
        "missing": list(found.missing),
        "unexpected": list(found.unexpected),
    }
    return Failure("trace", test, data, f"<pre>{escape(message)}</pre>")


def write_reports(failures: Sequence[Failure], folder: Path) -> tuple[Path, Path]:
    """Write both files, also when nothing failed.

    Returns:
        The JSON file and the HTML file.

    Raises:
        UsageError: they cannot be written there.
    """
    ordered = sorted(failures, key=lambda failure: (failure.test, failure.kind))
    data: dict[str, Any] = {"format": FORMAT} | {
        f"{kind}s": [{"test": f.test, **f.json} for f in ordered if f.kind == kind] for kind in ("workbook", "trace")
    }
    page = template("xlcheck.pytest_plugin", "report.html.j2").render(failures=ordered)
    write_text(folder / JSON_FILE, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(folder / HTML_FILE, page)
    return folder / JSON_FILE, folder / HTML_FILE
