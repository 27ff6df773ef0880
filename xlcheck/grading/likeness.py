"""Submissions that have in common what independent work rarely has: listed with evidence, and never marked.

An inverted index: for each unusual thing, who has it. What only few have in common is evidence; what many have is a
mistake that many make. So nothing is compared pair by pair, and a hundred thousand submissions take a second.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, groupby
from math import isfinite
from typing import Any, Literal
from weakref import finalize

import numpy as np

from xlcheck.formulas.meaning import canonical
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.prepared import PreparedKey
from xlcheck.grading.records import Record

_RARE = 0.02
"""Of all submissions: what more of them have in common is common."""
_FEW = 3
"""However small a class: what so many have in common may be copied."""
_MANY = 30
"""However large a class: of what more have in common each pair says nothing."""
_NAMED = 3
"""So many mistakes that have a name, in the same cells, are evidence; one of them is made by anybody."""

_DIGITS = 1e-9

Kind = Literal["same file", "same unusual formulas", "same typed numbers", "numbers of another student"]


@dataclass(frozen=True)
class Likeness:
    """What some submissions have in common.

    Attributes:
        files: whose.
        kind: what sort of thing it is.
        evidence: what exactly, in words, the strongest first.
        weight: how unlikely it is by chance, in bits: for ordering only.
    """

    files: tuple[str, ...]
    kind: Kind
    evidence: tuple[str, ...]
    weight: float


_TABLES = """
CREATE TABLE files (number INTEGER PRIMARY KEY, name TEXT, sha256 TEXT, student TEXT);
CREATE TABLE traces (cell INTEGER, kind TEXT, text TEXT, file INTEGER, named INTEGER);
CREATE TABLE typed (file INTEGER, cell INTEGER, number REAL);
"""


class LikenessFinder:
    """Takes submissions one after the other; what it notes of them is in a file that is gone with it."""

    def __init__(self, prepared: PreparedKey) -> None:
        self._prepared = prepared
        self._notes = sqlite3.connect("", check_same_thread=False)  # private, and on the disk where it is large
        finalize(self, self._notes.close)
        self._notes.text_factory = partial(str, encoding="utf-8", errors="surrogatepass")
        self._notes.executescript(_TABLES)
        self._seen: set[str] = set()

    def add(self, marks: StudentMarks, record: Record) -> None:
        """Note what is unusual in a submission; whoever has filled in nothing has copied nothing."""
        if all(cell.status == "missing" for cell in marks.cells):
            return
        row = _any_text(marks.file), record.sha256, _any_text(marks.student)
        query = "INSERT INTO files (name, sha256, student) VALUES (CAST(? AS TEXT), ?, CAST(? AS TEXT))"
        number = self._notes.execute(query, row).lastrowid
        for finding in record.findings:
            if finding.status == "not_a_formula" and isinstance(finding.actual, float) and isfinite(finding.actual):
                self._notes.execute("INSERT INTO typed VALUES (?, ?, ?)", (number, finding.index, finding.actual))
        if record.sha256 not in self._seen:  # a file that comes twice has everything in common
            self._seen.add(record.sha256)
            rows = [
                (cell, kind, _any_text(text), named, number)
                for cell, kind, text, named in _traces(record, self._prepared)
            ]
            query = "INSERT INTO traces (cell, kind, text, named, file) VALUES (?, ?, CAST(? AS TEXT), ?, ?)"
            self._notes.executemany(query, rows)

    def found(self) -> list[Likeness]:
        """What submissions have in common, the strongest evidence first."""
        found = [*self._same_files(), *self._of_others(), *self._same_traces()]
        return sorted(found, key=lambda likeness: -likeness.weight)

    def _same_files(self) -> Iterator[Likeness]:
        for _, group in self._grouped("SELECT sha256, name FROM files ORDER BY sha256, number", 1):
            if len(group) > 1:
                files = tuple(name for _, name in group)
                yield Likeness(files, "same file", ("the files are the same, byte by byte",), math.inf)

    def _same_traces(self) -> Iterator[Likeness]:
        seen = len(self._seen)
        most = min(_MANY, max(_FEW, int(_RARE * seen)))
        pairs: dict[tuple[str, str, Kind], list[tuple[bool, float, str]]] = defaultdict(list)
        query = (
            "SELECT cell, kind, text, named, name FROM traces JOIN files ON file = number "
            "ORDER BY cell, kind, text, number"
        )
        for (cell, kind, text), holders in self._grouped(query, 3):
            if 2 <= len(holders) <= most:
                bits = math.log2(seen / len(holders))
                what = f"{self._prepared.elements[cell]}: {text}"
                for (*_, named, one), (*_, other) in combinations(holders, 2):
                    pairs[one, other, kind].append((bool(named), bits, what))
        for (one, other, kind), shared in pairs.items():
            if len(shared) >= _NAMED or not all(named for named, _, _ in shared):
                shared.sort(key=lambda item: (item[0], -item[1]))
                evidence = tuple(text for _, _, text in shared)
                yield Likeness((one, other), kind, evidence, sum(bits for _, bits, _ in shared))

    def _of_others(self) -> Iterator[Likeness]:
        """Typed numbers that are right for another student, who was given other numbers."""
        key, prepared = self._prepared.key, self._prepared
        if not key.varied or self._notes.execute("SELECT 1 FROM typed").fetchone() is None:
            return
        ids = [student.id for student in key.students]
        right = np.array([prepared.values_in_cells(key.values_of(student)) for student in ids])
        files = dict(self._notes.execute("SELECT student, name FROM files WHERE student <> '' ORDER BY number"))
        for (number,), typed in self._grouped("SELECT file, cell, number FROM typed ORDER BY file, cell", 1):
            ((name, student),) = self._notes.execute("SELECT name, student FROM files WHERE number = ?", (number,))
            cells = np.array([cell for _, cell, _ in typed])
            numbers = np.array([actual for _, _, actual in typed])
            same = np.abs(right[:, cells] - numbers) <= _DIGITS * np.abs(numbers)  # (students, typed)
            alone = same & (same.sum(axis=0) == 1)  # what is right for two by chance says nothing of either
            for owner in np.flatnonzero(alone.any(axis=1)).tolist():
                theirs = same[owner]
                if ids[owner] != student and not (student in ids and same[ids.index(student)][theirs].all()):
                    what = f"holds what is right for {ids[owner]}"
                    evidence = tuple(f"{prepared.elements[cell]} {what}" for cell in cells[theirs])
                    both = (name, files.get(ids[owner], ids[owner]))
                    yield Likeness(both, "numbers of another student", evidence, 30.0 * len(evidence))

    def _grouped(self, query: str, key: int) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
        """Rows with the same first values, which the query puts one after the other."""
        for same, rows in groupby(self._notes.execute(query), key=lambda row: row[:key]):
            yield same, list(rows)


def _any_text(text: str) -> bytes:
    """A text for SQLite, which takes names of files that are in no encoding only so."""
    return text.encode("utf-8", "surrogatepass")


def _traces(record: Record, prepared: PreparedKey) -> Iterator[tuple[int, Kind, str, bool]]:
    """The unusual things in a submission: its cell, what it is, its text, and whether it is a mistake with a name."""
    named = {finding.index for finding in record.findings if finding.mistake}
    for index, formula in record.formulas.items():
        spelling = _spelling(*canonical(formula, prepared.cells[index][0]))
        yield index, "same unusual formulas", spelling, index in named
    for finding in record.findings:
        typed = finding.status == "not_a_formula" and finding.formula is None and not finding.right
        if typed and isinstance(finding.actual, float) and not finding.actual.is_integer():
            yield finding.index, "same typed numbers", f"{finding.actual:.12g}", False


def _spelling(formula: str, numbers: tuple[float, ...]) -> str:
    """One text for all spellings of a formula, in which numbers are 0, and the numbers."""
    return f"={formula}" + "".join(f" [{number:.12g}]" for number in numbers)
