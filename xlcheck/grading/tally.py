"""How a class did: counted one submission after the other, so that no more than one is held in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xlcheck.grading.cell_mark import CellMark
from xlcheck.grading.marks import StudentMarks

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
        earned: the points of all together.
        spread: how many earned how much, in tenths of what there was to earn.
    """

    def __init__(self) -> None:
        self.submissions = self.graded = self.doubtful = 0
        self.earned = 0.0
        self.spread = [0] * BARS
        self._cells: dict[str, Counter[str]] = {}
        self._mistakes: Counter[tuple[str, str, str]] = Counter()
        self._examples: dict[tuple[str, str, str], str] = {}

    def add(self, marks: StudentMarks) -> None:
        """Count a submission."""
        self.submissions += 1
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
