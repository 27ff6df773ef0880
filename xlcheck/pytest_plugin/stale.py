"""The end of a run: golden files that no test compares any more, and what the plugin says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from xlcheck.pytest_plugin.golden_paths import GOLDEN_ENDINGS, is_golden
from xlcheck.pytest_plugin.settings import Settings


def settle_stale(settings: Settings, session: pytest.Session) -> None:
    """Note the golden files that no test compares; delete them, or let the run fail, if that is asked for."""
    for path in _stale(settings, session.config):
        if settings.updates_all:
            path.unlink()
            settings.record.written.append((str(path), "deleted"))
        else:
            settings.record.stale.append(str(path))
    if settings.fails_on_stale and settings.record.stale and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _stale(settings: Settings, config: pytest.Config) -> list[Path]:
    """The golden files that nobody compares, in alphabetical order.

    A file is stale if the test it belongs to passed without comparing it, or, once every test of its module was
    collected, if there is no such test; and if its module is gone from a folder that was looked through.
    """
    everything = not config.getoption("lf", False) and not any("::" in argument for argument in config.args)
    record = settings.record
    owners: dict[Path, dict[str, bool]] = {}
    for folder, stem in record.collected:
        owners.setdefault(Path(folder), {})[stem] = (folder, stem) in record.passed
    stale = [
        path
        for folder, stems in owners.items()
        for path in _goldens(folder, config)
        if str(path) not in record.used and _has_no_use(path.stem, stems, everything)
    ]
    parents = {folder.parent for folder in owners}
    parents |= {folder / settings.golden_dir for folder in _looked_through(config)}
    gone = {
        folder
        for parent in parents
        if parent.is_dir()
        for folder in parent.iterdir()
        if folder not in owners and folder.is_dir() and _is_orphan(folder, settings.golden_dir, config)
    }
    return sorted([*stale, *(path for folder in gone for path in _goldens(folder, config))])


def _looked_through(config: pytest.Config) -> Iterator[Path]:
    """The folders in which modules of tests were looked for."""
    for argument in config.args:
        for name, folders, _ in os.walk(config.invocation_params.dir / argument):
            yield Path(name)
            folders[:] = [own for own in folders if not _is_ignored(Path(name, own), config)]


def _is_ignored(folder: Path, config: pytest.Config) -> bool:
    return bool(config.hook.pytest_ignore_collect(collection_path=folder, config=config))


def _has_no_use(stem: str, owners: dict[str, bool], everything_collected: bool) -> bool:
    passed = [has_passed for owner, has_passed in owners.items() if stem == owner or stem.startswith(f"{owner}.")]
    return all(passed) if passed else everything_collected


def _is_orphan(folder: Path, golden_dir: Path, config: pytest.Config) -> bool:
    """Whether the folder is named like a module of tests that is not there."""
    module = folder.parents[len(golden_dir.parts)] / f"{folder.name}.py"
    is_named_so = any(fnmatch(module.name, pattern) for pattern in config.getini("python_files"))
    return is_named_so and not module.exists() and not (folder / "__init__.py").exists()


def _goldens(folder: Path, config: pytest.Config) -> list[Path]:
    """The golden files of tests in a folder; other traces, as `xlcheck trace` writes them, are named otherwise."""
    if not folder.is_dir():
        return []
    patterns = [pattern if {*"*?["} & {*pattern} else f"{pattern}*" for pattern in config.getini("python_functions")]
    return [
        path for path in folder.iterdir()
        if path.suffix in GOLDEN_ENDINGS and path.is_file()
        and any(fnmatch(part.partition("[")[0], own) for part in path.stem.split(".") for own in patterns)
        and is_golden(path)
    ]  # fmt: skip


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
