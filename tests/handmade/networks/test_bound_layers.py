"""Each layer that can be bound is Keras's layer, and its cells are compared with what Keras computes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import openpyxl
import pytest
from bound_sheets import BINDINGS, STATES, bound
from keras import layers

from xlcheck.api import check
from xlcheck.errors import UsageError
from xlcheck.formulas.addresses import column_name
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.bound_layers import bound_layers, input_shape
from xlcheck.handmade.networks.layer_specs import DEFAULTS, layer_spec
from xlcheck.handmade.networks.ranges import Reader
from xlcheck.layers import LAYERS
from xlcheck.model.keras_reader import read_model
from xlcheck.model.layer_options import TRAINING_ONLY_OF_IMAGES
from xlcheck.verdicts.report import Status
from xlcheck.workbook.reader import read_workbook

ROOT = Path(__file__).parents[3]
_NOT_IN_A_CHAIN = {
    "RNN", "Bidirectional", "TimeDistributed", "Normalization", "Concatenate", "Add", "Subtract", "Multiply", "Average",
    "Maximum", "Minimum", "Dot", "MaxPooling1D", "GlobalMaxPooling1D", "Attention", "AdditiveAttention",
    "MultiHeadAttention", "EinsumDense", "Discretization", "IntegerLookup",
}  # fmt: skip
_OPTIONS: dict[str, dict[str, Any]] = {
    "Conv1D": {"filters": 2, "kernel_size": 3}, "Conv1DTranspose": {"filters": 2, "kernel_size": 3},
    "SeparableConv1D": {"filters": 2, "kernel_size": 3, "depth_multiplier": 2},
    "Embedding": {"input_dim": 5, "output_dim": 2},
    "CategoryEncoding": {"num_tokens": 4}, "Rescaling": {"scale": 0.5}, "Reshape": {"target_shape": [-1, 2]},
    "Permute": {"dims": [2, 1]}, "RepeatVector": {"n": 2}, "PReLU": {"shared_axes": [1]}, "UpSampling1D": {"size": 3},
    "AveragePooling1D": {"pool_size": 3}, "DepthwiseConv1D": {"kernel_size": 3, "depth_multiplier": 2},
    "GroupNormalization": {"groups": 2},
    "Dropout": {"rate": 0.5}, "SpatialDropout1D": {"rate": 0.5}, "GaussianDropout": {"rate": 0.5},
    "GaussianNoise": {"stddev": 0.5}, "AlphaDropout": {"rate": 0.5}, "Activation": {"activation": "relu"},
}  # fmt: skip
_ONLY_TRAINING = {"rate", "stddev"}


def test_every_layer_that_can_be_built_can_be_bound_if_it_has_its_place_in_a_chain() -> None:
    """Those that read several tensors or images, wrap other layers, or give a number that they read need a model.

    So do kernels of several axes, and lists of numbers.
    """
    of_images = {kind for kind in LAYERS if "2D" in kind} | set(TRAINING_ONLY_OF_IMAGES)
    assert set(LAYERS) - set(DEFAULTS) == _NOT_IN_A_CHAIN | of_images


@pytest.mark.parametrize("kind", sorted(DEFAULTS))
def test_options_and_weights_are_those_of_keras(kind: str) -> None:
    """By default, and with what a layer needs to be told: the same as of a model that Keras has built."""
    options = _OPTIONS.get(kind, {})
    units = {"units": 3} if kind in {"SimpleRNN", "LSTM", "GRU", "Dense"} else {}
    is_vector = kind in {"RepeatVector", "Embedding", "CategoryEncoding"}
    model = keras.Sequential([keras.Input((4,) if is_vector else (4, 2)), getattr(layers, kind)(**units, **options)])
    (layer,) = read_model(model).layers

    told = {key: value for key, value in options.items() if key not in _ONLY_TRAINING}
    spec = layer_spec(kind, layer.name, units.get("units"), 2, told, 0 if is_vector else 4)

    assert (spec.kind, dict(spec.options), dict(spec.weights)) == (kind, dict(layer.options), dict(layer.weights))


def _saved(folder: Path, cells: dict[str, Any], bindings: str) -> Path:
    book = openpyxl.Workbook()
    for cell, value in cells.items():
        book.active[cell] = value
    book.save(folder / "mine.xlsx")
    (folder / "mine.toml").write_text(bindings, encoding="utf-8")
    return folder / "mine.xlsx"


def _leaky() -> tuple[dict[str, Any], str]:
    """Two units of a leaky relu with a slope that no activation of Keras has, then one that sums them up."""
    cells: dict[str, Any] = {"A1": 0.5, "A2": -1.5, "B1": 0.3, "B2": 0.7, "C1": -0.4, "C2": 0.9, "B3": 0.1, "C3": -0.2}
    for column in "BC":
        cells[f"{column}5"] = f"=SUMPRODUCT($A$1:$A$2,{column}1:{column}2)+{column}3"
        cells[f"{column}6"] = f"=IF({column}5>0,{column}5,0.01*{column}5)"
    cells |= {"E1": 1.25, "E2": -0.75, "E5": "=B6*E1+C6*E2"}
    return cells, (
        '[[model]]\n[[model.layer]]\ntype = "Dense"\nunits = 2\n'
        'kernel = { range = "B1:C2", transposed = false }\nbias = "B3:C3"\n'
        '[[model.layer]]\ntype = "LeakyReLU"\nnegative_slope = 0.01\n'
        '[[model.layer]]\ntype = "Dense"\nunits = 1\nkernel = "E1:E2"\n[[model.document]]\nx = "A1:A2"\n'
    )


def _words() -> tuple[dict[str, Any], str]:
    """Three codes, their rows of a table of vectors, and the mean of these."""
    cells: dict[str, Any] = {"A1": 2, "A2": 0, "A3": 3}
    for row in range(4):
        cells |= {f"C{row + 1}": row / 3 - 0.25, f"D{row + 1}": 0.5 - row * row / 7}
    for row in range(3):
        cells |= {f"{to}{row + 6}": f"=INDEX({of}$1:{of}$4,A{row + 1}+1)" for of, to in (("C", "C"), ("D", "D"))}
    cells |= {"C10": "=AVERAGE(C6:C8)", "D10": "=AVERAGE(D6:D8)"}
    return cells, (
        '[[model]]\n[[model.layer]]\ntype = "Embedding"\ninput_dim = 4\noutput_dim = 2\nembeddings = "C1:D4"\n'
        '[[model.layer]]\ntype = "GlobalAveragePooling1D"\n[[model.document]]\nx = "A1:A3"\n'
    )


def _normalised() -> tuple[dict[str, Any], str]:
    """Three numbers without their mean and spread, scaled."""
    cells: dict[str, Any] = {}
    for number, column in enumerate("ABC"):
        cells |= {f"{column}1": 0.7 * number - 0.4, f"{column}2": 1 + number / 5, f"{column}3": number / 9}
        cells[f"{column}7"] = f"=({column}1-$A$5)/SQRT($B$5+0.001)*{column}2+{column}3"
    cells |= {"A5": "=AVERAGE(A1:C1)", "B5": "=VARP(A1:C1)"}
    return cells, (
        '[[model]]\n[[model.layer]]\ntype = "LayerNormalization"\ngamma = "A2:C2"\nbeta = "A3:C3"\n'
        '[[model.document]]\nx = "A1:C1"\n'
    )


def _convolved() -> tuple[dict[str, Any], str]:
    """One filter of two steps over five, and the mean of what it gives."""
    cells: dict[str, Any] = {"H1": 0.5, "H2": -1.25, "H3": 0.1, "A5": "=AVERAGE(A3:D3)"}
    cells |= {f"{column_name(step)}1": (step - 2) / 3 for step in range(5)}
    for step in range(4):
        cells[f"{column_name(step)}3"] = f"={column_name(step)}1*$H$1+{column_name(step + 1)}1*$H$2+$H$3"
    return cells, (
        '[[model]]\n[[model.layer]]\ntype = "Conv1D"\nfilters = 1\nkernel_size = 2\nkernel = "H1:H2"\nbias = "H3"\n'
        '[[model.layer]]\ntype = "GlobalAveragePooling1D"\n[[model.document]]\nx = "A1:E1"\n'
    )


def _in_groups() -> tuple[dict[str, Any], str]:
    """Two features over three steps, each with a filter of its own over two of them, then normalised by itself."""
    cells: dict[str, Any] = {"F1": 0.5, "G1": -1.25, "F2": 0.75, "G2": 0.3, "F3": 1.5, "G3": 0.8, "F4": 0.1, "G4": -0.2}
    cells |= {f"{column}{row + 1}": (row * 2 + k - 1) / 3 for row in range(3) for k, column in enumerate("AB")}
    for k, column in enumerate("AB"):
        own = "FG"[k]
        for row in (6, 7):
            cells[f"{column}{row}"] = f"={column}{row - 5}*${own}$1+{column}{row - 4}*${own}$2"
            cells[f"{column}{row + 5}"] = f"=({column}{row}-{column}$9)/SQRT({column}$10+0.001)*{own}$3+{own}$4"
        cells |= {f"{column}9": f"=AVERAGE({column}6:{column}7)", f"{column}10": f"=VARP({column}6:{column}7)"}
    return cells, (
        '[[model]]\n[[model.layer]]\ntype = "DepthwiseConv1D"\nkernel_size = 2\n'
        'kernel = { range = "F1:G2", transposed = false }\n'
        '[[model.layer]]\ntype = "GroupNormalization"\ngroups = 2\ngamma = "F3:G3"\nbeta = "F4:G4"\n'
        '[[model.document]]\nx = "A1:B3"\n'
    )


@pytest.mark.parametrize(
    ("make", "cell", "wrong"),
    [
        (_leaky, "C6", "=IF(C5>0,C5,0.1*C5)"),
        (_words, "D10", "=AVERAGE(D6:D7)"),
        (_normalised, "B7", "=(B1-$A$5)/SQRT($B$5)*B2+B3"),
        (_convolved, "C3", "=C1*$H$1+E1*$H$2+$H$3"),
        (_in_groups, "B7", "=B2*$G$1+B3*$F$2"),
        (_in_groups, "A9", "=AVERAGE(A6:B7)"),
    ],
)
def test_a_bound_layer_is_compared_with_keras(make: Any, cell: str, wrong: str, tmp_path: Path) -> None:
    """All formulas agree; after one of them was spoilt, it is the only root."""
    cells, bindings = make()
    path = _saved(tmp_path, cells, bindings)
    report = check(path)
    assert (report.exit_code, report.counts.root) == (0, 0), report.notes

    _saved(tmp_path, {**cells, cell: wrong}, bindings)
    assert [root.cell for root in check(path).roots] == [cell]


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ('type = "Conv1D"\nfilters = 2\nkernel = "A1:B2"', "Conv1D needs kernel_size"),
        ('type = "LeakyReLU"\nnegative_slope = "0.1"', "negative_slope is a number, not '0.1'"),
        ('type = "LeakyReLU"\nunits = 2', "LeakyReLU has no units"),
        ('type = "Reshape"\ntarget_shape = [2, 7]', "makes the shape (2, 7) of 2 numbers"),
        ('type = "Bidirectional"', "use --model for others"),
        ('type = "Embedding"\ninput_dim = 2.5\noutput_dim = 2\nembeddings = "A1:B2"', "input_dim is whole numbers"),
        ('type = "AveragePooling1D"\npool_size = [2, 1]', "pool_size is whole numbers up to 10000, not [2, 1]"),
        ('type = "CategoryEncoding"\nnum_tokens = 3\noutput_mode = "all"', "output_mode is 'one_hot' or 'multi_hot'"),
        ('type = "RepeatVector"\nn = 100000000', "n is whole numbers up to 10000, not 100000000"),
        ('type = "PReLU"', "layer 'p_re_lu' needs a range for its alpha"),
        ('type = "Softmax"\nname = "a"\n[[model.layer]]\ntype = "Flatten"\nname = "a"', "two layers are called 'a'"),
    ],
)
def test_a_mistake_is_one_sentence(layer: str, said: str, tmp_path: Path) -> None:
    """What is missing, or of another kind, in which layer."""
    bindings = f'[[model]]\n[[model.layer]]\n{layer}\n[[model.document]]\nx = "A1:B1"\n'
    path = _saved(tmp_path, {"A1": 1, "B1": 2, "C1": "=A1"}, bindings)

    with pytest.raises(UsageError) as caught:
        read_bindings(path.with_suffix(".toml"), read_workbook(path))

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_bindings_of_the_readme_are_those_of_a_workbook() -> None:
    """Rule: what the README shows stands beside the workbook that it names, and all of that is right."""
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    workbook = ROOT / "fixtures" / "handmade" / "book_simple_rnn.xlsx"
    assert example == workbook.with_suffix(".toml").read_text(encoding="utf-8")
    assert check(workbook).exit_code == 0


def test_the_example_of_the_documentation_is_complete(tmp_path: Path) -> None:
    """It binds the worksheet that it describes; what it says to ignore gets no verdict, and a wrong gate is found."""
    page = (ROOT / ".github" / "docs" / "hand-made.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "LSTM"
    for row, (kernel, state, bias) in enumerate([(0.4, -0.3, 0.1), (0.8, 0.5, -0.2), (-0.6, 0.9, 0.05)] * 2, start=4):
        if row < 8:
            sheet[f"B{row}"], sheet[f"C{row}"], sheet[f"D{row}"] = kernel, state * row / 5, bias
    sheet["K11"], sheet["M11"] = 0.25, -0.5
    for row in range(12, 16):
        sheet[f"B{row}"] = (row - 13) / 2
        sums = [f"$B{row}*B${gate}+$M{row - 1}*C${gate}+D${gate}" for gate in range(4, 8)]
        for column, z in zip("CDEF", sums, strict=True):
            sheet[f"{column}{row}"] = f"=TANH({z})" if column == "E" else f"=1/(1+EXP(-({z})))"
        sheet[f"K{row}"] = f"=C{row}*K{row - 1}+D{row}*E{row}"
        sheet[f"M{row}"] = f"=F{row}*TANH(K{row})"
    sheet["B41"] = "=EXP(B12)*B4"
    book.save(tmp_path / "mine.xlsx")
    (tmp_path / "mine.toml").write_text(example, encoding="utf-8")

    report = check(tmp_path / "mine.xlsx")
    assert (report.exit_code, report.counts.agree) == (0, 24)
    assert any("`ignore`" in note for note in report.notes)

    sheet["D14"] = str(sheet["D14"].value).replace("B$5", "B$4")
    book.save(tmp_path / "mine.xlsx")
    assert [root.cell for root in check(tmp_path / "mine.xlsx").roots] == ["D14"]


_DENSE = {"type": "Dense", "units": 1, "kernel": "C1:C2", "bias": "C3"}


def _reader(folder: Path) -> Reader:
    book = openpyxl.Workbook()
    for row in range(1, 9):
        for column in range(1, 5):
            book.active.cell(row, column, row + column / 10)
    book.save(folder / "w.xlsx")
    return Reader(read_workbook(folder / "w.xlsx"), "Sheet")


def test_layers_get_names_shapes_and_cells(tmp_path: Path) -> None:
    """Rule: Keras's names, each layer on the output of the one before, and which cells hold negative numbers."""
    first: dict[str, object] = {"type": "SimpleRNN", "units": 2, "kernel": "A1:B1", "bias": "A4:B4"}
    first["recurrent_kernel"] = {"range": "A2:B3", "transposed": False}
    second = {**_DENSE, "negative": "bias"}
    specs, weights, turned = bound_layers([first, second, {**second, "kernel": "C1"}], (4, 1), _reader(tmp_path))

    assert [spec.name for spec in specs] == ["simple_rnn", "dense", "dense_1"]
    assert [spec.weights["kernel"] for spec in specs] == [(1, 2), (2, 1), (1, 1)]
    assert weights["dense.kernel"] == (("Sheet", 0, 2), ("Sheet", 1, 2))
    assert turned == {"dense.bias": 1, "dense_1.bias": 1}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            [{"type": "Dense", "units": 1, "kernel": "C1:C2", "bias": "C3", "name": "a"}] * 2,
            "two layers are called 'a'",
        ),
        ([{"type": "Dense", "units": 1, "kernel": "C1:C2", "bias": "C3", "negative": "z"}], "subtract their biases"),
    ],
)
def test_layers_that_do_not_fit_are_refused(more: list[dict[str, object]], said: str, tmp_path: Path) -> None:
    """Rule: one sentence says what does not fit."""
    with pytest.raises(UsageError, match=said):
        bound_layers(more, (2,), _reader(tmp_path))


