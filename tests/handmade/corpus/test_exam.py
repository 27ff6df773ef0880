"""xlcheck sits the exam: the layouts without a mistake, and the mistake that is in print."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from thorough import EVERY_CASE, part_of, spread

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.mistakes.names import Mistake
from fixtures.handmade.mistakes.planting import Plant, plants
from fixtures.handmade.score import score_layout
from xlcheck.api import check

MODES = ["with bindings", "without"]

# Layouts whose planted workbooks are all answered exactly with bindings; where everything is asked for, one in so many
# besides the widest of each mistake.
PERFECT = {
    "book_simple_rnn": 12,
    "german_lstm": 200,
    "gru_classic": 110,
    "gru_reset_after": 145,
    "let_lambda": 60,
    "named_weights": 50,
    "one_formula": 50,
    "one_hot_softmax": 165,
    "packed_bands": 120,
    "shared_formulas": 55,
    "time_down": 90,
    "transposed_weights": 95,
    "two_documents": 115,
}

# Without bindings, where what nobody can tell gets no verdict: one in so many, or in three times as many.
TELLING_WITHOUT = {
    "book_simple_rnn": 5,
    "time_down": 36,
    "two_documents": 46,
    "named_weights": 20,
    "shared_formulas": 22,
    "transposed_weights": 38,
    "let_lambda": 25,
}


# What was hard to tell: layout, mistake, the first of the changed cells, and how many there are.
HARD = [
    ("book_simple_rnn", Mistake.WRONG_TIME_STEP, "C10", 1),
    ("gru_classic", Mistake.GATE_ORDER, "C13", 18),
    ("gru_reset_after", Mistake.GATE_ORDER, "C17", 24),
    ("gru_reset_after", Mistake.BIAS_MISSING, "C29", 6),
    ("gru_reset_after", Mistake.BIAS_MISSING, "C32", 6),
    ("gru_reset_after", Mistake.BIAS_MISSING, "C33", 3),
    ("gru_reset_after", Mistake.RECURRENT_TERM_MISSING, "C29", 6),
    ("gru_reset_after", Mistake.NEIGHBOUR_UNIT, "D33", 1),
    ("one_hot_softmax", Mistake.RANGE_TOO_SHORT, "D45", 1),
    ("one_hot_softmax", Mistake.RANGE_TOO_SHORT, "D24", 16),
    ("one_hot_softmax", Mistake.LOG_WITHOUT_MINUS, "D44", 4),
    ("one_hot_softmax", Mistake.WRONG_TIME_STEP, "D44", 3),
    ("one_hot_softmax", Mistake.WRONG_TIME_STEP, "E20", 9),
    ("one_hot_softmax", Mistake.WRONG_TIME_STEP, "D24", 12),
    ("book_simple_rnn", Mistake.CONSTANT_OVER_FORMULA, "C12", 1),
]


@cache
def _planted(name: str, mistake: Mistake) -> tuple[Plant, ...]:
    """Every workbook with one mistake in one layout."""
    return tuple(plants(next(layout for layout in LAYOUTS if layout.name == name), only={mistake}))


def _bindings(name: str, mode: str) -> Path | None:
    return FOLDER / f"{name}.toml" if mode == "with bindings" else None


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder without bindings beside the workbooks, which a check would use."""
    for path in FOLDER.glob("*.xlsx"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "mode"),
    [  # one takes as long without bindings as all others together; with them they are among the planted ones below
        (layout.name, mode)
        for layout in LAYOUTS
        for mode in MODES
        if EVERY_CASE or (layout.name != "one_hot_softmax" and mode == "without")
    ],
)
def test_a_right_workbook_passes(name: str, mode: str, alone: Path) -> None:
    """No cell of a right workbook is called wrong, and at least the hidden states were checked."""
    report = check(alone / f"{name}.xlsx", bindings=_bindings(name, mode))

    assert report.ok, report.cells
    assert report.counts.checked >= 6


@pytest.mark.keras
@pytest.mark.parametrize("mode", part_of(MODES, 1))  # without bindings it is checked by `tests/test_api.py`
def test_the_printed_mistake_is_found_at_its_first_cell(mode: str, alone: Path) -> None:
    """An effect of 2e-7 at the output is traced to the nine projections that read the sum before tanh."""
    report = check(alone / "printed_mistake.xlsx", bindings=_bindings("one_hot_softmax", mode))

    assert [cell.cell for cell in report.roots] == [f"{column}{row}" for column in "EFG" for row in (12, 13, 14)]


@pytest.mark.keras
@pytest.mark.parametrize("number", spread(range(len(LAYOUTS)), 2), ids=spread([own.name for own in LAYOUTS], 2))
def test_planted_mistakes_are_located_exactly(number: int) -> None:
    """With bindings the roots are exactly the planted cells, and named: whole bands with each mistake in some layout.

    An ordinary run takes every third mistake in every other layout, and others in the next.
    """
    mistakes = [mistake for place, mistake in enumerate(Mistake) if EVERY_CASE or place % 3 == number % 3]
    total = score_layout(LAYOUTS[number], bound=True, widest=mistakes)["all"]
    if EVERY_CASE:
        total += score_layout(LAYOUTS[number], bound=True, every=PERFECT[LAYOUTS[number].name])["all"]

    assert total.planted > 2
    assert total.exact == total.named == total.planted, total.failures


@pytest.mark.keras
@pytest.mark.parametrize(("name", "mistake", "first", "edits"), part_of(HARD, 1))
def test_what_was_hard_to_tell(name: str, mistake: Mistake, first: str, edits: int, tmp_path: Path) -> None:
    """Mistakes that other mistakes resemble are located exactly, and named."""
    found = [plant for plant in _planted(name, mistake) if (min(plant.edits).a1, len(plant.edits)) == (first, edits)]

    assert found
    for plant in found:
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(plant.to_bytes())
        roots = {cell.cell: cell.diagnosis for cell in check(path, bindings=_bindings(name, MODES[0])).roots}
        planted = {cell.a1 for cell in plant.roots}

        # An edit that changes no number shown may be found by other numbers, or not; both are right.
        assert planted <= set(roots) <= planted | {cell.a1 for cell in plant.edits}, str(plant)
        assert set(roots.values()) <= plant.mistakes, str(plant)


@pytest.mark.keras
@pytest.mark.parametrize("name", part_of(list(TELLING_WITHOUT), 1))
def test_planted_mistakes_are_located_exactly_without_bindings(name: str) -> None:
    """Where nobody has said what the cells hold, no right cell is blamed, no wrong one passes, and most are found."""
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    every = TELLING_WITHOUT[name] * (1 if EVERY_CASE else 8)
    total = score_layout(layout, bound=False, every=every)["all"]

    assert total.planted > 2
    assert total.precision == 1.0, total.failures
    assert total.passed == 0, total.failures
    assert total.exact >= 0.75 * total.planted, total.failures
