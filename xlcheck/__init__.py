"""xlcheck: every number of a neural network's forward pass as a live, verified formula."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; importing typing would take as long as all the rest here
if TYPE_CHECKING:
    from typing import Any

    from xlcheck.api import Built, build, build_model, check
    from xlcheck.chapter.recordings.store import load_fixture
    from xlcheck.errors import XlcheckError
    from xlcheck.verdicts.report import CellResult, CheckReport
    from xlcheck.verdicts.traces import compare

__version__ = "0.1.0"

_HOMES = {
    "Built": "xlcheck.api",
    "build": "xlcheck.api",
    "build_model": "xlcheck.api",
    "check": "xlcheck.api",
    "CellResult": "xlcheck.verdicts.report",
    "CheckReport": "xlcheck.verdicts.report",
    "XlcheckError": "xlcheck.errors",
    "compare": "xlcheck.verdicts.traces",
    "load_fixture": "xlcheck.chapter.recordings.store",
}

__all__ = [
    "Built",
    "CellResult",
    "CheckReport",
    "XlcheckError",
    "build",
    "build_model",
    "check",
    "compare",
    "load_fixture",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import xlcheck` costs nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'xlcheck' has no attribute {name!r}")
