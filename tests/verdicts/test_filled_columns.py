"""Columns of formulas that are no quantities: which numbers they are held against once an input was changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.filled_columns import FilledColumn, judge_filled
from xlcheck.verdicts.recalculate import Reading
from xlcheck.workbook.cell_codes import codes_of
from xlcheck.workbook.content import WorkbookContent

AREA = Range("Data", 0, 0, 2, 1)


def wrong(numbers: list[float], *, band: bool, stored: bool, desired: tuple[float, ...] = (), edited: bool) -> int:
    """How many cells are wrong of two that hold their own formulas, and should give 1 and 2 if they show a band."""
    cells = WorkbookContent(Path("book.xlsx"), {})
    every = np.ones(AREA.size, dtype=bool)
    column = FilledColumn(
        AREA, ["B1", "B2"], desired, 0.0, "rnn.h" if band else "", stored, codes_of(AREA), every, every
    )
    values = np.array([[1.0, 2.0]]) if band else None
    reading = Reading(AREA, np.array([numbers]), {})
    return len(judge_filled(column, reading, FormulaCells(cells), [0], 1e-9, values, only_local=edited).wrong)


@pytest.mark.parametrize("stored", [True, False])
def test_a_column_that_shows_a_band_gives_its_numbers(stored: bool) -> None:
    """Those that were stored, or those that the network computes: as long as nothing was changed they are the same."""
    assert wrong([1.0, 2.0], band=True, stored=stored, edited=False) == 0
    assert wrong([1.0, 7.0], band=True, stored=stored, edited=False) == 1


def test_what_was_stored_says_nothing_once_an_input_was_changed() -> None:
    """What the network computes from the changed input does, and is what a column that refers to it must give."""
    assert wrong([1.0, 7.0], band=True, stored=True, edited=True) == 0
    assert wrong([1.0, 7.0], band=True, stored=False, edited=True) == 1


def test_a_column_of_its_own_is_held_against_what_was_foreseen() -> None:
    """Unless an input was changed; one of which nothing was foreseen needs its formulas alone."""
    assert wrong([3.0, 3.0], band=False, stored=True, desired=(3.0,), edited=False) == 0
    assert wrong([3.0, 7.0], band=False, stored=True, desired=(3.0,), edited=False) == 1
    assert wrong([3.0, 7.0], band=False, stored=True, desired=(3.0,), edited=True) == 0
    assert wrong([3.0, 7.0], band=False, stored=True, edited=False) == 0
