"""`xlcheck check --watch`: check again whenever a workbook was saved, for whoever edits it beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

from xlcheck.verdicts.findings import Refusal
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.report import CheckReport

_PAUSE = 0.25

Stamp = tuple[int, int, int]


def saved(find: Callable[[], list[Path]]) -> Iterator[list[Path]]:
    """All workbooks, and then again and again those that were saved or are new; it never ends by itself.

    A file that is being written, or is gone while a spreadsheet program puts another in its place, is waited for:
    what is yielded looked the same twice in a row.
    """
    first = find()
    seen = _stamps(first)
    yield first
    before = dict(seen)
    while True:
        sleep(_PAUSE)
        now = _stamps(find())
        changed = [path for path, stamp in now.items() if stamp == before.get(path) != seen.get(path)]
        before = now
        if changed:
            seen |= {path: now[path] for path in changed}
            yield changed


def _stamps(paths: list[Path]) -> dict[Path, Stamp]:
    """What tells one state of a file from another; of files that are there."""
    found = {}
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


class Changes:
    """What has become of the cells that are wrong in themselves, from one check to the next."""

    def __init__(self) -> None:
        self._roots: dict[str, set[str]] = {}
        self._said: list[str] = []

    def following(self, outcomes: Iterable[CheckReport | Refusal]) -> Iterator[CheckReport | Refusal]:
        """The same results, each compared with the one before of the same workbook and engine."""
        for outcome in outcomes:
            if isinstance(outcome, CheckReport):
                self._note(outcome)
            yield outcome

    def said(self) -> list[str]:
        """A sentence on each workbook of which other cells are wrong now; each is told once."""
        said, self._said = self._said, []
        return said

    def _note(self, report: CheckReport) -> None:
        key = f"{report.engine} {report.workbook}"
        roots = {f"{cell.sheet}!{cell.cell}" for cell in report.roots}
        before = self._roots.get(key, roots)
        self._roots[key] = roots
        parts = [f"{first_of(sorted(before - roots), 5)} no longer wrong"] if before - roots else []
        parts += [f"{first_of(sorted(roots - before), 5)} newly wrong"] if roots - before else []
        if parts:
            self._said.append(f"{report.workbook}, since the last check: {'; '.join(parts)}")
