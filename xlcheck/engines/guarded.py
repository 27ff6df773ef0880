"""An engine in a process of its own, so that a hostile formula can neither crash nor hang the caller.

The engines are compiled code: a formula of some thousand brackets overflows their stack, which ends the
process, and one over whole columns can run for hours. Here the process that ends is another one.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from xlcheck.child_process import ChildProcess, ProcessEnded, Request, interpreter
from xlcheck.engines.base import Engine, PackedValues, Session
from xlcheck.errors import EngineError, XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.frozen import dataclass
from xlcheck.workbook.container import acceptance

# What one request may take: enough for a million cells on a slow machine, and short for a lesson.
SECONDS = 5.0
SECONDS_PER_MEGABYTE = 10.0
# Beyond that for the first request, while the other process starts: seconds where other programs run, too.
STARTING_SECONDS = 20.0
_COMPILING_SECONDS = {"formulon": 60.0}  # what compiles itself when it starts
# Of an engine that takes longer than the others: 28 s for 141,814 formulas, where they take 1 to 5.
_PATIENCE = {"formulon": 6.0}
# Processes that wait for the next workbook.
MAX_IDLE = 4

Constant = tuple[str, int, int, float | str]
"""Worksheet, row and column of a cell, and what is put there."""


class Guarded:
    """Another engine behind a process boundary; any thread may use it, and any process, also one that was forked.

    The sessions that one thread has open at a time are in one process, and in no process are those of two
    threads. A process that nobody holds a session of waits for the next thread.

    Attributes:
        seconds: how long one request may take on a small file.
    """

    def __init__(self, engine: Engine, seconds: float = SECONDS) -> None:
        self.name = engine.name
        self.version = engine.version
        self.absolute_tolerance = engine.absolute_tolerance
        self.takes_formulas = engine.takes_formulas
        self.seconds = seconds
        self._patience = _PATIENCE.get(engine.name, 1.0)
        self._own = _Own()
        # The first process starts while this one reads the first workbook. Taking from and adding to it is atomic.
        self._idle: deque[_Worker] = deque([_Worker(engine.name)])

    def prepare(self, path: Path) -> None:
        """Let the other process begin to load a workbook that this thread opens next, and go on meanwhile.

        What goes wrong is said by `open`.
        """
        path = Path(path)
        self._own.prepared = _Prepared(self._begin(path), _state(path))

    def open(self, path: Path) -> Session:
        """Load a workbook in the other process.

        Raises:
            EngineError: the engine cannot read it, crashed on it or took too long.
        """
        path = Path(path)
        prepared, self._own.prepared = self._own.prepared, None
        if prepared is not None and prepared.session.is_of(path) and prepared.state == _state(path):
            prepared.session.wait()
            return prepared.session
        if prepared is not None:
            # Whatever is wrong with that workbook, nobody asks about it any more.
            with suppress(XlcheckError):
                prepared.session.wait()
        session = self._begin(path)
        session.wait()
        return session

    def _begin(self, path: Path) -> _GuardedSession:
        lease = self._own.lease() if self._own.lease is not None else None
        if lease is None or not lease.worker.is_usable:
            lease = _Lease(self._take(), self._idle)
            self._own.lease = weakref.ref(lease)
        try:
            size = path.stat().st_size
        except (OSError, ValueError):
            size = 0
        allowed = self._patience * (self.seconds + SECONDS_PER_MEGABYTE * size / 1e6)
        return _GuardedSession(lease, path, allowed)

    def _take(self) -> _Worker:
        """A process that nobody uses."""
        with suppress(IndexError):
            while True:
                worker = self._idle.pop()
                if worker.is_usable:
                    return worker
        return _Worker(self.name)


class _Own(threading.local):
    """What belongs to one thread: the process of its sessions, while it has any, and the session that it prepared."""

    lease: weakref.ref[_Lease] | None = None
    prepared: _Prepared | None = None


class _Lease:
    """One thread's right to a process, held by its sessions; when the last of them is gone, the process is free."""

    def __init__(self, worker: _Worker, idle: deque[_Worker]) -> None:
        self.worker = worker
        weakref.finalize(self, _give_back, worker, idle)


