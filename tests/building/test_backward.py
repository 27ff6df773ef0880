"""Backward passes of any model: each cell is Keras's, in every style and engine; what has no rule is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from sequential import L, keras, sequential
from thorough import EVERY_CASE, part_of, spread
from workbook_parts import typed

from xlcheck.api import check
from xlcheck.building.backward import Backward
from xlcheck.building.build import build_model
from xlcheck.building.built import Built
from xlcheck.engines import engine
from xlcheck.formulas.printing import Style
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.manifest import Manifest, manifest_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(3)
CODES = np.array([[1, 2, 4], [3, 3, 0]])


def reader() -> Any:
    """An Embedding with a mask, two recurrent layers, normalisation, and three classes."""
    return sequential(
        (3,),
        L.Embedding(5, 2, mask_zero=True, name="words"),
        L.Bidirectional(L.LSTM(2, return_sequences=True, name="lstm"), name="both"),
        L.GRU(2, name="gru"),
        L.LayerNormalization(name="norm"),
        L.Dense(3, activation="softmax", name="out"),
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
    )


def assert_all_agree(report: CheckReport) -> None:
    """Every formula cell was compared and is right, and nobody has any doubt."""
    assert report.counts.agree == report.counts.checked == report.counts.formula_cells > 0, report.cells[:3]
    assert report.exit_code == 0, report.reservations


def manifest_in(built: Built) -> Manifest:
    """What the written workbook says of itself."""
    manifest = manifest_of(read_workbook(built.path))
    assert manifest is not None
    return manifest


@pytest.fixture(scope="module", params=part_of([Style.ROBUST, Style.COMPACT, Style.TEACHING, Style.BOOK], 1), ids=str)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The reader's workbook with a step of its optimiser; in an ordinary run in one style."""
    path = tmp_path_factory.mktemp("reader") / "m.xlsx"
    asked = Backward(np.array([0, 2]), step="compiled")
    return build_model(reader(), CODES, path, style=request.param, backward=asked)


def test_links_on_the_way_back_lead_to_the_beginning_of_its_pages(built: Built) -> None:
    """To the losses of all samples, and to the first page of gradients."""
    book = openpyxl.load_workbook(built.path)
    links = {
        str(cell.value): cell.hyperlink.location
        for row in book["Loss"]["A1:L6"] for cell in row if cell.hyperlink is not None
    }  # fmt: skip

    assert links["where the way back begins →"] == "'out backward'!A1"
    assert links["the loss of every sample →"].replace("'", "") == "Batch!A1"


def test_pages_of_the_way_back_end_between_two_matrices(built: Built) -> None:
    """On paper each matrix of a gradient or of a step stands below its name."""
    book = openpyxl.load_workbook(built.path)
    ends = [(sheet, item.id) for sheet in (book["Gradients"], book["Step"]) for item in sheet.row_breaks.brk]

    assert {sheet.title for sheet, _ in ends} == {"Gradients", "Step"}
    for sheet, end in ends:
        first, last = sheet.cell(end + 1, 1), sheet.cell(end, 1)
        assert (bool(first.value), first.font.bold, last.value) == (True, True, None), (sheet.title, end)


def test_every_style_and_two_engines(built: Built) -> None:
    """All gradients of two samples and a step of Adam are Keras's, however the formulas are written."""
    content = read_workbook(built.path)

    assert_all_agree(built.report)
    if EVERY_CASE:
        assert_all_agree(check_content(content, engine("cellrune", guarded=False)))
    assert {"Loss", "out backward", "both backward", "words backward", "Gradients", "Step", "Batch"} <= set(
        content.sheets
    )


def test_edits_are_answered_by_keras(built: Built, tmp_path: Path) -> None:
    """After a weight, a target and the learning rate were changed, every gradient is compared with Keras anew."""
    bindings = manifest_in(built).bindings
    places = {(b.quantity, b.sample): b.area for b in bindings}
    target = next(b.area for b in bindings if b.quantity == "target.y" and b.area.sheet == "Inputs")
    edits = {places["gru.kernel", None]: 0.3, places["optimiser.learning_rate", None]: 0.5, target: 1}
    path = built.path
    for number, (area, value) in enumerate(edits.items()):
        path = typed(path, tmp_path / f"{number}.xlsx", area.sheet, {(area.top, area.left): value})
    report = check(path)

    assert len(report.edits) == 3
    assert report.counts.root == report.counts.carried == 0, report.cells[:3]


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.parametrize("style", [Style.ROBUST, Style.COMPACT])
def test_libreoffice_agrees(tmp_path: Path, style: Style) -> None:
    """LibreOffice computes the same gradients, to its 15 digits."""
    asked = Backward(np.array([0, 2]), step="sgd")
    built = build_model(reader(), CODES, tmp_path / "m.xlsx", style=style, backward=asked)

    assert_all_agree(check_content(read_workbook(built.path), engine("libreoffice")))


