"""Seeded faults in the cells of a backward pass: each is the only root, at exactly its cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planting import Place, planted_report, roots
from thorough import spread

from xlcheck.building.backward import Backward
from xlcheck.building.build import build_model
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

CODES = np.array([[1, 2, 4], [3, 3, 4]])


@pytest.fixture(scope="module", params=["two samples", "one sample"])
def content(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """An Embedding, an LSTM with two units and a Dense layer, after one step of Adam."""
    keras: Any = import_keras()
    keras.utils.set_random_seed(4)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Embedding(5, 2, name="words"),
            layers.LSTM(2, name="lstm"),
            layers.Dense(2, activation="softmax", name="out"),
        ]
    )
    inputs = CODES if request.param == "two samples" else CODES[:1]
    path = tmp_path_factory.mktemp("backward") / "m.xlsx"
    asked = Backward(np.arange(len(inputs)), "sparse_categorical_crossentropy", step="adam")
    assert build_model(model, inputs, path, backward=asked).report.ok
    return read_workbook(path)


def place_of(content: WorkbookContent, quantity: str, element: tuple[int, int] = (0, 0)) -> Place:
    """Where an element of a quantity stands: for the selected sample, or once for all."""
    manifest = manifest_of(content)
    assert manifest is not None
    area = next(b.area for b in manifest.bindings if b.quantity == quantity and b.sample is None)
    return area.sheet, area.top + element[0], area.left + element[1]


def formula_at(content: WorkbookContent, place: Place) -> str:
    """The formula of a cell, without the equals sign."""
    sheet, row, column = place
    formula = content.sheets[sheet].cells[row, column].formula
    assert formula is not None
    return str(formula).removeprefix("=")


def without_last_factor(formula: str) -> str:
    """A factor of the chain rule is missing."""
    return formula[: formula.rindex("*")]


def with_another_sign(formula: str) -> str:
    """The sign is wrong."""
    return f"-({formula})"


def without_last_step(formula: str) -> str:
    """The last step is left out of a sum over steps and samples, which stand side by side at each step."""
    samples = 2 if "Batch" in formula else 1

    def shorter(match: re.Match[str]) -> str:
        return f"{match[1]}:{chr(ord(match[2]) - samples)}{match[3]}"

    return re.sub(r"([A-Z]\d+):([A-Z])(\d+)", shorter, formula)


def with_kernel_not_transposed(formula: str) -> str:
    """A column of the kernel stands where its row should."""
    match = re.search(r"SUMPRODUCT\(MMULT\(Weights!\$([A-Z])\$(\d+):\$[A-Z]\$\d+,(.*?)\)\)", formula)
    assert match is not None
    column, row, flow = match.groups()
    wrong = f"SUMPRODUCT(Weights!${column}${row}:${column}${int(row) + 1},{flow})"
    return formula[: match.start()] + wrong + formula[match.end() :]


def with_epsilon_inside(formula: str) -> str:
    """The small number of the optimiser stands inside the root."""
    match = re.search(r"\(SQRT\((.*?)\)\+(\$B\$\d+)\)", formula)
    assert match is not None
    return formula[: match.start()] + f"SQRT({match[1]}+{match[2]})" + formula[match.end() :]


def without_bias_correction(formula: str) -> str:
    """Adam's averages are not made up for their beginning at 0."""
    return formula[: formula.index("*")]


# What is wrong → where, how, and the name of the mistake, if it has one.
FAULTS: dict[str, tuple[str, tuple[int, int], Callable[[str], str], str | None]] = {
    "missing chain factor": ("lstm.d_z_f[1]", (0, 0), without_last_factor, "missing-chain-factor"),
    "wrong sign": ("lstm.d_c_tilde[0]", (1, 0), with_another_sign, "wrong-sign"),
    "a step forgotten in the sum": ("lstm.d_recurrent_kernel", (1, 5), without_last_step, "forgotten-term"),
    "a step forgotten in the sum of a bias": ("lstm.d_bias", (0, 4), without_last_step, "forgotten-term"),
    "a step forgotten for an embedding": ("words.d_embeddings", (4, 1), without_last_step, "forgotten-term"),
    "transposed kernel": ("lstm.d_h[0]", (0, 0), with_kernel_not_transposed, "transposed-kernel"),
    "transposed kernel between layers": ("words.d_y[2]", (0, 0), with_kernel_not_transposed, "transposed-kernel"),
    "the loss of another class": ("out.d_z", (1, 0), lambda formula: formula.replace("=1,", "=0,"), None),
    "epsilon inside the root": ("lstm.new_kernel", (1, 6), with_epsilon_inside, "epsilon-misplaced"),
    "no bias correction": ("optimiser.alpha", (0, 0), without_bias_correction, "bias-correction-forgotten"),
    "mean over one sample too many": ("loss.d_loss", (0, 0), lambda formula: "1/3", None),
}


@pytest.mark.parametrize("fault", spread([*FAULTS], 12))
def test_a_fault_in_the_way_back_is_the_only_root(content: WorkbookContent, fault: str) -> None:
    """Everything that follows from the wrong cell is carried; the cell itself is found."""
    quantity, element, change, name = FAULTS[fault]
    place = place_of(content, quantity, element)
    formula = formula_at(content, place)
    wrong = change(formula)
    report = planted_report(content, place, wrong, None)

    assert wrong != formula
    assert roots(report) == {place}, [(cell.sheet, cell.cell, cell.quantity) for cell in report.roots]
    assert [cell.diagnosis for cell in report.roots] == [name]


