"""Seeded faults where rows of a kernel are fetched instead of multiplied: the exact cells are named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from planting import Place, planted_report, roots, shifted
from thorough import spread

from xlcheck.building.build import build_model
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.record import retrace
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

DEPTH = 40
CODES = np.array([[3, 38, 5]])


@pytest.fixture(scope="module", params=["codes", "vectors"])
def content(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """A SimpleRNN that reads codes through CategoryEncoding, or one-hot vectors."""
    keras: Any = import_keras()
    keras.utils.set_random_seed(4)
    reader = keras.layers.SimpleRNN(3, name="reader")
    if request.param == "codes":
        encoding = keras.layers.CategoryEncoding(DEPTH, output_mode="one_hot", name="one_hot")
        model, inputs = keras.Sequential([keras.Input((3,)), encoding, reader]), CODES
    else:
        model, inputs = keras.Sequential([keras.Input((3, DEPTH)), reader]), np.eye(DEPTH)[CODES]
    path = tmp_path_factory.mktemp(request.param) / "m.xlsx"
    assert build_model(model, inputs, path).report.ok
    return read_workbook(path)


def rows_fetched(content: WorkbookContent) -> Sequence[Place]:
    """The cells that fetch a weight of the kernel; in an ordinary run some of them."""
    manifest = manifest_of(content)
    assert manifest is not None
    areas = [b.area for b in manifest.bindings if b.quantity.startswith("reader.xk")]
    assert len(areas) == 3
    return spread([(area.sheet, *cell) for area in areas for cell in area.cells()], 10)


def test_constants_over_fetched_weights(content: WorkbookContent) -> None:
    """A fetched weight that was typed over, right or wrong by 1e-9, is the only root."""
    for place in rows_fetched(content):
        value = content.sheets[place[0]].cells[place[1:]].value
        assert isinstance(value, float)

        assert roots(planted_report(content, place, None, value)) == {place}
        assert roots(planted_report(content, place, None, value + 1e-9)) == {place}


def test_rows_beside_the_right_one(content: WorkbookContent) -> None:
    """Each reference moved by a row or a column fetches another weight, and is the only root."""
    planted = 0
    for place in rows_fetched(content):
        cell = content.sheets[place[0]].cells[place[1:]]
        text = str(cell.formula)
        assert "INDEX(" in text
        tail = text[text.rindex(",") :]
        wrong = [variant for variant in shifted(text) if variant.endswith(tail)]  # another column or first row
        wrong = [*spread(wrong, 2)]
        wrong.append(text.replace(tail, tail.rstrip(")") + "+1" + ")" * tail.count(")")))  # the row below
        for variant in wrong:
            report = planted_report(content, place, variant, cell.value)
            if report.ok:  # moving the end of a range changes no value
                assert variant in shifted(text)
                continue
            planted += 1
            assert roots(report) == {place}, variant
    assert planted >= 2 * len(rows_fetched(content))


def test_another_code_changes_the_truth(content: WorkbookContent) -> None:
    """A code typed over another is an input: Keras is asked anew, and every fetched row is right again."""
    manifest = manifest_of(content)
    assert manifest is not None
    (area,) = (b.area for b in manifest.bindings if b.sample == 0 and b.quantity.endswith("[1]"))
    place = (area.sheet, area.top, area.left)

    report = planted_report(content, place, None, 17.0, recompute=retrace)

    assert report.counts.root == 0
    assert report.counts.checked == report.counts.formula_cells