def _give_back(worker: _Worker, idle: deque[_Worker]) -> None:
    """Let a process wait for the next thread, or end if enough do."""
    if worker.is_usable and not worker.process.owes_replies and len(idle) < MAX_IDLE:
        worker.forget_sessions()
        idle.append(worker)


class _GuardedSession(Session):
    """A workbook in the other process, which begins to load it at once."""

    def __init__(self, lease: _Lease, path: Path, seconds: float) -> None:
        self._lease = lease
        self._path = path
        self._folder = Path.cwd()
        self._seconds = seconds
        self._pending: list[Constant] = []
        self._due: list[Constant] | None = None
        worker = lease.worker
        self._number = worker.new_number()
        self._opening = worker.begin("open", self._number, path, self._folder, acceptance(path), seconds=seconds)
        weakref.finalize(self, worker.forget, self._number)

    def is_of(self, path: Path) -> bool:
        return self._path == path and self._folder == Path.cwd() and self._lease.worker.is_usable

    def wait(self) -> None:
        """Wait until the workbook is loaded.

        Raises:
            EngineError: it could not be; and whatever the engine raised.
        """
        self._lease.worker.reply(self._opening, self._path)

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        self._pending.append((sheet, row, column, value))

    def recalculate(self) -> None:
        # Small workbooks are recalculated thousands of times: the other process is asked once, with the next reading.
        self._due = [*(self._due or ()), *self._pending]
        self._pending = []

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        due, self._due = self._due, None
        worker = self._lease.worker
        request = worker.begin("read_all", self._number, due, areas, seconds=self._seconds)
        values: PackedValues = worker.reply(request, self._path)
        return values


@dataclass(frozen=True)
class _Prepared:
    """A session that was begun before somebody opens it, and the state of its file then."""

    session: _GuardedSession
    state: tuple[int, ...] | None


class _Worker:
    """The other process, and which of its sessions nobody holds any more."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._numbers = count()
        self._forgotten: list[int] = []
        self._starting = _COMPILING_SECONDS.get(engine, STARTING_SECONDS)
        self.process = ChildProcess(interpreter("xlcheck.engines.worker", engine))

    @property
    def is_usable(self) -> bool:
        return self.process.is_usable

    def new_number(self) -> int:
        """A number for a session that the process has not had yet."""
        return next(self._numbers)

    def forget(self, session: int) -> None:
        """Let the other process drop a session with the next request (this may run in the garbage collector)."""
        self._forgotten.append(session)

    def forget_sessions(self) -> None:
        """Let the other process drop now what it is to forget."""
        self.process.tell((None, (), self._taken()))

    def begin(self, method: str, *arguments: object, seconds: float) -> Request:
        """Send a request."""
        starting, self._starting = self._starting, 0.0
        return self.process.begin((method, arguments, self._taken()), seconds + starting)

    def reply(self, request: Request, path: Path) -> Any:
        """Wait for the reply to a request about a workbook.

        Raises:
            EngineError: none came in time, or the process ended; and whatever the engine raised.
        """
        try:
            return self.process.reply(request)
        except ProcessEnded as error:
            what = f"needed more than {request.seconds:.0f} s for" if error.late else "crashed on"
            raise EngineError(
                f"{self._engine} {what} {path} and was stopped; a formula in it is too deeply nested or too large, so "
                "simplify it or try another --engine"
            ) from None

    def _taken(self) -> list[int]:
        forgotten, self._forgotten = self._forgotten, []
        return forgotten


def _state(path: Path) -> tuple[int, ...] | None:
    """By which a file that was changed or replaced is known; None if there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