@pytest.mark.parametrize(
    ("kind", "model", "x", "shape"),
    [
        ("Dense", {}, "A1:A4", (4,)),
        ("SimpleRNN", {}, "A1:A8", (4, 2)),
        ("SimpleRNN", {"timesteps": 2}, "A1:A8", (2, 4)),
        ("Dense", {"timesteps": 1}, "A1:A4", (4,)),
        ("Embedding", {}, "A1:A3", (3,)),
    ],
)
def test_the_input_has_the_shape_that_the_kernel_says(
    kind: str, model: dict[str, int], x: str, shape: tuple[int, ...], tmp_path: Path
) -> None:
    """Rule: a vector, or so many steps of as many features as the kernel has rows."""
    layer = {"type": kind, "units": 3, "kernel": "A1:C2"}
    assert input_shape(model, [layer], {"x": x}, _reader(tmp_path)) == shape


def test_inputs_that_fill_no_step_are_refused(tmp_path: Path) -> None:
    """Rule: seven numbers are no steps of two features."""
    with pytest.raises(UsageError, match="no multiple of the 2 features"):
        input_shape({}, [{"type": "GRU", "units": 1, "kernel": "A1:C2"}], {"x": "A1:A7"}, _reader(tmp_path))


@pytest.mark.parametrize("cells", [["B8"], ["B6"], ["B5", "B6", "B7", "B8"]], ids=["the result", "a state", "all"])
@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
def test_cells_to_ignore_get_no_verdict(cells: list[str], wrong: bool, tmp_path: Path) -> None:
    """Cells of the network are neither right nor wrong then, and not everything was checked."""
    formulas = STATES | ({cell: f"{STATES[cell]}+0.25" for cell in cells} if wrong else {})
    ignore = ", ".join(f'"{cell}"' for cell in cells)
    own = bound(tmp_path, formulas, BINDINGS.replace("[[model]]", f"[[model]]\nignore = [{ignore}]", 1))
    report = check(own.table.content.path)

    assert report.exit_code == 3
    assert not report.roots
    assert {cell.cell for cell in report.cells.with_status(Status.NOT_EVALUATED, Status.UNBOUND)} == set(cells)
