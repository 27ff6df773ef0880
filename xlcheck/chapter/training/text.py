"""Training the next-word model: epochs of shuffled batches that can be stopped at any step and taken up again.

The chapter's model turns words into one-hot vectors, a SimpleRNN reads ten of them, and a dense layer names the next
word. The chapter's listing ends in a sigmoid, and its last layer has a wrong width; here the last layer has one output
for each word and is a softmax, which is what categorical cross-entropy is for. A one-hot vector times a kernel is a row
of the kernel. `training_step` uses that on the variables of the very model that is saved: the same loss and the same
gradients as with one-hot vectors, from integers alone.
"""

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
from xlcheck.errors import UsageError
from xlcheck.model.encoding import Codes, Encoding
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress

Step = Callable[[Codes, Codes], float]
Predict = Callable[[Codes], NDArray[np.float64]]


def next_word_model(words: int, timesteps: int, units: int) -> Any:
    """Codes → one-hot vectors → SimpleRNN → softmax: shape (timesteps,) → (words,)."""
    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32"),
            layers.CategoryEncoding(words, output_mode="one_hot", name="one_hot"),
            layers.SimpleRNN(units, unroll=True, name="simple_rnn"),
            layers.Dense(words, activation="softmax", name="dense"),
        ],
        name="next_word",
    )
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def training_step(model: Any) -> Step:
    """One update of a `next_word_model` on a batch, with rows of the kernel in place of one-hot products.

    Returns:
        A function of inputs `(batch, timesteps)` and targets `(batch,)` that returns the mean loss before the update.
    """
    import tensorflow as tf

    recurrent, dense = model.get_layer("simple_rnn").cell, model.get_layer("dense")
    variables = [recurrent.kernel, recurrent.recurrent_kernel, recurrent.bias, dense.kernel, dense.bias]
    timesteps = model.input_shape[1]

    def step(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            rows = tf.gather(recurrent.kernel.value, inputs)
            h = tf.tanh(rows[:, 0] + recurrent.bias.value)
            for t in range(1, timesteps):
                h = tf.tanh(rows[:, t] + h @ recurrent.recurrent_kernel.value + recurrent.bias.value)
            logits = h @ dense.kernel.value + dense.bias.value
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))
        # Dense gradients: Keras's rmsprop squares sparse ones row by row, before a word's rows are summed.
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, [v.value for v in variables])]
        model.optimizer.apply(gradients, variables)
        return loss

    compiled = tf.function(step, jit_compile=True)
    return lambda inputs, targets: float(compiled(inputs, targets))


def predictor(model: Any) -> Predict:
    """The probability of each word after a window: a function of codes `(timesteps,)` that returns `(words,)`."""
    import tensorflow as tf

    call = tf.function(model, input_signature=[tf.TensorSpec((1, model.input_shape[1]), tf.int32)])

    def predict(codes: Codes) -> NDArray[np.float64]:
        return np.asarray(call(codes[np.newaxis])[0], dtype=np.float64)

    return predict


def continue_text(
    predict: Predict, encoding: Encoding, start: Codes, words: int, temperature: float = 0.0, seed: int = 0
) -> Iterator[str]:
    """Predict a word, append it, move the window on by one, and again.

    Args:
        predict: the probability of each word after a window of codes.
        encoding: the model's.
        start: the window to begin with, shape `(timesteps,)`.
        words: how many to add.
        temperature: 0 takes the most probable word, as the chapter does; above 0 words are drawn with
            probabilities p^(1/temperature), so 1 draws as the model says and less is more careful.
        seed: of the draws.

    Yields:
        One word at a time.

    Raises:
        UsageError: the temperature is not a number from 0.
    """
    if not 0 <= temperature < np.inf:
        raise UsageError(f"the temperature {temperature} must be a number from 0 (always the most probable word)")
    random = np.random.default_rng(seed)
    window = np.array(start)
    for _ in range(words):
        code = _choose(predict(window), temperature, random)
        window = np.append(window[1:], np.int32(code))
        yield encoding.word(code)


def _choose(probabilities: NDArray[np.float64], temperature: float, random: np.random.Generator) -> int:
    if temperature == 0:
        return int(np.argmax(probabilities))
    with np.errstate(divide="ignore"):
        logarithms = np.log(probabilities) / temperature
    weights = np.exp(logarithms - logarithms.max())
    return int(random.choice(len(weights), p=weights / weights.sum()))


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
