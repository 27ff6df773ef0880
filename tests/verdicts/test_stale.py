"""Stored values that are not what the formulas give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.stale import find_stale
from xlcheck.workbook.content import Cell, NotEvaluated, SheetContent, Value, WorkbookContent


def is_stale(stored: Value, actual: Value) -> bool:
    """Whether one cell's stored value is taken for stale."""
    content = WorkbookContent(Path("a.xlsx"), {"A": SheetContent("A", "visible", {(0, 0): Cell(stored, "1+1")})})
    number = isinstance(actual, float)
    reading = Reading(
        Range("A", 0, 0),
        np.array([[actual if isinstance(actual, float) else np.nan]]),
        {} if number else {(0, 0): actual},
    )
    return bool(list(find_stale([reading], 0, FormulaCells(content))))


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e3, 1e9])
def test_what_a_program_rounds_is_not_stale(size: float) -> None:
    """15 digits of a large number are as exact as 15 digits of a small one; small numbers are compared with 1."""
    limit = 1e-12 * max(1.0, size)

    assert not is_stale(size + 0.5 * limit, size)
    assert not is_stale(-size - 0.5 * limit, -size)
    assert is_stale(size + 2 * limit, size)
    assert is_stale(-size - 2 * limit, -size)


@pytest.mark.parametrize(
    ("stored", "actual", "stale"),
    [
        (None, 0.5, False),  # nothing is shown
        (0.5, NotEvaluated("unknown"), False),  # nobody knows
        ("✓", "✓", False),
        ("✓", "✗", True),
        ("0.5", 0.5, True),
        (True, 1.0, True),
        (0.5, "0.5", True),
    ],
)
def test_values_of_other_kinds(stored: Value, actual: Value, stale: bool) -> None:
    """A text is no number, TRUE is not 1, and what is unknown on one side is not held against the other."""
    assert is_stale(stored, actual) is stale
