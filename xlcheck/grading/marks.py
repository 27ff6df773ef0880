"""From what was found out to marks: points by the key's plan, and whose submission it is."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.arrays import Array
from xlcheck.exercises.key import Hint, Student
from xlcheck.grading.cell_mark import STATUS_WORDS, CellMark, CellStatus, why
from xlcheck.grading.prepared import PreparedKey, shown_place
from xlcheck.grading.records import Record

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StudentMarks:
    """One submission, marked.

    Attributes:
        file: its path, relative to the folder of submissions.
        sha256: of the file.
        student: the id of whose submission it is; empty if nobody knows.
        name: the student's name on the roster.
        identified_by: `id` (it stands in the workbook), `numbers` (only this student was given them), `file name`, or
            empty.
        earned: the marks; None if it could not be graded.
        points: what there was to earn.
        cells: every blank, in order of computation.
        changed: given cells that were changed, as `lstm!F7`.
        hints: how many hints were opened.
        notes: what a teacher should look at, in sentences.
        error: why it could not be graded; empty if it was.
    """

    file: str
    sha256: str
    student: str
    name: str
    identified_by: str
    earned: float | None
    points: float
    cells: tuple[CellMark, ...] = ()
    changed: tuple[str, ...] = ()
    hints: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def first(self) -> CellMark | None:
        """The first cell that is wrong, in order of computation."""
        return next((cell for cell in self.cells if cell.status not in ("right", "carried")), None)

    @property
    def is_certain(self) -> bool:
        """Whether every blank has a verdict."""
        return not self.error and all(cell.status not in ("unknown", "not_found") for cell in self.cells)

    def counts(self) -> dict[str, int]:
        """How many blanks have which status."""
        return dict(Counter(cell.status for cell in self.cells))

    def to_frame(self) -> pd.DataFrame:
        """One row for each blank."""
        from dataclasses import asdict

        from xlcheck.reports.frame import table

        return table(map(asdict, self.cells), CellMark)

    def __str__(self) -> str:
        whose = f"{self.student} ({self.file})" if self.student else self.file
        if self.earned is None:
            return f"{whose}: not graded: {self.error}"
        first = "" if self.first is None else f"; first mistake: {self.first.cell}, {STATUS_WORDS[self.first.status]}"
        return f"{whose}: {self.earned:g} of {self.points:g} points{first}"

    def _repr_html_(self) -> str:
        from xlcheck.grading.pages import student_page

        return student_page(self, fragment=True)


class Marker:
    """Marks records by a key."""

    def __init__(self, prepared: PreparedKey) -> None:
        self._prepared = prepared
        self._key = prepared.key
        self._hints: dict[int, Hint] = dict(enumerate(self._key.hints))
        self._order = sorted(prepared.blanks.items(), key=lambda item: item[1])
        graph = self._key.graph
        self._band = {b.quantity: graph[b.quantity].band.name for b in self._key.blanks}

    def mark(self, file: str, record: Record) -> StudentMarks:
        """The marks of one submission."""
        student, by, notes = self._whose(file, record)
        known = self._key.roster.get(student)
        name = "" if known is None else known.name
        points = self._key.points
        if record.error:
            return StudentMarks(
                file, record.sha256, student, name, by, None, points, notes=tuple(notes), error=record.error
            )
        cells = tuple(self._cells(record))
        changed = tuple(f.place for f in record.findings if f.index not in self._prepared.blanks)
        if changed:
            notes.append(f"cells that were given were changed: {', '.join(changed[:5])}{' …' if changed[5:] else ''}")
        return StudentMarks(
            file=file,
            sha256=record.sha256,
            student=student,
            name=name,
            identified_by=by,
            earned=math.fsum(cell.earned for cell in cells),
            points=points,
            cells=cells,
            changed=changed,
            hints=len(record.hints),
            notes=(*notes, *record.notes),
        )

    @property
    def students(self) -> Mapping[str, Student]:
        """The roster."""
        return self._key.roster

    def _cells(self, record: Record) -> list[CellMark]:
        prepared = self._prepared
        found = {finding.index: finding for finding in record.findings}
        after: set[int] = set()
        for index in found:
            after |= prepared.followers(index)
        costs: dict[str, float] = defaultdict(float)
        for number in record.hints:
            if number in self._hints:
                hint = self._hints[number]
                costs[hint.band] = max(costs[hint.band], hint.cost)  # which is its cost with those before it
        marks = []
        for index, number in self._order:
            blank = self._key.blanks[number]
            finding = found.get(index)
            band = self._band[blank.quantity]
            if finding is None and index not in after and not costs[band] and index not in record.formulas:
                marks.append(self._right[index])
                continue
            share = max(0.0, 1.0 - costs[band])
            status: CellStatus = "right" if index not in after else "carried"
            if finding is not None:
                status = finding.status  # type: ignore[assignment]
                share *= self._key.rules.typed if finding.right else 0.0
            message = why(finding, record, prepared, index) if status != "right" else ""
            if costs[band] and finding is None:
                message = (message + f" Hints cost {min(1.0, costs[band]):.0%}.").strip()
            marks.append(
                CellMark(
                    cell=(
                        finding.place if finding is not None and finding.place else shown_place(prepared.cells[index])
                    ),
                    element=blank.element,
                    quantity=band,
                    status=status,
                    points=blank.points,
                    earned=blank.points * share,
                    message=message,
                    mistake=None if finding is None else finding.mistake,
                    formula=record.formulas_shown(index),
                    actual=None if finding is None else finding.actual,
                    wanted=None if finding is None else finding.wanted,
                )
            )
        return marks

    @cached_property
    def _right(self) -> dict[int, CellMark]:
        """For each blank the mark of the key's own formula, which nearly everybody has somewhere."""
        return {
            index: CellMark(
                cell=shown_place(self._prepared.cells[index]),
                element=blank.element,
                quantity=self._band[blank.quantity],
                status="right",
                points=blank.points,
                earned=blank.points,
            )
            for index, blank in ((index, self._key.blanks[number]) for index, number in self._order)
        }

    def _whose(self, file: str, record: Record) -> tuple[str, str, list[str]]:
        """Whose submission it is, how that is known, and what does not fit together."""
        notes: list[str] = []
        roster = self._key.roster
        by_numbers = self._owners.get(self._print(record.numbers), "") if self._key.varied else ""
        by_name = self.called_after(file)
        named = record.id if not roster or record.id in roster else ""
        if record.id and roster and record.id not in roster:
            notes.append(f"the id {record.id} in the workbook is not on the roster")
        if by_numbers and named and by_numbers != named:
            notes.append(f"it says that it is {named}'s, but the numbers in it were given to {by_numbers}")
        if named and by_name and by_name != named:
            notes.append(f"it is called after {by_name}, but the id in it is {named}")
        elif by_numbers and by_name and by_numbers != by_name and not named:
            notes.append(f"it is called after {by_name}, but the numbers in it were given to {by_numbers}")
        found = ((named, "id"), (by_numbers, "numbers"), (by_name, "file name"))
        student, by = next(((who, how) for who, how in found if who), ("", ""))
        if not student and not roster:
            student, by = _stem(file), "file name"
        if not by_numbers and not record.error:
            notes += self._other_numbers(student, record)
        return student, by, notes

    def _other_numbers(self, student: str, record: Record) -> list[str]:
        """That given numbers were changed, and which; marks do not depend on them."""
        wanted = self._expected(student)
        actual = np.array(record.numbers)
        if actual.shape != wanted.shape:
            return []
        differs = ~(np.abs(actual - wanted) <= 1e-12 * np.maximum(1.0, np.abs(wanted)))
        cells = [
            self._prepared.cells[index] for index, wrong in zip(self._prepared.origins, differs, strict=True) if wrong
        ]
        if not cells:
            return []
        if len(cells) > len(wanted) / 2:
            return ["the numbers in it are not those that this student was given"]
        shown = ", ".join(map(shown_place, cells[:5]))
        return [f"numbers that were given were changed: {shown}{' …' if cells[5:] else ''}"]

    @property
    def digest(self) -> str:
        """What the key judges by."""
        return self._prepared.digest

    def called_after(self, file: str) -> str:
        """The student on the roster whose id or name is in a file's name, or whose name is in that of a folder.

        Platforms put what a student hands in into a folder that is called after them. Where two names are in one, it is
        nobody's.
        """
        stem = _spelling(_stem(file))
        by_id = max((self._ids[part] for part in _parts(stem) if part in self._ids), key=len, default="")
        folders = reversed(_spelling(file.replace("\\", "/")).split("/")[:-1])
        for text in () if by_id else (stem, *folders):
            if found := [part for part in _parts(text) if part in self._names]:
                longest = max(found, key=len)
                return self._names[longest] if all(part in longest for part in found) else ""
        return by_id

    @cached_property
    def _ids(self) -> dict[str, str]:
        """The ids of the roster, by how they are looked for in names of files."""
        return {_spelling(student): student for student in self._key.roster if student}

    @cached_property
    def _names(self) -> dict[str, str]:
        """The ids of those on the roster who alone are called as they are, by their names."""
        names = Counter(_spelling(student.name) for student in self._key.students)
        own = {_spelling(student.name): student.id for student in self._key.students}
        return {name: student for name, student in own.items() if name and names[name] == 1}

    @cached_property
    def _owners(self) -> dict[bytes, str]:
        """For the numbers that each student was given, the student."""
        return {self._print(self._expected(student.id)): student.id for student in self._key.students}

    def _expected(self, student: str) -> Array:
        numbers = self._key.numbers_of(student or None)
        return np.array([numbers[name].reshape(-1)[element] for name, element in self._prepared.origins.values()])

    def _print(self, numbers: Sequence[float] | Array) -> bytes:
        """What is the same for the same numbers as every program that saves them keeps them, and short."""
        return hashlib.blake2b(" ".join([f"{number:.12g}" for number in numbers]).encode(), digest_size=16).digest()

    def missing(self, seen: Collection[str]) -> list[Student]:
        """The students on the roster who are not among those who have submitted something."""
        return [student for student in self._key.students if student.id not in seen]


def _stem(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]


def _spelling(name: str) -> str:
    """The same for the same name, whichever system has written it."""
    return unicodedata.normalize("NFC", name).casefold()


def _parts(stem: str) -> Iterator[str]:
    """What may be an id in a file's name: every part of it that neither begins nor ends within a word."""
    stem = stem[:_LONGEST_NAME]
    cuts = [at for at in range(len(stem) + 1) if not (stem[at - 1 : at].isalnum() and stem[at : at + 1].isalnum())]
    return (stem[start:end] for start, end in combinations(cuts, 2))


_LONGEST_NAME = 255
