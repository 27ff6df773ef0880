"""What the plugin says at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlcheck.pytest_plugin.settings import Settings
from xlcheck.pytest_plugin.stale import stale_goldens


def closing_lines(settings: Settings, *, everything_collected: bool) -> Iterator[str]:
    """Golden files that were written, golden files that nobody compares, and where the report is.

    Args:
        settings: of the run, with what was noted.
        everything_collected: whether all tests of every collected module are known.
    """
    for written, how in sorted(settings.record.written):
        yield f"golden file written ({how}): {settings.shown(Path(written))}"
    for path in stale_goldens(settings.record, everything_collected=everything_collected):
        yield f"stale golden file: {settings.shown(path)}; no test compares it, so delete it"
    if settings.report is not None:
        from xlcheck.verdicts.messages import plural

        number = plural(len(settings.record.failures), "failure", "failures")
        yield f"{number} reported in {settings.shown(settings.report)}"
