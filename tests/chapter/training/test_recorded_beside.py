"""What is recorded beside one pass of a lesson's model: options, vanishing gradients, what models say by themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.chapter.training.epochs import CLIP, STEPS, U, W, vanishing_fixture
from xlcheck.chapter.training.further import answers_to_texts, fed_by_itself
from xlcheck.chapter.training.lessons import option_model
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras


def test_models_of_the_matrix_of_options_have_drawn_weights() -> None:
    """Sixty-fourths, so that every product is exact, and the same ones each time; the layer has its case's options."""
    name = "options/lstm-relu"
    one, other = option_model(name), option_model(name)

    for weight, again in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, again)
        np.testing.assert_array_equal(weight * 64, np.round(weight * 64))
        assert np.abs(weight).max() <= 1
    assert one.layers[0].name == "lstm"
    assert one.layers[0].get_config().items() >= OPTIONS[name].options.items()
    assert one.input_shape == (None, 3, 2)


def test_what_is_left_of_a_gradient_after_fifty_steps() -> None:
    """In the linear layer U to the power of the steps that lie between; what is clipped has the length 1 at most."""
    values = {name: array[0] for name, array in vanishing_fixture().training.values.items()}
    away = np.arange(STEPS)[::-1]

    np.testing.assert_allclose(values["linear.d_h"], U**away, rtol=1e-12)
    np.testing.assert_allclose(values["linear.d_x"], W * U**away, rtol=1e-12)
    assert np.linalg.norm(values["linear.d_x"]) > CLIP
    np.testing.assert_allclose(values["linear.clipped"], values["linear.d_x"] / np.linalg.norm(values["linear.d_x"]))
    forget = 1 / (1 + np.exp(-4.0 - W))
    np.testing.assert_allclose(values["lstm.d_c"], forget**away, rtol=1e-9)
    assert (values["tanh.d_h"][:-1] < values["linear.d_h"][:-1]).all()


def test_a_decoder_that_is_fed_by_itself_reads_what_it_wrote() -> None:
    """At each step the letter that was most probable at the step before; the first one is given."""
    keras = import_keras()
    word = keras.Input((2, 3), name="word")
    given = keras.Input((3, 3), name="shifted")
    h = keras.layers.SimpleRNN(2, name="encoder")(word)
    states = keras.layers.SimpleRNN(2, return_sequences=True, name="decoder")(given, initial_state=h)
    letters = keras.layers.Dense(3, activation="softmax", name="letters")(states)
    model = keras.Model([word, given], letters)
    model.set_weights([np.random.RandomState(4).normal(size=w.shape) * 2 for w in model.get_weights()])
    letter = np.eye(3)
    inputs = letter[[[0, 1], [2, 2]]], letter[[[0, 1, 2], [0, 2, 2]]]
    data = Dataset("letters", ("a", "b"), (("a",), ("b",)), {}, inputs, None, ("a", "b"))
    found = fed_by_itself(model, data)

    for t in (1, 2):
        wrote = found[f"letters.y[{t - 1}]"].argmax(axis=1)
        np.testing.assert_array_equal(found[f"shifted.x[{t}]"], letter[wrote])
    np.testing.assert_array_equal(found["shifted.x[0]"], letter[[0, 0]])
    assert not any(name.startswith(("word.", "encoder.")) for name in found)


def test_each_text_has_the_probability_that_the_model_gives_it() -> None:
    """In double precision, of the last unit, in the order of the texts."""
    keras = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid", name="dense")])
    model.set_weights([np.array([[1.0], [0.5]]), np.array([0.25])])
    encoding: Any = SimpleNamespace(encode=lambda text: np.array([len(text), 2.0]))
    lesson: Any = SimpleNamespace(texts=("a", "abc"))
    (answers,) = answers_to_texts(model, lesson, encoding).values()

    np.testing.assert_allclose(answers, 1 / (1 + np.exp(-(np.array([1.0, 3.0]) + 1.25))), rtol=1e-12)
