"""Processes of this machine as a `concurrent.futures.Executor`; one that ends costs what it was doing, and no more.

The standard library's pool is broken as a whole when one of its processes dies, which a hostile file may bring about.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from xlcheck.child_process import ChildProcess, ProcessEnded, interpreter, serve

T = TypeVar("T")


class Processes(Executor):
    """So many processes; what is submitted must be importable, as are its arguments.

    Args:
        jobs: how many.
        seconds: how long one call may take before its process is ended.

    Attributes:
        threads: what waits for the processes; each thread has one of its own, which `call` asks.
    """

    def __init__(self, jobs: int, seconds: float = math.inf) -> None:
        self._seconds = seconds
        self.threads = ThreadPoolExecutor(jobs, thread_name_prefix="xlcheck-processes")
        self._own = threading.local()
        self._all: list[ChildProcess] = []

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Let the next free process call a function.

        The future raises what the function raised, or `ProcessEnded`.
        """
        return self.threads.submit(self.call, self._seconds, fn, *args, **kwargs)

    def call(self, seconds: float, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Let the process of this thread call a function.

        Raises:
            ProcessEnded: it ended, or the seconds were over; and whatever the function raised.
        """
        process: ChildProcess | None = getattr(self._own, "process", None)
        if process is None or not process.is_usable:
            process = self._own.process = ChildProcess(interpreter("xlcheck.processes"))
            self._all.append(process)
        found: T = process.ask((fn, args, kwargs), None if seconds == math.inf else seconds)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, when what was submitted is done, or at once if nobody waits."""
        if not wait:
            # A thread that waits for a process goes on when that has ended.
            for process in self._all:
                process.end()
        self.threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        for process in self._all:
            process.end()


def main() -> None:
    """The other side: call what is asked for until the pipe is closed."""
    serve(_answer)


def _answer(message: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> tuple[bool, Any]:
    fn, args, kwargs = message
    try:
        return True, fn(*args, **kwargs)
    except Exception as error:
        return False, error


__all__ = ["ProcessEnded", "Processes", "main"]
