"""How much time a check of a hand-made workbook may take: searches ask for it, and stop when it is used up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = 10.0
"""Processor time of one command unless somebody asks for more."""

_TICK = 0.05

USED_UP = "the time for finding a network is used up, and --effort SECONDS allows more"
"""Why there is no verdict on what was not settled before."""


class OutOfTimeError(Exception):
    """The time is used up; whoever divides the work catches it and reports what was settled before."""


class _Clock:
    """Processor time of this process, and the time that it waited for a formula engine in another one.

    Of the same work the engine has to do again and again, the shortest wait counts: longer ones are those of a
    machine that is busy otherwise.
    """

    def __init__(self, seconds: float) -> None:
        self._waited = 0.0
        self._next = 0.0
        self._shortest: dict[object, float] = {}
        self.end = self.now() + seconds

    def now(self) -> float:
        return time.process_time() + self._waited

    def is_over(self) -> bool:
        """Whether the time is used up; some systems take long to say so, and are asked again only after a tick."""
        if time.perf_counter() < self._next:
            return False
        left = self.end - self.now()
        self._next = time.perf_counter() + min(_TICK, left / 2)
        return left <= 0

    def wait(self, work: object, seconds: float) -> None:
        """Count what an engine took."""
        self._shortest[work] = min(seconds, self._shortest.get(work, seconds))
        self._waited += self._shortest[work]
        self._next = 0.0

    def leave_out(self, seconds: float) -> None:
        """Do not count processor time."""
        self._waited -= seconds


_clock: ContextVar[_Clock | None] = ContextVar("effort", default=None)


@contextmanager
def limited_to(seconds: float) -> Iterator[None]:
    """Whatever is done inside may take so long; a limit that already holds and ends sooner goes on."""
    outer = _clock.get()
    inner = _Clock(seconds)
    if outer is not None:
        inner._waited, inner._shortest = outer._waited, outer._shortest
        inner.end = min(outer.end, inner.now() + seconds)
    token = _clock.set(inner)
    try:
        yield
    finally:
        _clock.reset(token)
        if outer is not None:
            outer._waited = inner._waited


def left() -> float:
    """Seconds that are left; infinity where nobody has set a limit."""
    clock = _clock.get()
    return float("inf") if clock is None else clock.end - clock.now()


def require_time() -> None:
    """Go on only if there is time.

    Raises:
        OutOfTimeError: there is none.
    """
    clock = _clock.get()
    if clock is not None and clock.is_over():
        raise OutOfTimeError


@contextmanager
def waiting(work: object) -> Iterator[None]:
    """A formula engine does some work, the same as often as the argument is equal; what it takes counts."""
    clock = _clock.get()
    wall, own = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        if clock is not None:
            clock.wait(work, max(0.0, time.perf_counter() - wall - (time.process_time() - own)))


@contextmanager
def uncounted() -> Iterator[None]:
    """What is done inside, such as importing a library, takes nothing from the time."""
    clock, own = _clock.get(), time.process_time()
    try:
        yield
    finally:
        if clock is not None:
            clock.leave_out(time.process_time() - own)
