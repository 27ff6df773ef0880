"""The trainings of which the lessons show every epoch."""

from __future__ import annotations

import numpy as np
import pytest
from thorough import part_of

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.training.epochs import TRAINED_LESSONS, train_epochs
from xlcheck.chapter.training.lessons import untrained
from xlcheck.errors import UsageError

pytestmark = pytest.mark.keras

EPOCHS = 8
TRAININGS = part_of(list(TRAINED_LESSONS), 1)


@pytest.mark.parametrize("name", TRAININGS)
def test_single_precision_is_that_of_fit(name: str) -> None:
    """The losses in single precision are the history of an ordinary `model.fit`, bit for bit; float64 is near."""
    fixture = train_epochs(name, epochs=EPOCHS)
    data = LESSONS[TRAINED_LESSONS[name]].data()
    model = untrained(TRAINED_LESSONS[name])
    for layer in model.layers:
        keys = [f"{layer.name}.{weight.name}" for weight in layer.weights]
        layer.set_weights([fixture.training.values[key][0].astype(np.float32) for key in keys])
    history = model.fit(
        data.inputs, data.targets, sample_weight=data.step_weights, epochs=EPOCHS, batch_size=len(data.samples),
        shuffle=False, verbose=0,
    ).history["loss"]  # fmt: skip

    assert history == fixture.single["loss.mean"].tolist()
    assert np.abs(fixture.single["loss.mean"] - fixture.training.values["loss.mean"][:, 0, 0]).max() < 1e-6


@pytest.mark.parametrize("name", TRAININGS)
def test_gradients_flow_back_from_the_first_epoch_on(name: str) -> None:
    """In the epoch that is shown in slow motion every recurrent kernel passes gradients on to the first step."""
    values = train_epochs(name, epochs=1).training.values
    (layer,) = [key.partition(".")[0] for key in values if key.endswith(".recurrent_kernel") and ".d_" not in key]

    assert values[f"{layer}.recurrent_kernel"].any()
    assert values[f"{layer}.d_h[0]"].all()


def test_unknown_lesson_is_refused() -> None:
    """There are trainings for three lessons."""
    with pytest.raises(UsageError, match="no lesson 'gru-training' on training"):
        train_epochs("gru-training")