LAYERS: dict[str, Callable[[], list[Any]]] = {
    "SimpleRNN backwards": lambda: [L.SimpleRNN(3, go_backwards=True, return_sequences=True)],
    "GRU of Keras 1": lambda: [L.GRU(2, reset_after=False)],
    "Conv1D and pooling": lambda: [
        L.Conv1D(3, 2, padding="same", activation="relu"),
        L.MaxPooling1D(2, padding="same"),
    ],
    "ties in pooling": lambda: [
        L.Dense(2, activation="relu"),
        L.UpSampling1D(2),
        L.MaxPooling1D(2, 1),
        L.GlobalMaxPooling1D(),
    ],
    "BatchNormalization": lambda: [L.BatchNormalization(), L.AveragePooling1D(2)],
    "BatchNormalization of steps": lambda: [L.BatchNormalization(axis=1), L.SimpleRNN(2)],
    "PReLU": lambda: [L.Dense(2), L.PReLU()],
    "PReLU, shared": lambda: [L.Dense(2), L.PReLU(shared_axes=[1])],
    "TimeDistributed": lambda: [L.TimeDistributed(L.Dense(2, activation="gelu")), L.GlobalAveragePooling1D()],
    "Permute and Reshape": lambda: [L.Permute((2, 1)), L.Reshape((3, 2)), L.Dense(2)],
}


@pytest.mark.parametrize("name", spread([*LAYERS], 3))
def test_layers_with_weights_of_every_form(tmp_path: Path, name: str) -> None:
    """Kernels of several matrices, vectors and shared slopes have their gradients, too."""
    model = sequential((3, 2), *LAYERS[name](), L.Flatten(), L.Dense(1))
    asked = Backward(RNG.normal(size=2), "mean_squared_error")

    assert_all_agree(build_model(model, RNG.normal(size=(2, 3, 2)), tmp_path / "m.xlsx", backward=asked).report)


def test_long_one_hot_inputs_are_not_written_out(tmp_path: Path) -> None:
    """Where rows of a kernel are fetched, the gradient of the kernel counts the places of the 1."""
    model = sequential((3, 40), L.GRU(2), L.Dense(1))
    built = build_model(
        model, np.eye(40)[[[3, 39, 0], [7, 7, 1]]], tmp_path / "m.xlsx",
        backward=Backward(np.array([0.5, -1.0]), "mean_squared_error", step="rmsprop"),
    )  # fmt: skip

    assert_all_agree(built.report)
    assert "input.x[0]" not in {binding.quantity for binding in manifest_in(built).bindings}


@pytest.mark.exhaustive
def test_more_steps_than_fit_on_a_screen(tmp_path: Path) -> None:
    """A sheet then has links both to its last step and to its backward pass."""
    model = sequential((21, 2), L.LSTM(2, name="lstm"), L.Dense(1, activation="sigmoid"))
    asked = Backward(np.array([[0.0], [1.0]]), "binary_crossentropy")
    built = build_model(model, RNG.normal(size=(2, 21, 2)), tmp_path / "m.xlsx", backward=asked)
    texts = {str(cell.value) for cell in read_workbook(built.path).sheets["lstm"].cells.values()}

    assert_all_agree(built.report)
    assert {"last step →", "backward pass of this layer ↓"} <= texts


@pytest.mark.exhaustive
def test_hundreds_of_units(tmp_path: Path) -> None:
    """With 128 units every gradient cell is within 1e-12 of the largest of its quantity."""
    model = sequential((4, 3), L.SimpleRNN(128), L.LayerNormalization(), L.Dense(2))
    asked = Backward(RNG.normal(size=(2, 2)), "mean_squared_error")
    report = build_model(model, RNG.normal(size=(2, 4, 3)), tmp_path / "m.xlsx", backward=asked).report

    assert_all_agree(report)


def test_the_step_is_the_next_one_of_keras_itself(tmp_path: Path) -> None:
    """With the optimiser of a model that was trained for some steps, the new weights are those after one step more."""
    keras.config.set_floatx("float64")
    try:
        keras.utils.set_random_seed(5)
        x = keras.Input((3, 2), dtype="float64")
        hidden = L.LSTM(2, name="lstm", dtype="float64")(x)
        model = keras.Model(x, L.Dense(1, name="out", dtype="float64")(hidden))
        model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.01))
        x, y = RNG.normal(size=(4, 3, 2)), RNG.normal(size=(4, 1))
        for _ in range(3):
            model.train_on_batch(x, y)
        built = build_model(model, x, tmp_path / "m.xlsx", backward=Backward(y, step="compiled"))
        model.train_on_batch(x, y)
    finally:
        keras.config.set_floatx("float32")
    manifest = manifest_in(built)
    trace = manifest.trace

    assert_all_agree(built.report)
    assert trace["optimiser.iteration"].tolist() == [4.0]
    for layer in model.layers:
        for variable in (layer.cell if hasattr(layer, "cell") else layer).weights:
            new = trace[f"{layer.name}.new_{variable.name}"]
            np.testing.assert_allclose(new, variable.numpy(), rtol=0, atol=1e-14)


