"""Inputs as people have them in memory: dictionaries, lists, tables; and models whose inputs may be of any length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck import api
from xlcheck.building.inputs import inputs_of
from xlcheck.errors import DataError, InputNote, ModelError, XlcheckError
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model

pytestmark = pytest.mark.keras

keras: Any = import_keras()
WORDS, AGE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[41.5], [42.5]])


class Table:
    """What tables of pandas and polars have in common."""

    def to_numpy(self) -> np.ndarray:
        return WORDS


def two_inputs() -> Any:
    words, age = keras.Input((3,), name="words"), keras.Input((1,), name="age")
    return keras.Model([words, age], keras.layers.Concatenate()([words, age]))


def one_input() -> Any:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def test_a_dictionary_is_taken_by_name() -> None:
    """Names of input layers, or of the model's tensors, in any order; a missing one is named."""
    model = two_inputs()
    for names in (["words", "age"], [tensor.name for tensor in model.inputs], ["arr_0", "arr_1"]):
        given = inputs_of(model, {names[1]: AGE, names[0]: WORDS})
        assert [array.tolist() for array in given.arrays] == [WORDS.tolist(), AGE.tolist()]

    with pytest.raises(DataError, match=r"no array 'age' for the model's input .* they are called words, years"):
        inputs_of(model, {"words": WORDS, "years": AGE})


@pytest.mark.parametrize("keys", [("left", "right"), ("age", "words")])
def test_a_model_of_a_dictionary_is_given_one(keys: tuple[str, str], tmp_path: Path) -> None:
    """As in Keras it is the dictionary that says which input is which, not the layers, whatever these are called."""
    words, age = keras.Input((3,), name="words"), keras.Input((1,), name="age")
    with pytest.warns(UserWarning, match="must match the names"):
        model = keras.Model(
            dict(zip(keys, (words, age), strict=True)), keras.layers.Dense(1)(keras.layers.Concatenate()([words, age]))
        )
    given = dict(zip(keys, (WORDS, AGE), strict=True))
    np.savez(tmp_path / "x.npz", **given)
    desired = np.asarray(model(given)).tolist()

    for inputs in (given, tmp_path / "x.npz"):
        arrays = inputs_of(model, inputs).arrays
        by_order = keras.tree.pack_sequence_as(model.input, [np.float32(array) for array in arrays])
        assert np.asarray(model(by_order)).tolist() == desired


@pytest.mark.parametrize("inputs", [WORDS, WORDS.tolist(), Table(), (tuple(WORDS[0]), tuple(WORDS[1])), [WORDS]])
def test_one_input_in_every_form(inputs: Any) -> None:
    """Arrays, nested lists and tables hold one sample a row; so does the only item of a list, as Keras takes it."""
    assert inputs_of(one_input(), inputs).arrays[0].tolist() == WORDS.tolist()


def test_several_inputs_in_a_list() -> None:
    """In the model's order, in any of these forms."""
    assert [array.tolist() for array in inputs_of(two_inputs(), [Table(), AGE.tolist()]).arrays] == [
        WORDS.tolist(), AGE.tolist(),
    ]  # fmt: skip


def test_inputs_that_are_nested_in_lists() -> None:
    """As the model was made, and as Keras takes them."""
    a, b, c = (keras.Input((3,)) for _ in range(3))
    model = keras.Model([a, [b, c]], keras.layers.Concatenate()([a, b, c]))

    assert [array[0, 0] for array in inputs_of(model, [WORDS, [WORDS + 1, WORDS.tolist()]]).arrays] == [1, 2, 1]


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ([[1, 2, 3], [4]], "a list of numbers is no array: .* inhomogeneous"),
        (np.ma.masked_less(WORDS, 2), r"has 1 values that are no finite numbers, the first at \[0, 0\]"),
        (np.ma.masked_less(WORDS.astype(int), 2), r"has 1 values that are no finite numbers, the first at \[0, 0\]"),
    ],
    ids=["rows of different lengths", "masked", "masked whole numbers"],
)
def test_what_is_no_array_of_numbers(inputs: Any, sentence: str) -> None:
    """One sentence; a number that is masked is none, whatever stands behind the mask."""
    with pytest.raises(DataError, match=sentence):
        inputs_of(one_input(), inputs)


def test_a_single_sample_is_noted() -> None:
    """An axis of samples is added, and said to be."""
    with pytest.warns(InputNote, match="taken for one sample"):
        assert inputs_of(one_input(), WORDS[0]).arrays[0].tolist() == [WORDS[0].tolist()]


TOO_SHORT: dict[str, tuple[list[Any], str]] = {
    "convolution": ([keras.layers.Conv1D(2, 3, name="a")], r"'a' \(Conv1D\) leaves nothing of 2 time steps"),
    "pooling": (
        [keras.layers.MaxPooling1D(4, name="a"), keras.layers.LSTM(2)],
        "'a' .* leaves nothing",
    ),
    "cropping": ([keras.layers.Cropping1D(1, name="a"), keras.layers.LSTM(2)], "'a' .* leaves nothing"),
    "reshape": ([keras.layers.Reshape((3, 4), name="a")], r"'a' makes the shape \(3, 4\) of 4 numbers"),
}


@pytest.mark.parametrize("case", TOO_SHORT)
def test_inputs_too_short_for_a_model_of_any_length(case: str) -> None:
    """The layer that is left with nothing is named before Keras runs."""
    layers, message = TOO_SHORT[case]
    model = keras.Sequential([keras.Input((None, 2)), *layers])

    with pytest.raises(ModelError, match=message):
        forward_graph(read_model(model, [(2, 2)]))


@pytest.mark.parametrize("layer", [keras.layers.Conv2D(2, (1, 3), name="a"), keras.layers.MaxPooling2D(3, name="a")])
def test_images_too_small_for_a_model_of_any_size(layer: Any) -> None:
    """The same where no window has room between the columns."""
    model = keras.Sequential([keras.Input((None, None, 1)), layer])

    with pytest.raises(ModelError, match=r"'a' .* leaves nothing of 4 × 2 pixels; give larger inputs"):
        forward_graph(read_model(model, [(4, 2, 1)]))


def of_own_class() -> Any:
    """A model that is Python code, and has no inputs that anybody could read."""

    class Own(keras.Model):  # type: ignore[misc,name-defined]
        def call(self, x: Any) -> Any:
            return x

    return Own()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: keras.Sequential([keras.layers.LSTM(2)]), "has no weights yet; give it keras.Input"),
        (of_own_class, "is of the class Own, whose Python code"),
    ],
)
def test_a_model_without_inputs_is_refused_whatever_is_asked(
    make: Callable[[], Any], sentence: str, tmp_path: Path
) -> None:
    """In one sentence, before its inputs are looked at: tracing, building and checking alike."""
    model, x = make(), np.ones((1, 3, 2))
    lesson = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
    for ask in (
        lambda: api.trace(model, x),
        lambda: api.build_model(model, x, tmp_path / "none.xlsx"),
        lambda: api.check(lesson, model=model),
    ):
        with pytest.raises(XlcheckError, match=sentence):
            ask()
