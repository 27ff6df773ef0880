"""Edits that were computed so that the sheet does not see them: the check sees each of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.layout import originals
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras


def test_edits_that_cancel_out_in_both_sums_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large array the sheet keeps two sums a row, which four edits can keep; the check compares each number."""
    monkeypatch.setattr(originals, "STORED_AGAIN", 0)
    keras = import_keras()
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, name="dense")])
    path = tmp_path / "large.xlsx"
    built = api.build_model(model, np.array([[0.5, -0.25]]), path).report
    factors = 1 + np.arange(1.0, 5) / 256
    edits = np.linalg.svd(np.stack([factors, factors**2]))[2][-1] * 1e-4
    book = openpyxl.load_workbook(path)
    kernel = parse_range(book.defined_names["dense.kernel"].attr_text)
    for column, edit in enumerate(edits):
        cell = book[kernel.sheet].cell(kernel.top + 1, kernel.left + 1 + column)
        cell.value += float(edit)
    book.save(path)
    session = engine("ironcalc").open(path)
    session.recalculate()
    report = api.check(path)

    assert built.exit_code == 0
    assert not str(session.read(parse_range("Start!A4"))[0][0]).startswith("A weight")
    assert [edit.quantity for edit in report.edits] == [f"dense.kernel[0][{k}]" for k in range(4)]
    assert api.check(path, as_built=True).exit_code == 1
    assert api.check(path, strict=True).exit_code == 1
