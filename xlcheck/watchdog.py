"""A limit of time for requests to another process, which are many and short: one thread watches over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic


class Watchdog:
    """Calls a function if what was begun is not done in time.

    Args:
        call: what is called, in a thread of its own.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._changed = Condition()
        self._deadline = self._wakes = math.inf
        self._thread: Thread | None = None
        self._is_late = self._ended = False

    def begin(self, seconds: float) -> None:
        """What is begun now has to be done within some seconds."""
        with self._changed:
            self._is_late = False
            self._deadline = monotonic() + seconds
            if self._thread is None:
                self._thread = Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif self._deadline < self._wakes:  # else it wakes in time, and need not be told
                self._changed.notify()

    def done(self) -> bool:
        """It is done; returns whether the time was up before."""
        with self._changed:
            self._deadline = math.inf
            return self._is_late

    def end(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                if monotonic() >= self._deadline:
                    self._deadline, self._is_late = math.inf, True
                    self._call()
                self._wakes = self._deadline
                self._changed.wait(None if self._wakes == math.inf else self._wakes - monotonic())
