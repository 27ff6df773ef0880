"""What the plugin says at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlcheck.pytest_plugin.settings import Settings


def closing_lines(settings: Settings) -> Iterator[str]:
    """Golden files that were written or deleted, golden files that nobody compares, and where the report is."""
    for path, how in sorted(settings.record.written):
        done = "deleted, no test compares it" if how == "deleted" else f"written ({how})"
        yield f"golden file {done}: {settings.shown(Path(path))}"
    for path in settings.record.stale:
        yield f"stale golden file: {settings.shown(Path(path))}; no test compares it; --xlcheck-update deletes it"
    if settings.report is not None:
        from xlcheck.verdicts.messages import plural

        number = plural(len(settings.record.failures), "failure", "failures")
        yield f"{number} reported in {settings.shown(settings.report)}"
