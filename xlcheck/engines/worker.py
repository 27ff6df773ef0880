"""The other side of `guarded`: serve one engine to the process that started this one, over a pipe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from xlcheck.child_process import serve
from xlcheck.engines import engine
from xlcheck.engines.base import Engine, PackedValues, Session
from xlcheck.errors import EngineError, XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.container import Acceptance, accept

Due = Iterable[tuple[str, int, int, float | str]] | None
"""Constants to put into cells before a workbook is recalculated; None if it need not be."""

MAX_BYTES = 6 * 1024**3


def main(name: str) -> None:
    """Answer requests until the pipe is closed."""
    _limit_memory()
    server = _Server(engine(name, guarded=False))

    def answer(message: tuple[str | None, tuple[Any, ...], Iterable[int]]) -> tuple[bool, Any] | None:
        method, arguments, forgotten = message
        server.forget(forgotten)
        return None if method is None else server.answer(method, arguments)

    serve(answer)


class _Server:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions: dict[int, Session] = {}

    def forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._sessions.pop(number, None)

    def answer(self, method: str, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        """(True, result) or (False, exception)."""
        try:
            return True, _METHODS[method](self, *arguments)
        except XlcheckError as error:
            return False, error
        except Exception as error:
            what = f"{self._engine.name} failed on the workbook ({type(error).__name__}: {error})"
            return False, EngineError(f"{what}; try another --engine")

    def open(self, number: int, path: Path, folder: Path, accepted: Acceptance | None) -> None:
        # So that a relative path means the same file on both sides, and stands in messages as it was given.
        os.chdir(folder)
        if accepted is not None:
            accept(path, accepted)
        self._sessions[number] = self._engine.open(path)

    def read_all(self, number: int, due: Due, areas: Sequence[Range]) -> PackedValues:
        session = self._sessions[number]
        if due is not None:
            for sheet, row, column, value in due:
                session.set(sheet, row, column, value)
            session.recalculate()
        return session.read_all(areas)


_METHODS: dict[str, Callable[..., Any]] = {"open": _Server.open, "read_all": _Server.read_all}


def _limit_memory() -> None:
    """Let a formula that wants all memory fail instead of bringing the machine to a halt."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        pass
