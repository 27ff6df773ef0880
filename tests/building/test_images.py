"""The workbook of a model that reads images: rows stand as steps, and a pixel of one channel is one product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from sequential import L, keras, sequential

from xlcheck import check
from xlcheck.building.build import build_model

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A convolution of 2 × 2 with two filters over an image of one channel, and two answers."""
    keras.utils.set_random_seed(3)
    model = sequential((3, 3, 1), L.Conv2D(2, 2, name="conv"), L.Flatten(), L.Dense(2))
    path = tmp_path_factory.mktemp("images") / "image.xlsx"
    build_model(model, np.random.default_rng(3).random((2, 3, 3, 1)), path)
    return path


def test_rows_of_an_image_are_headed_as_rows(workbook: Path) -> None:
    """Above the columns stands row 1, row 2, …, and beside each band what its units are."""
    sheet = openpyxl.load_workbook(workbook)["conv"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    down = " ".join(str(cell.value) for column in sheet.iter_cols() for cell in column if cell.value is not None)

    assert [text for text in texts if text.startswith(("row ", "t = "))] == ["row 1", "row 2", "row 3"]
    assert "A unit is a pixel." in down
    assert "Units: the 2 channels of the first pixel, then of the next." in down


def test_a_pixel_of_one_channel_is_a_product(workbook: Path) -> None:
    """The sum over the window reads four pixels, each times its place in the kernel, and the bias."""
    sheet = openpyxl.load_workbook(workbook)["conv"]
    z = next(cell.row for cell in sheet["A"] if cell.value == "zᵣ")

    assert sheet.cell(z, 6).value == (
        "=F6*Weights!$B$8+F7*Weights!$B$9+G6*Weights!$B$10+G7*Weights!$B$11+Weights!$B$15"
    )


def test_a_wrong_pixel_is_a_root_and_is_called_by_its_row(workbook: Path, tmp_path: Path) -> None:
    """A product that reads the pixel below: the cell is named, and only what reads it is carried."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["conv"]
    z = next(cell.row for cell in sheet["A"] if cell.value == "zᵣ")
    cell = sheet.cell(z + 1, 7)
    cell.value = cell.value.replace("G6", "G8")
    book.save(tmp_path / "wrong.xlsx")

    report = check(tmp_path / "wrong.xlsx")

    assert [(root.sheet, root.cell) for root in report.roots] == [("conv", cell.coordinate)]
    assert "row 2, unit 2" in report.roots[0].message
