"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xlcheck.errors import UsageError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target, and rename it to the target if all goes well.

    Whatever interrupts the writing (an error, a full disk, Ctrl-C), the target keeps its old
    content and the temporary file is removed. A symbolic link stays one; what it leads to is replaced.

    Raises:
        UsageError: the file cannot be written there.
    """
    shown, target = target, target.resolve()
    if target.exists() and not target.is_file():
        what = "a folder" if target.is_dir() else "no ordinary file"
        raise UsageError(f"cannot write {shown}: it is {what}; choose another place")
    temporary = target.with_name(f".{target.stem}-{os.getpid()}{target.suffix}")  # some writers insist on the suffix
    try:
        try:
            yield temporary
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except PermissionError as error:
        raise UsageError(
            f"cannot write {shown}: {error.strerror or error}; close it in other programs, or choose another place"
        ) from error
    except OSError as error:
        raise UsageError(f"cannot write {shown}: {error.strerror or error}; choose another place") from error


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror or error}; choose another one") from error


def require_folder(target: Path) -> None:
    """Refuse a file whose folder is missing before anything long is computed for it.

    Raises:
        UsageError: there is no such folder.
    """
    if not target.resolve().parent.is_dir():
        raise UsageError(
            f"cannot write {target}: there is no folder {target.parent}; make it first, or choose another place"
        )


def require_ending(path: Path, *endings: str) -> None:
    """Refuse a name that says something else than the file will be.

    Raises:
        UsageError: it ends otherwise.
    """
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path}: the name must end in {' or '.join(endings)}")


def write_text(target: Path, text: str | Iterable[str]) -> None:
    """Write a text, whole or in pieces, into a file in UTF-8 with Unix line ends on every system.

    Raises:
        UsageError: the file cannot be written there.
    """
    with replacing(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines([text] if isinstance(text, str) else text)
