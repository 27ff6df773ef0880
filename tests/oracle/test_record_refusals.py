"""What cannot be recorded is refused in one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recorded_models import SAMPLES, UNITS, classifier, inputs, recurrent

from xlcheck.errors import ModelError, NotSupportedError, OracleError
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.clone import clone
from xlcheck.oracle.record import predict, record
from xlcheck.oracle.sums import only_aligned_sums

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({"rnn.h_init": (SAMPLES, UNITS)}, "rnn.h_init and rnn.c_init; only rnn.h_init"),
        ({"rnn.h_init": (SAMPLES, UNITS), "rnn.c_init": (1, UNITS)}, r"rnn.c_init has the shape \(1, 3\)"),
        ({"other.h_init": (SAMPLES, UNITS)}, "no initial state other.h_init"),
    ],
)
def test_bad_initial_states(states: dict[str, tuple[int, ...]], message: str) -> None:
    """A missing, misshapen or unknown state is named instead of being replaced by zeros."""
    with pytest.raises(ModelError, match=message):
        record(recurrent("LSTM"), inputs(), initial_states={name: np.zeros(shape) for name, shape in states.items()})


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4)), r"reads \(4, 2\) for each sample; the inputs have \(4\)"),
        (np.zeros((3, 5, 2)), r"reads \(4, 2\) for each sample; the inputs have \(5, 2\)"),
        (np.full((3, 4, 2), np.nan), "finite"),
        (np.zeros((0, 4, 2)), "at least one"),
        (np.float64(1.0), "axis of samples"),
    ],
)
def test_bad_inputs(array: Any, message: str) -> None:
    """Inputs of another shape, without samples or with a NaN are refused in one sentence."""
    with pytest.raises(ModelError, match=message):
        record(recurrent("LSTM"), array)


@pytest.mark.parametrize(
    ("targets", "message"), [(np.zeros((3, 2)), "answers in the shape"), ([[1], [np.inf], [0]], "finite")]
)
def test_bad_targets(targets: Any, message: str) -> None:
    """Targets of another shape are refused, not broadcast; so is an infinity."""
    with pytest.raises(ModelError, match=message):
        record(classifier("binary_crossentropy"), inputs(), targets)


def test_targets_without_a_loss() -> None:
    """A model that was not compiled, or has several outputs, makes nothing of targets, however many there are."""
    keras = import_keras()
    given = keras.Input((2,))
    model = keras.Model(given, keras.layers.Dense(1)(given))
    for targets in (np.zeros((3, 1)), np.zeros((5, 1))):
        with pytest.raises(ModelError, match="was compiled without a loss, so targets say nothing; compile it"):
            record(model, np.ones((3, 2)), targets)
    assert "loss.loss" in record(model, np.ones((3, 2)), np.zeros((3, 1)), loss="mean_squared_error").values
    several = keras.Model(given, [model(given), keras.layers.Dense(1)(given)])
    several.compile(loss=["mean_squared_error"] * 2)
    with pytest.raises(ModelError, match="has 2 outputs; targets go with a model with one"):
        record(several, np.ones((3, 2)), np.zeros((3, 1)))


def difference_of_large_numbers() -> Any:
    """A model in which rounding shows: 10,000 times the difference of two inputs."""
    keras = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[1e4], [-1e4]])])
    return model


@pytest.mark.parametrize(("factor", "refused"), [(1 + 2**-23, False), (1.001, True)])
def test_a_copy_predicts_as_nearly_as_rounding_lets_it(
    factor: float, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another rounding of a model that makes much of it is the same model; another weight in every copy is not."""

    def moved(model: Any, dtype: str) -> Any:
        copy = clone(model, dtype)
        if dtype == "float32" or refused:
            kernel = copy.weights[0]
            kernel.assign(kernel.numpy() * np.array([[factor], [1.0]]))
        return copy

    monkeypatch.setattr("xlcheck.oracle.record.clone", moved)
    model, x = difference_of_large_numbers(), np.ones((2, 2))
    if refused:
        with pytest.raises(OracleError, match="a copy that Keras made of the model"):
            predict(model, x)
    else:
        (answer,) = predict(model, x).values.values()
        assert 1e-4 < np.abs(answer).max() < 1e-2


def test_what_keras_computes_in_double_precision_only_is_refused() -> None:
    """Its own words say why: TensorFlow adds no truth values, though their copies as numbers could be added."""
    keras = import_keras()
    x = keras.Input((2,), dtype="bool")
    with pytest.raises(ModelError, match=r"Keras cannot compute this model: .*Add"):
        predict(keras.Model(x, keras.layers.Add()([x, x])), np.ones((1, 2)))


def heads_of_size_one(steps: int) -> Any:
    """Two heads whose values are single numbers."""
    keras = import_keras()
    x = keras.Input((steps, 3))
    return keras.Model(x, keras.layers.MultiHeadAttention(2, 2, value_dim=1, bias_initializer="normal")(x, x))


def scores_on_steps(steps: int) -> Any:
    """A sequence of three features to each step of which a number is added."""
    keras = import_keras()
    x = keras.Input((steps, 3))
    return keras.Model(x, keras.layers.Add()([x, keras.layers.Dense(1)(x)]))


@pytest.mark.skipif(import_keras().config.backend() != "tensorflow", reason="only TensorFlow adds so")
def test_a_sum_along_another_axis_is_noticed_in_its_context_alone() -> None:
    """The shapes say it; after the context Keras adds as ever, and sums that every backend takes alike pass."""
    ops = import_keras().ops
    table, column = ops.convert_to_tensor(np.eye(3)[None]), ops.convert_to_tensor(np.array([[[1.0], [2.0], [3.0]]]))

    refused = pytest.raises(NotSupportedError, match=r"the shape \(1, 3, 1\) to one of the shape \(1, 3, 3\)")
    with refused, only_aligned_sums():
        ops.add(table, column)
    ops.add(table, column)
    with only_aligned_sums():
        assert np.asarray(ops.add(table, np.ones((1, 1, 3)))).sum() == 12


@pytest.mark.skipif(import_keras().config.backend() != "tensorflow", reason="only TensorFlow adds so")
@pytest.mark.parametrize(
    ("make", "steps", "samples", "is_refused"),
    [
        (heads_of_size_one, 2, 2, True),
        (heads_of_size_one, 3, 2, False),
        (scores_on_steps, 3, 1, True),
        (scores_on_steps, 3, 2, False),
        (scores_on_steps, 2, 1, False),
    ],
)
def test_sums_that_depend_on_the_number_of_samples(make: Any, steps: int, samples: int, is_refused: bool) -> None:
    """Where Keras takes one axis for another because both are as long, no formula agrees, and the sentence says so."""
    model, x = make(steps), np.random.default_rng(1).normal(size=(samples, steps, 3))

    if is_refused:
        with pytest.raises(NotSupportedError, match="along another axis than for other numbers of samples or steps"):
            record(model, x)
    else:
        assert record(model, x).values
