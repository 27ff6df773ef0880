"""Which workbooks are meant, and their checks: one after the other, or several at a time in processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import field, replace
from glob import glob, has_magic
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from xlcheck.budget import Budget, budget, default_seconds, seconds_in_all, time_left
from xlcheck.choices import EngineName
from xlcheck.cli.defect import sentence
from xlcheck.cli.status import status
from xlcheck.errors import EngineError, UsageError
from xlcheck.files import files_below, protect
from xlcheck.frozen import dataclass
from xlcheck.verdicts.findings import Refusal

if TYPE_CHECKING:
    from xlcheck.verdicts.report import CheckReport


# Beyond its time, for a process to say itself that it is up.
_GRACE = 30.0


@dataclass(frozen=True)
class Task:
    """One check.

    Attributes:
        engine: which engine recalculates it.
        options: what else `api.check` is told.
        seconds: how long it may take; by default what such a workbook is allowed.
    """

    path: Path
    engine: EngineName
    options: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None

    @property
    def allowed(self) -> float:
        """The same, in seconds."""
        return default_seconds(self.path) if self.seconds is None else self.seconds


def check(task: Task) -> CheckReport:
    """Check a workbook.

    Raises:
        XlcheckError: it cannot be checked; see `api.check`.
    """
    from xlcheck import api

    started = monotonic()
    with budget(task.allowed, by_signal=True):
        time_left()  # nothing is begun when the time of all is up
        report = api.check(task.path, engine=task.engine, budget=task.allowed, **task.options)
    return replace(report, seconds=monotonic() - started)


def outcome(task: Task) -> CheckReport | Refusal:
    """Check a workbook, and say in the place of a report why it could not be checked."""
    started = monotonic()
    try:
        return check(task)
    except Exception as error:
        message, code = sentence(error)
        kind = type(error).__name__
    return Refusal(str(task.path), task.engine, kind, message, code, monotonic() - started)


def outcomes(tasks: Sequence[Task], jobs: int, *, show_status: bool) -> Iterator[CheckReport | Refusal]:
    """What comes out of each check, in order, as soon as it is there; so many `jobs` run at a time."""
    if jobs > 1 and len(tasks) > 1:
        yield from _beside_each_other(tasks, min(jobs, len(tasks)), show_status=show_status)
        return
    for number, task in enumerate(tasks, start=1):
        with status(_label(task, number, len(tasks)), show=show_status):
            found = outcome(task)
        yield found


def _label(task: Task, number: int, all_: int) -> str:
    return f"checking {task.path}" + (f" ({number} of {all_})" if all_ > 1 else "")


def _beside_each_other(tasks: Sequence[Task], jobs: int, *, show_status: bool) -> Iterator[CheckReport | Refusal]:
    from xlcheck.processes import ProcessEnded, Processes

    left, in_all = Budget(time_left()), seconds_in_all()
    processes = Processes(jobs)

    def run(task: Task) -> CheckReport | Refusal:
        allowed = min(task.allowed, left.left)
        try:
            return processes.call(allowed + _GRACE, _outcome, task, left.left, in_all)
        except ProcessEnded:
            message = f"the process that checked {task.path} ended before it had a result; check that file alone"
            return Refusal(str(task.path), task.engine, EngineError.__name__, message, EngineError.exit_code)

    try:
        waiting = [processes.threads.submit(run, task) for task in tasks]
        for number, (task, future) in enumerate(zip(tasks, waiting, strict=True), start=1):
            with status(_label(task, number, len(tasks)), show=show_status):
                found = future.result()
            yield found
    finally:
        processes.shutdown(wait=False, cancel_futures=True)


def _outcome(task: Task, left: float, in_all: float) -> CheckReport | Refusal:
    """The same on the other side, where so many seconds are left of those that the command has."""
    from xlcheck.memory import bounded_memory

    with bounded_memory(), budget(left) as rest:
        rest.seconds = in_all
        return outcome(task)


_ENDINGS = {".xlsx", ".xlsm"}
_OTHERS = {".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".fods", ".numbers"}
_LOCK = "~$"  # Excel's note beside a workbook that is open


def workbooks(named: Iterable[Path], *, none_is_fine: bool = False) -> list[Path]:
    """The workbooks that the arguments of a command name, in their order; those of one folder by their names.

    Args:
        named: files, folders and patterns.
        none_is_fine: a folder may be empty, and a pattern fit nothing, for a moment.

    Raises:
        UsageError: there is none in a folder, or none that fits a pattern.
    """
    found: list[Path] = []
    for argument in named:
        with suppress(*[UsageError] if none_is_fine else []):
            found += _meant(argument)
    for path in found:
        protect(path)
    return found


def _meant(argument: Path) -> list[Path]:
    """A file is taken as it is, whatever it is called: whoever reads it says what is wrong with it."""
    if argument.is_dir():
        inside = _inside(argument, _ENDINGS)
        if not inside:
            raise UsageError(f"{argument} is a folder without a workbook in it; pass an .xlsx file or its folder")
        return inside
    if has_magic(str(argument)) and not argument.exists():
        fitting = sorted(_fitting(str(argument)))
        if not fitting:
            raise UsageError(f"no workbook fits {argument}; check the pattern and the folder")
        return fitting
    return [argument]


def _fitting(pattern: str) -> Iterator[Path]:
    for name in glob(pattern, recursive=True):  # noqa: PTH207 - a pattern may be absolute
        path = Path(name)
        if path.is_file() and not path.name.startswith(_LOCK):
            yield path


def passed_over(named: Iterable[Path]) -> list[str]:
    """The spreadsheets in folders that are checked of which nothing is said, because nobody reads such files."""
    return [str(path) for argument in named if argument.is_dir() for path in _inside(argument, _OTHERS)]


def _inside(folder: Path, endings: Set[str]) -> list[Path]:
    """The files in a folder and those below, but what is hidden and Excel's notes."""
    return [
        path
        for path in files_below(folder)
        if path.suffix.lower() in endings and path.is_file() and not path.name.startswith((_LOCK, "."))
    ]
