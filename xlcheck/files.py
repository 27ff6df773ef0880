"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlcheck.errors import UsageError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target, and rename it to the target if all goes well.

    Whatever interrupts the writing (an error, a full disk, Ctrl-C), the target keeps its old
    content and the temporary file is removed.

    Raises:
        UsageError: the file cannot be written there.
    """
    temporary = target.with_name(f".{target.stem}-{os.getpid()}{target.suffix}")  # some writers insist on the suffix
    try:
        try:
            yield temporary
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}; choose another place") from error


def write_text(target: Path, text: str) -> None:
    """Write a text file in UTF-8 with Unix line ends on every system.

    Raises:
        UsageError: the file cannot be written there.
    """
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
