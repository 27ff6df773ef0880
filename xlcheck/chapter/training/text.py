"""Training the next-word model: epochs of shuffled batches that can be stopped at any step and taken up again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.chapter.datasets.text import Windows
from xlcheck.chapter.training.fit import deferred_interrupt, set_seed
from xlcheck.chapter.training.model_file import Companion
from xlcheck.chapter.training.next_word import continue_text, next_word_model, predictor, training_step
from xlcheck.errors import UsageError
from xlcheck.progress import Progress

UNITS = 128
BATCH = 128
SAMPLE_WORDS = 100


@dataclass(frozen=True)
class TextProgress:
    """How far training has come; stored with the model, so that it can go on at the very next step.

    Attributes:
        seed: of the initial weights, the order of batches and the windows that samples start from.
        text: SHA-256 of the words of the text, to refuse to go on with another one.
        steps: batches seen.
        losses: mean loss of each finished epoch.
        unfinished: sum of the windows' losses in the epoch that is not finished.
    """

    seed: int
    text: str
    steps: int = 0
    losses: tuple[float, ...] = ()
    unfinished: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> TextProgress:
        """Rebuild from `to_json`'s output after a round trip through JSON."""
        return TextProgress(data["seed"], data["text"], data["steps"], tuple(data["losses"]), data["unfinished"])


@dataclass(frozen=True)
class TextEpoch:
    """What there is to tell after an epoch: its number from 1, the mean loss, and words that the model wrote."""

    number: int
    loss: float
    seed_words: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class TextModel:
    """A next-word model and how far it has come.

    Attributes:
        model: the `keras.Model`.
        windows: the data.
        progress: of the training.
    """

    model: Any
    windows: Windows
    progress: TextProgress

    @property
    def companion(self) -> Companion:
        """What travels with the model."""
        return Companion(self.windows.encoding, self.progress.to_json())


def new_text_model(windows: Windows, seed: int, units: int = UNITS) -> TextModel:
    """An untrained model for a text.

    Raises:
        UsageError: the seed is out of range.
    """
    set_seed(seed)
    model = next_word_model(windows.encoding.size, windows.encoding.timesteps, units)
    return TextModel(model, windows, TextProgress(seed, _digest(windows)))


def resumed_text_model(model: Any, companion: Companion | None, windows: Windows) -> TextModel:
    """A model that was saved before, to be trained further on the same text.

    Raises:
        UsageError: it was not made by `xlcheck train text`, or from another text.
    """
    if companion is None or companion.encoding.task != "text":
        raise UsageError("only a model made by 'xlcheck train text' can be resumed: choose a new -o")
    progress = TextProgress.from_json(companion.training)
    if progress.text != _digest(windows):
        raise UsageError("the model was trained on another text: resume with the same --data, or choose a new -o")
    return TextModel(model, windows, progress)


def train_text(
    text_model: TextModel,
    epochs: int,
    temperature: float = 0.0,
    progress: Progress | None = None,
    after_epoch: Callable[[TextEpoch], None] | None = None,
) -> TextModel:
    """Train until `epochs` epochs are done in all, counting those of earlier runs, or until Ctrl-C.

    The order of the batches depends on the seed and the epoch's number only, so that an interrupted training that is
    taken up again ends with the same weights as one that was not.

    Args:
        text_model: changed in place as far as the Keras model goes.
        epochs: in all.
        temperature: of the samples of text.
        progress: told the steps done and the steps in all, after each step.
        after_epoch: told what the epoch brought.

    Returns:
        The same model with its new progress.
    """
    windows, state = text_model.windows, text_model.progress
    step, predict = training_step(text_model.model), predictor(text_model.model)
    steps = epochs * _steps_per_epoch(windows)
    with deferred_interrupt() as interrupt:
        for chosen, is_last in _batches(windows, state, epochs):
            if interrupt.requested:
                break
            loss = step(windows.inputs[chosen], windows.targets[chosen])
            state = _advanced(state, loss * len(chosen), len(windows.targets) if is_last else None)
            if progress is not None:
                progress(state.steps, steps)
            if after_epoch is not None and is_last:
                after_epoch(_epoch(predict, windows, state, temperature))
    return TextModel(text_model.model, windows, state)


def _steps_per_epoch(windows: Windows) -> int:
    return -(-len(windows.targets) // BATCH)


def _batches(windows: Windows, state: TextProgress, epochs: int) -> Iterator[tuple[NDArray[np.intp], bool]]:
    """The windows of each step that is still to do, and whether an epoch ends with it."""
    first, done = divmod(state.steps, _steps_per_epoch(windows))
    for epoch in range(first, epochs):
        order = np.random.default_rng((state.seed, epoch)).permutation(len(windows.targets))
        for start in range(done * BATCH, len(order), BATCH):
            yield order[start : start + BATCH], start + BATCH >= len(order)
        done = 0


def _advanced(state: TextProgress, loss: float, windows_of_finished_epoch: int | None) -> TextProgress:
    total = state.unfinished + loss
    if windows_of_finished_epoch is None:
        return replace(state, steps=state.steps + 1, unfinished=total)
    losses = (*state.losses, total / windows_of_finished_epoch)
    return replace(state, steps=state.steps + 1, losses=losses, unfinished=0.0)


def _epoch(predict: Any, windows: Windows, state: TextProgress, temperature: float) -> TextEpoch:
    number = len(state.losses)
    start = windows.inputs[np.random.default_rng((state.seed, number, 1)).integers(len(windows.inputs))]
    words = continue_text(predict, windows.encoding, start, SAMPLE_WORDS, temperature, state.seed + number)
    return TextEpoch(number, state.losses[-1], tuple(windows.encoding.word(code) for code in start), tuple(words))


def _digest(windows: Windows) -> str:
    return hashlib.sha256(" ".join(windows.words).encode()).hexdigest()
