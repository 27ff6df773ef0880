"""A copy of this process instead of a new interpreter: it has everything imported, and starts at once.

Only a young process can be copied safely: one of a single thread, in which no library has yet started more. That
is what `xlcheck check` is when the engine starts. Everywhere else, and where the system cannot copy a
process, a new interpreter does the same work.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable

# Libraries of which the process may have threads that Python does not know.
_THREADED = ("numpy", "tensorflow")


def may_fork() -> bool:
    """Whether this process can be copied. macOS could, but its system libraries do not allow it."""
    return sys.platform == "linux" and threading.active_count() == 1 and not any(map(sys.modules.get, _THREADED))


class Forked:
    """A copy of this process at work, with what is used here of `subprocess.Popen`.

    Args:
        work: what it does, with requests on its standard input and replies to its standard output.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        requests, to_requests = os.pipe()
        from_replies, replies = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _become(work, requests, replies)
        os.close(requests)
        os.close(replies)
        # Of descriptors; `end_process` closes them.
        self.stdin = open(to_requests, "wb", buffering=0)  # noqa: PTH123, SIM115
        self.stdout = open(from_replies, "rb", buffering=0)  # noqa: PTH123, SIM115
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it is at work."""
        return self._wait(os.WNOHANG)

    def wait(self) -> int | None:
        """Wait for its end."""
        return self._wait(0)

    def kill(self) -> None:
        """End it."""
        if self.poll() is None:
            os.kill(self.pid, 9)

    def _wait(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # somebody else has waited for all children
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _become(work: Callable[[], object], requests: int, replies: int) -> None:
    """Do the work in the copy, with nothing else of this process's open files, and end without a trace of it."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor, place in ((requests, 0), (replies, 1), (nowhere, 2)):
            os.dup2(descriptor, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        # What was there before is no garbage, and is left where it is shared.
        gc.freeze()
        gc.enable()
        work()
        code = 0
    finally:
        os._exit(code)
