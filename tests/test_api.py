"""The library's few calls."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck import api
from xlcheck.errors import DataError, ModelError, UsageError, XlcheckError

WORKBOOKS = Path(__file__).parents[1] / "workbooks"
FIXTURES = Path(__file__).parents[1] / "fixtures"
TOY = np.array([[[1.0], [2.0]], [[1.0], [3.0]]])


@pytest.mark.parametrize("inputs", [TOY, TOY.tolist(), tuple(TOY), [TOY], {"input": TOY}])
def test_the_right_inputs_are_accepted(inputs: Any) -> None:
    """Inputs that the workbook holds, in whichever form, change nothing in its verdict."""
    assert api.check(WORKBOOKS / "lstm.xlsx", inputs=inputs).ok


def test_other_inputs_are_named() -> None:
    """The first input that differs is named, with both values."""
    with pytest.raises(DataError, match=r"sample 2 of 'input' has 3\.0 where 4\.0 is given"):
        api.check(WORKBOOKS / "lstm.xlsx", inputs=np.array([[[1.0], [2.0]], [[1.0], [4.0]]]))


def test_inputs_out_of_a_file_are_compared(tmp_path: Path) -> None:
    """A file of inputs is read and compared as an array is."""
    np.save(tmp_path / "inputs.npy", TOY + 1)
    with pytest.raises(DataError, match=r"sample 1 of 'input' has 1\.0 where 2\.0 is given"):
        api.check(WORKBOOKS / "lstm.xlsx", inputs=tmp_path / "inputs.npy")


def test_inputs_of_another_shape_are_named() -> None:
    """Inputs of another shape are one sentence with both shapes, and what are no inputs is one, too."""
    with pytest.raises(DataError, match="holds 2 samples; 1 are given"):
        api.check(WORKBOOKS / "lstm.xlsx", inputs=TOY[:1])
    for inputs, sentence in ((TOY[:, :1], r"has the shape \(2, 1, 1\); the model needs"), (5, "has the shape"),
                             ({"x": TOY}, "no array 'input'"), ([TOY, TOY], "has the shape")):  # fmt: skip
        with pytest.raises(DataError, match=sentence):
            api.check(WORKBOOKS / "lstm.xlsx", inputs=inputs)


def test_a_model_needs_inputs() -> None:
    """A model without anything to read is refused before it is loaded, unless there is no such model at all."""
    with pytest.raises(UsageError, match="something to read"):
        api.build_model(FIXTURES / "lstm.keras", None, "x.xlsx")
    with pytest.raises(ModelError, match="there is no such file"):
        api.build_model("nowhere.keras", None, "x.xlsx")


@pytest.mark.keras
def test_a_hand_made_workbook_takes_no_inputs_alone() -> None:
    """Inputs for a workbook that xlcheck has not made need a model; they are refused with the way out."""
    foreign = Path(__file__).parents[1] / "fixtures" / "handmade" / "two_documents.xlsx"
    with pytest.raises(UsageError, match="pass --model FILE"):
        api.check(foreign, inputs=TOY)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("workbook", "model", "error", "sentence"),
    [
        (
            "lstm",
            "gru",
            ModelError,
            "it has the GRU layer 'gru' where the workbook's has the LSTM layer 'lstm'; pass the model",
        ),
        ("lstm", "rnn-dimensions", ModelError, "for each sample where the workbook's reads (2, 1); pass the model"),
        ("lstm-training", "lstm", UsageError, "trains its model from the first weights; leave --model out"),
    ],
)
def test_a_model_that_is_not_the_workbook_s_is_refused(
    workbook: str, model: str, error: type[XlcheckError], sentence: str
) -> None:
    """Before anything is compared, and with what differs."""
    with pytest.raises(error, match=re.escape(sentence)):
        api.check(WORKBOOKS / f"{workbook}.xlsx", model=FIXTURES / f"{model}.keras")


@pytest.mark.keras
def test_the_model_of_a_workbook_is_asked_itself() -> None:
    """The weights are compared, too, and Keras computes anew."""
    report = api.check(WORKBOOKS / "lstm.xlsx", model=FIXTURES / "lstm.keras")

    assert report.ok
    assert report.counts.checked > report.counts.formula_cells


@pytest.mark.keras
@pytest.mark.keras
def test_a_model_that_was_built_again_is_the_workbook_s() -> None:
    """In a notebook its layers have other numbers then; its weights are compared with those in the workbook."""
    import keras

    model = keras.saving.load_model(FIXTURES / "lstm.keras")
    config = json.loads(re.sub(r'"(lstm|dense)"', r'"\1_7"', json.dumps(model.get_config())))
    again = keras.Sequential.from_config(config)
    again.set_weights(model.get_weights())
    assert [layer.name for layer in again.layers] == ["lstm_7", "dense_7"]

    assert api.check(WORKBOOKS / "lstm.xlsx", model=again).ok
    again.layers[1].bias.assign_add([0.5])
    assert api.check(WORKBOOKS / "lstm.xlsx", model=again).cells[0].quantity == "dense.bias[0]"


def test_a_hand_made_workbook_is_recognised() -> None:
    """Without bindings the network is found in the formulas, and the report says what was assumed."""
    foreign = Path(__file__).parents[1] / "fixtures" / "handmade"
    right = api.check(foreign / "time_down.xlsx")
    wrong = api.check(foreign / "printed_mistake.xlsx")

    assert right.ok
    assert not wrong.ok
    assert {cell.quantity for cell in wrong.roots} == {f"simple_rnn.hr[{t}][{u}]" for t in (1, 2, 3) for u in range(3)}
    assert any("recognised simple_rnn = SimpleRNN(3, tanh), 4 steps" in note for note in wrong.notes)


@pytest.mark.keras
def test_tolerances_of_some_quantities_of_a_hand_made_workbook() -> None:
    """The recurrence may differ, and then only what it makes wrong elsewhere is left."""
    foreign = FIXTURES / "handmade" / "printed_mistake.xlsx"
    bindings = foreign.with_name("one_hot_softmax.toml")
    report = api.check(foreign, bindings=bindings, tolerances={"simple_rnn.*": 0.1})

    assert report.counts.root + report.counts.carried > 0
    assert not any(str(cell.quantity).startswith("simple_rnn.") for cell in report.cells if cell.desired is not None)
    assert api.check(foreign, bindings=bindings, tolerances={"*": (0.1, 0.0)}).ok


@pytest.mark.parametrize(
    "limits",
    [{"atol": -1.0}, {"rtol": float("nan")}, {"tolerances": {"lstm.*": "1"}}, {"tolerances": {"x": (1, 2, 3)}}],
)
def test_what_is_no_tolerance_is_refused(limits: dict[str, Any]) -> None:
    """A tolerance below zero, or none at all, would let nothing or everything pass."""
    with pytest.raises(UsageError, match="a tolerance is one number, or two"):
        api.check(WORKBOOKS / "lstm.xlsx", **limits)


@pytest.mark.parametrize("wrong", [{"engine": "nope"}, {"style": "nope"}, {"style": "compact"}, {"weights": "nope"}])
@pytest.mark.parametrize("lesson", ["lstm", "lstm-training"])
def test_arguments_are_checked_before_anything_is_written(lesson: str, wrong: dict[str, str], tmp_path: Path) -> None:
    """A name that there is not is refused before a training begins or a file is there."""
    with pytest.raises(UsageError, match="there is no"):
        api.build(lesson, tmp_path / "x.xlsx", **wrong)  # type: ignore[arg-type]

    assert list(tmp_path.iterdir()) == []


def test_a_workbook_is_called_one(tmp_path: Path) -> None:
    """Rule: a name that no spreadsheet program opens is refused, for lessons and models alike, before anything else."""
    with pytest.raises(UsageError, match=r"x\.txt: the name must end in \.xlsx"):
        api.build("lstm", tmp_path / "x.txt")
    with pytest.raises(UsageError, match=r"x\.txt: the name must end in \.xlsx"):
        api.build_model(tmp_path / "m.keras", [[1.0]], tmp_path / "x.txt")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("model", ["model.keras", Path("model.keras"), object()])
def test_a_model_is_no_lesson(model: Any) -> None:
    """Rule: who passes a model to `build` is told which function writes its workbook."""
    with pytest.raises(UsageError, match=r"build_model\(model, inputs, output\)"):
        api.build(model)


def test_numbers_and_arrays_alone_are_compared() -> None:
    """A scalar or an array without a name is one quantity."""
    from xlcheck import compare

    assert compare(1.0, 1.0).ok
    assert not compare(1.0, 2.0).ok
    assert not compare(np.ones(3), [1.0, 1.0, 2.0]).ok
    days, hours = np.zeros(1, "M8[D]"), np.zeros(1, "m8[h]")
    for other in ("x", "1", [b"1"], ["1", 2.0], 1j, np.ones(1, dtype=complex), days, hours):
        with pytest.raises(DataError, match="no array of real numbers"):
            compare(other, 1.0)
    assert not compare(np.ma.masked_array([1.0, 2.0], [False, True]), [1.0, 2.0]).ok
    for name in (1, None, ("lstm", "h")):
        with pytest.raises(DataError, match="is no name of a quantity"):
            compare({name: 1.0}, {"1": 1.0})


@pytest.mark.parametrize("kind", ["int64", "uint64", "object"])
def test_whole_numbers_are_not_taken_for_their_neighbours(kind: str, tmp_path: Path) -> None:
    """Rule: of what double precision would round nothing is said, whether it is in memory or in a file."""
    from xlcheck import compare
    from xlcheck.graph.trace_file import read_trace

    assert compare(np.array([2**53, 7], dtype=kind), [2.0**53, 7.0]).ok
    with pytest.raises(DataError, match="float64 cannot hold"):
        compare(np.array([2**53 + 1], dtype=kind), [2.0**53])
    if kind != "object":
        np.savez(tmp_path / "t.npz", x=np.array([2**53 + 1], dtype=kind))
        with pytest.raises(DataError, match="float64 cannot hold"):
            read_trace(tmp_path / "t.npz")
