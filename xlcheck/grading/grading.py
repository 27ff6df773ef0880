"""What comes out of grading a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from xlcheck.exercises.key import Student
from xlcheck.grading.likeness import Likeness
from xlcheck.grading.marks import CellMark, StudentMarks

if TYPE_CHECKING:
    import pandas as pd


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


@dataclass(frozen=True)
class Grading:
    """A class's submissions, marked.

    Attributes:
        title: of the exercise.
        folder: where the submissions are.
        points: what there was to earn.
        marks: one for each file, in the order of their names.
        missing: who is on the roster and has handed in nothing.
        likeness: what submissions have in common that independent work rarely has.
        graded: how many files were graded now; the results of the others were there.
        notes: what else is to be said, such as a marked copy that could not be written.
    """

    title: str
    folder: str
    points: float
    marks: tuple[StudentMarks, ...]
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
        return 0 if all(mark.is_certain for mark in self.marks) else 3

    @property
    def marked(self) -> list[StudentMarks]:
        """The submissions that could be graded."""
        return [mark for mark in self.marks if mark.earned is not None]

    def quantities(self) -> list[QuantityCount]:
        """Each symbol, the hardest first."""
        counts: dict[str, Counter[str]] = {}
        for mark in self.marked:
            for cell in mark.cells:
                counts.setdefault(cell.quantity, Counter())[cell.status] += 1
        found = [
            QuantityCount(
                quantity,
                blanks=own.total(),
                right=own["right"] + own["carried"],
                wrong=own.total() - own["right"] - own["carried"] - own["missing"],
                empty=own["missing"],
            )
            for quantity, own in counts.items()
        ]
        return sorted(found, key=lambda q: q.right / q.blanks)

    def mistakes(self) -> list[MistakeCount]:
        """Each mistake, the most frequent first; of one submission each counts once for a symbol."""
        counts: Counter[tuple[str, str, str]] = Counter()
        examples: dict[tuple[str, str, str], str] = {}
        for mark in self.marked:
            own = {
                (*_mistake(cell), cell.quantity): cell.message
                for cell in reversed(mark.cells)
                if cell.status not in ("right", "carried", "missing")
            }
            counts.update(own.keys())
            examples |= {what: text for what, text in own.items() if what not in examples}
        return [
            MistakeCount(mistake, quantity, number, examples[mistake, formula, quantity], formula)
            for (mistake, formula, quantity), number in counts.most_common()
        ]

    def to_frame(self) -> pd.DataFrame:
        """One row for each submission."""
        from xlcheck.reports.frame import table

        names = [field.name for field in fields(StudentMarks) if field.name != "cells"]
        return table(({name: getattr(mark, name) for name in names} for mark in self.marks), StudentMarks)[names]

    def summary(self) -> str:
        """What came out, in a sentence."""
        marked = self.marked
        parts = [f"{_count(len(self.marks), 'submission')}: {len(marked)} graded"]
        if marked:
            average = sum(mark.earned or 0.0 for mark in marked) / len(marked)
            parts[0] += f", on average {average:.4g} of {self.points:.4g} points"
        failed = len(self.marks) - len(marked)
        doubtful = sum(not mark.is_certain for mark in marked)
        if failed:
            parts.append(f"{failed} could not be graded")
        if doubtful:
            parts.append(f"{doubtful} to be looked at by a person")
        if self.missing:
            parts.append(f"{_count(len(self.missing), 'student')} on the roster handed in nothing")
        if self.likeness:
            parts.append(f"{_count(len(self.likeness), 'likeness', 'likenesses')} to look at")
        return "; ".join(parts)

    def _repr_html_(self) -> str:
        from xlcheck.grading.pages import overview_page

        return overview_page(self, fragment=True)


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


def _count(number: int, word: str, plural: str = "") -> str:
    return f"{number} {word if number == 1 else plural or word + 's'}"


def unique_names(marks: Sequence[StudentMarks]) -> list[str]:
    """For each submission a name for its own files, safe on every system."""
    taken: set[str] = set()
    found = []
    for mark in marks:
        base = mark.student or mark.file.rpartition(".")[0]
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in base).strip("-. ")[:80] or "submission"
        name = next(n for n in chain([safe], (f"{safe}-{again}" for again in count(2))) if n.casefold() not in taken)
        taken.add(name.casefold())
        found.append(name)
    return found
