"""How often the functions of the stage run: work is counted in calls, so that no clock decides."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType

from xlcheck.api import check
from xlcheck.verdicts.report import CheckReport


def counted(path: Path, effort: float | None = None) -> tuple[Counter[str], CheckReport]:
    """How often each function of the stage ran or called another one, and what the check says."""
    counts: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event in ("call", "c_call") and name.startswith("xlcheck.handmade."):
            counts[f"{name}.{frame.f_code.co_qualname}"] += 1

    sys.setprofile(count)
    try:
        report = check(path) if effort is None else check(path, effort=effort)
    finally:
        sys.setprofile(None)
    return counts, report
