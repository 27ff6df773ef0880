"""Workbooks of Keras models: every cell is Keras's, for every sample; faults and edits are found where they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from sequential import L, keras, sequential
from thorough import part_of

from xlcheck.api import check
from xlcheck.building.build import build_model
from xlcheck.engines import engine
from xlcheck.errors import DataError, ModelError, NotSupportedError, UsageError, WorkbookError
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.printing import Style
from xlcheck.layout.tables import table
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(3)


def two_inputs() -> tuple[Any, list[np.ndarray]]:
    """A functional model with two inputs, two outputs and a shared layer."""
    keras.utils.set_random_seed(6)
    words, age = keras.Input((4,), name="words"), keras.Input((2,), name="age")
    shared = L.Dense(3, activation="gelu", name="shared")
    read = L.LSTM(3, name="memory")(L.Embedding(9, 3, mask_zero=True)(words))
    both = L.Concatenate()([shared(read), shared(L.Dense(3)(age))])
    outputs = [
        L.Dense(1, activation="sigmoid", name="yes")(both),
        L.Dense(10, activation="softmax", name="which")(both),
    ]
    codes = np.array([[1, 2, 0, 0], [3, 4, 5, 8], [6, 0, 0, 0]])
    return keras.Model([words, age], outputs), [codes, RNG.normal(size=(3, 2))]


def assert_all_agree(report: CheckReport, samples: int) -> None:
    """Every formula cell was compared, for every sample, and is right."""
    assert report.counts.agree == report.counts.checked == report.counts.formula_cells > 0, report.cells[:3]
    assert report.samples == samples


@pytest.mark.parametrize("invert", [False, True])
def test_what_an_equation_makes_of_its_own_numbers_is_known(tmp_path: Path, invert: bool) -> None:
    """The root of a variance that is an option stands in no weight, and yet nothing about it is strange."""
    layer = L.Normalization(mean=[1.0, 2.0, 3.0], variance=[2.0, 3.0, 0.5], invert=invert)
    report = build_model(sequential((3,), layer), RNG.normal(size=(2, 3)), tmp_path / "m.xlsx").report

    assert (report.exit_code, report.reservations) == (0, ())


@pytest.mark.parametrize("style", part_of([Style.ROBUST, Style.COMPACT], 1))
def test_several_inputs_outputs_and_shared_layers(tmp_path: Path, style: Style) -> None:
    """Two engines find Keras's numbers in every cell, in both styles."""
    model, inputs = two_inputs()
    built = build_model(model, inputs, tmp_path / "m.xlsx", style=style, labels=["a", "b", "c"])

    assert_all_agree(built.report, 3)
    assert_all_agree(check_content(read_workbook(built.path), engine("cellrune", guarded=False)), 3)
    assert {"Start", "Inputs", "memory", "shared", "shared#2", "Check", "Numbers"} <= set(
        read_workbook(built.path).sheets
    )


@pytest.mark.parametrize(("style", "sizes"), [(Style.COMPACT, {3}), (Style.ROBUST, set())])
def test_one_formula_spills_over_all_units(tmp_path: Path, style: Style, sizes: set[int]) -> None:
    """In the compact style, and in no other, one formula computes all units of a layer."""
    built = build_model(sequential((2,), L.Dense(3)), RNG.normal(size=(1, 2)), tmp_path / "m.xlsx", style=style)
    cells = [cell for _, _, _, cell in read_workbook(built.path).formula_cells()]

    assert_all_agree(built.report, 1)
    assert {parse_range(cell.array).size for cell in cells if cell.array is not None} == sizes


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.parametrize("style", [Style.COMPACT, Style.ROBUST])
def test_libreoffice_opens_and_agrees(tmp_path: Path, style: Style) -> None:
    """Also what needs dynamic arrays is calculated by LibreOffice, to its 15 digits."""
    model, inputs = two_inputs()
    built = build_model(model, [array[:1] for array in inputs], tmp_path / "m.xlsx", style=style)

    assert_all_agree(check_content(read_workbook(built.path), engine("libreoffice")), 1)


@pytest.mark.thorough
@pytest.mark.libreoffice
def test_libreoffice_follows_a_recurrence_of_many_units(tmp_path: Path) -> None:
    """A recurrence of more than a hundred units is not taken for a circular reference."""
    model = sequential((4, 1), L.SimpleRNN(128), L.Dense(2))
    built = build_model(model, RNG.normal(size=(1, 4, 1)), tmp_path / "m.xlsx")

    assert_all_agree(check_content(read_workbook(built.path), engine("libreoffice")), 1)


