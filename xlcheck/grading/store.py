"""Results as they come in, in one SQLite file: whatever is killed at whatever moment loses only what was in hand.

A record belongs to the content of a file and to what the key judges by (`PreparedKey.digest`). So a file that was
renamed, or comes twice, is graded once; one that has changed is graded anew; and other points change no record.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import overload

from xlcheck.errors import UsageError
from xlcheck.files import make_folder
from xlcheck.grading.marks import Marker, StudentMarks
from xlcheck.grading.records import Record

FILE = "results.sqlite"
_VERSION = 1
_PATIENCE = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    sha256 TEXT NOT NULL, digest TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (sha256, digest)
) WITHOUT ROWID
"""


class Store:
    """The records of one folder of results, for one digest of what a key judges by."""

    def __init__(self, connection: sqlite3.Connection, digest: str) -> None:
        self._connection = connection
        self._digest = digest

    def add(self, records: Iterable[Record]) -> None:
        """Keep records; all of them or, if the machine stops now, none."""
        rows = [(r.sha256, self._digest, json.dumps(r.to_json(), ensure_ascii=False)) for r in records]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", rows)

    def known(self) -> set[str]:
        """The files of which there are records."""
        rows = self._connection.execute("SELECT sha256 FROM records WHERE digest = ?", (self._digest,))
        return {sha256 for (sha256,) in rows}

    def record(self, sha256: str) -> Record | None:
        """The record of a file."""
        row = self._connection.execute(
            "SELECT record FROM records WHERE sha256 = ? AND digest = ?", (sha256, self._digest)
        ).fetchone()
        return None if row is None else Record.from_json(json.loads(row[0]))


class StoredMarks(Sequence[StudentMarks]):
    """The marks of submissions, by names and hashes, each counted from its record when it is asked for."""

    def __init__(self, folder: Path, marker: Marker, files: Sequence[tuple[str, str]]) -> None:
        self._folder = folder
        self._marker = marker
        self._files = files
        self._notes: dict[int, str] = {}

    def note(self, number: int, text: str) -> None:
        """Add a note to a submission's marks."""
        self._notes[number] = text

    def file(self, number: int) -> str:
        """The name of a submission's file."""
        return self._files[number][0]

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> StudentMarks: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StudentMarks]: ...
    def __getitem__(self, index: int | slice) -> StudentMarks | Sequence[StudentMarks]:
        numbers = range(len(self))[index]
        if isinstance(numbers, range):
            return [marks for marks, _ in self.with_records(numbers)]
        ((marks, _),) = self.with_records([numbers])
        return marks

    def __iter__(self) -> Iterator[StudentMarks]:
        return (marks for marks, _ in self.with_records(range(len(self))))

    def with_records(self, numbers: Iterable[int]) -> Iterator[tuple[StudentMarks, Record]]:
        """Some submissions' marks, and what they were counted from.

        Raises:
            UsageError: the records are no longer there, or another process is at work on them.
        """
        with _reading(self._folder / FILE, self._marker.digest) as store:
            for number in numbers:
                file, sha256 = self._files[number]
                record = store.record(sha256)
                if record is None:
                    raise UsageError(f"the result of {file} in {self._folder / FILE} was removed; grade it again")
                marks = self._marker.mark(file, record)
                extra = self._notes.get(number)
                yield (replace(marks, notes=(*marks.notes, extra)) if extra else marks), record


@contextmanager
def _reading(path: Path, digest: str) -> Iterator[Store]:
    try:
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, timeout=_PATIENCE, uri=True)) as connection:
            yield Store(connection, digest)
    except sqlite3.Error as error:
        raise UsageError(f"the results in {path} cannot be read ({error}); grade again") from None


@contextmanager
def open_store(folder: Path, digest: str) -> Iterator[Store]:
    """Open the records in a folder, which is made if it is not there.

    Raises:
        UsageError: they cannot be opened or kept there, or another process is at work on them.
    """
    make_folder(folder)
    path = folder / FILE
    with ExitStack() as stack:
        try:
            opened = sqlite3.connect(path, timeout=1.0, isolation_level="IMMEDIATE")
            connection = stack.enter_context(closing(opened))
            # One process at a time writes; whoever is killed leaves a journal, which the next one takes up.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise UsageError(f"{path} was written by another version of xlcheck; name another folder with -o")
            with connection:
                connection.execute(_TABLES)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.Error as error:
            raise UsageError(_not_kept(path, error)) from None
        try:
            yield Store(connection, digest)
        except sqlite3.OperationalError as error:  # the disk is full, or gone
            raise UsageError(_not_kept(path, error)) from None


def _not_kept(path: Path, error: sqlite3.Error) -> str:
    if isinstance(error, sqlite3.OperationalError):
        busy = "locked" in str(error)
        what = "another xlcheck is at work on it; wait for it" if busy else f"{error}; make room there"
    else:
        what = f"it is no file of results ({error}); remove it"
    return f"cannot keep results in {path}: {what}, or name another folder with -o"
