"""Learning a story: what the model writes after one epoch and after many, stopping, and going on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.datasets.lesson_texts import story
from xlcheck.chapter.datasets.text import Windows, windows
from xlcheck.chapter.training.model_file import read_companion, write_model
from xlcheck.chapter.training.text import TextEpoch, TextModel, new_text_model, resumed_text_model, train_text
from xlcheck.errors import UsageError
from xlcheck.model.keras_file import load_model

pytestmark = pytest.mark.keras

MANY = 70


@pytest.fixture(scope="module")
def data() -> Windows:
    """The windows of the project's story."""
    return windows(story())


@pytest.fixture(scope="module")
def even(data: Windows) -> Windows:
    """The beginning of the story: three whole batches, so that Keras compiles one step and not two."""
    return windows(" ".join(data.words[: 3 * 128 + 10]))


def passages(data: Windows, words: tuple[str, ...], length: int = 6) -> float:
    """Share of all runs of six words that stand word for word in the story."""
    source = {data.words[i : i + length] for i in range(len(data.words))}
    runs = [words[i : i + length] for i in range(len(words) - length + 1)]
    return sum(run in source for run in runs) / len(runs)


@pytest.mark.exhaustive
def test_first_only_the_then_whole_passages(data: Windows) -> None:
    """The chapter's pattern: at first nothing but the most frequent word, in the end passages of the source."""
    epochs: list[TextEpoch] = []
    trained = train_text(new_text_model(data, seed=0), MANY, after_epoch=epochs.append)

    assert set(epochs[0].words) == {"the"}
    assert passages(data, epochs[0].words) == 0
    assert passages(data, epochs[-1].words) > 0.8
    assert len(epochs[-1].words) == 100
    assert [epoch.loss for epoch in epochs] == list(trained.progress.losses)
    assert epochs[-1].loss < epochs[0].loss / 15


def weights(model: TextModel) -> list[np.ndarray]:
    """The model's weights and the optimiser's memory."""
    return [*model.model.get_weights(), *(np.asarray(variable) for variable in model.model.optimizer.variables)]


@pytest.mark.exhaustive
def test_stopped_and_resumed_is_as_if_never_stopped(even: Windows, tmp_path: Path) -> None:
    """Ctrl-C in the middle of an epoch, a saved file, and --resume lead to the same weights and losses bit for bit."""
    whole = train_text(new_text_model(even, seed=4, units=16), 3)

    def interrupt(done: int, _: int) -> None:
        if done == 5:
            os.kill(os.getpid(), signal.SIGINT)

    stopped = train_text(new_text_model(even, seed=4, units=16), 3, progress=interrupt)
    path = tmp_path / "story.keras"
    write_model(path, stopped.model, stopped.companion)
    resumed = train_text(resumed_text_model(load_model(path), read_companion(path), even), 3)

    assert stopped.progress.steps == 5
    assert len(stopped.progress.losses) == 1
    assert resumed.progress == whole.progress
    for weight, other in zip(weights(resumed), weights(whole), strict=True):
        assert np.array_equal(weight, other)


@pytest.mark.exhaustive
def test_after_training(even: Windows) -> None:
    """Every step was told, Ctrl-C interrupts as usual again, and resuming with no more epochs changes nothing."""
    before = signal.getsignal(signal.SIGINT)
    told: list[tuple[int, int]] = []
    model = new_text_model(even, seed=0, units=2)
    model = train_text(model, 2, progress=lambda done, total: told.append((done, total)))
    trained = weights(model)
    again = train_text(model, 2)

    assert told == [(step, 6) for step in range(1, 7)]
    assert signal.getsignal(signal.SIGINT) is before
    assert again.progress == model.progress
    assert all(np.array_equal(a, b) for a, b in zip(trained, weights(again), strict=True))


def test_other_text_is_refused(data: Windows) -> None:
    """A model cannot be resumed on a text that has other words."""
    model = new_text_model(data, seed=0, units=2)
    other = windows(story() + " the end")

    with pytest.raises(UsageError, match="another text"):
        resumed_text_model(model.model, model.companion, other)
    with pytest.raises(UsageError, match="only a model made by"):
        resumed_text_model(model.model, None, data)


def test_seed_decides(data: Windows) -> None:
    """The same seed gives the same losses, another one others."""
    samples = [new_text_model(data, seed, units=2).model.get_weights()[0] for seed in (1, 1, 2)]

    assert np.array_equal(samples[0], samples[1])
    assert not np.array_equal(samples[1], samples[2])
