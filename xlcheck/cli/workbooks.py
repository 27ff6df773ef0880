"""Which workbooks are meant by files, folders and patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from glob import glob, has_magic
from pathlib import Path

from xlcheck.errors import UsageError
from xlcheck.files import protect

_ENDINGS = {".xlsx", ".xlsm"}
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
        inside = sorted(path for path in argument.rglob("*") if _is_workbook(path, argument))
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


def _is_workbook(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in _ENDINGS and path.is_file() and not hidden and not path.name.startswith(_LOCK)
