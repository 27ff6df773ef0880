"""On one sheet: the whole network computes there, from the weights beside it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.layout.matrices.whole import NAME
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


@pytest.mark.parametrize("lesson", ["lstm", "gru", "bidirectional", "rnn-dimensions", "embedding"])
def test_sums_are_made_on_the_sheet(lesson: str) -> None:
    """Only weights, inputs and words come from other sheets: whatever is computed reads cells that are in view."""
    content = read_workbook(WORKBOOKS / f"{lesson}.xlsx")
    formulas = [cell.formula for cell in content.sheets[NAME].cells.values() if cell.formula is not None]
    computed = [text for text in formulas if any(sign in text for sign in ("*", "EXP", "TANH"))]

    assert len(computed) >= 6
    assert not [text for text in computed if "!" in text]


def test_a_state_is_handed_on_within_the_sheet() -> None:
    """Beside the recurrent kernel stands the state of the step before, read where it stands below."""
    cells = read_workbook(WORKBOOKS / "lstm.xlsx").sheets[NAME].cells
    row, state = (
        next(r for (r, c), cell in sorted(cells.items()) if c == 0 and cell.value == label)
        for label in ("recurrent_kernel", "hₜ")
    )
    beside = [cell.formula for (r, c), cell in sorted(cells.items()) if r == row and c > 6 and cell.formula]

    assert beside == [f"{column}{state + 1}" for column in "HI"]


def test_it_follows_a_weight() -> None:
    """A changed weight changes the answer here as on the layer's own sheet."""
    path = WORKBOOKS / "lstm.xlsx"
    content = read_workbook(path)
    cells = content.sheets[NAME].cells
    (row,) = [row for (row, column), cell in cells.items() if column == 0 and cell.value == "y"]
    column = max(c for (r, c), cell in cells.items() if r == row and isinstance(cell.value, float))
    own = content.sheets["dense"].cells
    place = next(place for place, cell in own.items() if cell.value == cells[row, column].value)
    session = engine("ironcalc").open(path)
    here, there = Range(NAME, row, column), Range("dense", *place)
    before = session.read(here)

    session.set("Weights", 7, 1, 3.0)
    session.recalculate()

    assert session.read(here) == session.read(there) != before


@pytest.mark.parametrize(
    ("lesson", "page"), [("encoder-decoder", "Feeds itself"), ("lstm", NAME), ("lstm-small", NAME)]
)
def test_weights_and_steps_are_seen_at_once(lesson: str, page: str) -> None:
    """On a screen of 1920 pixels everything up to the last step has room beside the weights."""
    sheet = openpyxl.load_workbook(WORKBOOKS / f"{lesson}.xlsx")[page]
    last = max(cell.column for cell in sheet[5] if str(cell.value).startswith("t = "))
    own = [d for d in sheet.column_dimensions.values() if d.min <= last]
    letters = sum(d.width * (min(d.max, last) - d.min + 1) for d in own)

    assert sum(min(d.max, last) - d.min + 1 for d in own) == last
    assert 7 * letters <= 1900


def test_what_is_too_large_has_no_such_sheet() -> None:
    """It would not be seen at once."""
    assert NAME not in read_workbook(WORKBOOKS / "encoder-decoder.xlsx").sheets
