"""Golden files that no test compares any more."""

from __future__ import annotations

from pathlib import Path

from xlcheck.pytest_plugin.golden_paths import is_golden
from xlcheck.pytest_plugin.run_record import RunRecord


def stale_goldens(record: RunRecord, *, everything_collected: bool) -> list[Path]:
    """The golden files beside the collected modules that nobody compares, in alphabetical order.

    A file is stale if the test it belongs to passed without comparing it, or, once every test of
    its module was collected, if there is no such test; a folder of a module that is gone is stale too.

    Args:
        record: what was noted during the run.
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
    gone = {f for parent in parents for f in parent.iterdir() if f.is_dir() and f not in owners and _is_orphan(f)}
    return sorted([*stale, *(path for folder in gone for path in _goldens(folder))])


def _has_no_use(stem: str, owners: dict[str, bool], everything_collected: bool) -> bool:
    passed = [has_passed for owner, has_passed in owners.items() if stem == owner or stem.startswith(f"{owner}.")]
    return all(passed) if passed else everything_collected


def _is_orphan(folder: Path) -> bool:
    return not folder.with_name(f"{folder.name}.py").exists() and not (folder / "__init__.py").exists()


def _goldens(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if path.is_file() and is_golden(path)] if folder.is_dir() else []
