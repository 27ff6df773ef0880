"""Training from integers is training from one-hot vectors: the oracle is Keras on the literal tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.chapter.datasets.lesson_texts import story
from xlcheck.chapter.datasets.text import Windows, windows
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.text import next_word_model, predictor, training_step
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

STEPS, BATCH, UNITS = 20, 64, 128


def literal_model(words: int, timesteps: int, units: int) -> Any:
    """The chapter's model on one-hot tensors, with a softmax over the vocabulary at its end."""
    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((timesteps, words)),
            layers.SimpleRNN(units, unroll=True),
            layers.Dense(words, activation="softmax"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
    return model


@pytest.fixture(scope="module")
def data() -> Windows:
    """The windows of the project's story."""
    return windows(story())


@pytest.mark.exhaustive
def test_same_losses_as_the_literal_model(data: Windows) -> None:
    """From the same weights and on the same batches, 20 losses agree within 1e-5, and the weights with them."""
    words = data.encoding.size
    set_seed(0)
    model = next_word_model(words, 10, UNITS)
    literal = literal_model(words, 10, UNITS)
    literal.set_weights(model.get_weights())
    step = training_step(model)
    eye = np.eye(words, dtype=np.float32)
    random = np.random.default_rng(0)

    losses, desired = [], []
    for _ in range(STEPS):
        chosen = random.choice(len(data.targets), BATCH, replace=False)
        losses.append(step(data.inputs[chosen], data.targets[chosen]))
        literal.reset_metrics()
        desired.append(float(literal.train_on_batch(eye[data.inputs[chosen]], eye[data.targets[chosen]])))

    np.testing.assert_allclose(losses, desired, rtol=0, atol=1e-5)
    assert desired[-1] < desired[0] - 0.2
    for weight, other in zip(model.get_weights(), literal.get_weights(), strict=True):
        np.testing.assert_allclose(weight, other, rtol=0, atol=1e-4)


def test_saved_model_is_the_chapters(data: Windows) -> None:
    """The model that is trained has the chapter's layers and its number of weights, and takes integers."""
    model = next_word_model(data.encoding.size, 10, UNITS)
    words = data.encoding.size

    assert [type(layer).__name__ for layer in model.layers] == ["CategoryEncoding", "SimpleRNN", "Dense"]
    assert model.count_params() == (words + UNITS + 1) * UNITS + (UNITS + 1) * words


def test_predictor_is_the_model(data: Windows) -> None:
    """The compiled prediction of one window is what Keras's `predict` gives."""
    set_seed(1)
    model = next_word_model(data.encoding.size, 10, 8)

    actual = predictor(model)(data.inputs[5])

    np.testing.assert_allclose(actual, model.predict(data.inputs[5:6], verbose=0)[0], rtol=1e-5)
