"""Classic mistakes of the forward pass: each is the only root, under its name, with the formula that belongs there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from forward_faults import Book, Place, faults
from glossary import GLOSSARY
from planting import planted_report, roots
from thorough import EVERY_CASE

from xlcheck.formulas.meaning import same_formula
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
LARGE = ("lstm-training", "rnn-dimensions-training")  # their forward pass is that of the lesson they are named after
LESSONS = [path.stem for path in sorted(WORKBOOKS.glob("*.xlsx")) if path.stem not in LARGE]
LEAN = ["embedding", "gru", "lstm", "rnn-dimensions"] if not EVERY_CASE else LESSONS
# In an ordinary run the mistakes that a lesson shows best.
OWN = {
    "embedding": {"code-off-by-one", "pre-activation-fed-back", "log-without-minus"},
    "gru": {"z-exchanged-with-1-z", "gate-missing", "recurrent-term-missing", "bias-counted-twice"},
    "lstm": {"cell-state-for-hidden-state", "hidden-state-for-cell-state", "gate-missing", "gate-order",
             "hard-sigmoid", "sigmoid-tanh-exchanged", "activation-missing", "bias-missing", "rounded-to-n-digits"},
    "rnn-dimensions": {"wrong-time-step", "neighbour-unit", "range-too-short"},
}  # fmt: skip
COUNT = 4 if EVERY_CASE else 1


@dataclass(frozen=True)
class Planted:
    """A mistake in a workbook.

    Attributes:
        place: its cell.
        name: what it is called.
        formula: what stands there.
        right: what stood there.
        report: what the check says.
    """

    place: Place
    name: str
    formula: str
    right: str
    report: CheckReport

    @property
    def named(self) -> bool:
        """Whether the cell is the only root, under the right name."""
        return roots(self.report) == {self.place} and self.report.roots[0].diagnosis == self.name

    @property
    def corrected(self) -> bool:
        """Whether the formula that should stand there is shown, as it stood there."""
        return bool(self.report.roots) and same_formula(
            self.report.roots[0].desired_formula, f"={self.right}", self.place[0]
        )


@cache
def possible(lesson: str) -> tuple[Book, dict[str, list[tuple[Place, str]]]]:
    """Every mistake that can be made in a lesson's workbook, by its name."""
    book = Book.of(read_workbook(WORKBOOKS / f"{lesson}.xlsx"))
    found: dict[str, list[tuple[Place, str]]] = {}
    for place, _, _ in book.computed():
        for formula, name in faults(book, place):
            found.setdefault(name, []).append((place, formula))
    return book, found


def planted(lesson: str, name: str, count: int) -> Iterator[Planted]:
    """Some mistakes of one kind, drawn at random; what changes no value is no mistake."""
    book, found = possible(lesson)
    items = found.get(name, [])
    for place, formula in random.Random(0).sample(items, len(items)):
        if count == 0:
            return
        cell = book.content.sheets[place[0]].cells[place[1:]]
        report = planted_report(book.content, place, formula, cell.value)
        if not report.ok:
            count -= 1
            yield Planted(place, name, formula, cell.formula or "", report)


KINDS = [
    pytest.param(lesson, name, id=f"{lesson}-{name}")
    for lesson in LEAN
    for name in sorted(GLOSSARY)
    if EVERY_CASE or name in OWN[lesson]
]


@pytest.mark.parametrize(("lesson", "name"), KINDS)
def test_a_mistake_is_the_only_root_under_its_name_with_its_correction(lesson: str, name: str) -> None:
    """Whatever is planted, the cell and the mistake are named, and the formula of the file is shown again."""
    found = list(planted(lesson, name, COUNT))

    assert found or EVERY_CASE  # not every lesson can have every mistake
    for each in found:
        cell = each.report.roots[0]
        assert each.named, (each.place, each.right, each.formula, cell)
        assert each.corrected, (each.place, each.right, each.formula, cell.desired_formula)


def test_every_mistake_that_can_be_planted_is_in_the_glossary() -> None:
    """A name that a report shows is explained in one place."""
    assert {name for lesson in OWN for name in possible(lesson)[1]} <= GLOSSARY.keys()
