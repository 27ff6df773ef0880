"""How a process that this one has started, and talks to over pipes, ends."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from xlcheck.engines.forked import Forked


def end_process(process: subprocess.Popen[bytes] | Forked, owner: int) -> None:
    """End a process and close its pipes, if this is still the process, by its id `owner`, that started it."""
    # A forked child that exits leaves the worker to its parent.
    if os.getpid() != owner:
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        # What could not be sent to a process that had ended is lost with it.
        with suppress(OSError):
            cast("IO[bytes]", pipe).close()
