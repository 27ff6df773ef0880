"""Random models' workbooks, saved by another program, have the roots they had before."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import Drawn, drawing, models
from hypothesis import given, reject
from models import build, odd_models_allowed
from saving import require_same_roots, save_with_libreoffice, save_with_openpyxl

from xlcheck.building.build import build_model
from xlcheck.errors import ModelError
from xlcheck.workbook.reader import read_workbook


@pytest.mark.exhaustive
@pytest.mark.keras
@pytest.mark.libreoffice
@drawing(50)
@given(drawn=models())
def test_the_roots_in_a_random_model_stay_the_same(drawn: Drawn, tmp_path: Path) -> None:
    """A formula that is wrong in a model's workbook is the same root after the workbook was saved elsewhere."""
    path = tmp_path / "drawn.xlsx"
    with odd_models_allowed():
        try:
            assert build_model(build(drawn.make, drawn.seed), drawn.inputs, path).report.ok
        except ModelError:
            reject()  # its values leave the range of numbers
    for save in (save_with_libreoffice, save_with_openpyxl):
        (saved,) = save([path], tmp_path / save.__name__)
        require_same_roots(read_workbook(path), read_workbook(saved), 3)