def test_long_sequences_wrap_into_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time steps that do not fit beside each other stand below, and the recurrence goes on from block to block."""
    wrap = 30
    monkeypatch.setattr(table, "WRAP", wrap)
    steps = 2 * wrap + 3
    model = sequential((steps, 1), L.SimpleRNN(2, name="rnn"), L.Dense(1))
    built = build_model(model, RNG.normal(size=(2, steps, 1)), tmp_path / "m.xlsx")
    content = read_workbook(built.path)
    manifest = manifest_of(content)
    assert manifest is not None
    places = {b.quantity: b.area for b in manifest.bindings if b.sample is None}
    first, next_block = places[f"rnn.h[{wrap - 1}]"], places[f"rnn.h[{wrap}]"]

    assert_all_agree(built.report, 2)
    assert next_block.top > first.top
    assert next_block.left == places["rnn.h[0]"].left < first.left
    assert first.a1.split(":")[0] in str(
        content.sheets["rnn"].cells[places[f"rnn.hr[{wrap}]"].top, next_block.left].formula
    )


def test_one_hot_inputs_take_rows_of_the_kernel(tmp_path: Path) -> None:
    """A one-hot vector times a kernel is one of its rows, and one of zeros is none."""
    model = sequential((3, 40), L.GRU(2, name="gru"), L.Dense(2))
    vectors = np.eye(40)[[[3, 39, 0], [7, 7, 1]]]
    vectors[1, 2] = 0  # no word at all
    built = build_model(model, vectors, tmp_path / "short.xlsx")

    assert_all_agree(built.report, 2)
    assert any("=0,0,INDEX(Weights!" in str(cell.formula) for *_, cell in read_workbook(built.path).formula_cells())


def test_large_sheets_have_ways_to_their_parts(tmp_path: Path) -> None:
    """Of a sheet that is too large for a window, links lead to each symbol out of sight and to the last step."""
    model = sequential((25, 1), L.SimpleRNN(24, name="rnn"), L.Dense(2, name="small"))
    build_model(model, RNG.normal(size=(1, 25, 1)), tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    links = {
        str(cell.value): book["rnn"][cell.hyperlink.location.partition("!")[2]].value
        for row in book["rnn"].iter_rows(max_row=4)
        for cell in row
        if cell.hyperlink is not None and cell.hyperlink.location.startswith("rnn!")
    }

    assert links.pop("last step →") == "t = 25"
    for label in ("hₜ₋₁·recurrent", "zₜ", "hₜ"):
        assert links.pop(f"{label} ↓") == label
    assert "xₜ·kernel ↓" not in links
    assert not any("↓" in str(cell.value) for row in book["small"].iter_rows() for cell in row)


def test_many_samples_have_one_row_each(tmp_path: Path) -> None:
    """Each sample has its stored prediction, and the workbook is right for every one that can be selected."""
    model = sequential((2,), L.Dense(3, activation="softmax", name="answer"))
    inputs = RNG.normal(size=(25, 2))
    built = build_model(model, inputs, tmp_path / "m.xlsx")
    cells = read_workbook(built.path).sheets["Inputs"].cells
    shown = [[cells[9 + k, 2 + j].value for j in range(3)] for k in range(25)]

    assert_all_agree(built.report, 25)
    assert np.array_equal(np.array(shown, dtype=np.float32), model.predict(inputs, verbose=0))


@pytest.mark.parametrize("style", part_of([Style.ROBUST, Style.COMPACT], 1))
def test_average_of_a_long_text(tmp_path: Path, style: Style) -> None:
    """The steps that are read are summed in two ranges; term by term a text of 250 words would be too long."""
    model = sequential((250,), L.Embedding(9, 2, mask_zero=True), L.GlobalAveragePooling1D(name="mean"), L.Dense(1))
    built = build_model(model, RNG.integers(0, 9, (2, 250)), tmp_path / "m.xlsx", style=style)
    formula = str(read_workbook(built.path).sheets["mean"].cells[5, 5].formula)

    assert_all_agree(built.report, 2)
    assert formula.count("SUMPRODUCT(") == 1
    assert len(formula) < 100


def test_no_finite_input_makes_an_error_value(tmp_path: Path) -> None:
    """Saturated gates, huge logits and their tails are numbers as precise as Keras's."""
    model = sequential((3,), L.Dense(12, activation="sigmoid", name="a"), L.Dense(12, activation="softmax", name="b"))
    model.layers[0].set_weights([np.full((3, 12), 1.0), np.linspace(-20, 20, 12)])
    model.layers[1].set_weights([np.eye(12) * 1500, np.linspace(-700, 300, 12)])
    inputs = np.array([[-800.0, 0, 0], [800, 0, 0], [0, 0, 0], [-30, -5, 0]])
    built = build_model(model, inputs, tmp_path / "m.xlsx")
    values = [cell.value for _, _, _, cell in read_workbook(built.path).formula_cells()]

    assert_all_agree(built.report, 4)
    assert not [value for value in values if not isinstance(value, float | str)]


NAMES = [
    "with space", "Ünïcode", "it's", "[a]", "a!b", "a:b*c?", "=1+1", "@SUM", "-1", "1", "A1", "R1C1", "TRUE", "false",
    "CON", "history", "Sheet1", "Weights", "Check", "x" * 200, "x" * 200 + "y", "lstm", "LSTM", '"q"', "<b>&amp;",
    "%s{x}", "a\\b", "tab\tname", "line\nname", "_x0041_", "😀", "e\u0301", "\u202egnp", "a" * 90, "A" * 90,
    "Über: [1]*?", "über: [1]*?", "numbers", "a,b", "a,'b',c", "a$b", "_xlnm", "_XLNM", "_xlnm.x", "_xlfn",
]  # fmt: skip


