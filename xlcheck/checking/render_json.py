"""Reports as JSON: one object for each workbook and engine, in one array."""

from __future__ import annotations

import json
from collections.abc import Sequence

from xlcheck.checking.report import CheckReport


def render_json(reports: Sequence[CheckReport]) -> str:
    """The array that `--format json` prints; infinities and NaN are texts, since JSON has no such numbers."""
    return json.dumps([report.to_json() for report in reports], indent=2, ensure_ascii=False, allow_nan=False)
