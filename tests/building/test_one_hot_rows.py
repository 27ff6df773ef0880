"""Long one-hot vectors are never multiplied out: the sheet fetches the kernel's row, says so, and is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from thorough import spread

from xlcheck.building.build import build_model
from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.one_hot import LONG
from xlcheck.layout import originals
from xlcheck.model.keras_import import import_keras
from xlcheck.verdicts.generated.check import check_content
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers
DEPTH, STEPS = 40, 3
CODES = np.array([[3, 39, 0], [7, 7, 1]])


def encoded(*layers: Any, steps: int = STEPS, depth: int = DEPTH) -> Any:
    """Codes through CategoryEncoding into some layers."""
    keras.utils.set_random_seed(4)
    encoding = L.CategoryEncoding(depth, output_mode="one_hot", name="one_hot")
    return keras.Sequential([keras.Input((steps,), name="codes"), encoding, *layers])


READERS = {
    "SimpleRNN": lambda: encoded(L.SimpleRNN(3, name="reader"), L.Dense(2)),
    "LSTM": lambda: encoded(L.LSTM(2, name="reader")),
    "GRU": lambda: encoded(L.GRU(2, name="reader")),
    "both ways": lambda: encoded(L.Bidirectional(L.LSTM(2), name="reader")),
    "Dense": lambda: encoded(L.Dense(3, activation="tanh", name="reader")),
}


def formulas(content: WorkbookContent) -> set[str]:
    """The formulas that read weights."""
    return {str(cell.formula) for *_, cell in content.formula_cells() if "eights" in str(cell.formula)}


@pytest.mark.parametrize(
    ("reader", "style"),
    spread([(reader, style) for style in (Style.ROBUST, Style.COMPACT) for reader in READERS], 6),
)
def test_codes_take_rows_of_the_kernel(tmp_path: Path, reader: str, style: Style) -> None:
    """Two engines agree with Keras in every cell, and no formula multiplies a vector of zeros with a single 1."""
    path = tmp_path / "m.xlsx"
    report = build_model(READERS[reader](), CODES, path, style=style).report
    content = read_workbook(path)

    assert report.ok
    assert report.samples == 2
    assert check_content(content, engine("cellrune", guarded=False)).ok
    assert any("INDEX(" in text for text in formulas(content))
    assert not any("one_hot!" in text and "SUMPRODUCT" in text for text in formulas(content))
    assert max(row for row, _ in content.sheets["one_hot"].cells) < DEPTH


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.parametrize("style", [Style.COMPACT, Style.ROBUST])
def test_libreoffice_fetches_the_same_rows(tmp_path: Path, style: Style) -> None:
    """A third engine gives the same rows."""
    path = tmp_path / "m.xlsx"
    build_model(READERS["LSTM"](), CODES, path, style=style)

    assert check_content(read_workbook(path), engine("libreoffice")).ok


def test_the_sheets_say_that_rows_are_fetched(tmp_path: Path) -> None:
    """A reader is told twice, down a column: where the vectors would stand, and where their product does."""
    path = tmp_path / "m.xlsx"
    build_model(READERS["SimpleRNN"](), CODES, path)
    texts = {
        name: " ".join(str(cell.value) for _, cell in sorted(sheet.cells.items(), key=lambda item: item[0][::-1]))
        for name, sheet in read_workbook(path).sheets.items()
    }

    assert "Each code stands for a vector of 40 numbers, a 1 in its place and zeros" in texts["one_hot"]
    assert "one row of the kernel, which INDEX fetches" in texts["reader"]


def test_full_products_on_request(tmp_path: Path) -> None:
    """With the option each vector stands on the sheet and is multiplied out, to the same numbers."""
    full = build_model(READERS["SimpleRNN"](), CODES, tmp_path / "full.xlsx", full_products=True)

    content = read_workbook(full.path)

    assert full.report.ok
    assert max(row for row, _ in content.sheets["one_hot"].cells) > DEPTH
    assert any("SUMPRODUCT(one_hot!" in text for text in formulas(content))
    assert not any("INDEX(" in text for text in formulas(content))


def test_short_vectors_are_shown(tmp_path: Path) -> None:
    """Of few elements the whole vector is to be seen, as in the lessons."""
    depth = LONG - 1
    model = encoded(L.SimpleRNN(2), depth=depth)
    build_model(model, CODES % depth, tmp_path / "m.xlsx")

    assert max(row for row, _ in read_workbook(tmp_path / "m.xlsx").sheets["one_hot"].cells) > depth


@pytest.mark.parametrize("model", ["the answer", "flattened", "also added"])
def test_vectors_that_something_else_reads_are_written_out(tmp_path: Path, model: str) -> None:
    """The vectors are left out only where nothing but a product with a matrix reads them."""
    if model == "also added":
        codes = keras.Input((STEPS,), name="codes")
        vectors = L.CategoryEncoding(DEPTH, output_mode="one_hot", name="one_hot")(codes)
        built = keras.Model(codes, [L.SimpleRNN(2)(vectors), L.Add()([vectors, vectors])])
    else:
        built = encoded(*([] if model == "the answer" else [L.Flatten(), L.Dense(2)]))
    report = build_model(built, CODES, tmp_path / "m.xlsx").report

    assert report.ok
    assert max(row for row, _ in read_workbook(tmp_path / "m.xlsx").sheets["one_hot"].cells) > DEPTH


def test_rows_that_are_almost_one_hot_are_multiplied(tmp_path: Path) -> None:
    """A single number that is neither 0 nor 1 makes vectors of all of them."""
    model = keras.Sequential([keras.Input((STEPS, DEPTH)), L.SimpleRNN(2)])
    vectors = np.eye(DEPTH)[CODES]
    vectors[1, 2, 5] = 1e-9
    report = build_model(model, vectors, tmp_path / "m.xlsx").report

    assert report.ok
    assert not any("INDEX(" in text for text in formulas(read_workbook(tmp_path / "m.xlsx")))


def test_large_arrays_are_summed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums that notice a changed weight read few cells each, and together all of them."""
    monkeypatch.setattr(originals, "_BLOCK", 50)
    monkeypatch.setattr(originals, "STORED_AGAIN", 0)
    path = tmp_path / "m.xlsx"
    report = build_model(READERS["LSTM"](), CODES, path).report
    cells = read_workbook(path).sheets["Check"].cells
    names = [str(cell.value) for (_, column), cell in cells.items() if column == 0]
    parts = [parse_range(f"Weights!{name.partition(', ')[2]}") for name in names if name.startswith("reader.kernel, ")]

    assert report.ok
    assert all(part.size <= 50 for part in parts)
    assert len({cell for part in parts for cell in part.cells()}) == sum(part.size for part in parts) == 40 * 8
