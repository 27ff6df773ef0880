"""The end of a run: golden files that no test compares any more, and what the plugin says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from xlcheck.pytest_plugin.golden_paths import GOLDEN_ENDINGS, is_golden
from xlcheck.pytest_plugin.settings import RunRecord, Settings


def settle_stale(settings: Settings, session: pytest.Session) -> None:
    """Note the golden files that no test compares; delete them, or let the run fail, if that is asked for."""
    config = session.config
    everything = not config.getoption("lf", False) and not any("::" in argument for argument in config.args)
    for path in stale_goldens(settings.record, settings.golden_dir, everything_collected=everything):
        if settings.updates_all:
            path.unlink()
            settings.record.written.append((str(path), "deleted"))
        else:
            settings.record.stale.append(str(path))
    if settings.fails_on_stale and settings.record.stale and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def stale_goldens(record: RunRecord, golden_dir: Path, *, everything_collected: bool) -> list[Path]:
    """The golden files beside the collected modules that nobody compares, in alphabetical order.

    A file is stale if the test it belongs to passed without comparing it, or, once every test of
    its module was collected, if there is no such test; a folder of a module that is gone is stale too.

    Args:
        record: what was noted during the run.
        golden_dir: where, beside a module, its golden files have their folder.
        everything_collected: whether all tests of every collected module are known.
    """
    owners: dict[Path, dict[str, bool]] = {}
    for folder, stem in record.collected:
        owners.setdefault(Path(folder), {})[stem] = (folder, stem) in record.passed
    stale = [
        path
        for folder, stems in owners.items()
        for path in _goldens(folder)
        if str(path) not in record.used and _has_no_use(path.stem, stems, everything_collected)
    ]
    parents = {folder.parent for folder in owners}
    gone = {
        folder
        for parent in parents
        if parent.is_dir()
        for folder in parent.iterdir()
        if folder.is_dir() and folder not in owners and _is_orphan(folder, golden_dir)
    }
    return sorted([*stale, *(path for folder in gone for path in _goldens(folder))])


def _has_no_use(stem: str, owners: dict[str, bool], everything_collected: bool) -> bool:
    passed = [has_passed for owner, has_passed in owners.items() if stem == owner or stem.startswith(f"{owner}.")]
    return all(passed) if passed else everything_collected


def _is_orphan(folder: Path, golden_dir: Path) -> bool:
    module = folder.parents[len(golden_dir.parts)] / folder.name
    return not module.with_name(f"{folder.name}.py").exists() and not (folder / "__init__.py").exists()


def _goldens(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.suffix in GOLDEN_ENDINGS and path.is_file() and is_golden(path)]


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
