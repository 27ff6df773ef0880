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


def test_a_kernel_stands_as_keras_prints_it(workbook: Path) -> None:
    """Its title has four sizes, and each row says which pixel of the window, and which channel, it belongs to."""
    column = [cell.value for cell in openpyxl.load_workbook(workbook)["Weights"]["A"]]
    top = column.index("kernel   2 × 2 × 1 × 2")

    assert column[top + 1 : top + 6] == ["row, column, channel", "1, 1, 1", "1, 2, 1", "2, 1, 1", "2, 2, 1"]


def test_only_what_is_there_is_spoken_of(workbook: Path) -> None:
    """Without recurrent layers the page Picture, and what is said of it, know no time step, gate or state."""
    book = openpyxl.load_workbook(workbook)
    start = [str(cell.value) for row in book["Start"].iter_rows() for cell in row]

    assert book["Picture"]["A2"].value == "Live numbers. Choose another unit where there are several."
    assert "Layers as drawings, with live numbers" in start


def test_layers_are_told_in_whole_sentences(tmp_path: Path) -> None:
    """What a layer reads is joined by “and”, and one number, or one weight, is not several."""
    one, two = keras.Input((1,), name="one"), keras.Input((1,), name="two")
    both = L.Dense(1, use_bias=False, name="dense")(L.Add(name="both")([one, two]))
    build_model(keras.Model([one, two], both), [np.ones((1, 1)), np.ones((1, 1))], tmp_path / "both.xlsx")
    book = openpyxl.load_workbook(tmp_path / "both.xlsx")

    assert book["both"]["A2"].value == "Reads one and two; computes one number for each sample. It has no weights."
    assert book["dense"]["A2"].value.startswith("Reads both; computes ")
    assert book["dense"]["A2"].value.endswith("It has one weight.")


def test_links_lead_somewhere(tmp_path: Path) -> None:
    """A sheet of one tall band, which is in sight, has no links to its parts, and does not announce any."""
    model = sequential((7, 7, 1), L.Flatten(name="flat"), L.Dense(1))
    build_model(model, np.random.default_rng(3).random((1, 7, 7, 1)), tmp_path / "tall.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tall.xlsx")["flat"]

    assert sheet.max_row > 49
    assert "go to:" not in [cell.value for cell in sheet[4]]


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


@pytest.mark.parametrize("seed", range(3))
def test_pictures_show_each_pixel_in_its_place(seed: int, tmp_path: Path) -> None:
    """On the page Images stand the image and what each layer makes of it as Keras has them: rows, columns, channels."""
    rng = np.random.default_rng(seed)
    rows, columns, channels, filters = (int(n) for n in rng.integers(2, [6, 6, 4, 11]))
    keras.utils.set_random_seed(seed)
    layers = [L.Conv2D(filters, 2, padding="same", activation="tanh", name="conv"), L.Flatten(), L.Dense(2)]
    model = sequential((rows, columns, channels), *layers)
    images = rng.normal(size=(2, rows, columns, channels))
    build_model(model, images, tmp_path / "image.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "image.xlsx", data_only=True)["Images"]
    found = np.asarray(keras.Sequential(model.layers[:1])(images))
    tops = {str(sheet.cell(row, 1).value).partition(":")[0]: row for row in range(1, 80) if sheet.cell(row, 1).value}

    def picture(top: int, channel: int) -> np.ndarray:
        line, place = divmod(channel, 61 // (columns + 1))
        first, left = top + 2 + line * (rows + 2), 1 + place * (columns + 1)
        return np.array([[sheet.cell(first + r, left + c).value for c in range(columns)] for r in range(rows)])

    for channel in range(channels):
        assert np.array_equal(picture(tops["input"], channel), images[0, :, :, channel])
    for channel in range(min(filters, 8)):
        assert np.allclose(picture(tops["conv"], channel), found[0, :, :, channel], atol=1e-6)
    assert ("first 8 are shown" in sheet.cell(tops["conv"], 1).value) == (filters > 8)
    assert "flatten" not in tops


def test_pictures_are_dark_where_numbers_are_large(workbook: Path) -> None:
    """White is 0, and each picture has a scale of its own, up to its largest number in any sample; the input, too."""
    book = openpyxl.load_workbook(workbook)
    images, inputs = (
        [rule.colorScale for rules in book[name].conditional_formatting for rule in rules.rules if rule.colorScale]
        for name in ("Images", "Inputs")
    )
    scales = images + inputs

    assert (len(images), len(inputs)) == (3, 1)  # of the image, and of two channels
    for scale in scales:
        colors = {float(point.val): color.rgb[-6:] for point, color in zip(scale.cfvo, scale.color, strict=True)}
        assert colors[0.0] == "FFFFFF"
        assert len(colors) in {2, 3}


def test_words_fit_what_is_there(tmp_path: Path) -> None:
    """A vector has no steps, one number is not several, a function keeps its name, a model in memory has no file."""
    x = keras.Input((1,), name="one")
    model = keras.Model(x, keras.ops.tanh(L.Discretization([0.5], output_mode="one_hot")(x)))
    build_model(model, np.ones((2, 1)), path := tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(path)
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}

    assert {"x", "What the network reads.", "input.x: 1 number per sample", "ops.tanh, 2 numbers"} <= texts
    assert any("2 layers with no weights, and all 4 numbers" in text for text in texts)
    assert f"xlcheck.build_model(model, inputs, {str(path)!r})" in texts
    assert "1 at the place of the interval of x, else 0" in texts


def test_scores_are_no_pixels(tmp_path: Path) -> None:
    """What each head of an attention looks at flows as an image would, but nothing calls it one."""
    x = keras.Input((2, 2))
    _, scores = L.MultiHeadAttention(1, 1, name="heads")(x, x, return_attention_scores=True)
    build_model(keras.Model(x, scores), np.ones((1, 2, 2)), tmp_path / "scores.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "scores.xlsx")["heads"]

    assert not [cell.value for row in sheet.iter_rows() for cell in row if "pixel" in str(cell.value)]


def test_the_mean_of_a_pixel_is_taken_over_its_channels(tmp_path: Path) -> None:
    """A LayerNormalization of an image speaks of channels, one of vectors of features."""
    build_model(sequential((1, 1, 2), L.LayerNormalization(name="norm")), np.ones((1, 1, 1, 2)), tmp_path / "n.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "n.xlsx")["norm"]
    words = " ".join(str(cell.value) for column in sheet.iter_cols() for cell in column if cell.value)

    assert "The average over the channels." in words
    assert "features" not in words
