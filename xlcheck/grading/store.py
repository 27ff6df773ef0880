"""Results as they come in, in one SQLite file: whatever is killed at whatever moment loses only what was in hand.

A record belongs to the content of a file and to what the key judges by (`PreparedKey.digest`). So a file that was
renamed, or comes twice, is graded once; one that has changed is graded anew; and other points change no record.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xlcheck.errors import UsageError
from xlcheck.files import make_folder
from xlcheck.grading.records import Record

FILE = "results.sqlite"
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    sha256 TEXT NOT NULL, digest TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (sha256, digest)
) WITHOUT ROWID
"""


class Store:
    """The records of one folder of results.

    Args:
        connection: to its file.
        digest: what the key judges by.
    """

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


@contextmanager
def open_store(folder: Path, digest: str) -> Iterator[Store]:
    """Open the records in a folder, which is made if it is not there.

    Raises:
        UsageError: they cannot be opened there, or another process is at work on them.
    """
    make_folder(folder)
    path = folder / FILE
    connection = None
    try:
        connection = sqlite3.connect(path, timeout=1.0, isolation_level="IMMEDIATE")
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
        if connection is not None:
            connection.close()
        busy = "locked" in str(error)
        what = "another xlcheck is at work on it" if busy else f"it is no file of results ({error})"
        raise UsageError(
            f"cannot keep results in {path}: {what}; wait for it, or name another folder with -o"
        ) from None
    try:
        yield Store(connection, digest)
    finally:
        connection.close()
