"""What changes something for the whole process, if only for a moment, happens in one thread at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any


@contextmanager
def exclusively() -> Iterator[None]:
    """Wait until no other thread is in such a block: some warnings are errors there, or a library is listened to."""
    with _lock_of(os.getpid()):  # a forked process must not wait for a thread of its parent's
        yield


@contextmanager
def standing_in(owner: Any, name: str, other: object) -> Iterator[None]:
    """Let something else stand under a name of a module while the block lasts, which no other thread is in."""
    with exclusively():
        before = getattr(owner, name)
        setattr(owner, name, other)
        try:
            yield
        finally:
            setattr(owner, name, before)


@cache
def _lock_of(_process: int) -> RLock:
    return RLock()
