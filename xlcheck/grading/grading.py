"""What comes out of grading a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from xlcheck.exercises.key import Student
from xlcheck.grading.likeness import Likeness
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.tally import MistakeCount, QuantityCount, Tally
from xlcheck.verdicts.messages import plural

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Grading:
    """A class's submissions, marked.

    Attributes:
        title: of the exercise.
        folder: where the submissions are.
        points: what there was to earn.
        marks: one for each file, in the order of their names. Of more than 500 they are counted anew from the folder
            of results when they are asked for, so that the largest class takes no memory.
        tally: what was counted over all of them.
        missing: who is on the roster and has handed in nothing.
        likeness: what submissions have in common that independent work rarely has.
        graded: how many files were graded now; the results of the others were there.
        notes: what else is to be said, such as a marked copy that could not be written.
    """

    title: str
    folder: str
    points: float
    marks: Sequence[StudentMarks]
    tally: Tally
    missing: tuple[Student, ...] = ()
    likeness: tuple[Likeness, ...] = ()
    graded: int = 0
    notes: tuple[str, ...] = ()

    def noting(self, notes: Sequence[str]) -> Grading:
        """The same, with notes."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    @property
    def exit_code(self) -> int:
        """0 if every blank of every submission has a verdict; 3 if a person has to look at something."""
        return 0 if self.tally.is_certain else 3

    def quantities(self) -> list[QuantityCount]:
        """Each symbol, the hardest first."""
        return self.tally.quantities()

    def mistakes(self) -> list[MistakeCount]:
        """Each mistake, the most frequent first; of one submission each counts once for a symbol."""
        return self.tally.mistakes()

    def to_frame(self) -> pd.DataFrame:
        """One row for each submission."""
        from xlcheck.reports.frame import table

        names = [field.name for field in fields(StudentMarks) if field.name != "cells"]
        return table(({name: getattr(mark, name) for name in names} for mark in self.marks), StudentMarks)[names]

    def summary(self) -> str:
        """What came out, in a sentence."""
        tally = self.tally
        parts = [f"{plural(tally.submissions, 'submission', 'submissions')}: {tally.graded} graded"]
        if tally.graded:
            parts[0] += f", on average {tally.earned / tally.graded:.4g} of {self.points:.4g} points"
        failed = tally.submissions - tally.graded
        if failed:
            parts.append(f"{failed} could not be graded")
        if tally.doubtful:
            parts.append(f"{tally.doubtful} to be looked at by a person")
        if self.missing:
            parts.append(f"{plural(len(self.missing), 'student', 'students')} on the roster handed in nothing")
        if self.likeness:
            parts.append(f"{plural(len(self.likeness), 'likeness', 'likenesses')} to look at")
        return "; ".join(parts)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from xlcheck.grading.pages import overview_page

        return overview_page(self, fragment=True)


class FileNames:
    """For each submission a name for its own files, safe on every system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._again: dict[str, Iterator[int]] = {}

    def of(self, marks: StudentMarks) -> str:
        """The next submission's name; to be asked once for each."""
        base = marks.student or marks.file.rpartition(".")[0]
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in base).strip("-. ")[:80] or "submission"
        numbers = self._again.setdefault(safe.casefold(), count(2))
        again = (f"{safe}-{number}" for number in numbers)
        name = next(name for name in chain([safe], again) if name.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name
