"""A process that this one has started and asks over pipes: how it is asked, how it answers, and how it ends."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, RawIOBase
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any, cast

from xlcheck.budget import time_left


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


PATIENCE = 6.0
"""How many times its seconds a request may take by the clock: where other programs run, a process waits for them."""
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
# A process that was killed is gone after a moment; one that is not shall keep nobody.
_GONE = 5.0
# What reading from or writing to a process that has ended, perhaps in the middle of a reply, raises.
_BROKEN_PIPE = (OSError, EOFError, pickle.UnpicklingError, ValueError)


class ProcessEnded(Exception):  # noqa: N818 - the caller says what it means for the user
    """The process ended before it replied.

    Attributes:
        late: whether it was ended because its time was up.
    """

    def __init__(self, *, late: bool = False) -> None:
        super().__init__(late)
        self.late = late


class Request:
    """What a process was asked; its reply is there after `ChildProcess.reply`.

    Attributes:
        seconds: how long the process may work on it, in processor time; None for as long as it takes.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._reply: tuple[bool, Any] | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the reply has come in."""
        return self._reply is not None

    def take(self, reply: tuple[bool, Any]) -> None:
        """Keep the reply."""
        self._reply = reply

    def result(self) -> Any:
        """What was returned on the other side; or raise what was raised there."""
        assert self._reply is not None  # noqa: S101 - the callers wait for it
        succeeded, reply = self._reply
        if succeeded:
            return reply
        raise reply


def interpreter(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start another interpreter with this one's path, which calls `main` of a module of ours; for a `ChildProcess`.

    Args:
        module: its full name; its `main` is to `serve`.
        arguments: what `main` is called with.
    """
    called = ", ".join(map(repr, arguments))
    code = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import main; main({called})"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", code, *sys.path],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


class ChildProcess:
    """A process that answers one request after the other, in order; any thread may ask.

    It ends with this object, and with the process that started it; a copy of that process that was forked off
    leaves it alone.

    Args:
        process: the process, with unbuffered pipes; it reads pickles and replies with pairs `(True, result)` or
            `(False, exception)`.

    Attributes:
        owner: the id of the process that started it.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.owner = os.getpid()
        self._process = process
        self._lock = Lock()
        self._asked: deque[Request] = deque()
        # Requests are written without a buffer, of which a forked copy of this process would write its rest again.
        self._requests = cast("RawIOBase", process.stdin)
        self._replies = BufferedReader(cast("RawIOBase", process.stdout))
        self._watchdog = Watchdog(process.kill)
        weakref.finalize(self, end_process, process, self.owner)
        weakref.finalize(self, self._watchdog.end)

    @property
    def is_usable(self) -> bool:
        """Whether the process is at work, and this process may ask it: after a fork, two would talk to one."""
        return self.owner == os.getpid() and self._process.poll() is None

    @property
    def owes_replies(self) -> bool:
        """Whether there are requests whose replies nobody has waited for."""
        return bool(self._asked)

    def tell(self, message: object) -> None:
        """Send something that is not replied to; a process that has ended need not know it."""
        # What a signal interrupted has perhaps kept the lock, and this may be said while all of it is given up.
        if not self._lock.acquire(timeout=_GONE):
            return
        try:
            with suppress(*_BROKEN_PIPE):
                self._send((None, message))
        finally:
            self._lock.release()

    def begin(self, message: object, seconds: float | None = None) -> Request:
        """Send a request, and go on; a process that has ended is noticed by `reply`."""
        request = Request(seconds)
        with self._lock, suppress(*_BROKEN_PIPE):
            self._asked.append(request)
            self._send((seconds, message))
        return request

    def reply(self, request: Request) -> Any:
        """Wait for what comes back for a request; whatever the other side raised is raised here.

        Raises:
            ProcessEnded: no reply came in time, or the process ended.
            OutOfTimeError: the time of the whole command or call is up.
        """
        if self.owner != os.getpid():
            raise ProcessEnded
        with self._lock:
            while not request.is_answered:
                if request not in self._asked:
                    raise ProcessEnded  # while another thread waited for an earlier reply
                self._receive()
        return request.result()

    def ask(self, message: object, seconds: float | None = None) -> Any:
        """Send a request and wait for its reply.

        Raises:
            ProcessEnded: no reply came in time, or the process ended; and whatever the other side raised.
        """
        return self.reply(self.begin(message, seconds))

    def end(self) -> None:
        """End the process; whoever waits for a reply is told that it has ended."""
        self._process.kill()

    def _send(self, message: object) -> None:
        left = memoryview(pickle.dumps(message))
        while left:
            left = left[self._requests.write(left) :]

    def _receive(self) -> None:
        """Take the next reply, which is for whoever asked first."""
        request = self._asked[0]
        left = time_left()
        seconds = left if request.seconds is None else min(PATIENCE * request.seconds, left)
        if seconds != math.inf:
            self._watchdog.begin(seconds)
        try:
            request.take(pickle.load(self._replies))  # noqa: S301 - from the process we started
            self._asked.popleft()
        except BaseException as error:
            # Also when interrupted: the reply would be taken for that of the next request.
            self._process.kill()
            self._process.wait()
            self._asked.clear()
            if isinstance(error, _BROKEN_PIPE):
                late = self._watchdog.done() or self._process.returncode == -getattr(signal, "SIGPROF", 0)
                time_left()  # more than this request's own time may be up
                raise ProcessEnded(late=late) from None
            raise
        finally:
            self._watchdog.done()


def serve(answer: Callable[[Any], tuple[bool, Any] | None]) -> None:
    """The other side: answer what comes through standard input until it is closed.

    Args:
        answer: gives `(True, result)` or `(False, exception)` for a message, or None for one that is not replied to.
    """
    # Such signals reach the whole group of processes; the other side decides what it ends.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    requests = open(0, "rb", closefd=False)  # noqa: SIM115 - of a descriptor
    # Libraries may print; only replies may go through the pipe.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            seconds, message = pickle.load(requests)  # noqa: S301 - from the process that started us
        except EOFError:
            return
        with _ended_after(seconds):
            reply = answer(message)
        if reply is not None:
            pickle.dump(reply, replies)
            replies.flush()


@contextmanager
def _ended_after(seconds: float | None) -> Iterator[None]:
    """End this process when it has worked for so long, or the other side has not ended it; compiled code, too."""
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds + 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def end_process(process: subprocess.Popen[bytes], owner: int) -> None:
    """End a process and close its pipes, if this is still the process, by its id `owner`, that started it."""
    # A forked child that exits leaves the worker to its parent.
    if os.getpid() != owner:
        return
    # Without the locks of `Popen`: a signal may have come just when one was taken, and nobody gives it back then.
    with suppress(ProcessLookupError):
        if process.returncode is None:
            os.kill(process.pid, _KILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GONE)
    for pipe in (process.stdin, process.stdout):
        # What could not be sent to a process that had ended is lost with it.
        with suppress(OSError):
            cast("RawIOBase", pipe).close()
