"""An engine in a process of its own, so that a hostile formula can neither crash nor hang the caller.

The engines are compiled code: a formula of some thousand brackets overflows their stack, which ends the
process, and one over whole columns can run for hours. Here the process that ends is another one.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from xlcheck.child_process import end_process
from xlcheck.engines.base import Engine, PackedValues, Session
from xlcheck.engines.forked import Forked, may_fork
from xlcheck.engines.watchdog import Watchdog
from xlcheck.errors import EngineError, XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.container import Acceptance, acceptance
from xlcheck.workbook.values import Value

# What one request may take: enough for a million cells on a slow machine, and short for a lesson.
SECONDS = 5.0
SECONDS_PER_MEGABYTE = 10.0
# Beyond that for the first request, while the other process starts: seconds where other programs run, too.
STARTING_SECONDS = 20.0

# What reading from or writing to a process that has ended, perhaps in the middle of a reply, raises.
_BROKEN_PIPE = (OSError, EOFError, pickle.UnpicklingError, ValueError)

Constant = tuple[str, int, int, float | str]
"""Worksheet, row and column of a cell, and what is put there."""
_Request = tuple[str, tuple[object, ...]]

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from xlcheck.engines.worker import main; main(sys.argv[1])"


class Guarded:
    """Another engine behind a process boundary; the process is started at once and used for many workbooks.

    Attributes:
        seconds: how long one request may take on a small file.
    """

    def __init__(self, engine: Engine, seconds: float = SECONDS) -> None:
        self.name = engine.name
        self.version = engine.version
        self.absolute_tolerance = engine.absolute_tolerance
        self.seconds = seconds
        # It starts while this process reads the first workbook.
        self._worker = _Worker(engine.name)

    def prepare(self, path: Path) -> None:
        """Let the other process begin to load a workbook that is opened next; this one can go on meanwhile.

        What goes wrong is said by `open`.
        """
        self._working().begin("open", *_to_open(Path(path)))

    def open(self, path: Path) -> Session:
        """Load a workbook in the other process.

        Raises:
            EngineError: the engine cannot read it, crashed on it or took too long.
        """
        path = Path(path)
        try:
            size = path.stat().st_size
        except (OSError, ValueError):
            size = 0
        seconds = self.seconds + SECONDS_PER_MEGABYTE * size / 1e6
        request = "open", *_to_open(path)
        self._working().settle(*request, seconds=seconds)
        worker = self._working()  # the one before may have ended of what it had begun
        number = worker.ask(*request, path=path, seconds=seconds)
        return _GuardedSession(worker, number, path, seconds)

    def _working(self) -> _Worker:
        """The other process, started anew if it has ended."""
        worker = self._worker
        # After a fork, two processes would talk to one worker.
        if not worker.alive or worker.owner != os.getpid():
            worker = self._worker = _Worker(self.name)
        return worker


def _to_open(path: Path) -> tuple[Path, Path, Acceptance | None]:
    return path, Path.cwd(), acceptance(path)


class _GuardedSession:
    def __init__(self, worker: _Worker, number: int, path: Path, seconds: float) -> None:
        self._worker = worker
        self._number = number
        self._path = path
        self._seconds = seconds
        self._pending: list[Constant] = []
        self._due: list[Constant] | None = None
        weakref.finalize(self, worker.forget, number)

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        self._pending.append((sheet, row, column, value))

    def recalculate(self) -> None:
        # Small workbooks are recalculated thousands of times: the other process is asked once, with the next reading.
        self._due = [*(self._due or ()), *self._pending]
        self._pending = []

    def read(self, area: Range) -> list[list[Value]]:
        values: list[list[Value]] = self._ask("read", area)
        return values

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        values: PackedValues = self._ask("read_all", areas)
        return values

    def _ask(self, method: str, argument: object) -> Any:
        due, self._due = self._due, None
        return self._worker.ask(method, self._number, due, argument, path=self._path, seconds=self._seconds)


class _Worker:
    """The other process, and the pipe to it."""

    def __init__(self, engine: str) -> None:
        self.owner = os.getpid()
        self._engine = engine
        self._lock = Lock()
        self._forgotten: list[int] = []
        self._begun: _Request | None = None
        self._starting = True
        self._process = _start(engine)
        self._requests, self._replies = (
            cast("IO[bytes]", pipe) for pipe in (self._process.stdin, self._process.stdout)
        )
        self._watchdog = Watchdog(self._process.kill)
        weakref.finalize(self, end_process, self._process, self.owner)
        weakref.finalize(self, self._watchdog.end)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def forget(self, session: int) -> None:
        """Let the other process drop a session with the next request (this may run in the garbage collector)."""
        self._forgotten.append(session)

    def begin(self, method: str, *arguments: object) -> None:
        """Send a request whose reply is waited for when the same request is made with `ask`."""
        with self._lock:
            if self._begun is None:
                self._begun = (method, arguments)
                # If the process has ended, `ask` finds out, too.
                with suppress(*_BROKEN_PIPE):
                    self._send(self._begun)

    def settle(self, *request: object, seconds: float) -> None:
        """Take the reply to a request that was begun and is another one than that which is asked next."""
        if self._begun is None or self._begun == (request[0], request[1:]):
            return
        (method, arguments), path = self._begun, Path()
        # Whatever is wrong with that workbook, nobody asks about it any more.
        with suppress(XlcheckError):
            self.forget(self.ask(method, *arguments, path=path, seconds=seconds))

    def ask(self, method: str, *arguments: object, path: Path, seconds: float) -> Any:
        """Send a request and wait for its reply.

        Raises:
            EngineError: no reply came in time, or the process ended; and whatever the engine raised.
        """
        self.settle(method, *arguments, seconds=seconds)
        process = self._process
        with self._lock:
            begun, self._begun = self._begun, None
            self._watchdog.begin(seconds + STARTING_SECONDS * self._starting)
            try:
                if begun != (method, arguments):
                    self._send((method, arguments))
                succeeded, reply = self._receive()
                self._starting = False
            except BaseException as error:
                # Also when interrupted: the reply would be taken for that of the next request.
                process.kill()
                process.wait()
                if isinstance(error, _BROKEN_PIPE):
                    raise EngineError(self._failure(path, seconds if self._watchdog.done() else None)) from None
                raise
            finally:
                self._watchdog.done()
        if succeeded:
            return reply
        raise reply

    def _send(self, request: _Request) -> None:
        forgotten, self._forgotten = self._forgotten, []
        pickle.dump((*request, forgotten), self._requests)
        self._requests.flush()

    def _receive(self) -> tuple[bool, Any]:
        reply: tuple[bool, Any] = pickle.load(self._replies)  # noqa: S301 - from the process we started
        return reply

    def _failure(self, path: Path, seconds: float | None) -> str:
        what = "crashed on" if seconds is None else f"needed more than {seconds:.0f} s for"
        return (
            f"{self._engine} {what} {path} and was stopped; a formula in it is too deeply nested or too large, so "
            "simplify it or try another --engine"
        )


def _start(engine: str) -> subprocess.Popen[bytes] | Forked:
    """Start a process that serves an engine."""
    if may_fork():
        from xlcheck.engines.worker import main

        return Forked(partial(main, engine))
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", _BOOT, engine, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
