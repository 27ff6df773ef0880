"""Scores of steps that are skipped: a word on the sheet, Keras's number in the cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

import xlcheck
from xlcheck.workbook.number_formats import digits_shown, misleads
from xlcheck.workbook.styles import SKIPPED_FORMAT


def test_only_what_is_skipped_is_a_word() -> None:
    """Other scores keep their six decimals and their sign, and no digits stand for others."""
    assert digits_shown(SKIPPED_FORMAT, -1e9 + 3.25) == 0
    assert digits_shown(SKIPPED_FORMAT, -123.5) == digits_shown("0.000000", -123.5)
    assert digits_shown(SKIPPED_FORMAT, 0.5) == digits_shown("0.000000", 0.5)
    assert not misleads(SKIPPED_FORMAT, None)


@pytest.mark.keras
def test_a_skipped_step_does_not_widen_its_column(tmp_path: Path) -> None:
    """Of masked attention the cells hold -10⁹, as in Keras, in columns as narrow as those of other layers."""
    from keras import Input, Model, layers

    words = Input((4,), dtype="int32", name="words")
    vectors = layers.Embedding(5, 2, mask_zero=True, name="embedding")(words)
    model = Model(words, layers.Attention(name="attention")([vectors, vectors]))
    path = tmp_path / "attention.xlsx"
    built = xlcheck.build_model(model, np.array([[3, 1, 0, 0], [2, 4, 1, 3]]), path)
    sheet = openpyxl.load_workbook(path, data_only=True)["attention"]
    lowered = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float) and cell.value < -1e8]

    assert built.report.ok
    assert len(lowered) == 8
    assert {cell.number_format for cell in lowered} == {SKIPPED_FORMAT}
    assert max(sheet.column_dimensions[cell.column_letter].width for cell in lowered) <= 13
