"""Steps that are skipped, and codes: each step may be, and each code may be the last one, whatever is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planting import Place, planted_report, roots
from thorough import spread

from xlcheck.api import check
from xlcheck.building.build import build_model
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.printing import Style
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
    spread([
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
    ], 3),
)  # fmt: skip
def test_each_step_may_be_skipped(texts: WorkbookContent, cell: str, old: str, new: str) -> None:
    """Also where both samples skip it, or neither does, and where no code is the last."""
    found, place = _found(texts, cell, old, new)

    assert found == {place}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """Codes of which only some occur, as ones among zeros, and vectors of which those are skipped that are all -1."""
    keras: Any = import_keras()
    codes, vectors = keras.Input((3,), dtype="int32"), keras.Input((3, 2))
    ones = keras.layers.CategoryEncoding(5, output_mode="multi_hot", name="ones")(codes)
    hot = keras.layers.CategoryEncoding(5, output_mode="one_hot", name="hot")(codes)
    read = keras.layers.GRU(1, name="gru")(keras.layers.Masking(-1.0, name="masking")(vectors))
    path = tmp_path_factory.mktemp("others") / "others.xlsx"
    given = np.array([[1, 2, 0], [1, 1, 2]]), np.array([[[0.3, 2], [-1, -1], [1, 2]], [[1, 4], [-1, -1], [-1, -1.0]]])
    build_model(keras.Model([codes, vectors], [ones, keras.layers.Flatten()(hot), read]), list(given), path)
    return read_workbook(path)


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    spread([
        ("ones!F9", "F6=3", "G6=3"),
        ("ones!F10", "F6=4", "F7=4"),
        ("hot!F9", "F6", "E6"),
        ("hot!G10", "G6", "H6"),
        ("masking!F9", "F6:F7", "F7:F7"),
        ("masking!G9", "G6:G7", "G6:G6"),
        ("masking!H9", "<>-1", "<>0"),
    ], 3),
)  # fmt: skip
def test_each_code_may_stand_in_each_step(others: WorkbookContent, cell: str, old: str, new: str) -> None:
    """Whatever codes occur; and a vector is skipped only if all of it is the mark."""
    found, place = _found(others, cell, old, new)

    assert found == {place}


def test_where_all_steps_are_skipped_nobody_is_blamed(tmp_path: Path) -> None:
    """A softmax that is written as in a book divides 0 by 0 there, and its equation gives a number."""
    keras: Any = import_keras()
    x = keras.Input((3, 2))
    read = keras.layers.Masking()(x)
    given = np.array([[[0.3, 2], [0, 0], [1, 2]], [[1, 4], [0, 0], [0, 0.0]]])
    model = keras.Model(x, keras.layers.AdditiveAttention()([read, read]))
    report = build_model(model, given, tmp_path / "attention.xlsx", style=Style.TEACHING).report

    assert report.ok
    assert check(tmp_path / "attention.xlsx").exit_code == 0


def test_each_interval_of_an_input_is_entered(tmp_path: Path) -> None:
    """A number that no sample has, and that other numbers would hardly come to, is looked at in each of them."""
    keras: Any = import_keras()
    x = keras.Input((2,))
    hot = keras.layers.Discretization([0.5, 0.55, 0.6], output_mode="one_hot", name="hot")(x)
    model = keras.Model(x, keras.layers.Flatten(name="flat")(hot))
    build_model(model, np.array([[0.1, 0.9], [0.2, 0.8]]), tmp_path / "m.xlsx")
    content = read_workbook(tmp_path / "m.xlsx")
    cells = [
        (("flat", row, column), cell)
        for (row, column), cell in content.sheets["flat"].cells.items()
        if cell.formula is not None and cell.formula.startswith("hot!")
    ]

    assert len(cells) == 8
    for place, cell in cells:
        assert roots(planted_report(content, place, f"-({cell.formula})", cell.value)) == {place}
