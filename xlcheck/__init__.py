"""xlcheck: every number of a neural network's forward pass as a live, verified formula."""

from __future__ import annotations

from xlcheck.version import __version__ as __version__

TYPE_CHECKING = False  # as type checkers know it; importing typing would take as long as all the rest here
if TYPE_CHECKING:
    from typing import Any

    from xlcheck.api import bind, build, build_model, check, trace
    from xlcheck.building.built import Built
    from xlcheck.chapter.recordings.store import Fixture, load_fixture
    from xlcheck.errors import XlcheckError
    from xlcheck.exercises.entry import exercise
    from xlcheck.exercises.exercise import Exercise
    from xlcheck.grading.cell_mark import CellMark
    from xlcheck.grading.entry import grade
    from xlcheck.grading.grading import Grading
    from xlcheck.grading.marks import StudentMarks
    from xlcheck.graph.trace import Trace
    from xlcheck.handmade.propose import Proposal
    from xlcheck.verdicts.cell_result import CellResult, Kind, Status
    from xlcheck.verdicts.report import CheckReport
    from xlcheck.verdicts.traces import Difference, TraceComparison, assert_agrees, compare


_HOMES = {
    name: f"xlcheck.{home}"
    for home, names in {
        "api": "bind build build_model check trace",
        "building.built": "Built",
        "chapter.recordings.store": "Fixture load_fixture",
        "errors": "XlcheckError",
        "exercises.entry": "exercise",
        "exercises.exercise": "Exercise",
        "grading.cell_mark": "CellMark",
        "grading.entry": "grade",
        "grading.grading": "Grading",
        "grading.marks": "StudentMarks",
        "graph.trace": "Trace",
        "handmade.propose": "Proposal",
        "verdicts.cell_result": "CellResult Kind Status",
        "verdicts.report": "CheckReport",
        "verdicts.traces": "Difference TraceComparison assert_agrees compare",
    }.items()
    for name in names.split()
}

__all__ = [
    "Built",
    "CellMark",
    "CellResult",
    "CheckReport",
    "Difference",
    "Exercise",
    "Fixture",
    "Grading",
    "Kind",
    "Proposal",
    "Status",
    "StudentMarks",
    "Trace",
    "TraceComparison",
    "XlcheckError",
    "assert_agrees",
    "bind",
    "build",
    "build_model",
    "check",
    "compare",
    "exercise",
    "grade",
    "load_fixture",
    "trace",
]


# Hidden from type checkers, which would take any name for a public one.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used, so that `import xlcheck` costs nothing."""
        if name in _HOMES:
            from importlib import import_module

            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"module 'xlcheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, most of which are not imported yet."""
    return [*__all__, "__version__"]
