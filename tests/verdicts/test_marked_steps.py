"""Steps that are skipped, and codes: each step may be, and each code may be the last one, whatever is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from planting import Place, planted_report, roots

from xlcheck.building.build import build_model
from xlcheck.formulas.addresses import parse_range
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """Two texts of four words, one with two words; the largest code, 5, occurs in none."""
    keras: Any = import_keras()
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"), keras.layers.Embedding(6, 1, mask_zero=True, name="words"),
            keras.layers.SimpleRNN(1, name="rnn"),
        ]
    )  # fmt: skip
    path = tmp_path_factory.mktemp("texts") / "texts.xlsx"
    build_model(model, np.array([[1, 2, 0, 0], [3, 1, 2, 1]]), path)
    return read_workbook(path)


def _found(book: WorkbookContent, cell: str, old: str, new: str) -> tuple[set[Place], Place]:
    area = parse_range(cell)
    place = (area.sheet, area.top, area.left)
    own = book.sheets[area.sheet].cells[place[1:]]
    assert own.formula is not None
    assert old in own.formula, own.formula
    return roots(planted_report(book, place, own.formula.replace(old, new, 1), own.value)), place


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        ("words!G8", "$13", "$12"),
        ("words!F9", "F6", "G6"),
        ("words!G9", "G6", "F6"),
        ("words!H9", "H6", "I6"),
        ("words!H9", "H6", "H5"),
        ("rnn!F10", "words!F9", "words!G9"),
        ("rnn!G10", "words!G9", "words!F9"),
        ("rnn!G10", "F10", "E10"),
        ("rnn!I10", "H10", "G10"),
        ("rnn!I11", "words!I9", "words!H9"),
        ("rnn!H11", "G11", "F11"),
    ],
)
def test_each_step_may_be_skipped(texts: WorkbookContent, cell: str, old: str, new: str) -> None:
    """Also where both samples skip it, or neither does, and where no code is the last."""
    found, place = _found(texts, cell, old, new)

    assert found == {place}