def test_layers_with_any_name(tmp_path: Path) -> None:
    """Whatever Keras accepts as a name, however long, of layers that differ in nothing but case, too, engines read.

    Nothing in the file differs from the day when it was built.
    """
    model = sequential((1,), *(L.Dense(1, name=name) for name in NAMES))
    built = build_model(model, np.ones((1, 1)), tmp_path / "m.xlsx")

    assert_all_agree(built.report, 1)
    for name in ("cellrune", "formulon"):
        assert_all_agree(check_content(read_workbook(built.path), engine(name)), 1)
    assert check(built.path, strict=True).exit_code == 0


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names of files are Unicode there")
def test_names_in_no_encoding(tmp_path: Path) -> None:
    """A workbook that says from which file it was made, and how, says it as well as it can."""
    source, target = (tmp_path / os.fsdecode(name) for name in (b"m\xff.keras", b"m\xff.xlsx"))
    sequential((3,), L.Dense(2)).save(source)

    assert_all_agree(build_model(source, np.ones((1, 3)), target).report, 1)


def test_nothing_is_written_if_anything_is_refused(tmp_path: Path) -> None:
    """Models and inputs that cannot be used end with a sentence, and an existing file stays as it is."""
    target = tmp_path / "m.xlsx"
    target.write_bytes(b"precious")
    plain = sequential((3,), L.Dense(2))
    refused = sequential((4, 4, 1), L.Resizing(2, 2))
    endless = sequential((1,), L.Dense(1, activation="exponential"))
    with pytest.raises(DataError, match="no finite numbers"):
        build_model(plain, np.full((1, 3), np.nan), target)
    with pytest.raises(NotSupportedError, match="Resizing is not supported; take others"):
        build_model(refused, np.ones((1, 4, 4, 1)), target)
    with pytest.raises(ModelError, match="infinite or not a number for one of the samples"):
        build_model(endless, np.array([[1e5]]), target)
    with pytest.raises(DataError, match=r"holds 1e\+308; in float32, .* numbers end at 3\.4e\+38"):
        build_model(plain, np.full((1, 3), 1e308), target)
    wide = sequential((3,), L.Dense(2, dtype="float64", name="wide"))
    wide.layers[0].kernel.assign(np.full((3, 2), 1e300))
    with pytest.raises(ModelError, match=r"^wide\.kernel holds 1e\+300; in float32, .* numbers end at 3\.4e\+38"):
        build_model(wide, np.ones((1, 3)), target)
    wide.layers[0].kernel.assign(np.full((3, 2), np.nan))
    with pytest.raises(ModelError, match=r"^wide\.kernel is infinite or not a number in places, .* train it anew$"):
        build_model(wide, np.ones((1, 3)), target)
    with pytest.raises(ModelError, match="infinite or not a number in float32, the precision in which"):
        build_model(endless, np.array([[120.0]]), target)
    with pytest.raises(UsageError, match=r"there is no folder .*new; make it first"):
        build_model(plain, np.ones((1, 3)), tmp_path / "new" / "m.xlsx")
    with pytest.raises(ModelError, match="there is no such file"):
        build_model(tmp_path / "none.keras", np.ones((1, 3)), target)

    assert target.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["m.xlsx"]


@pytest.mark.parametrize(("units", "fits"), [(16_383, True), (16_384, False)])
def test_weights_that_no_worksheet_holds_are_refused_at_once(
    units: int, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their sizes, before Keras computes anything."""

    def recorded(*arguments: Any, **options: Any) -> None:
        raise InterruptedError("Keras computes")

    monkeypatch.setattr("xlcheck.oracle.record.record", recorded)
    said = "Keras computes" if fits else r"wide\.kernel has 2 × 16,384 numbers; a worksheet has .* 16,384 columns"
    with pytest.raises(InterruptedError if fits else WorkbookError, match=said):
        build_model(sequential((2,), L.Dense(units, name="wide")), np.ones((1, 2)), tmp_path / "m.xlsx")


def test_a_file_of_a_model_and_a_file_of_inputs(tmp_path: Path) -> None:
    """What the command line does: both are read from disk, and the first sheet says how to rebuild the workbook."""
    sequential((2,), L.Dense(1, name="sum")).save(tmp_path / "m.keras")
    (tmp_path / "x.csv").write_text("who,a,b\nAda,1,2\nBo,3,4\n", encoding="utf-8")
    built = build_model(tmp_path / "m.keras", tmp_path / "x.csv", tmp_path / "m.xlsx")
    content = read_workbook(built.path)
    texts = {str(cell.value) for cell in content.sheets["Start"].cells.values()}

    assert_all_agree(built.report, 2)
    assert content.sheets["Inputs"].cells[9, 1].value == "Ada"
    assert any("xlcheck build" in text and "m.keras" in text for text in texts)
    assert parse_range("sum!F6", "").sheet in content.sheets
