"""The trainings of which the lessons show every epoch."""

from __future__ import annotations

import numpy as np
import pytest
from thorough import part_of

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.recordings.training import TrainingFixture
from xlcheck.chapter.training.epochs import TRAINED_LESSONS, train_epochs
from xlcheck.chapter.training.lessons import untrained
from xlcheck.errors import UsageError

pytestmark = pytest.mark.keras

EPOCHS = 3


@pytest.fixture(scope="module", params=part_of(list(TRAINED_LESSONS), 1))
def fixture(request: pytest.FixtureRequest) -> TrainingFixture:
    """A few epochs of a lesson."""
    return train_epochs(request.param, epochs=EPOCHS)


def test_single_precision_is_that_of_fit(fixture: TrainingFixture) -> None:
    """The losses in single precision are the history of an ordinary `model.fit`, bit for bit; float64 is near."""
    lesson = TRAINED_LESSONS[fixture.lesson]
    data = LESSONS[lesson].data()
    model = untrained(lesson)
    for layer in model.layers:
        keys = [f"{layer.name}.{weight.name}" for weight in layer.weights]
        layer.set_weights([fixture.training.values[key][0].astype(np.float32) for key in keys])
    history = model.fit(
        data.inputs, data.targets, sample_weight=data.step_weights, epochs=EPOCHS, batch_size=len(data.samples),
        shuffle=False, verbose=0,
    ).history["loss"]  # fmt: skip

    assert history == fixture.single["loss.mean"].tolist()
    assert np.abs(fixture.single["loss.mean"] - fixture.training.values["loss.mean"][:, 0, 0]).max() < 1e-6


def test_gradients_flow_back_from_the_first_epoch_on(fixture: TrainingFixture) -> None:
    """In the epoch that is shown in slow motion every recurrent kernel passes gradients on to the first step."""
    values = {name: epochs[0] for name, epochs in fixture.training.values.items()}
    (layer,) = [key.partition(".")[0] for key in values if key.endswith(".recurrent_kernel") and ".d_" not in key]

    assert values[f"{layer}.recurrent_kernel"].any()
    assert values[f"{layer}.d_h[0]"].all()


def test_unknown_lesson_is_refused() -> None:
    """There are trainings for three lessons."""
    with pytest.raises(UsageError, match="no lesson 'gru-training' on training"):
        train_epochs("gru-training")
