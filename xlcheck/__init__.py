"""xlcheck: every number of a neural network's forward pass as a live, verified formula."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlcheck.api import Built, build, build_model, check
    from xlcheck.checking.report import CellResult, CheckReport
    from xlcheck.checking.traces import compare
    from xlcheck.errors import XlcheckError
    from xlcheck.fixtures.store import load_fixture

__version__ = "0.1.0"

_HOMES = {
    "Built": "xlcheck.api",
    "build": "xlcheck.api",
    "build_model": "xlcheck.api",
    "check": "xlcheck.api",
    "CellResult": "xlcheck.checking.report",
    "CheckReport": "xlcheck.checking.report",
    "XlcheckError": "xlcheck.errors",
    "compare": "xlcheck.checking.traces",
    "load_fixture": "xlcheck.fixtures.store",
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
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'xlcheck' has no attribute {name!r}")