def test_a_fault_in_the_batch_is_found_there(content: WorkbookContent) -> None:
    """A wrong number of one sample is the root, and the gradients that sum over it are carried."""
    manifest = manifest_of(content)
    assert manifest is not None
    if len(manifest.samples) == 1:
        pytest.skip("there is no sheet of a batch for a single sample")
    area = next(b.area for b in manifest.bindings if b.quantity == "lstm.d_z_i[1]" and b.sample == 1)
    place = (area.sheet, area.top, area.left)
    report = planted_report(content, place, without_last_factor(formula_at(content, place)), None)
    carried = {cell.quantity for cell in report.cells if cell.status.value == "carried"}

    assert roots(report) == {place}
    assert {"lstm.d_kernel[0][0]", "lstm.new_kernel[0][0]", "words.d_embeddings[3][0]"} <= carried


@pytest.mark.parametrize("quantity", spread(["lstm.d_kernel", "lstm.new_recurrent_kernel", "lstm.v_bias"], 2))
def test_a_typed_number_is_the_only_root(content: WorkbookContent, quantity: str) -> None:
    """Over a formula its own value was typed, or one that is off by 1e-9."""
    place = place_of(content, quantity)
    value = content.sheets[place[0]].cells[place[1:]].value
    assert isinstance(value, float)

    assert roots(planted_report(content, place, None, value)) == {place}
    assert roots(planted_report(content, place, None, value + 1e-9)) == {place}


@pytest.mark.parametrize("kind", ["Conv1D", "DepthwiseConv1D", "SimpleRNN"])
def test_an_input_that_is_looked_up_wrongly_for_all_samples_is_the_only_root(kind: str, tmp_path: Path) -> None:
    """The gradients follow from what stands there, and not from the same inputs where they were typed."""
    keras: Any = import_keras()
    keras.utils.set_random_seed(4)
    layers = keras.layers
    options = {"Conv1D": {"filters": 2, "kernel_size": 2}, "DepthwiseConv1D": {"kernel_size": 2}}
    layer = getattr(layers, kind)(**options.get(kind, {"units": 2}))
    model = keras.Sequential([keras.Input((3, 2)), layer, layers.Flatten(), layers.Dense(1)])
    inputs = np.arange(12.0).reshape(2, 3, 2) / 7 - 0.8
    build_model(model, inputs, tmp_path / "m.xlsx", backward=Backward(np.ones(2), "mean_squared_error", step="sgd"))
    content = read_workbook(tmp_path / "m.xlsx")
    manifest = manifest_of(content)
    assert manifest is not None
    shown = [b.area for b in manifest.bindings if b.quantity == "input.x[1]" and b.area.sheet == "Batch"]
    assert shown
    for area in shown:
        for unit in (0, 1):
            place = (area.sheet, area.top + unit, area.left)
            formula = f"{formula_at(content, place)}+0.25"
            assert roots(planted_report(content, place, formula, None)) == {place}


def test_slopes_behind_maxima_are_read_for_their_own_sample(tmp_path: Path) -> None:
    """Most gradients are 0 there, so that another sample has the same in many rounds."""
    keras: Any = import_keras()
    keras.utils.set_random_seed(16)  # with which one round finds all of them but one
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4, 2)),
            layers.Conv1D(2, 2, activation="relu"),
            layers.MaxPooling1D(2, 1),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    asked = Backward(np.array([0, 1.0]), "binary_crossentropy", step="sgd")
    inputs = np.random.default_rng(16).normal(size=(2, 4, 2))
    build_model(model, inputs, tmp_path / "m.xlsx", backward=asked)
    content = read_workbook(tmp_path / "m.xlsx")
    slopes = [
        (("Batch", row, column), cell.formula)
        for (row, column), cell in content.sheets["Batch"].cells.items()
        if re.match(r"=?[D-H]\d+\*IF\(", cell.formula or "")
    ]
    assert len(slopes) > 4
    for place, formula in slopes:
        other = re.sub(r"^(=?)([D-H])", lambda m: m[1] + chr(ord(m[2]) - 1), formula)
        assert roots(planted_report(content, place, other.removeprefix("="), None)) == {place}, other


@pytest.mark.parametrize("wrong", ["/IF(", "*1/IF("])
def test_a_division_by_a_gate_is_a_mistake(wrong: str, tmp_path: Path) -> None:
    """It is right wherever the gate is open, and has no value where it is closed: only where numbers lie far out."""
    keras: Any = import_keras()
    ones = {"kernel_initializer": "ones"}
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, "relu", name="gate", **ones), keras.layers.Dense(1, **ones)]
    )
    asked = Backward(np.array([[1.0], [0.0]]), "mean_squared_error")
    build_model(model, np.array([[1.5, 2.5], [0.5, 1.0]]), tmp_path / "m.xlsx", backward=asked)
    content = read_workbook(tmp_path / "m.xlsx")
    place = place_of(content, "gate.d_z")
    formula = formula_at(content, place).replace("*IF(", wrong)
    report = planted_report(content, place, formula, content.sheets[place[0]].cells[place[1:]].value)

    assert formula != formula_at(content, place)
    assert roots(report) == {place}