def test_one_sample_needs_no_batch_sheet(tmp_path: Path) -> None:
    """The gradients of a single sample are summed where it is shown."""
    model = sequential((3,), L.Embedding(5, 2), L.SimpleRNN(2), L.Dense(3, activation="softmax"))
    asked = Backward(np.array([1]), "sparse_categorical_crossentropy")
    built = build_model(model, CODES[:1], tmp_path / "m.xlsx", backward=asked)

    assert_all_agree(built.report)
    assert "Batch" not in read_workbook(built.path).sheets
    assert "Step" not in read_workbook(built.path).sheets


def test_a_frozen_layer_does_not_move(tmp_path: Path) -> None:
    """Frozen weights have a gradient and no step; a frozen BatchNormalization is no reason to refuse one."""
    model = sequential((2,), L.BatchNormalization(name="norm"), L.Dense(2, name="kept"), L.Dense(1, name="out"))
    model.get_layer("norm").trainable = model.get_layer("kept").trainable = False
    asked = Backward(RNG.normal(size=2), "mean_squared_error", step="sgd", learning_rate=0.25)
    built = build_model(model, RNG.normal(size=(2, 2)), tmp_path / "m.xlsx", backward=asked)
    names = set(manifest_in(built).trace.values)

    assert_all_agree(built.report)
    assert {"out.new_kernel", "kept.d_kernel", "norm.d_gamma"} <= names
    assert not {"kept.new_kernel", "norm.new_gamma", "norm.new_moving_mean"} & names


def test_a_gradient_that_is_only_rounding_is_no_mistake(tmp_path: Path) -> None:
    """The bias of a key changes no share, so that Adam divides what rounding leaves of 0 by nearly nothing."""
    keras.utils.set_random_seed(2)
    x = keras.Input((3, 4))
    model = keras.Model(x, L.Dense(1)(L.Flatten()(L.MultiHeadAttention(2, 2)(x, x))))
    asked = Backward(np.ones(3), "mean_squared_error", step="adam")

    assert_all_agree(build_model(model, RNG.normal(size=(3, 3, 4)), tmp_path / "m.xlsx", backward=asked).report)


def test_a_model_that_is_frozen_as_a_whole_stays_where_it_is(tmp_path: Path) -> None:
    """Its weights have gradients, and a step moves none of them."""
    model = sequential((2,), L.Dense(1, name="out"))
    model.trainable = False
    asked = Backward(RNG.normal(size=2), "mean_squared_error", step="adam")
    built = build_model(model, RNG.normal(size=(2, 2)), tmp_path / "m.xlsx", backward=asked)

    assert_all_agree(built.report)
    assert "out.d_kernel" in manifest_in(built).trace
    assert "out.new_kernel" not in manifest_in(built).trace


def test_targets_from_files(tmp_path: Path) -> None:
    """Targets are read as .npy, .npz and .csv, and mean the same."""
    np.save(tmp_path / "y.npy", np.array([0, 1]))
    np.savez(tmp_path / "y.npz", targets=np.array([[0], [1]]))
    (tmp_path / "y.csv").write_text("answer\n0\n1\n", encoding="utf-8")
    model = sequential((2,), L.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    traces = []
    for name in ("y.npy", "y.npz", "y.csv"):
        asked = Backward(tmp_path / name)
        built = build_model(model, np.ones((2, 2)), tmp_path / "m.xlsx", backward=asked)
        traces.append(replace(manifest_in(built).trace, source="").values["target.y"])

    assert all(np.array_equal(trace, [[0.0], [1.0]]) for trace in traces)


LAST = [
    ("sparse_categorical_crossentropy", 3, "softmax"),
    ("binary_crossentropy", 1, "sigmoid"),
    ("binary_crossentropy", 1, "hard_sigmoid"),
    ("mean_squared_error", 2, "softplus"),
]
STYLES = [Style.ROBUST, Style.COMPACT]
# In an ordinary run the styles take turns.
TURNS = [(*last, STYLES[(turn + number) % 2]) for turn in range(2) for number, last in enumerate(LAST)]


@pytest.mark.parametrize(("loss", "units", "activation", "style"), part_of(TURNS, 1))
def test_no_error_values_for_any_finite_numbers(
    tmp_path: Path, loss: str, units: int, activation: str, style: Style
) -> None:
    """With weights and inputs of thousands, no cell of the way back holds an error, and all are Keras's."""
    model = sequential(
        (3, 2), L.LSTM(2, return_sequences=True), L.GRU(2, activation="elu"), L.Dense(2, activation="gelu"),
        L.Dense(units, activation=activation),
    )  # fmt: skip
    model.set_weights([weight * 1000 for weight in model.get_weights()])
    x = np.random.default_rng(8).normal(size=(2, 3, 2)) * 1000
    targets = np.zeros((2, 1)) if units != 2 else np.zeros((2, 2))
    report = build_model(model, x, tmp_path / "m.xlsx", style=style, backward=Backward(targets, loss)).report

    assert_all_agree(report)
