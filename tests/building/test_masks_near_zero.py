"""Masks of numbers that spreadsheet programs can hardly tell, or cannot tell at all, from the one that is skipped."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from thorough import spread

from xlcheck.api import check
from xlcheck.building.build import build_model
from xlcheck.errors import ModelError
from xlcheck.formulas.printing import Style
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras


def masked(value: float) -> Any:
    keras = import_keras()
    return keras.Sequential([keras.Input((4, 2)), keras.layers.Masking(value), keras.layers.GRU(2)])


@pytest.mark.parametrize(
    ("smallest", "style"), spread([*product([1e-20, -1e-300, 2.3e-308], [Style.ROBUST, Style.COMPACT])], 5)
)
def test_the_smallest_numbers_are_not_skipped(smallest: float, style: Style, tmp_path: Path) -> None:
    """A step of zeros is skipped, one with the smallest of numbers is not, in each engine."""
    x = np.random.default_rng(1).normal(size=(1, 4, 2))
    x[0, 1], x[0, 2] = (0, 0), (0, smallest)
    path = tmp_path / "m.xlsx"
    report = build_model(masked(0.0), x, path, style=style).report

    assert report.ok
    assert check(path, engine="cellrune").ok


def test_what_no_spreadsheet_tells_from_the_skipped_number_is_refused(tmp_path: Path) -> None:
    """Spreadsheets compare 15 digits: beside 3, the next double-precision number is 3 to them, but not to Keras."""
    x = np.random.default_rng(1).normal(size=(1, 4, 2))
    x[0, 1], x[0, 2] = (3, 3), (3, np.nextafter(3, 4))

    with pytest.raises(ModelError, match=r"masking.* 3\.0000000000000004 .* skips 3"):
        build_model(masked(3.0), x, tmp_path / "m.xlsx")
    x[0, 2, 1] = 3.001
    assert build_model(masked(3.0), x, tmp_path / "m.xlsx").report.ok


def test_what_no_spreadsheet_tells_apart_is_not_compared(tmp_path: Path) -> None:
    """Nor are numbers looked up that Keras would cut off; both are refused by name, before anything is written."""
    keras: Any = import_keras()
    x, whole = keras.Input((1,)), keras.Input((1,))
    chosen = keras.ops.where(x > 3.0, x, 0.0)
    found = keras.layers.IntegerLookup(vocabulary=[1, 2], name="find")(whole)
    model = keras.Model([x, whole], [chosen, found])

    with pytest.raises(ModelError, match=r"greater.* 3\.0000000000000004 and compares it with 3.0, which no"):
        build_model(model, [np.array([[np.nextafter(3, 4)]]), np.array([[1.0]])], tmp_path / "m.xlsx")
    with pytest.raises(ModelError, match=r"'find' looks up 1\.5, which is no whole number; round the inputs"):
        build_model(model, [np.array([[3.5]]), np.array([[1.5]])], tmp_path / "m.xlsx")
    assert build_model(model, [np.array([[3.5]]), np.array([[2.0]])], tmp_path / "m.xlsx").report.ok
