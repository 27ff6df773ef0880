"""What comes out of grading a folder, and how the class did, counted one submission after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from xlcheck.exercises.key import Student
from xlcheck.grading.cell_mark import CellMark
from xlcheck.grading.likeness import Likeness
from xlcheck.grading.marks import StudentMarks
from xlcheck.verdicts.messages import plural

if TYPE_CHECKING:
    import pandas as pd


BARS = 10
"""Parts into which the points are divided, to show how they are spread."""


@dataclass(frozen=True)
class QuantityCount:
    """How a class did on one symbol.

    Attributes:
        quantity: `lstm.i`.
        blanks: its blanks in all graded submissions.
        right: how many are right in themselves.
        wrong: how many hold something wrong.
        empty: how many are empty.
    """

    quantity: str
    blanks: int
    right: int
    wrong: int
    empty: int


@dataclass(frozen=True)
class MistakeCount:
    """A mistake, and how many submissions have it.

    Attributes:
        mistake: its name, or what the cell holds.
        quantity: in which symbol.
        submissions: how many have it.
        example: a sentence on one of them.
        formula: the formula that all of them have in the same cell, if the mistake has no name.
    """

    mistake: str
    quantity: str
    submissions: int
    example: str
    formula: str = ""


class Tally:
    """Counts over all submissions.

    Attributes:
        submissions: how many there are.
        graded: how many of them could be graded.
        doubtful: of how many of these a person has to look at a blank.
        unclaimed: of how many nobody knows whose they are.
        earned: the points of all together.
        spread: how many earned how much, in tenths of what there was to earn.
    """

    def __init__(self) -> None:
        self.submissions = self.graded = self.doubtful = self.unclaimed = 0
        self.earned = 0.0
        self.spread = [0] * BARS
        self._cells: dict[str, Counter[str]] = {}
        self._mistakes: Counter[tuple[str, str, str]] = Counter()
        self._examples: dict[tuple[str, str, str], str] = {}

    def add(self, marks: StudentMarks) -> None:
        """Count a submission."""
        self.submissions += 1
        self.unclaimed += not marks.student
        if marks.earned is None:
            return
        self.graded += 1
        self.doubtful += not marks.is_certain
        self.earned += marks.earned
        share = marks.earned / marks.points if marks.points else 0.0
        self.spread[min(BARS - 1, int(share * BARS + 1e-9))] += 1
        own: dict[tuple[str, str, str], str] = {}
        for cell in marks.cells:
            self._cells.setdefault(cell.quantity, Counter())[cell.status] += 1
            if cell.status not in ("right", "carried", "missing"):
                own.setdefault((*_mistake(cell), cell.quantity), cell.message)
        self._mistakes.update(own.keys())
        for what, text in own.items():
            self._examples.setdefault(what, text)

    @property
    def is_certain(self) -> bool:
        """Whether every blank of every submission has a verdict."""
        return self.graded == self.submissions and not self.doubtful

    def quantities(self) -> list[QuantityCount]:
        """Each symbol, the hardest first."""
        found = [
            QuantityCount(
                quantity,
                blanks=own.total(),
                right=own["right"] + own["carried"],
                wrong=own.total() - own["right"] - own["carried"] - own["missing"],
                empty=own["missing"],
            )
            for quantity, own in self._cells.items()
        ]
        return sorted(found, key=lambda q: q.right / q.blanks)

    def mistakes(self) -> list[MistakeCount]:
        """Each mistake, the most frequent first; of one submission each counts once for a symbol."""
        return [
            MistakeCount(mistake, quantity, number, self._examples[mistake, formula, quantity], formula)
            for (mistake, formula, quantity), number in self._mistakes.most_common()
        ]


def _mistake(cell: CellMark) -> tuple[str, str]:
    """The name of a mistake; where it has none, the same formula in the same cell is the same mistake."""
    if cell.mistake is not None or cell.status != "wrong":
        return cell.mistake or _KINDS[cell.status], ""
    return "another formula", f"{cell.cell}: {cell.formula}"


_KINDS = {
    "not_a_formula": "typed number",
    "text": "typed text",
    "trivial": "hidden by an earlier mistake",
    "not_found": "cell not found",
    "unknown": "not calculated",
}


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
        missing: who is on the roster and has handed in nothing, as far as is known.
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

    @property
    def nothing(self) -> str:
        """What those who are missing have handed in, as far as is known."""
        return f"nothing that names them ({self.tally.unclaimed} named nobody)" if self.tally.unclaimed else "nothing"

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
            parts.append(f"{plural(len(self.missing), 'student', 'students')} on the roster handed in {self.nothing}")
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
