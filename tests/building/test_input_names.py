"""What the inputs of a model may be called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from xlcheck.building.input_names import chosen_names, leaves, names_of
from xlcheck.errors import DataError, InputNote

NAMES = [("words", "arr_0"), ("age", "arr_1")]


@given(st.recursive(st.none(), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=8))
def test_what_is_nested_like_the_inputs_is_unfolded_in_their_order(structure: Any) -> None:
    """Each tensor gets the item that stands in its place."""
    numbers = iter(range(100))

    def numbered(item: Any) -> Any:
        return [numbered(each) for each in item] if isinstance(item, list) else next(numbers)

    given_ = numbered(structure)
    assert leaves(structure, given_) == list(range(next(numbers)))


def test_items_of_a_dictionary_stand_in_the_order_of_its_keys() -> None:
    """As Keras flattens it; whatever is no list of as many is taken as it is."""
    assert leaves({"b": None, "a": [None, None]}, [[1, 2], 3]) == [1, 2, 3]
    assert leaves([None, None], [1, 2, 3]) == [[1, 2, 3]]
    assert leaves(None, [1, 2]) == [[1, 2]]


def test_each_input_is_taken_under_the_first_of_its_names() -> None:
    """Arrays of other names beside them are nobody's business."""
    assert chosen_names(["arr_0", "age", "words"], NAMES, "x.npz", "") == ["words", "age"]
    assert chosen_names(["arr_1", "arr_0"], NAMES, "x.npz", "") == ["arr_0", "arr_1"]


def test_a_missing_input_is_named_with_what_is_there() -> None:
    """In one sentence, in which no name can break the line."""
    with pytest.raises(DataError, match=r"^x.npz: there is no array 'age' .*; it holds words, 'a\\nb'$"):
        chosen_names(["words", "a\nb"], NAMES, "x.npz", "it holds")
    with pytest.raises(DataError, match=r"they are called nothing$"):
        chosen_names([], NAMES, "x.npz", "")


def test_names_that_keras_gives_anew_are_taken_in_their_order() -> None:
    """Keras counts tensors in each process: of a file from another one only the order means anything, and is said."""
    with pytest.warns(InputNote, match="are taken in this order for the model's inputs words, age"):
        assert chosen_names(["keras_tensor", "keras_tensor_12"], NAMES, "x.npz", "") == [
            "keras_tensor", "keras_tensor_12",
        ]  # fmt: skip
    with pytest.raises(DataError, match="do not stand in their order; call the arrays words, age"):
        chosen_names(["keras_tensor_12", "keras_tensor"], NAMES, "x.npz", "")
    with pytest.raises(DataError, match="there is no array 'words'"):
        chosen_names(["keras_tensor", "other"], NAMES, "x.npz", "")


@pytest.mark.keras
def test_a_name_that_could_mean_two_inputs_means_the_one_where_it_comes_first() -> None:
    """The name of an input comes before those of layers that other inputs have, and no name is given to two inputs."""
    from xlcheck.model.keras_import import import_keras

    keras = import_keras()
    a, b = keras.Input((1,), name="a"), keras.Input((1,), name="arr_0")
    first, second = names_of(keras.Model({"a": a, "arr_0": b}, keras.layers.Add()([a, b])))

    assert first[0] == "a"
    assert second[0] == "arr_0"
    assert "arr_0" not in first
    assert second[-1] == "arr_1"
    assert not set(first) & set(second)
