"""Backward passes that have no rule, or would be other numbers in Keras, are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sequential import L, keras, sequential

from xlcheck.building.backward import Backward
from xlcheck.building.build import build_model
from xlcheck.errors import DataError, ModelError, NotSupportedError, UsageError

pytestmark = pytest.mark.keras


def two_outputs() -> Any:
    """A model whose outputs have no common loss."""
    x = keras.Input((2,))
    return keras.Model(x, [L.Dense(1)(x), L.Dense(1)(x)])


def own_loss(target: Any, answer: Any) -> Any:
    """Code that nobody but its author knows."""
    return abs(target - answer)


REFUSED: dict[str, tuple[Callable[[], Any], Backward, type[Exception], str]] = {
    "no loss": (lambda: sequential((2,), L.Dense(1)), Backward([0, 1]), ModelError, "name one with --loss"),
    "another loss": (
        lambda: sequential((2,), L.Dense(1), loss="mean_absolute_error"), Backward([0, 1]), NotSupportedError,
        "'mean_absolute_error' is not supported",
    ),
    "weighted loss": (
        lambda: sequential((2,), L.Dense(1), loss="mse", loss_weights=[2.0]), Backward([0, 1], step="sgd"),
        NotSupportedError, r"mean_squared_error\(loss_weights=2\.0\).*not supported",
    ),
    "own loss": (
        lambda: sequential((2,), L.Dense(1), loss=own_loss), Backward([0, 1]), NotSupportedError,
        "loss 'own_loss' is not supported",
    ),
    "augmentation": (
        lambda: sequential((4, 4, 1), L.RandomFlip(name="mirror"), L.Flatten(), L.Dense(1)),
        Backward([0, 1], "mean_squared_error", step="sgd"), NotSupportedError, "'mirror'.*images at random.*leave",
    ),
    "smoothed labels": (
        lambda: sequential((2,), L.Dense(1), loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1)),
        Backward([0, 1]), NotSupportedError, r"BinaryCrossentropy\(label_smoothing=0\.1\).*not supported",
    ),
    "two outputs": (two_outputs, Backward([0, 1], "mean_squared_error"), NotSupportedError, "has 2 outputs"),
    "mask at the end": (
        lambda: sequential((2, 1), L.Masking(), L.SimpleRNN(1, return_sequences=True)),
        Backward([[0, 1], [1, 0]], "mean_squared_error"), NotSupportedError, "a sequence with a mask",
    ),
    "penalty": (
        lambda: sequential((2,), L.Dense(1, kernel_regularizer="l2", name="heavy")),
        Backward([0, 1], "mean_squared_error"), NotSupportedError, "'heavy'.*kernel_regularizer",
    ),
    "dropout": (
        lambda: sequential((2,), L.Dropout(0.5, name="drop"), L.Dense(1)),
        Backward([0, 1], "mean_squared_error", step="sgd"), NotSupportedError, "'drop'.*rate=0.5.*leave --step out",
    ),
    "batch statistics": (
        lambda: sequential((2,), L.BatchNormalization(name="norm"), L.Dense(1)),
        Backward([0, 1], "mean_squared_error", step="sgd"), NotSupportedError, "'norm'.*by the batch itself",
    ),
    "constraint": (
        lambda: sequential((2,), L.Dense(1, kernel_constraint="non_neg", name="positive")),
        Backward([0, 1], "mean_squared_error", step="sgd"), NotSupportedError, "'positive'.*kernel_constraint",
    ),
    "other optimiser": (
        lambda: sequential((2,), L.Dense(1), loss="mean_squared_error", optimizer="nadam"),
        Backward([0, 1], step="compiled"), NotSupportedError, "optimiser Nadam.*not supported",
    ),
    "clipped gradients": (
        lambda: sequential((2,), L.Dense(1), loss="mse", optimizer=keras.optimizers.SGD(clipnorm=1.0)),
        Backward([0, 1], step="compiled"), NotSupportedError, "clipnorm=1.0",
    ),
    "schedule": (
        lambda: sequential(
            (2,), L.Dense(1), loss="mse",
            optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)),
        ),
        Backward([0, 1], step="compiled"), NotSupportedError, "schedule of learning rates",
    ),
    "not compiled": (
        lambda: sequential((2,), L.Dense(1)), Backward([0, 1], "mean_squared_error", step="compiled"), UsageError,
        "was not compiled",
    ),
    "too few targets": (
        lambda: sequential((2,), L.Dense(1)), Backward([0], "mean_squared_error"), DataError,
        "targets for 1 sample; the inputs have 2",
    ),
    "targets of another shape": (
        lambda: sequential((2,), L.Dense(1)), Backward(np.zeros((2, 3)), "mean_squared_error"), ModelError,
        r"have the shape \(2, 3\); the model answers in the shape \(2, 1\)",
    ),
    "NaN": (
        lambda: sequential((2,), L.Dense(1)), Backward([0, np.nan], "mean_squared_error"), DataError,
        r"no finite numbers, the first at \[1\]",
    ),
    "words": (
        lambda: sequential((2,), L.Dense(1)), Backward(["good", "bad"], "mean_squared_error"), DataError, "not numbers",
    ),
    "no distribution": (
        lambda: sequential((2,), L.Dense(2, activation="softmax")),
        Backward(np.ones((2, 2)), "categorical_crossentropy"), DataError, "must add up to 1",
    ),
    "no class": (
        lambda: sequential((2,), L.Dense(2, activation="softmax")),
        Backward([0, 2], "sparse_categorical_crossentropy"), ModelError, "whole numbers from 0 to 1",
    ),
    "one class": (
        lambda: sequential((2,), L.Dense(1, activation="softmax")),
        Backward([0, 0], "sparse_categorical_crossentropy"), NotSupportedError, "answers with a single number",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_why_and_write_nothing(tmp_path: Path, case: str) -> None:
    """What has no rule, or would be another number in Keras, is refused by name before anything is written."""
    make, asked, error, message = REFUSED[case]
    model = make()
    inputs = np.ones((2, *model.input_shape[1:]))

    with pytest.raises(error, match=message):
        build_model(model, inputs, tmp_path / "m.xlsx", backward=asked)
    assert not list(tmp_path.iterdir())
