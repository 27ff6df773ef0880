"""How much memory a command may take, before others suffer; and garbage collection, put off where hardly any is."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SHARE = 0.8
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Inside, asking for more than most of the machine's memory is a `MemoryError`, where the system can say so."""
    try:
        import resource
    except ImportError:  # on Windows
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = int(_machine() * _SHARE)
    bounds = [bound for bound in (soft, hard, most) if bound != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _machine() -> int:
    """The bytes of memory of this machine, or of the container that this process is in."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):
        memory = min(memory, int(_CONTAINER.read_text(encoding="ascii")))
    return memory


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """A million new cells, and even imports, trigger many collections that find nothing: up to a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
