"""What the command line, the configuration file and markers say, and what is noted during a run, with xdist or not.

Tolerances go by quantity pattern, at several levels; the nearest level that knows a quantity decides. From near to far:
the call, the test's markers (function, class, module), the command line, the configuration file, the default. Within
one level the last pattern that fits decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from xlcheck.choices import EngineName, require_known
from xlcheck.errors import UsageError
from xlcheck.files import make_folder
from xlcheck.verdicts.tolerance import Patterns, Tolerance, fitting, tolerance_from

if TYPE_CHECKING:
    import pytest


Owner = tuple[str, str]
"""Folder of golden files and stem of a file's name: what belongs to one test."""


@dataclass(frozen=True)
class Failure:
    """A failed comparison, for the files of `--xlcheck-report`.

    Attributes:
        kind: `workbook` or `trace`.
        test: the test's node identifier.
        json: what the JSON report holds.
        html: what the HTML report shows.
    """

    kind: str
    test: str
    json: dict[str, Any]
    html: str


@dataclass
class RunRecord:
    """Everything that is noted.

    Attributes:
        collected: the owners of all tests that were collected, also of those not selected.
        passed: the owners of the tests that passed.
        used: paths of the golden files that were compared or written.
        written: (path, `new`, `changed` or `deleted`) of the golden files that were written or deleted.
        failures: for the report.
        stale: golden files that no test compares, once the run is over.
    """

    collected: set[Owner] = field(default_factory=set)
    passed: set[Owner] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    written: list[tuple[str, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def add_failure(self, failure: Failure) -> None:
        """Note a failure; a workbook that several workers checked failed only once."""
        if all((known.kind, known.test) != (failure.kind, failure.test) for known in self.failures):
            self.failures.append(failure)

    def to_plain(self) -> dict[str, Any]:
        """Lists, dictionaries, texts and numbers, as xdist can send them."""
        return {
            "collected": [list(owner) for owner in sorted(self.collected)],
            "passed": [list(owner) for owner in sorted(self.passed)],
            "used": sorted(self.used),
            "written": [list(item) for item in self.written],
            "failures": [asdict(failure) for failure in self.failures],
        }

    def add_plain(self, data: dict[str, Any]) -> None:
        """Take over what a worker noted."""
        self.collected |= {(folder, stem) for folder, stem in data["collected"]}
        self.passed |= {(folder, stem) for folder, stem in data["passed"]}
        self.used |= set(data["used"])
        self.written += [(path, how) for path, how in data["written"]]
        for failure in data["failures"]:
            self.add_failure(Failure(**failure))


EVERYTHING = "*"
_FORM = "write PATTERN=ATOL or PATTERN=ATOL,RTOL, such as lstm.*=1e-9"


DEFAULT = Tolerance(1e-12, 1e-12)

Level = Patterns
"""The limits that stand in one place."""


def parse_level(texts: Iterable[str], where: str) -> Level:
    """The level of a command line or a configuration file.

    Args:
        texts: `PATTERN=ATOL[,RTOL]`, or `ATOL[,RTOL]` for every quantity.
        where: what to call the place in messages.

    Raises:
        UsageError: a text is not of this form.
    """
    level = {}
    for text in texts:
        pattern, separator, numbers = text.rpartition("=")
        try:
            limits = [float(number) for number in numbers.split(",")]
        except ValueError:
            raise UsageError(f"{where}: {text!r} is no tolerance; {_FORM}") from None
        level[pattern.strip() if separator else EVERYTHING] = tolerance_from(limits, f"{where}: {text!r}")
    return level


def level_of(
    where: str, atol: float | None = None, rtol: float | None = None, tolerances: Mapping[str, Any] | None = None
) -> Level:
    """The level of a call or a marker.

    Args:
        where: what to call the place in messages.
        atol: absolute tolerance of every quantity.
        rtol: relative tolerance of every quantity.
        tolerances: pattern → atol, or pattern → (atol, rtol).

    Raises:
        UsageError: a tolerance is not a number, or is negative.
    """
    level = {}
    if atol is not None or rtol is not None:
        level[EVERYTHING] = tolerance_from([atol or 0.0, rtol or 0.0], where)
    for pattern, value in (tolerances or {}).items():
        level[pattern] = tolerance_from(value, f"{where}: {pattern!r}")
    return level


def tolerance_of(levels: Iterable[Level], quantity: str) -> Tolerance:
    """The limit of one quantity: from the nearest level that has a pattern for it."""
    return next((limit for level in levels if (limit := fitting(level, quantity)) is not None), DEFAULT)


def as_patterns(levels: Sequence[Level]) -> Patterns:
    """The levels, from near to far, as one: patterns of nearer levels come later, and so decide."""
    merged: dict[str, Tolerance] = {}
    for level in reversed(levels):
        for pattern, limit in level.items():
            merged.pop(pattern, None)  # so that it comes last, too
            merged[pattern] = limit
    return merged


def tolerance_of_everything(levels: Iterable[Level]) -> Tolerance | None:
    """The nearest limit that is set for every quantity at once; None if there is none."""
    return next((level[EVERYTHING] for level in levels if EVERYTHING in level), None)


GOLDEN_FORMATS = ("json", "npz")


@dataclass(frozen=True)
class Settings:
    """The settings of a run.

    Attributes:
        folder: where pytest was called; paths are shown relative to it.
        engine: recalculates workbooks.
        levels: tolerances of the command line and of the configuration file.
        updates_all: golden values that differ are written anew.
        updates_new: golden values that are missing are written without a failure.
        golden_dir: the folder, beside the module of a test, in which the golden files of the module have theirs.
        golden_format: `json` or `npz`, for new golden files.
        fails_on_stale: golden files that nobody compares make the run fail.
        report: the folder for the reports on all failures, or None.
        record: what is noted during the run.
    """

    folder: Path
    engine: str
    levels: Sequence[Level]
    updates_all: bool
    updates_new: bool
    report: Path | None
    golden_dir: Path
    golden_format: str
    fails_on_stale: bool
    record: RunRecord = field(default_factory=RunRecord)

    def node(self, item: pytest.Item) -> str:
        """A test as the command line takes it where pytest was called, which knows it by its place below the root."""
        return f"{self.shown(item.path)}::{item.nodeid.partition('::')[2]}"

    def shown(self, path: Path) -> str:
        """A path as a reader can use it where pytest was called."""
        return str(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path)


def read_settings(config: pytest.Config) -> Settings:
    """The settings of a run.

    Raises:
        UsageError: options contradict each other, or a tolerance cannot be read.
    """
    update, new_only = config.getoption("xlcheck_update"), config.getoption("xlcheck_update_new_only")
    if update and new_only:
        raise UsageError("--xlcheck-update and --xlcheck-update-new-only exclude each other; leave one of them out")
    folder = config.invocation_params.dir
    report = _report(config)
    if report is not None:  # now, so that nobody learns only after a long run that it cannot be made
        make_folder(report)
    engine = config.getoption("xlcheck_engine") or config.getini("xlcheck_engine")
    require_known(engine, get_args(EngineName), "formula engine")
    golden_format = config.getini("xlcheck_golden_format")
    require_known(golden_format, GOLDEN_FORMATS, "xlcheck_golden_format")
    return Settings(
        folder=folder,
        engine=engine,
        levels=(
            parse_level(config.getoption("xlcheck_tolerance"), "--xlcheck-tolerance"),
            parse_level(config.getini("xlcheck_tolerances"), "xlcheck_tolerances"),
        ),
        updates_all=update,
        updates_new=update or new_only,
        report=report,
        golden_dir=_golden_dir(config.getini("xlcheck_golden_dir")),
        golden_format=golden_format,
        fails_on_stale=config.getini("xlcheck_fail_on_stale"),
    )


def _report(config: pytest.Config) -> Path | None:
    """That of the command line is beside whoever called, that of the file beside the file."""
    given = config.getoption("xlcheck_report")
    if given is not None:
        return config.invocation_params.dir / str(given)
    kept: str = config.getini("xlcheck_report")
    return (config.inipath.parent if config.inipath else config.rootpath) / kept if kept else None


def _golden_dir(text: str) -> Path:
    folder = Path(text)
    if folder.is_absolute() or ".." in folder.parts:
        raise UsageError(f"xlcheck_golden_dir is a folder beside each module of tests, such as goldens, not {text}")
    return folder


def marker_levels(node: pytest.Item) -> list[Level]:
    """The tolerances of a test's markers `xlcheck`, the nearest first.

    Raises:
        UsageError: a marker has an unknown argument or an unusable tolerance.
    """
    return [
        level_of("marker xlcheck", *(arguments.get(key) for key in ("atol", "rtol", "tolerances")))
        for arguments in _marker_arguments(node)
    ]


def marker_engine(node: pytest.Item) -> str | None:
    """The engine that a test's nearest marker asks for.

    Raises:
        UsageError: a marker has an unknown argument.
    """
    return next((arguments["engine"] for arguments in _marker_arguments(node) if "engine" in arguments), None)


_ARGUMENTS = {"engine", "atol", "rtol", "tolerances"}


def _marker_arguments(node: pytest.Item) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for marker in node.iter_markers("xlcheck"):
        unknown = sorted(set(marker.kwargs) - _ARGUMENTS)
        if marker.args or unknown:
            what = f"no argument {unknown[0]!r}" if unknown else "named arguments only"
            raise UsageError(f"the marker xlcheck has {what}; it takes {', '.join(sorted(_ARGUMENTS))}")
        found.append(marker.kwargs)
    return found
