"""The largest of several numbers: a formula that reads another, or its size, is wrong wherever the largest stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from planting import Place, planted_report, roots
from thorough import spread

from xlcheck.building.build import build_model
from xlcheck.formulas.addresses import parse_range
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """Twelve numbers, of which the largest of each two is taken, the larger of these and others, and the largest."""
    keras: Any = import_keras()
    x = keras.Input((12, 1))
    y = keras.layers.Conv1D(1, 1, name="sums")(x)
    two = keras.layers.MaxPooling1D(2, name="two")(y)
    other = keras.layers.Dense(1, name="other")(two)
    larger = keras.layers.Maximum(name="larger")([two, other])
    model = keras.Model(x, keras.layers.GlobalMaxPooling1D(name="all")(larger))
    path = tmp_path_factory.mktemp("pooled") / "pooled.xlsx"
    build_model(model, np.random.default_rng(1).normal(size=(2, 12, 1)), path)
    return read_workbook(path)


def _planted(book: WorkbookContent, cell: str, formula: str) -> tuple[set[Place], Place, int]:
    """The roots of a workbook with another formula in a cell; the cell; and the exit code."""
    area = parse_range(cell)
    place = (area.sheet, area.top, area.left)
    report = planted_report(book, place, formula, book.sheets[area.sheet].cells[place[1:]].value)
    return roots(report), place, report.exit_code


@pytest.mark.parametrize(
    ("cell", "formula"),
    spread([
        *(("all!F6", f"MAX({','.join(f'larger!{c}6' for c in 'FGHIJK' if c != left_out)})") for left_out in "FGHIJK"),
        ("all!F6", "MAX(larger!F6:J6,two!K6)"),
        ("all!F6", "ABS(MAX(larger!F6:K6))"),
        ("two!F6", "ABS(MAX(sums!F9:G9))"),
        ("two!F6", "MAX(sums!F9)"),
        ("two!F6", "MAX(sums!F9:H9)"),
        ("two!F6", "MAX(-sums!F9,sums!G9)"),
        ("larger!G6", "MAX(two!G6,other!H7)"),
        ("larger!G6", "ABS(MAX(two!G6,other!G7))"),
    ], 5),
)  # fmt: skip
def test_each_number_may_be_the_largest(pooled: WorkbookContent, cell: str, formula: str) -> None:
    """Whatever was the largest when the workbook was built, and on whichever side of 0 it stood."""
    found, place, _ = _planted(pooled, cell, formula)

    assert found == {place}


@pytest.mark.parametrize(
    ("cell", "formula"),
    spread([
        ("all!F6", "MAX(larger!F6:H6,MAX(larger!I6:K6))"),
        ("all!F6", "-MIN(-larger!F6,-larger!G6,-larger!H6,-larger!I6,-larger!J6,-larger!K6)"),
        ("all!F6", "MAX(two!F6:K6,other!F7:K7)"),
        ("two!F6", "IF(sums!F9>sums!G9,sums!F9,sums!G9)"),
        ("larger!G6", "MAX(sums!H9:I9,other!G7)"),
    ], 2),
)  # fmt: skip
def test_another_way_to_the_largest_is_no_mistake(pooled: WorkbookContent, cell: str, formula: str) -> None:
    """Also where it is taken of what the numbers are made of."""
    found, _, code = _planted(pooled, cell, formula)

    assert (found, code) == (set(), 0)
