"""What the plugin notes during a run; with xdist each worker notes its part and hands it over at its end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

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
